"""Changing plan: from a look at it to the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trodden.demo.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400
PLANNED_SHARE = 0.6


def walk(world: World) -> None:
    """Let customers change their plan."""
    walkers = world.monthly("changing", 0.03)
    walkers.does("my_plan")
    walkers.wait("look", 10 * MINUTE)
    walkers.leave(walkers.chance("stays", 0.12))
    clicks = walkers.chance(
        "clicks", np.where(walkers.now_in("branch_share"), PLANNED_SHARE / 2, PLANNED_SHARE)
    )
    walkers.does("change_form", clicks)
    walkers.until_open(~clicks)
    walkers.does("change_call", ~clicks, lasts=8 * MINUTE)
    late = walkers.chance("late", 0.3 * walkers.now_in("control_wait"))
    walkers.wait("confirmed", np.where(late, 6 * DAY, 5 * HOUR))
    walkers.does("changed")
    walkers.leave(walkers.chance("withdraws", 0.07))
    walkers.wait("active", 6 * DAY)
    walkers.does("active")
