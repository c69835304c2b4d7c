from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings

from tests.support.logs import SAMPLE, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.customers import CustomersAnalysis, CustomersQuestion
from trodden.analyses.customers.answer import Customers
from trodden.analyses.pauses import PausesQuestion
from trodden.analyses.pauses.answer import Pauses
from trodden.analyses.walked import WalkedQuestion
from trodden.analyses.walked.answer import Walked
from trodden.asking import Asker
from trodden.insights.spine import behind_pause
from trodden.methods.journeys.maps import parse_map
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.event import Event
from trodden.model.journey_map import JourneyMap
from trodden.model.walks import Snapshot
from trodden.questions import read_question


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


WALKS = "a search 10:00 | a buy 10:05 | b search 10:01 | b call 18:00 | b call 18:01 | c search 12:00"


def customers(snapshot: Snapshot, **fields: object) -> Customers:
    answer = Asker(snapshot, catalog_of(snapshot)).ask(CustomersQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Customers)
    return answer


@pytest.mark.parametrize(
    ("order", "names"), [("latest", ["b", "c", "a"]), ("longest", ["b", "a", "c"]), ("most", ["b", "a", "c"])]
)
def test_customers_come_in_the_order_asked(order: str, names: list[str]) -> None:
    answer = customers(walks_from_text(WALKS), order=order)
    assert [row.customer for row in answer.rows] == names
    assert answer.hidden == 0


def test_states_hold_no_more_than_is_listed_and_passed_over() -> None:
    snapshot = walks_from_text(" | ".join(f"c{i} x 10:{i % 60:02}" for i in range(200)))
    analysis = CustomersAnalysis()
    plan = analysis.plan(CustomersQuestion(limit=2, offset=3), catalog_of(snapshot), {})
    states = [analysis.map(plan, bucket) for bucket in snapshot.buckets()]
    merged = states[0]
    for state in states[1:]:
        merged = analysis.merge(merged, state)
        assert len(merged.best) <= plan.kept == 5
    listed = [row.customer for row in analysis.finish(plan, merged).rows]
    assert listed == [row.customer for row in customers(snapshot, limit=5).rows][3:]


def test_a_row_says_from_when_to_when_and_where_last() -> None:
    (row,) = customers(walks_from_text(WALKS), limit=1).rows
    assert (row.customer, row.steps, row.last_touchpoint) == ("b", 3, "call")
    assert row.elapsed_s == 8 * 3600
    assert row.state == "open"


def test_pages_join_without_gap_or_overlap() -> None:
    snapshot = walks_from_text(" | ".join(f"c{i} search 10:{i:02d}" for i in range(23)))
    whole = customers(snapshot, limit=100).rows
    pages = [customers(snapshot, limit=5, offset=start) for start in range(0, 25, 5)]
    assert [row for page in pages for row in page.rows] == list(whole)
    assert [page.hidden for page in pages] == [18, 18, 18, 18, 20]


def test_equal_ranks_are_ordered_by_content() -> None:
    snapshot = walks_from_text("x search 10:00 | y search 10:00 | z search 09:00 | z buy 10:00")
    assert customers(snapshot).rows[0].customer == "z"
    assert len(customers(snapshot, limit=2).rows) == 2


def test_nobody_selected_is_an_empty_list() -> None:
    answer = customers(walks_from_text(WALKS), where="buy->search")
    assert (answer.rows, answer.hidden, answer.about.units) == ((), 0, 0)


@settings(deadline=None, max_examples=25)
@given(log=logs())
def test_every_number_of_the_walked_map_opens_into_as_many_journeys(log: list[Event]) -> None:
    snapshot = walks_of(log)
    asker = Asker(snapshot, catalog_of(snapshot))
    walked = asker.ask(WalkedQuestion(map=SAMPLE.name, top=1_000))
    assert isinstance(walked, Walked)
    shared = {"map": SAMPLE.name, "state": "closed"}
    for step in walked.steps:
        found = customers(snapshot, step=step.step, **shared)
        assert found.about.units == step.journeys.count
    for move in walked.moves:
        found = customers(snapshot, step=move.source or "START", then=move.target or "END", **shared)
        assert found.about.units == move.journeys, move
    for route in walked.routes:
        found = customers(
            snapshot,
            deviation=route.kind,
            at=route.step or route.touchpoint,
            after=route.source or "START",
            before=route.target or "END",
            **shared,
        )
        assert found.about.units == route.journeys, route


