from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trodden.methods.journeys import episodes
from trodden.methods.tests.mutants import mutated
from trodden.model.event import FAILING, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable

Walk = list[tuple[int, int, int]]
"""(microseconds, channel code, outcome code) in order."""

between = st.one_of(st.sampled_from((0, 99, 100, 101)), st.integers(0, 10**9))
walks = st.lists(st.tuples(between, st.integers(0, 11), st.integers(0, 6)), max_size=30)


def timed(drawn: Walk) -> Walk:
    at = 10**15
    walk: Walk = []
    for gap, channel, outcome in drawn:
        at += gap
        walk.append((at, channel, outcome))
    return walk


def looped(walk: Walk, gap: int) -> episodes.WalkTotals:
    """Return the totals by plain loops."""
    if not walk:
        return episodes.WalkTotals()
    silences = [at - walk[place][0] for place, (at, _, _) in enumerate(walk[1:]) if at - walk[place][0] > gap]
    return episodes.WalkTotals(
        events=len(walk),
        first=walk[0][0],
        last=walk[-1][0],
        channels=tuple(sum(channel == code for _, channel, _ in walk) for code in range(12)),
        failures=sum(OUTCOMES[outcome] in FAILING for _, _, outcome in walk),
        episodes=len(silences) + 1,
        longest=max(silences, default=0),
    )


def totals(
    walk: Walk,
    gap: int,
    silences_before: Callable[..., Any] = episodes.silences_before,
    sum_walk: Callable[..., Any] = episodes.sum_walk,
) -> episodes.WalkTotals:
    times = np.array([at for at, _, _ in walk], dtype=np.int64)
    marks = np.array([channel | outcome << 4 for _, channel, outcome in walk], dtype=np.uint8)
    return sum_walk(times, marks, silences_before(times, gap))


@settings(deadline=None)
@given(drawn=walks)
def test_a_walk_sums_up_as_by_plain_loops(drawn: Walk) -> None:
    walk = timed(drawn)
    assert totals(walk, 100) == looped(walk, 100)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("silences_before", "between > gap", "between >= gap"),
        ("sum_walk", "occurred_at[-1]", "occurred_at[-2:][0]"),
        ("sum_walk", "channel_outcome & 15", "channel_outcome >> 4"),
        ("sum_walk", "channel_outcome >> 4", "channel_outcome & 15"),
        ("sum_walk", "1 + int(np.count", "int(np.count"),
    ],
)
def test_a_changed_character_is_noticed(name: str, old: str, new: str) -> None:
    changed, random = mutated(getattr(episodes, name), old, new), Random(7)
    logs = [timed([_drawn(random) for _ in range(random.randrange(1, 20))]) for _ in range(30)]
    assert any(totals(walk, 100, **{name: changed}) != looped(walk, 100) for walk in logs)


def _drawn(random: Random) -> tuple[int, int, int]:
    return random.choice((0, 99, 100, 101, 500)), random.randrange(6), random.randrange(7)
