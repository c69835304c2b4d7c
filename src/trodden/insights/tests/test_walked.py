from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.conformance.answer import Conformance, ConformanceQuestion
from trodden.asking import Asker
from trodden.charts.svg import draw
from trodden.insights.ranked import GROUPS, by_cost
from trodden.insights.spine import lanes_of, within_detail
from trodden.insights.walked import WalkedMap, walked_map
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.maps import parse_map
from trodden.model.event import Event
from trodden.model.question import Question
from trodden.model.walks import Snapshot

MAP = parse_map(
    """
name: Shop
stages: [Look, Take]
steps:
  - {id: a, label: Search, stage: Look, match: [a], promise: At once}
  - {id: b, label: Basket, stage: Look, match: [b], wait: {typical: 5min, longest: 10min}}
  - {id: c, label: Call, stage: Look, match: [c]}
  - {id: d, label: Gift, stage: Take, match: [d]}
  - {id: e, label: Buy, stage: Take, match: [e]}
flow: [a, {choice: [{flow: [b], share: 0.5}, {flow: [c], share: 0.5}]}, {optional: [d]}, e]
bounds: {silence: 1h}
scope: {also: [x]}
forecast: {reached: 0.9, low: 0.85, high: 0.95}
""",
    "shop.yaml",
)


def of(snapshot: Snapshot, journey_map: object = MAP, detail: int = 80) -> WalkedMap:
    asker = Asker(snapshot, catalog_of(snapshot, (journey_map,)))  # type: ignore[arg-type]
    return walked_map(asker.ask, journey_map, Question(), detail)  # type: ignore[arg-type]


def walked(text: str, detail: int = 80) -> WalkedMap:
    return of(walks_from_text(text, as_of="2026-12-01T00:00:00Z"), detail=detail)


def many(walk: str, count: int, first: int = 0) -> str:
    return " | ".join(walk.replace("u ", f"u{first + i} ").replace("DAY", f"+{i}") for i in range(count))


GOOD = "u a DAY 10:00 | u b DAY 10:05 | u e DAY 10:09"
LATE = "u a DAY 10:00 | u b DAY 10:45 | u e DAY 10:50"
SKIP = "u a DAY 10:00 | u e DAY 10:01"
LEFT = "u a DAY 10:00 | u b DAY 10:05"


def lead(found: WalkedMap) -> str:
    return "".join(span.text for span in found.lead)


def test_the_lead_says_what_went_as_designed_against_the_plan_and_where_waiting_goes_wrong() -> None:
    found = walked(" | ".join((many(GOOD, 30), many(LATE, 20, 100), many(LEFT, 50, 200))))
    said = lead(found)
    assert said.startswith("Of 100 journeys that ended, 30 % went as designed [")
    assert "50 % reached their goal" in said
    assert "The plan said 90 %: 40 points short" in said
    assert "Basket is where waiting breaks the promise: 20 % wait longer than designed" in said


@pytest.mark.parametrize(
    ("good", "left", "said"),
    [
        (90, 10, "inside its range"),
        (84, 16, "off it, but within the uncertainty"),
        (200, 0, "10 points more"),
    ],
)
def test_the_plan_is_missed_only_where_the_interval_is_sure(good: int, left: int, said: str) -> None:
    parts = [many(GOOD, good), many(LEFT, left, 500)]
    assert said in lead(walked(" | ".join(part for part in parts if part)))


def test_a_range_may_begin_at_nought() -> None:
    """A tenth reached is inside 0 to 50 %, though the plan said 30 %."""
    forecast = msgspec.structs.replace(MAP.forecast, reached=0.3, low=0.0, high=0.5)
    plan = msgspec.structs.replace(MAP, forecast=forecast)
    text = " | ".join((many(GOOD, 10), many(LEFT, 90, 500)))
    said = lead(of(walks_from_text(text, as_of="2027-12-01T00:00:00Z"), plan))
    assert "The plan said 30 %: inside its range." in said


def test_before_anything_has_ended_nothing_is_claimed() -> None:
    snapshot = walks_from_text("u a 10:00", as_of="2026-01-01T10:10:00Z")
    assert lead(of(snapshot)) == "No journey of this map has ended yet. 1 is still on the way."