TOUCHPOINTS_AS_STEPS = parse_map(
    """
name: Mined
flow: [Order, optional: [Identity check], Installation]
bounds: {start: [Order], reached: [Installation]}
""",
    "mined.yaml",
)


@settings(deadline=None, max_examples=50)
@given(log=logs())
@pytest.mark.parametrize("journey_map", [SAMPLE, TOUCHPOINTS_AS_STEPS], ids=["sample", "mined"])
def test_every_pause_opens_into_the_units_it_counts(journey_map: JourneyMap, log: list[Event]) -> None:
    snapshot = walks_of(log)
    asker = Asker(snapshot, catalog_of(snapshot, (journey_map,)))
    pauses = asker.ask(PausesQuestion(map=journey_map.name, top=200))
    assert isinstance(pauses, Pauses)
    for place in pauses.places:
        for way in place.limits:
            if way.to:
                link = behind_pause(journey_map.name, place, way)
                found = asker.ask(read_question(CustomersQuestion, link.fields))
                assert found.about.units == way.units, (place.place, way)


@pytest.mark.parametrize(("kind", "who"), [("step", {"a"}), ("touchpoint", {"b"}), (None, {"a"})])
def test_a_gap_to_a_step_is_not_one_to_the_touchpoint_of_that_name(kind: str | None, who: set[str]) -> None:
    """The first pick is the step; who picks again is at the touchpoint."""
    journey_map = parse_map("name: Two\nflow: [look, pick, buy]\nscope: {also: [help]}\n", "two.yaml")
    snapshot = walks_from_text(
        "a look 10:00 | a help 10:01 | a pick 12:00 | a buy 12:01"
        " | b look 10:00 | b pick 10:01 | b help 10:02 | b pick 12:00 | b buy 12:01"
    )
    asker = Asker(snapshot, catalog_of(snapshot, (journey_map,)))
    gap = {"gap_after": "help", "gap_to": "pick", "gap_to_kind": kind or "", "gap_over": "1h"}
    question = read_question(CustomersQuestion, {"map": "Two", **gap})
    answer = asker.ask(question)
    assert isinstance(answer, Customers)
    assert {row.customer for row in answer.rows} == who


def test_a_gap_is_between_two_successive_steps_and_longer_than_asked() -> None:
    snapshot = walks_from_text(
        "a x 10:00 | a y 10:10 | b x 10:00 | b z 10:05 | b y 10:11 | c x 10:00 | c y 10:11"
    )
    assert {row.customer for row in customers(snapshot, gap_after="x", gap_over=minutes(10)).rows} == {"c"}
    assert {row.customer for row in customers(snapshot, gap_after="x", gap_over=minutes(4)).rows} == {
        "a",
        "b",
        "c",
    }
    narrowed = customers(snapshot, gap_after="x", gap_to="y", gap_over=minutes(4))
    assert {row.customer for row in narrowed.rows} == {"a", "c"}
    assert customers(snapshot, gap_after="y", gap_over=minutes(0)).rows == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"step": "order"},
        {"then": "order"},
        {"deviation": "missing"},
        {"at": "x"},
        {"gap_after": "x"},
        {"gap_over": timedelta(1)},
        {"gap_to_kind": "step", "gap_after": "x", "gap_over": timedelta(1)},
        {"gap_after_kind": "step"},
    ],
)
def test_half_a_condition_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(QuestionError):
        customers(walks_from_text("a x 10:00"), **fields)


@pytest.mark.parametrize(
    "fields", [{"step": "x"}, {"deviation": "missing", "after": "x"}, {"deviation": "missing", "at": "?"}]
)
def test_a_step_nobody_designed_is_told(fields: dict[str, object]) -> None:
    with pytest.raises(UnknownNameError):
        customers(walks_from_text("a x 10:00"), map=SAMPLE.name, **fields)


@settings(deadline=None)
@given(log=logs())
def test_the_list_equals_plain_loops(log: list[Event]) -> None:
    times: dict[str, list[float]] = {}
    for event in log:
        times.setdefault(customer_of(event), []).append(event.occurred_at.timestamp())
    answer = customers(walks_of(log), limit=500)
    found = {
        row.customer: (row.first_at.timestamp(), row.last_at.timestamp(), row.steps) for row in answer.rows
    }
    known = {name: (min(all_), max(all_), len(all_)) for name, all_ in times.items()}
    assert {name: known[name] for name in found} == found
    ends = [row.last_at for row in answer.rows]
    assert ends == sorted(ends, reverse=True)
    assert len(found) + answer.hidden == answer.about.customers
