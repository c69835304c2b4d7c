from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.oracles import alignment as oracle
from tests.support.desk import desk_events
from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.conformance.tests.test_conformance import DESK, hourly, walks_in
from trodden.analyses.deviations import DeviationsQuestion
from trodden.analyses.deviations.answer import Deviations
from trodden.analyses.deviations.chart import deviations_chart
from trodden.asking import Asker
from trodden.charts import Link
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.units import OPEN, REACHED
from trodden.model.errors import QuestionError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.journey_map import DeviationKind, JourneyMap

SHOP = parse_map(
    """
name: Shop
stages: [Look, Take]
steps:
  - {id: a, label: Look, stage: Look}
  - {id: b, stage: Look, wait: {longest: 2h}}
  - {id: e, stage: Take, match: [e]}
flow: [a, choice: [b, c], optional: [d], e]
scope: {also: [x, y]}
bounds: {silence: 1d}
accepted: [{kind: ad hoc, step: x, by: Ana}]
"""
)


def ask(
    text: str, journey_map: JourneyMap = SHOP, as_of: str = "2026-02-01T00:00:00Z", **fields: object
) -> Deviations:
    snapshot = walks_from_text(text, as_of=as_of)
    asked = DeviationsQuestion(map=journey_map.name, **fields)  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot, (journey_map,))).ask(asked)
    assert isinstance(answer, Deviations)
    return answer


def told(answer: Deviations) -> list[tuple[str, str, int, int, int]]:
    return [
        (row.kind, row.step or row.touchpoint, row.journeys.count, row.times, row.cost) for row in answer.rows
    ]


WORKED = hourly("abe", "ae", "abce", "abbbe", "adbe", "axbe", "ab", "a")


def test_each_kind_at_each_place_is_one_row_most_journeys_first() -> None:
    answer = ask(WORKED)
    assert told(answer) == [
        ("departed", "b", 1, 1, 2),
        ("departed", "e", 1, 1, 1),
        ("out of order", "d", 1, 1, 1),
        ("missing", "b", 1, 1, 1),
        ("wrong branch", "c", 1, 1, 1),
        ("repeated", "b", 1, 2, 2),
        ("ad hoc", "x", 1, 1, 1),
    ]
    assert (answer.journeys.count, answer.journeys.of, answer.cost, answer.hidden) == (7, 8, 9, 0)
    assert [row.accepted for row in answer.rows] == [False] * 6 + [True]


def test_rows_can_be_ordered_by_times_and_by_cost_and_cut() -> None:
    assert told(ask(WORKED, order="times"))[0] == ("repeated", "b", 1, 2, 2)
    by_cost = ask(WORKED, order="cost", top=2)
    assert told(by_cost) == [("departed", "b", 1, 1, 2), ("repeated", "b", 1, 2, 2)]
    assert (by_cost.hidden, by_cost.cost) == (5, 9)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kinds": ("missing", "repeated")}, ["missing b", "repeated b"]),
        ({"step": "b"}, ["departed b", "missing b", "repeated b"]),
        ({"step": "x"}, ["ad hoc x"]),
        ({"stage": "Take"}, ["departed e"]),
        ({"accepted": "only"}, ["ad hoc x"]),
        ({"accepted": "hidden", "kinds": ("ad hoc", "missing")}, ["missing b"]),
        ({"at_least": 2}, []),
    ],
)
def test_only_what_is_asked_about_is_listed(fields: dict[str, object], expected: list[str]) -> None:
    assert [f"{row.kind} {row.step or row.touchpoint}" for row in ask(WORKED, **fields).rows] == expected


def test_flags_cost_nothing_and_are_listed_too() -> None:
    answer = ask("u a@chat!failed 10:00 | u b@phone 12:01 | u e 12:02")
    assert told(answer) == [
        ("failing", "a", 1, 1, 0),
        ("paused", "b", 1, 1, 0),
        ("forced switch", "b", 1, 1, 0),
    ]


def test_open_journeys_are_told_beside_and_never_counted() -> None:
    answer = ask(hourly("axbe", "ax", "axx"), as_of="2026-01-01T20:00:00Z")
    assert told(answer) == [("ad hoc", "x", 1, 1, 1)]
    assert (answer.journeys.of, answer.rows[0].open) == (1, 2)


def test_times_and_goals_are_compared_with_those_who_did_not() -> None:
    slow = " | ".join(f"s{n} a 10:00 | s{n} y 11:00 | s{n} b 11:30 | s{n} e 12:00" for n in range(6))
    fast = " | ".join(f"f{n} a 10:00 | f{n} b 10:30 | f{n} e 11:00" for n in range(6))
    gone = "g0 a 10:00 | g0 b 11:00"
    row = ask(f"{slow} | {fast} | {gone}", kinds=("ad hoc",)).rows[0]
    elapsed, reached = row.elapsed, row.reached
    assert (elapsed.having.value, elapsed.without.value, elapsed.difference.value) == (7215.5, 3607.5, 3608.0)
    assert elapsed.difference.low is not None
    assert (reached.having.count, reached.having.of, reached.without.count, reached.without.of) == (
        6,
        6,
        6,
        7,
    )
    assert reached.difference.value == pytest.approx(1 / 7)


