from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.walked import WalkedQuestion
from trodden.analyses.walked.answer import Compared, Walked
from trodden.analyses.walked.compared import compare_all
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.outcomes import Outcome
from trodden.methods.stats.tally import tally
from trodden.model.errors import QuestionError, UnknownNameError

if TYPE_CHECKING:
    from trodden.model.event import Event

MAP = parse_map(
    """
name: Shop
stages: [Look, Take]
steps:
  - {id: a, label: Start, stage: Look, match: [a]}
  - {id: b, stage: Look, match: [b], wait: {longest: 10min}}
  - {id: c, stage: Look, match: [c]}
  - {id: d, stage: Take, match: [d]}
  - {id: e, stage: Take, match: [e]}
flow: [a, {choice: [{flow: [b]}, {flow: [c]}]}, {optional: [d]}, e]
bounds: {silence: 1h}
scope: {also: [x]}
""",
    "shop.yaml",
)


def walked(text: str, as_of: str = "2026-02-01T00:00:00Z", **fields: object) -> Walked:
    snapshot = walks_from_text(text, as_of=as_of)
    asker = Asker(snapshot, catalog_of(snapshot, (MAP,)))
    answer = asker.ask(WalkedQuestion(map="Shop", **fields))  # type: ignore[arg-type]
    assert isinstance(answer, Walked)
    return answer


def moves(answer: Walked) -> dict[tuple[str, str], tuple[int, bool]]:
    return {(one.source, one.target): (one.journeys, one.is_designed) for one in answer.moves}


def routes(answer: Walked) -> list[tuple[str, str, str, str, str, int]]:
    return [
        (one.kind, one.step, one.touchpoint, one.source, one.target, one.journeys) for one in answer.routes
    ]


def test_a_journey_as_designed_counts_once_at_each_step_and_move() -> None:
    answer = walked("u a 10:00 | u b 10:05 | u e 10:30")
    assert (answer.closed, answer.reached.count) == (1, 1)
    assert {one.step: one.journeys.count for one in answer.steps} == {"a": 1, "b": 1, "c": 0, "d": 0, "e": 1}
    assert moves(answer) == {
        ("", "a"): (1, True),
        ("a", "b"): (1, True),
        ("b", "e"): (1, True),
        ("e", ""): (1, True),
    }
    assert routes(answer) == []


def test_waits_run_from_the_matched_step_before_whatever_lay_between() -> None:
    answer = walked("u a 10:00 | u x 10:05 | u b 10:20 | u e 10:30 | v a 11:00 | v b 11:04 | v e 11:05")
    waits = {one.step: (one.wait.value, one.wait.n) for one in answer.steps}
    assert waits["b"] == (240.0, 2)
    assert waits["a"] == (None, 0)
    late = {one.step: one.late for one in answer.steps}
    assert late["b"] is not None
    assert (late["b"].count, late["b"].of) == (1, 2)
    assert late["e"] is None


@pytest.mark.parametrize(
    ("walk", "route"),
    [
        ("u a 10:00 | u e 10:01", ("missing", "b", "", "a", "e", 1)),
        ("u a 10:00 | u b 10:01 | u b 10:02 | u e 10:03", ("repeated", "b", "b", "b", "e", 1)),
        ("u a 10:00 | u x 10:01 | u b 10:02 | u e 10:03", ("ad hoc", "", "x", "a", "b", 1)),
        ("u a 10:00 | u b 10:01 | u c 10:02 | u e 10:03", ("wrong branch", "c", "c", "b", "e", 1)),
        ("u a 10:00 | u b 10:01", ("departed", "e", "", "b", "", 1)),
        ("u a 10:00 | u b!failed 10:01 | u e 10:02", ("failing", "b", "b", "a", "b", 1)),
        ("u a 10:00 | u b 10:20 | u e 10:21", ("paused", "b", "b", "a", "b", 1)),
    ],
)
def test_a_deviation_lies_between_the_matched_steps_around_it(
    walk: str, route: tuple[str, str, str, str, str, int]
) -> None:
    assert route in routes(walked(walk))


def test_a_skip_is_a_move_the_map_does_not_have() -> None:
    assert moves(walked("u a 10:00 | u e 10:01"))["a", "e"] == (1, False)


def test_a_departure_leaves_no_move_to_the_goal() -> None:
    assert ("b", "") not in moves(walked("u a 10:00 | u b 10:01"))


def test_an_open_journey_is_counted_only_where_it_stands() -> None:
    answer = walked("u a 10:00 | u b 10:01 | v a 10:02 | v b 10:03 | v e 10:04", as_of="2026-01-01T10:30:00Z")
    assert (answer.closed, answer.about.open) == (1, 1)
    assert {one.step: one.standing for one in answer.steps} == {"a": 0, "b": 1, "c": 0, "d": 0, "e": 0}
    assert moves(answer)["a", "b"] == (1, True)


def test_rarer_routes_are_left_out_and_counted() -> None:
    first, second = (
        "a 10:00 {0} x 10:01 {0} b 10:02 {0} e 10:09",
        "a 10:00 {0} x 10:01 {0} b 10:02 {0} b 10:03",
    )
    answer = walked(f"u {first.format('| u')} | v {second.format('| v')} | v e 10:09", top=1)
    assert [one[0] for one in routes(answer)] == ["ad hoc"]
    assert answer.hidden == 1


def test_nobody_is_an_answer() -> None:
    answer = walked("u x 10:00")
    assert (answer.closed, answer.reached.value, answer.moves, answer.routes) == (0, None, (), ())
    assert len(answer.steps) == 5


