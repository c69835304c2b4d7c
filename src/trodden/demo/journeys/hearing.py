"""What the firm sends out: newsletters, news of releases, notices of outages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.draws import uniform
from trodden.demo.people import REGIONS

if TYPE_CHECKING:
    from trodden.demo.walkers import Walkers
    from trodden.demo.world import World

MINUTE, HOUR = 60, 3_600
NEWSLETTER_DAYS: Final = (20, 110, 200, 290, 380, 470)
RELEASE_DAYS: Final = (200, 400)
OUTAGE_DAY: Final = 310
NORTH: Final = REGIONS.index("north")


def walk(world: World) -> None:
    """Send everything out."""
    for day in NEWSLETTER_DAYS:
        _send_newsletter(world, day)
    for day in RELEASE_DAYS:
        _tell_of_release(world, day)
    _tell_of_outage(world)


def _sent(world: World, name: str, day: int, hours: float) -> Walkers:
    """Send something to everybody, within some hours of a morning."""
    return world.once(name, world.moments(name, day + 9 / 24, hours / 24))


def _send_newsletter(world: World, day: int) -> None:
    walkers = _sent(world, f"newsletter {day}", day, 3)
    chosen = uniform(walkers.people.keys[walkers.who], "newsletter") < 0.5  # noqa: PLR2004 -- half of all
    walkers.does("newsletter", chosen & (walkers.here if world.has("control_campaign") else ~walkers.here))


def _tell_of_release(world: World, day: int) -> None:
    walkers = _sent(world, f"release {day}", day, 200)
    walkers.leave(~walkers.people.has_app[walkers.who])
    if world.has("control_release"):
        walkers.does("news")


def _tell_of_outage(world: World) -> None:
    """Tell everybody of an outage in the north."""
    walkers = _sent(world, "outage", OUTAGE_DAY, 0.5)
    concerned = walkers.people.region[walkers.who] == NORTH
    walkers.does("notice")
    looks = walkers.chance("looks", np.where(concerned, 0.6, 0.04))
    walkers.wait("looks", 20 * MINUTE)
    walkers.does("status", looks)
    annoyed = ~concerned & walkers.now_in("needless_notice")
    calls = walkers.chance("calls", np.where(annoyed, 0.14, 0.01))
    walkers.wait("calls", 50 * MINUTE)
    walkers.until_open(calls)
    walkers.does("account_help", calls, says=("unaffected", 0.5), lasts=5 * MINUTE)
    walkers.wait("opts out", 2 * HOUR)
    walkers.does("settings", walkers.chance("opts out", np.where(annoyed, 0.06, 0.004)))
