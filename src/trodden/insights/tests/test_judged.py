"""Verdicts, predictions and changes of mind beside the walked map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from tests.support.logs import catalog_of
from tests.support.walks import walks_from_text
from trodden.analyses.customers.answer import CustomersQuestion
from trodden.asking import Asker
from trodden.demo.sample import sample_walks
from trodden.insights.judged import way_of
from trodden.insights.ranked import Ranked, by_cost
from trodden.insights.walked import WalkedMap, walked_map
from trodden.methods.journeys.maps import parse_map, publish
from trodden.model.question import Question
from trodden.questions import read_question

SHOP = """
name: Shop
steps:
  - {id: a, label: Look}
  - {id: b, label: Advice}
  - {id: c, label: Basket}
  - {id: e, label: Buy}
flow: [a, b, c, e]
bounds: {start: [a], reached: [e], silence: 1h}
scope: {also: [x]}
"""


def people(walk: str, number: int, ids: Iterator[int]) -> list[str]:
    """Return so many who walk alike, a day apart; ``walk`` is touchpoints at minutes: ``a0 b5``."""
    lines: list[str] = []
    for one in range(number):
        who = next(ids)
        lines.extend(f"u{who} {step[0]} +{one} 10:{int(step[1:]):02}" for step in walk.split())
    return lines


def shop(*walks: tuple[str, int]) -> tuple[WalkedMap, Asker]:
    ids = count()
    lines = [line for walk, number in walks for line in people(walk, number, ids)]
    snapshot = walks_from_text(" | ".join(lines), as_of="2026-12-01T00:00:00Z")
    journey_map = parse_map(SHOP)
    asker = Asker(snapshot, catalog_of(snapshot, (journey_map,)))
    return walked_map(asker.ask, journey_map, Question(), later=asker.ask), asker


def way(found: WalkedMap, kind: str, at: str) -> Ranked:
    return next(one for one in found.ranked if (one.kind, one.at) == (kind, at))


SKIPPED_WELL = (("a0 c4 e9", 70), ("a0 c4", 10), ("a0 b2 c4 e9", 40), ("a0 b2 c4", 80))


def test_a_skip_that_meets_more_needs_is_a_desire_path_and_a_redesign() -> None:
    found, _ = shop(*SKIPPED_WELL)
    skip = way(found, "missing", "b")
    assert skip.judged is not None
    assert skip.judged.verdict == "a better way"
    assert (skip.is_desire_path, skip.is_redesign, skip.tone) == (True, True, "better")
    assert skip.journeys.count == 80


def test_a_skip_that_meets_fewer_is_worse_and_no_redesign() -> None:
    found, _ = shop(("a0 c4 e9", 20), ("a0 c4", 80), ("a0 b2 c4 e9", 100), ("a0 b2 c4", 20))
    skip = way(found, "missing", "b")
    assert (skip.is_desire_path, skip.is_redesign, skip.tone) == (False, False, "worse")


def test_a_skip_right_before_the_goal_is_judged_by_time_alone_and_no_redesign() -> None:
    found, _ = shop(("a0 b2 e4", 80), ("a0 b2 c4 e40", 100))
    skip = way(found, "missing", "c")
    assert skip.is_desire_path
    assert skip.is_decided_by("time")
    assert not skip.is_redesign


def test_the_picture_has_the_colours_of_the_verdicts() -> None:
    found, _ = shop(*SKIPPED_WELL)
    tones = {route.tone for route in found.overlay.routes if route.key == "missing:b"}
    assert tones == {"better"}


def test_a_judged_way_holds_the_routes_that_differ_in_where_they_led() -> None:
    walks = (("a0 x1 b2 c4 e9", 20), ("a0 x1 c4 e9", 20), ("a0 b2 c4 e9", 60), ("a0 b2 c4", 10))
    found, asker = shop(*walks)
    detours = [one for one in found.ranked if one.kind == "ad hoc"]
    assert [(one.journeys.count, one.judged is not None) for one in detours] == [(40, True)]
    assert len([one for one in found.walked.routes if one.kind == "ad hoc"]) == 2
    assert units_behind(asker, detours[0]) == 40


def units_behind(asker: Asker, one: Ranked) -> int:
    return asker.ask(read_question(CustomersQuestion, one.link.fields)).about.units


def test_every_way_opens_as_many_as_it_counts_judged_or_not() -> None:
    walks = sample_walks(customers=600)
    key = next(iter(walks.maps))
    found = walked_map(walks.ask, walks.maps[key], Question(), later=walks.ask)
    judged = [one for one in found.ranked if one.judged]
    assert judged
    assert len(judged) < len(found.ranked)
    for one in found.ranked:
        opened = walks.ask(read_question(CustomersQuestion, one.link.fields))
        assert opened.about.units == one.journeys.count, one.key


def test_ways_are_told_once() -> None:
    walks = sample_walks(customers=600)
    key = next(iter(walks.maps))
    found = walked_map(walks.ask, walks.maps[key], Question(), later=walks.ask)
    assert found.verdicts is not None
    assert sum(one.judged is not None for one in found.ranked) == len(found.verdicts.routes)
    judged = {way_of(route) for route in found.verdicts.routes}
    left = [route for route in found.walked.routes if way_of(route) not in judged]
    assert len(found.ranked) == len(found.verdicts.routes) + len(left)


def test_time_lost_is_that_of_the_verdict() -> None:
    found, _ = shop(("a0 x1 b2 c4 e50", 80), ("a0 b2 c4 e9", 100))
    detour = way(found, "ad hoc", "x")
    assert detour.tone == "worse"
    assert by_cost(found.ranked)[0] == detour
    assert detour.costs_s == pytest.approx(80 * 41 * 60, rel=0.1)


def test_without_answers_that_take_long_ways_are_compared_plainly() -> None:
    ids = count()
    lines = [line for walk, number in SKIPPED_WELL for line in people(walk, number, ids)]
    snapshot = walks_from_text(" | ".join(lines), as_of="2026-12-01T00:00:00Z")
    journey_map = parse_map(SHOP)
    asker = Asker(snapshot, catalog_of(snapshot, (journey_map,)))
    found = walked_map(asker.ask, journey_map, Question(), later=lambda _: None)
    skip = way(found, "missing", "b")
    assert (found.verdicts, found.changed, skip.judged) == (None, None, None)
    assert skip.compared is not None
    assert not skip.is_desire_path


@pytest.fixture(scope="module")
def published() -> Callable[[], WalkedMap]:
    """Return what puts the sample together, its map published on the first of March."""
    walks = sample_walks()
    key = next(iter(walks.maps))
    journey_map = publish(walks.maps[key], datetime(2026, 3, 1, tzinfo=UTC))
    walks = walks.with_map(journey_map)
    return lambda: walked_map(walks.ask, journey_map, Question(), later=walks.ask)


def test_branches_say_what_was_predicted_and_what_was_walked(published: Callable[[], WalkedMap]) -> None:
    found = published()
    (lane,) = [lane for lane in found.lanes if lane.name == "predicted"]
    cells = dict(zip((step.step for step in found.walked.steps), lane.cells, strict=True))
    assert cells["configure"].text == "80 % predicted"
    assert cells["configure"].small.startswith("75 % walked [")
    assert cells["configure"].small.endswith("unclear")
    assert [step for step, cell in cells.items() if cell.text] == ["configure", "sales"]
    assert found.foretold.is_scored
    assert found.foretold.sentence.startswith("Of 21 predictions of this version ")


def test_a_draft_is_said_to_be_not_scored() -> None:
    walks = sample_walks(customers=300)
    key = next(iter(walks.maps))
    found = walked_map(walks.ask, walks.maps[key], Question())
    assert (found.foretold.is_scored, found.foretold.sentence) == (False, "")
    small = {cell.small for lane in found.lanes if lane.name == "predicted" for cell in lane.cells}
    assert small <= {"", "not scored yet"}


def test_changes_of_mind_stand_where_customers_had_come_to(published: Callable[[], WalkedMap]) -> None:
    found = published()
    (lane,) = [lane for lane in found.lanes if lane.name == "changed"]
    cells = dict(zip((step.step for step in found.walked.steps), lane.cells, strict=True))
    assert cells["identity"].text == "104"
    assert cells["identity"].small == "0 % could at once"
    assert found.changed is not None
    edit = found.changed.places[0]
    assert (edit.sentence, edit.place) == ("Edited: Change of plan", "after Identity check")
    assert [how for how, _, _ in edit.could] == ["sent to another channel"]
    assert (edit.is_easy, edit.is_untold, edit.changes) == (False, False, 104)
    assert edit.cost == "On average 2 steps, 1 contact, half within 55 min"
    assert found.changed.guessed == ("Cancellation", "Change of plan")