def test_examples_are_those_it_cost_most_then_the_earliest() -> None:
    text = "u a 10:00 | u y 10:01 | u b 10:02 | u e 10:03 | v a 09:00 | v y 09:01 | v b 09:02 | v e 09:03"
    answer = ask(f"{text} | w a 12:00 | w y 12:01 | w y 12:02 | w b 12:03 | w e 12:04", kinds=("ad hoc",))
    assert [(one.customer, one.cost) for one in answer.rows[0].examples] == [("w", 2), ("v", 1), ("u", 1)]


def test_every_row_opens_into_its_customers() -> None:
    chart = deviations_chart(ask(WORKED))
    links = [bar.link for bar in chart.bars]  # type: ignore[attr-defined]
    fields = {"map": "Shop@1", "deviation": "ad hoc", "at": "x", "state": "closed"}
    assert links[-1] == Link("customers", fields, 1)
    assert chart.title == (
        "88 % [53–98 %] of 8 journeys parted from the map, most often departed: b (1)"  # noqa: RUF001 - an en dash
    )
    assert deviations_chart(ask(WORKED, at_least=9)).title.startswith(
        "None of 8 journeys parted from the map"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"step": "zz"}, "Neither a step nor a touchpoint is called 'zz'"),
        ({"stage": "Buy"}, "No step of the map is of a stage 'Buy'. Stages: Look, Take."),
    ],
)
def test_names_nobody_knows_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        ask(WORKED, **fields)
    assert message in str(caught.value)


def test_without_a_map_the_question_is_refused() -> None:
    snapshot = walks_from_text("a a 10:00")
    with pytest.raises(QuestionError, match="no map to part from"):
        Asker(snapshot, catalog_of(snapshot)).ask(DeviationsQuestion())


def counted(rows: list[tuple[str, str, int]], *, is_open: bool) -> dict[tuple[str, str], list[int]]:
    """Return, by kind and place, what one journey adds: itself, times, cost; or itself as an open one."""
    found: dict[tuple[str, str], list[int]] = {}
    for kind, name, cost in rows:
        count = found.setdefault((kind, name), [0, 0, 0, 1] if is_open else [1, 0, 0, 0])
        count[1] += not is_open
        count[2] += 0 if is_open else cost
    return found


@given(logs())
def test_the_rows_equal_brute_force(log: list[Event]) -> None:
    snapshot = walks_of(log)
    catalog = catalog_of(snapshot)
    asked = DeviationsQuestion(map=SAMPLE.name, top=1_000)
    answer = Asker(snapshot, catalog).ask(asked)
    assert isinstance(answer, Deviations)
    selection = resolve_selection(asked, catalog)
    expected: dict[tuple[str, str], list[int]] = {}
    deviating = 0
    found = [one for bucket in snapshot.buckets() for one in walks_in(snapshot, select(bucket, selection))]
    for walk, state in found:
        best = oracle.align(SAMPLE, walk, is_open=state == OPEN, reached=state == REACHED)
        steps = {event: step for step, event in zip(best.run, best.events, strict=True)}
        rows = [(kind, name, cost) for kind, name, cost, _ in best.rows]
        rows += [(flag, steps[event], 0) for event, flag in best.flags]
        deviating += state != OPEN and bool(rows)
        for place, count in counted(rows, is_open=state == OPEN).items():
            before = expected.get(place, [0, 0, 0, 0])
            expected[place] = [one + more for one, more in zip(before, count, strict=True)]
    assert {
        (row.kind, row.step or row.touchpoint): [row.journeys.count, row.times, row.cost, row.open]
        for row in answer.rows
    } == {place: count for place, count in expected.items() if count[0]}
    assert answer.journeys.count == deviating


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        ("repeated", 26.84),
        ("ad hoc", 24.89),
        ("missing", 7.49),
        ("out of order", 0),
        ("wrong branch", 0),
        ("departed", 0),
    ],
)
def test_the_help_desk_deviates_as_published(kind: DeviationKind, share: float, shared: Path) -> None:
    snapshot = walks_of(desk_events(shared), datetime(2030, 1, 1, tzinfo=UTC))
    asked = DeviationsQuestion(map="Desk", unit="customer", kinds=(kind,))
    answer = Asker(snapshot, catalog_of(snapshot, (DESK,))).ask(asked)
    assert isinstance(answer, Deviations)
    assert answer.journeys.of == 3_804
    assert round(100 * (answer.journeys.value or 0), 2) == share
