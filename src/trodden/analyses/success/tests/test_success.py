"""What goes with success, on walks by hand, in worlds without association, and on a synthetic shop."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.oracles import success as oracle
from tests.oracles.success import Walk
from tests.support.logs import AS_OF, SAMPLE, catalog_of, customer_of, logs, walks_of
from tests.support.rows import events_table
from tests.support.shop_log import shop_events
from tests.support.walks import walks_from_text
from trodden.analyses.success import Success, SuccessQuestion
from trodden.analyses.success.answer import SuccessStep
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.success import EXPOSURES, count_odds
from trodden.methods.journeys.units import Units, frozen
from trodden.methods.stats.odds import common_odds_ratio
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.event import Event
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.walks import Snapshot

MAP = parse_map("name: Shop\nflow: [a, b, g]\nbounds: {silence: 2h}\nscope: {also: [x]}", "shop.yaml")


def ask(snapshot: Snapshot, **fields: Any) -> Success:  # noqa: ANN401 - any field
    asker = Asker(snapshot, catalog_of(snapshot, (MAP, SAMPLE)), engine=ThreadEngine(1))
    answer = asker.ask(SuccessQuestion(**{"min_count": 1, **fields}))
    assert isinstance(answer, Success)
    return answer


def of_text(text: str, **fields: Any) -> Success:  # noqa: ANN401 - any field
    return ask(walks_from_text(text, as_of="2027-01-01"), **fields)


def step(answer: Success, touchpoint: str) -> SuccessStep:
    (found,) = (one for one in answer.steps if one.touchpoint == touchpoint)
    return found


ONLY_A = "k{0} a +{0} 10:00"


def many(walk: str, days: range) -> str:
    return " | ".join(walk.format(day) for day in days)


def test_steps_count_only_before_the_goal() -> None:
    answer = of_text("u a 10:00 | u g 10:01 | u x 10:02 | v a 10:00 | v x 10:01", goal="g")
    assert (answer.reached.count, answer.reached.of) == (1, 2)
    found = step(answer, "x")
    assert (found.having.count, found.having.of, found.others.count, found.others.of) == (0, 1, 1, 1)


def test_without_a_goal_it_is_that_of_the_map() -> None:
    text = "u a 10:00 | u x 10:01 | u b 10:02 | u g 10:03 | v a 10:00 | v b 10:01"
    answer = of_text(text, map="Shop")
    assert (answer.about.unit, answer.reached.count, answer.reached.of) == ("journey", 1, 2)
    assert step(answer, "x").having.count == 1


def test_who_begins_with_the_goal_is_told_apart() -> None:
    answer = of_text("u g 10:00 | v a 10:00 | v g 10:01", goal="g")
    assert (answer.at_once, answer.reached.of) == (1, 1)


def test_a_goal_may_be_a_pattern() -> None:
    answer = of_text("u a 10:00 | u b 10:01 | u g 10:02 | v b 10:00 | v a 10:01", goal="b->g")
    assert (answer.reached.count, answer.reached.of) == (1, 2)
    assert [one.touchpoint for one in answer.steps if one.having.count] == ["a"]


def test_a_window_forgets() -> None:
    text = "u x 10:00 | u a 11:00 | u g 11:30 | v a 10:00 | v b 10:10"
    assert step(of_text(text, goal="g"), "x").having.count == 1
    assert step(of_text(text, goal="g", window=timedelta(minutes=90)), "x").having.count == 1
    shorter = of_text(text, goal="g", window=timedelta(minutes=89))
    assert [one.touchpoint for one in shorter.steps if one.having.count] == ["a"]


def test_what_nobody_did_without_is_no_finding() -> None:
    reached = "k{0} a +{0} 10:00 | k{0} b +{0} 10:01 | k{0} g +{0} 10:02"
    text = f"{many(reached, range(20))} | {many(ONLY_A, range(20, 40))}"
    assert step(of_text(text, goal="g"), "b").reading == "always before it"


def test_few_are_not_read() -> None:
    reached = "k{0} a +{0} 10:00 | k{0} x +{0} 10:01 | k{0} g +{0} 10:02"
    text = f"{many(reached, range(9))} | {many(ONLY_A, range(9, 60))}"
    found = step(of_text(text, goal="g"), "x")
    assert (found.reading, found.adjusted_p) == ("too few to say", None)
    assert of_text(text, goal="g", min_count=10).rare == 1


def test_questions_that_cannot_be_asked_say_why() -> None:
    for fields, error in (
        ({}, QuestionError),
        ({"map": "Shop", "unit": "customer"}, QuestionError),
        ({"goal": "nowhere"}, UnknownNameError),
        ({"goal": "a", "window": timedelta(seconds=-1)}, QuestionError),
    ):
        with pytest.raises(error):
            of_text("u a 10:00", **fields)


def test_examples_reached_the_goal_after_most_steps() -> None:
    text = "u x 10:00 | u g 10:01 | v a 10:00 | v x 10:02 | v g 10:03 | w x 10:00"
    (first, second) = step(of_text(text, goal="g"), "x").examples
    assert ((first.customer, first.cost), (second.customer, second.cost)) == (("v", 2), ("u", 1))


@settings(deadline=None)
@given(log=logs())
def test_shares_and_odds_equal_plain_loops(log: list[Event]) -> None:
    snapshot = walks_of(log)
    answer = ask(snapshot, goal="Order", limit=100) if log else None
    walks = [_walk(log, customer) for customer in dict.fromkeys(map(customer_of, log))]
    for found in answer.steps if answer else ():
        ends = oracle.ended(walks, found.touchpoint, None)
        assert (found.having.count, found.having.of) == _share(ends, has=True)
        assert (found.others.count, found.others.of) == _share(ends, has=False)
        tables = oracle.tables(walks, found.touchpoint, None)
        sides = [
            np.array([[tables.get((has, k, goal), 0) for goal in (True, False)] for k in range(EXPOSURES)])
            for has in (True, False)
        ]
        assert found.at_equal_exposure == common_odds_ratio(*sides)


def _share(ends: dict[tuple[bool, bool], int], *, has: bool) -> tuple[int, int]:
    return ends.get((has, True), 0), ends.get((has, True), 0) + ends.get((has, False), 0)


def _walk(log: list[Event], customer: str) -> Walk:
    """Return a customer's walk; ties are in the order of the log's own numbers and ids."""
    snapshot = walks_of([event for event in log if customer_of(event) == customer])
    bucket = next(one for one in snapshot.buckets() if len(one.starts))
    rows = range(int(bucket.starts[0]), int(bucket.ends[0]))
    names = snapshot.dictionaries.touchpoints
    kept = [row for row in rows if bucket.occurred_at[row] <= _us(AS_OF)]
    steps = [(names[bucket.touchpoint[row]], int(bucket.occurred_at[row])) for row in kept]
    goals = [place for place, (name, _) in enumerate(steps) if name == "Order"]
    is_open = _us(AS_OF) - steps[-1][1] <= 30 * 86_400_000_000
    return Walk(steps, goals[0] if goals else None, is_open)


def _us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def random_units(random: Random, count: int, *, detour: bool) -> tuple[Units, np.ndarray[Any, Any]]:
    """Return units to whom step 0 means nothing.

    Without ``detour`` steps are drawn anew each time, and some leave or reach the goal, most after few
    others; with it, steps 1 to 4 lead to the goal, some leave after each, and step 0 lies between by chance.
    """
    walks: list[list[int]] = []
    goals: list[bool] = []
    for _ in range(count):
        walk, reached = (_along if detour else _anew)(random)
        walks.append(walk)
        goals.append(reached)
    offsets = np.cumsum([0, *map(len, walks)], dtype=np.int64)
    steps = np.array([one for walk in walks for one in walk], dtype=np.uint16)
    nothing = frozen(np.zeros(len(steps), dtype=np.int64))
    units = Units(
        offsets=frozen(offsets),
        rows=nothing,
        occurred_at=frozen(np.arange(len(steps), dtype=np.int64)),
        touchpoint=frozen(steps),
        channel_outcome=frozen(np.zeros(len(steps), dtype=np.uint8)),
        flags=frozen(np.zeros(len(steps), dtype=np.uint8)),
        customer=frozen(np.arange(count)),
        state=frozen(np.full(count, 3, dtype=np.uint8)),
        closed_at=frozen(np.zeros(count, dtype=np.int64)),
    )
    return units, np.where(goals, offsets[1:] - 1, offsets[1:])


def _anew(random: Random) -> tuple[list[int], bool]:
    walk = [random.randrange(6)]
    while random.random() > 0.12:
        if random.random() < (0.4 if sum(map(bool, walk)) <= 2 else 0.04):
            return [*walk, 9], True
        walk.append(random.randrange(6))
    return walk, False


def _along(random: Random) -> tuple[list[int], bool]:
    walk: list[int] = []
    for place in range(1, 5):
        walk.append(place)
        if random.random() < 0.3:
            walk.append(0)
        if random.random() < 0.2:
            return walk, False
    return [*walk, 9], True


@pytest.mark.parametrize("detour", [False, True])
def test_without_an_association_95_of_100_intervals_hold_one(*, detour: bool) -> None:
    """Although the plain odds ratio is far from 1: 1,000 worlds."""
    random, held, plain = Random(3), 0, []
    for _ in range(1_000):
        units, goals = random_units(random, 800 if detour else 300, detour=detour)
        odds = count_odds(units, goals, None, 10)
        found = common_odds_ratio(odds.having[0][:, ::-1], (odds.at_risk - odds.apart[0])[:, ::-1])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 1 <= found.high
        ever = odds.ever[0]
        plain.append(ever[1] / max(ever[0], 1) / ((odds.units[1] - ever[1]) / (odds.units[0] - ever[0])))
    assert 930 <= held <= 970
    assert abs(np.median(plain) - 1) > 0.2


def test_what_goes_with_buying_in_a_shop(shared: Path) -> None:
    """A payment that fails stands near the goal, so it says little here; at its fork it is worse."""
    snapshot = build_snapshot(events_table(shop_events(shared)))
    answer = ask(snapshot, goal="purchase", unit="session", min_count=20)
    assert (answer.reached.count, answer.reached.of, answer.at_once) == (470, 3_604, 0)
    found = {one.touchpoint: one for one in answer.steps}
    checkout = found["payment_details"]
    assert (checkout.having.count, checkout.having.of, checkout.others.count) == (265, 427, 205)
    assert checkout.at_equal_exposure.value == pytest.approx(23.3, abs=0.1)
    assert [one.touchpoint for one in answer.steps if one.reading == "goes with failure"] == [
        "catalog",
        "filter_results",
        "search",
        "home",
    ]
    assert found["payment_error"].reading == "no clear association"
