"""What goes with success: for every step the walk without it, place by place, in plain loops."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MOST = 63
"""Steps from which on all exposures are one."""


@dataclass(frozen=True)
class Walk:
    """Touchpoints and times in order; ``goal``: the place of the goal, None where it was not reached."""

    steps: list[tuple[str, int]]
    goal: int | None
    is_open: bool


def tables(walks: list[Walk], touchpoint: str, window: int | None) -> dict[tuple[bool, int, bool], int]:
    """Count (has the step, other steps taken, goal comes next) over all walks."""
    found = Counter[tuple[bool, int, bool]]()
    for walk in walks:
        goal = len(walk.steps) if walk.goal is None else walk.goal
        for place in range(goal):
            following = place + 1
            if following == len(walk.steps) and walk.is_open:
                continue
            if following < goal and walk.steps[following][0] == touchpoint:
                continue
            taken = [name for name, _ in walk.steps[:following] if name != touchpoint]
            is_goal = walk.goal == following
            found[has(walk, following, touchpoint, window), min(len(taken), MOST), is_goal] += 1
    return dict(found)


def has(walk: Walk, until: int, touchpoint: str, window: int | None) -> bool:
    """Say whether the step was taken before this place, no longer ago than the window."""
    now = walk.steps[min(until, len(walk.steps) - 1)][1]
    times = [at for name, at in walk.steps[:until] if name == touchpoint]
    return bool(times) and (window is None or now - times[-1] <= window)


def ended(walks: list[Walk], touchpoint: str, window: int | None) -> dict[tuple[bool, bool], int]:
    """Count (has the step, reached the goal) over the walks that are over and did not begin with it."""
    found = Counter[tuple[bool, bool]]()
    for walk in walks:
        if walk.goal == 0 or (walk.goal is None and walk.is_open):
            continue
        until = len(walk.steps) if walk.goal is None else walk.goal
        found[has(walk, until, touchpoint, window), walk.goal is not None] += 1
    return dict(found)