def test_a_map_must_be_named() -> None:
    snapshot = walks_from_text("u a 10:00")
    asker = Asker(snapshot, catalog_of(snapshot, (MAP,)))
    with pytest.raises(QuestionError):
        asker.ask(WalkedQuestion())
    with pytest.raises(UnknownNameError):
        asker.ask(WalkedQuestion(map="Nowhere"))


def many(walk: str, count: int, first: int) -> str:
    """Repeat a walk for ``count`` customers of their own; ``{0}`` stands for the day."""
    return " | ".join(walk.replace("u ", f"u{first + i} ").format(i) for i in range(count))


def compared(text: str, kind: str) -> Compared:
    (route,) = [one for one in walked(text, as_of="2026-12-01T00:00:00Z").routes if one.kind == kind]
    assert route.compared is not None
    return route.compared


def test_who_skips_is_compared_with_who_came_to_the_same_next_step() -> None:
    text = " | ".join(
        (
            many("u a +{0} 10:00 | u e +{0} 10:01", 20, 0),
            many("u a +{0} 10:00 | u b +{0} 10:01 | u e +{0} 10:02", 12, 100),
            many("u a +{0} 10:00 | u b +{0} 10:01", 12, 200),
            many("u a +{0} 10:00", 30, 300),
        )
    )
    found = compared(text, "missing")
    assert (found.having.count, found.having.of) == (20, 20)
    assert (found.others.count, found.others.of) == (12, 12)
    assert found.time.value == -60.0
    assert found.verdict == "better"


def test_a_detour_is_compared_with_the_same_move_without_it() -> None:
    text = " | ".join(
        (
            many("u a +{0} 10:00 | u x +{0} 10:01 | u b +{0} 10:02", 15, 0),
            many("u a +{0} 10:00 | u b +{0} 10:01 | u e +{0} 10:05", 15, 100),
            many("u a +{0} 10:00 | u c +{0} 10:01 | u e +{0} 10:05", 15, 200),
        )
    )
    found = compared(text, "ad hoc")
    assert (found.having.count, found.having.of) == (0, 15)
    assert (found.others.count, found.others.of) == (15, 15)
    assert found.verdict == "worse"


def test_where_as_many_reach_the_goal_the_longer_way_is_worse() -> None:
    text = " | ".join(
        (
            many("u a +{0} 10:00 | u b +{0} 10:05 | u b +{0} 10:50 | u e +{0} 11:40", 15, 0),
            many("u a +{0} 10:00 | u b +{0} 10:05 | u e +{0} 10:10", 15, 100),
        )
    )
    found = compared(text, "repeated")
    assert found.reached.value == 0.0
    assert found.time.value == pytest.approx(90 * 60, rel=0.01)
    assert found.verdict == "worse"


def test_few_are_not_judged() -> None:
    text = " | ".join(
        (
            many("u a +{0} 10:00 | u x +{0} 10:01 | u b +{0} 10:02", 9, 0),
            many("u a +{0} 10:00 | u b +{0} 10:01 | u e +{0} 10:05", 50, 100),
        )
    )
    assert compared(text, "ad hoc").verdict == "too few to say"


def test_a_departure_is_an_end_and_not_compared() -> None:
    (route,) = walked("u a 10:00 | u b 10:01").routes
    assert route.compared is None


def test_many_comparisons_of_chance_find_little() -> None:
    """Both sides are drawn alike, so at most a few of many deviations may be told apart."""
    random = Random(4)
    sides = [
        tuple(
            Outcome(200, count, tally(np.array([random.randrange(300) for _ in range(count)])))
            for count in (sum(random.random() < 0.5 for _ in range(200)) for _ in range(2))
        )
        for _ in range(200)
    ]
    verdicts = Counter(one.verdict for one in compare_all(sides) if one)  # type: ignore[arg-type]
    assert verdicts["no clear difference"] >= 195


@settings(deadline=None)
@given(log=logs())
def test_those_compared_are_journeys_at_the_same_fork(log: list[Event]) -> None:
    snapshot = walks_of(log)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(WalkedQuestion(map=SAMPLE.name, top=1_000))
    assert isinstance(answer, Walked)
    moved = {(one.source, one.target): one.journeys for one in answer.moves}
    for route in answer.routes:
        if route.compared is None:
            continue
        assert route.compared.having.of == route.journeys
        if route.kind != "missing":
            assert route.compared.others.of == moved[route.source, route.target] - route.journeys


@settings(deadline=None)
@given(log=logs())
def test_what_enters_a_step_leaves_it(log: list[Event]) -> None:
    """A journey leaves a step as often as it comes; where it comes once, counts of journeys balance too."""
    snapshot = walks_of(log)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(WalkedQuestion(map=SAMPLE.name, top=1_000))
    assert isinstance(answer, Walked)
    into, out = Counter[str](), Counter[str]()
    for move in answer.moves:
        into[move.target] += move.journeys
        out[move.source] += move.journeys
    departed = Counter[str]()
    for route in answer.routes:
        if route.kind == "departed":
            departed[route.source] += route.journeys
    for step in answer.steps:
        assert into[step.step] >= step.journeys.count
        assert out[step.step] + departed[step.step] >= step.journeys.count
    assert out[""] <= answer.closed
    assert into[""] <= answer.reached.count <= answer.closed
    assert answer.about.units == answer.closed + answer.about.open


def test_a_wait_of_days_is_told_in_seconds() -> None:
    answer = walked("u a 10:00 | u b +0 10:59 | u e +0 11:58")
    last = answer.steps[-1].wait
    assert last.value == pytest.approx(timedelta(minutes=59).total_seconds(), rel=0.01)