def test_a_list_entry_and_a_mark_speak_of_the_same_by_one_key() -> None:
    found = walked(" | ".join((many(GOOD, 30), many(SKIP, 20, 100), many(LEFT, 10, 200))), detail=100)
    entries = {way.key for way in found.ranked}
    assert {route.key for route in found.overlay.routes} == entries == {"missing:b", "departed:e"}


def test_links_of_list_and_picture_are_the_same() -> None:
    found = walked(" | ".join((many(GOOD, 30), many(SKIP, 20, 100))), detail=100)
    (way,), (route,) = found.ranked, found.overlay.routes
    assert way.link == route.link
    assert way.journeys.count == route.count == 20


def test_colour_follows_how_it_ended_never_mere_difference() -> None:
    same = walked(" | ".join((many(GOOD, 30), many(SKIP.replace("10:01", "10:09"), 30, 100))))
    assert [way.tone for way in same.ranked] == ["plain"]
    sooner = walked(" | ".join((many(GOOD, 30), many(SKIP, 30, 100))))
    assert [way.tone for way in sooner.ranked] == ["better"]
    assert walked(many(LEFT, 3)).ranked[0].tone == "worse"


def test_ways_are_ordered_by_journeys_or_by_the_time_they_cost() -> None:
    detour = "u a DAY 10:00 | u b DAY 10:05 | u x DAY 10:30 | u e DAY 10:59"
    parts = (many(GOOD, 60), many(SKIP, 40, 100), many(detour, 30, 200), many(LATE, 50, 300))
    found = walked(" | ".join(parts))
    assert [way.kind for way in found.ranked][:3] == ["paused", "missing", "ad hoc"]
    assert [way.kind for way in by_cost(found.ranked)][:2] == ["paused", "ad hoc"]


def test_every_kind_of_deviation_has_its_group() -> None:
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(KINDS)


def test_detail_draws_the_most_frequent_first_and_counts_the_rest() -> None:
    found = walked(" | ".join((many(GOOD, 5), many(SKIP, 60, 100), many(LEFT, 40, 200))))
    routes = found.walked.routes
    assert [len(within_detail(routes, part)[0]) for part in (1, 59, 60, 61, 100)] == [1, 1, 1, 2, 2]
    assert [within_detail(routes, part)[1] for part in (1, 100)] == [1, 0]


def test_branches_and_optional_parts_leave_the_spine() -> None:
    assert lanes_of(MAP.flow) == {"a": 0, "b": 0, "c": 1, "d": 1, "e": 0}
    sample = lanes_of(SAMPLE.flow)
    assert (sample["configure"], sample["sales"], sample["mail"], sample["identity"], sample["guide"]) == (
        0,
        1,
        0,
        1,
        1,
    )


def test_lanes_say_promise_wait_and_share_and_leave_out_what_says_nothing() -> None:
    lanes = {lane.name: lane for lane in walked(many(LATE, 20)).lanes}
    assert lanes["promise"].cells[0].text == "At once"
    assert (lanes["expected"].cells[1].text, lanes["expected"].cells[1].small) == ("5 min", "at most 10 min")
    assert (lanes["wait"].cells[1].text, lanes["wait"].cells[1].tone) == ("45 min", "worse")
    assert (lanes["late"].cells[1].text, lanes["late"].cells[1].tone) == ("100 %", "worse")
    assert [cell.text for cell in lanes["share"].cells] == ["100 %", "100 %", "0 %", "0 %", "100 %"]
    assert "emotion" not in lanes
    assert "channels" not in lanes


@settings(deadline=None, max_examples=30)
@given(log=logs())
def test_pictures_of_any_log_are_drawn_and_agree_with_conformance(log: list[Event]) -> None:
    snapshot = walks_of(log)
    found = of(snapshot, SAMPLE, detail=100)
    assert draw(found.overlay).startswith("<svg")
    conformance = Asker(snapshot, catalog_of(snapshot)).ask(ConformanceQuestion(map=SAMPLE.key))
    assert isinstance(conformance, Conformance)
    shares = {step.step: step.journeys for step in conformance.steps}
    assert {step.step: step.journeys for step in found.walked.steps} == shares
    assert found.walked.reached == conformance.reached
    assert {step.id: step.count for step in found.overlay.steps} == {
        id_: rate.count for id_, rate in shares.items()
    }
