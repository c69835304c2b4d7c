"""A route without effect is called equal or too few; a planted one gets its verdict against appearances."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from tests.support.logs import catalog_of, renamed, walks_of
from trodden.analyses.verdicts import VerdictsQuestion
from trodden.analyses.verdicts.answer import Effect, JudgedRoute
from trodden.analyses.verdicts.tests.worlds import AS_OF, MAP, World, helped, judge, skipping
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine

QUIET = {"different but equal", "too few to say"}
NOTHING = World()
BETTER = World(skip=0.15, gap=0.6, journeys=3_000)
"""Who skips would seldom have paid, so that skipping looks no better than it is for nobody."""
HARMFUL = World(skip=-0.15, gap=0.6, turned=True, journeys=3_000)


def effect(route: JudgedRoute, outcome: str) -> Effect:
    (found,) = (one for one in route.effects if one.outcome == outcome)
    return found


def naive(world: World, seed: int) -> float:
    """Return what a plain comparison of those who skip with those who do not says: of all who came to pay."""
    walks: dict[str, list[str]] = {}
    for event in world.events(seed):
        walks.setdefault(event.ids[0].value, []).append(event.name)
    came = [walk for walk in walks.values() if "pay" in walk]
    sides = [[("thanks" in walk) for walk in came if ("pick" in walk) == has] for has in (False, True)]
    return sum(sides[0]) / len(sides[0]) - sum(sides[1]) / len(sides[1])


def verdicts_over(world: World, seeds: range) -> list[str]:
    return [skipping(judge(world, seed)).verdict for seed in seeds]


def test_the_worlds_deceive_a_plain_comparison() -> None:
    assert all(naive(World(journeys=3_000), seed) < -0.04 for seed in range(5))
    assert all(naive(BETTER, seed) < 0.07 for seed in range(5))
    assert all(naive(HARMFUL, seed) > -0.07 for seed in range(5))


def test_a_route_without_effect_is_equal_or_too_few() -> None:
    answers = [judge(NOTHING, seed) for seed in range(5)]
    assert {route.verdict for answer in answers for route in answer.routes} <= QUIET


@pytest.mark.slow
def test_a_route_without_effect_is_nearly_always_equal_or_too_few() -> None:
    """At a false discovery rate of 5 % about two of forty worlds may hold a false verdict."""
    answers = [judge(NOTHING, seed) for seed in range(40)]
    quiet = [all(route.verdict in QUIET for route in answer.routes) for answer in answers]
    assert sum(quiet) >= 37


def test_a_better_way_is_found_although_it_looks_no_better() -> None:
    answer = judge(BETTER, 1)
    route = skipping(answer)
    assert (route.verdict, route.decided_by) == ("a better way", "met")
    assert effect(route, "met").effect.value == pytest.approx(0.15, abs=0.06)
    assert answer.about.grade == "adjusted"
    assert answer.matched_on[:2] == ("region", "start period")
    assert verdicts_over(BETTER, range(2, 5)) == ["a better way"] * 3


def test_a_harmful_shortcut_is_found_although_it_looks_harmless() -> None:
    route = skipping(judge(HARMFUL, 1))
    assert (route.verdict, route.decided_by) == ("worse", "met")
    assert verdicts_over(HARMFUL, range(2, 5)) == ["worse"] * 3


@pytest.mark.slow
def test_planted_ways_get_their_verdict_in_nineteen_of_twenty_worlds() -> None:
    assert verdicts_over(BETTER, range(20)).count("a better way") >= 19
    assert verdicts_over(HARMFUL, range(20)).count("worse") >= 19


def test_a_detour_that_costs_customers_is_worse() -> None:
    assert helped(judge(World(help=-0.2, journeys=2_000), 1)).verdict == "worse"


def test_what_is_sooner_and_no_worse_is_better() -> None:
    """So many that fewer needs met by the margin can be ruled out."""
    route = skipping(judge(World(sooner=0.6, gap=0.1, journeys=7_000), 2))
    assert (route.verdict, route.decided_by) == ("a better way", "time")
    assert effect(route, "time").effect.value == pytest.approx(0.7, abs=0.1)


def test_with_enough_journeys_no_effect_is_called_equal() -> None:
    assert skipping(judge(World(gap=0.2, journeys=8_000), 1)).verdict == "different but equal"


@pytest.mark.parametrize("shuffle", [1, 2])
def test_effects_do_not_hang_on_order_names_or_threads(shuffle: int) -> None:
    """To the last digit: property codes, buckets and the order of sums are others."""
    log = list(World(journeys=400).events(3))
    other = renamed(log, lambda name: f"z{name[::-1]}")
    Random(shuffle).shuffle(other)
    told = []
    for one, threads in ((log, 1), (other, 3)):
        snapshot = walks_of(one, AS_OF)
        asker = Asker(snapshot, catalog_of(snapshot, (MAP,)), engine=ThreadEngine(threads))
        answer = asker.ask(VerdictsQuestion(map="Shop"))
        told.append([msgspec.structs.replace(route, examples=()) for route in answer.routes])  # type: ignore[attr-defined]
    assert told[0] == told[1]
    assert any(route.effects for route in told[0])
