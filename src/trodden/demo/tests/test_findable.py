"""Analyses find what is planted, over seeds nobody has seen and with touchpoints renamed; not in the twin."""

from __future__ import annotations

import pytest

from trodden.demo.tests.finders import (
    CONTROLS,
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

CUSTOMERS, MORE = 3_000, 5_000
"""Of 3,000 customers, who takes the better way is in most worlds too few to say."""
SEEDS = (3311, 3312, 3313, 3314, 3315)
"""No finder and no truth was ever fitted to these."""
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


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.__name__)
def test_nothing_is_told_of_a_control(control: Finder, planted: Firm) -> None:
    assert not control(planted)


@pytest.fixture(scope="module")
def firms() -> list[Firm]:
    return [firm(seed, customers=MORE) for seed in SEEDS]


@pytest.mark.slow
@pytest.mark.timeout(900)
@every_finder
def test_it_is_found_in_four_of_five_unseen_worlds_and_not_in_their_twins(
    finder: Finder, firms: list[Firm]
) -> None:
    assert sum(finder(one) for one in firms) >= 4
    twins = (firm(seed, (finder.__name__,), MORE) for seed in SEEDS)
    assert [finder(twin) for twin in twins] == [False] * 5


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.__name__)
def test_an_effect_of_a_control_is_told_in_one_of_five_unseen_worlds_at_most(
    control: Finder, firms: list[Firm]
) -> None:
    assert sum(control(one) for one in firms) <= 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ways_and_changes_of_mind_are_judged_rightly() -> None:
    wrong = dict.fromkeys((desire_path, harmful_shortcut, change_refused, change_made_easy, control_route), 0)
    for seed in MANY_SEEDS:
        one = firm(seed, customers=MORE)
        for finder in wrong:
            wrong[finder] += finder(one) is (finder is control_route)
    told = {finder.__name__: count for finder, count in wrong.items()}
    assert told.pop("control_route") <= 2
    assert max(told.values()) <= 1, told
