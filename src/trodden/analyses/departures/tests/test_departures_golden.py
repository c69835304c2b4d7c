"""Departures on a real help desk's log, against its last rows: 13,710 events of 3,804 cases."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import desk_events
from tests.support.logs import catalog_of
from tests.support.rows import events_table
from trodden.analyses.departures.answer import Departures, DeparturesQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.model.event import Event
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from pathlib import Path

MAP = """
name: Desk
flow: ['1', '8', '6']
bounds: {start: ['1'], reached: ['6'], silence: 30d}
"""


@pytest.fixture(scope="module")
def log(shared: Path) -> list[Event]:
    return desk_events(shared)


@pytest.fixture(scope="module")
def desk(log: list[Event]) -> Asker:
    snapshot = build_snapshot(events_table(log))
    return Asker(snapshot, catalog_of(snapshot, (parse_map(MAP, "desk.yaml"),)))


def ask(desk: Asker, question: DeparturesQuestion) -> Departures:
    answer = desk.ask(question)
    assert isinstance(answer, Departures)
    return answer


def test_customers_fall_silent_after_their_last_row(desk: Asker, log: list[Event]) -> None:
    answer = ask(desk, DeparturesQuestion())
    last = {event.ids[0].value: event for event in sorted(log, key=lambda one: (one.occurred_at, one.seq))}
    as_of = max(event.occurred_at for event in log)
    silent = [event.name for event in last.values() if as_of - event.occurred_at > timedelta(days=30)]
    assert {one.touchpoint: one.departures for one in answer.steps if one.departures} == Counter(silent)
    assert answer.pending == 3_804 - len(silent)
    assert answer.gone.value == 1.0


def test_journeys_that_never_were_resolved(desk: Asker, log: list[Event]) -> None:
    """Only 1, 8 and 6 are in the map: whoever goes on with another activity walks elsewhere."""
    answer = ask(desk, DeparturesQuestion(map="Desk"))
    found = {"gone": 0, "elsewhere": 0, "pending": 0}
    as_of = max(event.occurred_at for event in log)
    cases: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        cases.setdefault(event.ids[0].value, []).append(event)
    for events in cases.values():
        for kind in _ends(events, as_of):
            found[kind] += 1
    assert (answer.gone.count, answer.elsewhere.count, answer.pending) == tuple(found.values())
    assert tuple(found.values()) == (79, 83, 0)


def _ends(events: list[Event], as_of: datetime) -> list[str]:
    """Walk through one case and tell how each journey that was not resolved ended."""
    silence, found, at = timedelta(days=30), list[str](), 0
    while at < len(events):
        if events[at].name != "1":
            at += 1
            continue
        last, resolved, following = at, False, at + 1
        for place in range(at + 1, len(events)):
            if events[place].name not in {"1", "8", "6"}:
                continue
            if events[place].occurred_at - events[last].occurred_at > silence:
                break
            last, following, resolved = place, place + 1, events[place].name == "6"
            if resolved:
                break
        if not resolved:
            found.append(_became(events, last, as_of, silence))
        at = following
    return found


def _became(events: list[Event], last: int, as_of: datetime, silence: timedelta) -> str:
    if as_of - events[last].occurred_at <= silence:
        return "pending"
    later = events[last + 1 :]
    return "elsewhere" if later and later[0].occurred_at - events[last].occurred_at <= silence else "gone"
