"""What every analysis promises, whatever it counts: run over every registration and random small logs."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.logs import REGIONS, TOUCHPOINTS, catalog_of, customer_of, logs, renamed, walks_of
from trodden.asking import Asker
from trodden.charts.export import csv_of
from trodden.charts.svg import draw
from trodden.charts.tables import table_of
from trodden.charts.text import text_of
from trodden.engines.threads import ThreadEngine
from trodden.model.question import Answer, Question
from trodden.registry import Mergeable, Registration, registrations

if TYPE_CHECKING:
    from trodden.engines import Engine
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

EVERY = sorted(registrations())
over_every_analysis = pytest.mark.parametrize("name", EVERY)
patient = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

BOUND_TO_A_CUSTOMER = {"timeline"}
"""Analyses that are asked about one customer by name."""

ASKED_OF_TWO_SIDES = {"compare"}
"""Analyses whose sides add up, each by itself, and not the two together."""

SAMPLING = [name for name in EVERY if "one_in" in registrations()[name].question.__struct_fields__]
"""Analyses that may look at some of the customers or events."""


class PickledEngine:
    """Runs as a cluster would: the plan and every state travel as bytes, states merge from the right."""

    def run(self, analysis: Mergeable[Any, Any, Any, Any], plan: object, snapshot: Snapshot) -> Any:  # noqa: ANN401 - any state
        sent = pickle.dumps(plan)
        states = [pickle.dumps(analysis.map(pickle.loads(sent), one)) for one in snapshot.buckets()]  # noqa: S301 - our own bytes
        merged = None
        for state in reversed(states):
            read = pickle.loads(state)  # noqa: S301 - our own bytes
            merged = read if merged is None else analysis.merge(read, merged)
        return merged


def ask(registration: Registration, log: list[Event], engine: Engine | None = None, **changes: Any) -> Answer:  # noqa: ANN401 - any field
    snapshot = walks_of(log)
    question = msgspec.structs.replace(question_for(registration, log), **changes)
    return Asker(snapshot, catalog_of(snapshot), engine=engine or ThreadEngine(1)).ask(question)


def question_for(registration: Registration, log: list[Event]) -> Question:
    if registration.name in BOUND_TO_A_CUSTOMER and log:
        return msgspec.structs.replace(registration.example, customer=customer_of(log[0]))
    return registration.example


def content(answer: Answer) -> Any:  # noqa: ANN401 - JSON is any value
    """Return the answer as plain values, without the name of the snapshot it rests on."""
    plain = msgspec.json.decode(msgspec.json.encode(answer))
    plain["about"].pop("snapshot")
    return plain


def with_names(value: Any, name: Any) -> Any:  # noqa: ANN401 - JSON is any value
    if isinstance(value, dict):
        return {
            key: name(item) if key == "customer" and isinstance(item, str) else with_names(item, name)
            for key, item in value.items()
        }
    return [with_names(item, name) for item in value] if isinstance(value, list) else value


@pytest.fixture
def registration(name: str) -> Registration:
    return registrations()[name]


@over_every_analysis
def test_an_empty_store_is_answered(registration: Registration) -> None:
    answer = ask(registration, [])
    assert answer.about.units == 0
    assert answer.about.customers == 0
    assert registration.chart(answer).title


@over_every_analysis
@patient
@given(log=logs())
def test_an_answer_survives_json_and_shows_itself(registration: Registration, log: list[Event]) -> None:
    answer = ask(registration, log)
    assert msgspec.json.decode(msgspec.json.encode(answer), type=registration.answer) == answer
    chart = registration.chart(answer)
    table = table_of(chart)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert draw(chart).startswith("<svg")
    assert chart.title in text_of(chart)
    assert csv_of(chart).count("\n") >= len(table.rows)


@over_every_analysis
@patient
@given(log=logs(), data=st.data())
def test_the_order_rows_arrive_in_changes_nothing(
    registration: Registration, log: list[Event], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(log))
    question = question_for(registration, log)
    first, second = walks_of(log), walks_of(shuffled)
    answers = [Asker(one, catalog_of(one), engine=ThreadEngine(1)).ask(question) for one in (first, second)]
    assert content(answers[0]) == content(answers[1])


@over_every_analysis
@patient
@given(log=logs())
def test_threads_and_a_cluster_give_the_same_bytes(registration: Registration, log: list[Event]) -> None:
    alone = msgspec.json.encode(ask(registration, log, ThreadEngine(1)))
    assert msgspec.json.encode(ask(registration, log, ThreadEngine(3))) == alone
    assert msgspec.json.encode(ask(registration, log, PickledEngine())) == alone


@over_every_analysis
@patient
@given(log=logs())
def test_renaming_customers_changes_only_their_names(registration: Registration, log: list[Event]) -> None:
    """New names fall into other buckets and sort otherwise, so nothing may depend on either."""

    def name(old: str) -> str:
        return f"z{old[::-1]}"

    answer = ask(registration, log)
    asked = msgspec.to_builtins(question_for(registration, log))
    changes = {"customer": name(asked["customer"])} if registration.name in BOUND_TO_A_CUSTOMER else {}
    other = ask(registration, renamed(log, name), **changes)
    assert with_names(content(answer), name) == content(other)


@pytest.mark.parametrize("name", SAMPLING)
@patient
@given(log=logs())
def test_neither_names_nor_buckets_decide_who_is_looked_at(
    registration: Registration, log: list[Event]
) -> None:
    def name(old: str) -> str:
        return f"z{old[::-1]}"

    some = {"one_in": 2, "map": None, "unit": "customer"}
    assert with_names(content(ask(registration, log, **some)), name) == content(
        ask(registration, renamed(log, name), **some)
    )


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ASKED_OF_TWO_SIDES])
@patient
@given(log=logs())
def test_segments_that_partition_the_customers_add_up(registration: Registration, log: list[Event]) -> None:
    whole = ask(registration, log).about
    parts = [ask(registration, log, segment=f"region = {region}").about for region in _regions(log)]
    for count in ("units", "customers", "events", "open", "ties"):
        assert sum(getattr(part, count) for part in parts) == getattr(whole, count), count


BEHAVIOUR = (
    'did (Order -> .* -> Installation) within 30d or paused over 2d or deviated from "Getting connected"'
)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ASKED_OF_TWO_SIDES])
@pytest.mark.parametrize("at", ["as_of", "start"])
@settings(patient, max_examples=max(settings().max_examples // 10, 1))
@given(log=logs())
def test_those_who_did_something_and_those_who_did_not_add_up(
    registration: Registration, at: str, log: list[Event]
) -> None:
    """Every analysis takes what customers did as a segment, told at either time."""
    whole = ask(registration, log).about
    sides = [ask(registration, log, segment=one, segment_at=at) for one in (BEHAVIOUR, f"not ({BEHAVIOUR})")]
    for count in ("units", "events", "open"):
        assert sum(getattr(side.about, count) for side in sides) == getattr(whole, count), count


def _regions(log: list[Event]) -> list[str]:
    return [region for region in REGIONS if any(f'"{region}"' in event.properties for event in log)]


def test_the_logs_name_the_samples_touchpoints() -> None:
    from trodden.demo.sample import SAMPLE_MAP

    assert sum(name in SAMPLE_MAP for name in TOUCHPOINTS) >= len(TOUCHPOINTS) - 1
