"""A forecast for a real help desk, scored against its rows: 13,710 events of 3,804 cases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import desk_events
from tests.support.logs import catalog_of
from tests.support.rows import events_table
from trodden.analyses.predictions.answer import Predictions, PredictionsQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map, publish
from trodden.model.event import Event
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from pathlib import Path

MAP = """
name: Desk
author: Service desk
steps:
  - {id: '8', wait: {typical: 2h, longest: 7d}}
flow: ['1', '8', '6']
bounds: {start: ['1'], reached: ['6'], silence: 30d}
forecast: {reached: 0.95, low: 0.93, high: 0.97}
"""
PUBLISHED_AT = datetime(2011, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def log(shared: Path) -> list[Event]:
    return desk_events(shared)


@pytest.fixture(scope="module")
def answer(log: list[Event]) -> Predictions:
    snapshot = build_snapshot(events_table(log))
    found = publish(parse_map(MAP, "desk.yaml"), PUBLISHED_AT)
    answer = Asker(snapshot, catalog_of(snapshot, (found,))).ask(PredictionsQuestion(map="Desk"))
    assert isinstance(answer, Predictions)
    return answer


def test_journeys_and_goals_by_month_are_those_of_the_rows(answer: Predictions, log: list[Event]) -> None:
    cases: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        cases.setdefault(event.ids[0].value, []).append(event)
    begun, reached = Counter[str](), Counter[str]()
    for events in cases.values():
        for began, is_reached in _journeys(events):
            if began >= PUBLISHED_AT:
                begun[f"{began:%Y-%m}"] += 1
                reached[f"{began:%Y-%m}"] += is_reached
    assert Counter({f"{one.start:%Y-%m}": one.journeys for one in answer.periods}) == begun
    goal = next(one for one in answer.predictions if one.kind == "reached")
    assert Counter({f"{cell.start:%Y-%m}": cell.actual.count for cell in goal.cells}) == reached


def _journeys(events: list[Event]) -> list[tuple[datetime, bool]]:
    """Return when each journey of a case began and whether it was resolved."""
    found: list[tuple[datetime, bool]] = []
    last: datetime | None = None
    for event in (one for one in events if one.name in {"1", "8", "6"}):
        is_silent = last is not None and event.occurred_at - last > timedelta(days=30)
        last = None if is_silent else last
        if last is None:
            if event.name != "1":
                continue
            found.append((event.occurred_at, False))
        last = event.occurred_at
        if event.name == "6":
            found[-1] = (found[-1][0], True)
            last = None
    return found


def test_the_scores_of_the_desk_stay_what_they_were(answer: Predictions) -> None:
    goal, typical, longest = answer.predictions
    assert (goal.actual.count, goal.actual.of, goal.verdict) == (2687, 2775, "held")
    assert (typical.actual.count, typical.actual.of, typical.verdict) == (1252, 2539, "held")
    assert (longest.actual.count, longest.actual.of, longest.verdict) == (2319, 2539, "held")
    planning = answer.maps[0].planning
    assert (planning.said.inside.count, planning.said.inside.of) == (27, 63)
    assert (planning.naive.inside.count, planning.naive.inside.of) == (40, 63)
    assert (planning.same.score.value or 0) > (planning.naive.score.value or 0)
