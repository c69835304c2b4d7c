"""Changes of mind on a real help desk's log, counted over its rows: 13,710 events of 3,804 cases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.support.desk import desk_events
from tests.support.logs import catalog_of
from tests.support.rows import events_table
from trodden.analyses.changes_of_mind.answer import ChangesOfMind, ChangesOfMindQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.model.event import Event
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from pathlib import Path

MAP = """
name: Desk
stages: [Open, Work, Done]
steps:
  - {id: '1', stage: Open}
  - {id: '8', stage: Work}
  - {id: '6', stage: Done}
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


def ask(desk: Asker, question: ChangesOfMindQuestion) -> ChangesOfMind:
    answer = desk.ask(question)
    assert isinstance(answer, ChangesOfMind)
    return answer


def test_patterns_are_those_of_the_rows(desk: Asker, log: list[Event]) -> None:
    answer = ask(desk, ChangesOfMindQuestion(limit=2_000))
    cases: dict[str, list[str]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        cases.setdefault(event.ids[0].value, []).append(event.name)
    pairs, again = Counter[tuple[str, str]](), Counter[str]()
    for names in cases.values():
        triples = zip(names, names[1:], names[2:], strict=False)
        pairs.update({(a, b) for a, b, c in triples if a == c and a != b})
        again.update(name for name, times in Counter(names).items() if times > 1)
    found = answer.patterns
    assert {(one.touchpoint, one.between): one.units.count for one in found if one.between} == pairs
    assert {one.touchpoint: one.units.count for one in found if not one.between} == again
    reworked = sum(len(set(names)) < len(names) for names in cases.values())
    assert (answer.reworked.units.count, answer.reworked.units.of) == (reworked, 3_804)


def test_who_opens_again_after_work_goes_back(desk: Asker) -> None:
    """The desk's plan is a line: going back is a `1` after an `8`, and the map does not lead there."""
    answer = ask(desk, ChangesOfMindQuestion(map="Desk"))
    assert (answer.backtracked.units.count, answer.backtracked.units.of) == (1, 3_757)
    assert [(one.kind, one.touchpoint, one.after, one.changes, one.customers) for one in answer.places] == [
        ("back", "1", "8", 1, 1)
    ]
    assert (answer.backtracked.met.count, answer.backtracked.met.of) == (1, 1)
