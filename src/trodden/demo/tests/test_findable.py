"""Analyses find what is planted, over seeds nobody has seen and with touchpoints renamed; not in the twin."""

from __future__ import annotations

import pytest

from trodden.demo.tests.finders import (
    FINDERS,
    Firm,
    change_made_easy,
    change_refused,
    control_route,
    desire_path,
    harmful_shortcut,
)
from trodden.demo.truths import TRUTHS
from trodden.demo.world import Plan

CUSTOMERS = 3_000
SEEDS = (211, 212, 213, 214, 215)
MANY_SEEDS = range(300, 320)

Finder = "Callable[[Firm], bool]"
every_finder = pytest.mark.parametrize("finder", FINDERS, ids=lambda finder: finder.__name__)


def firm(seed: int, without: tuple[str, ...] = (), customers: int = CUSTOMERS) -> Firm:
    return Firm(Plan(seed, customers, without=frozenset(without), renamed=True))


@pytest.fixture(scope="module")
def planted() -> Firm:
    return firm(210)


@pytest.fixture(scope="module")
def bare() -> Firm:
    return firm(210, tuple(TRUTHS))


@every_finder
def test_an_analysis_tells_what_is_planted_and_nothing_where_it_is_not(
    finder: Finder, planted: Firm, bare: Firm
) -> None:
    assert finder(planted)
    assert not finder(bare)


@pytest.fixture(scope="module")
def firms() -> list[Firm]:
    return [firm(seed) for seed in SEEDS]


@pytest.mark.slow
@pytest.mark.timeout(900)
@every_finder
def test_it_is_found_in_four_of_five_unseen_worlds_and_not_in_their_twins(
    finder: Finder, firms: list[Firm]
) -> None:
    assert sum(finder(one) for one in firms) >= 4
    assert [finder(firm(seed, (finder.__name__,))) for seed in SEEDS] == [False] * 5


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ways_and_changes_of_mind_are_judged_rightly() -> None:
    wrong = dict.fromkeys((desire_path, harmful_shortcut, change_refused, change_made_easy, control_route), 0)
    for seed in MANY_SEEDS:
        one = firm(seed, customers=5_000)
        for finder in wrong:
            wrong[finder] += finder(one) is (finder is control_route)
    told = {finder.__name__: count for finder, count in wrong.items()}
    assert told.pop("control_route") <= 2
    assert max(told.values()) <= 1, told
