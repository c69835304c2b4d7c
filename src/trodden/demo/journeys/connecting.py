"""Getting connected: from the first look to the first bill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.people import NEVER, PRICES

if TYPE_CHECKING:
    from trodden.demo.draws import Mask
    from trodden.demo.walkers import Walkers
    from trodden.demo.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SENIOR: Final = 2
NORTH: Final = 0


def walk(world: World) -> None:
    """Let newcomers get connected; who is, is a member from then on."""
    walkers = world.newcomers("connecting")
    slow = _look_around(walkers)
    _choose(walkers, slow)
    _order(walkers)
    _prove_who_you_are(walkers)
    _get_connected(walkers)
    _settle(walkers)


def _look_around(walkers: Walkers) -> Mask:
    """Look around; return who has read so much that they doubt."""
    walkers.does("partner", walkers.chance("partner", 0.06))
    walkers.wait("partner", MINUTE)
    walkers.does("coverage")
    walkers.leave(walkers.chance("not covered", 0.1))
    young = walkers.people.age[walkers.who] == 0
    skips = walkers.chance("skips", np.where(young, 0.3, 0.22))
    reads = ~skips
    slow = walkers.now_in("desire_path") & reads
    walkers.wait("look", 8 * MINUTE)
    walkers.does("plans", reads)
    _compare_elsewhere(walkers, reads)
    walkers.wait("think", np.where(slow, 1.2 * DAY, 20 * MINUTE))
    walkers.leave(walkers.chance("thought too long", np.where(slow, 0.18, 0.08)))
    return slow


def _compare_elsewhere(walkers: Walkers, reads: Mask) -> None:
    goes = walkers.chance("compares", 0.22 * walkers.now_in("comparison_site"), reads)
    walkers.leave(walkers.chance("found another", 0.4, goes))
    walkers.wait("compares", 2.5 * HOUR, goes)
    walkers.does("partner", goes)
    plan = walkers.people.plan
    plan[walkers.who[walkers.among(goes)]] = 0
    walkers.leave(walkers.chance("not here", 0.3, goes))


def _choose(walkers: Walkers, slow: Mask) -> None:
    senior = walkers.people.age[walkers.who] == SENIOR
    calls = walkers.chance("calls", np.where(senior, 0.5, 0.16))
    walkers.until_open(calls)
    walkers.does("sales", calls, lasts=9 * MINUTE)
    clicks = ~calls
    walkers.does("configure", clicks)
    searches = walkers.chance("searches", 0.33 * walkers.now_in("pause_then_leave"), clicks)
    walkers.leave(walkers.chance("not found", 0.5, searches))
    walkers.wait("searches", 2.2 * DAY, searches)
    walkers.wait("chosen", 12 * MINUTE)
    walkers.leave(walkers.chance("rather not", np.where(slow, 0.24, 0.08)))


def _order(walkers: Walkers) -> None:
    walkers.does("order", value=PRICES[walkers.people.plan[walkers.who]])
    walkers.wait("mail", 2 * MINUTE)
    walkers.does("welcome", walkers.chance("mail", 0.97))
    walkers.wait("mailed", 6 * MINUTE)


def _prove_who_you_are(walkers: Walkers) -> None:
    for _ in range(3):
        fails = walkers.chance("identity", 0.12)
        walkers.does("identity", fails, outcome="failed")
        walkers.leave(walkers.chance("gives up", 0.12, fails))
        walkers.wait("again", 5 * MINUTE, fails)
    walkers.does("identity")


def _get_connected(walkers: Walkers) -> None:
    walkers.wait("appointment", 7 * HOUR)
    walkers.does("appointment")
    north = walkers.people.region[walkers.who] == NORTH
    asks = walkers.chance("asks", np.where(north, 0.16, 0.05))
    walkers.wait("asks", 2 * DAY, asks)
    walkers.until_open(asks)
    walkers.does("sales_help", asks, outcome="unresolved", says=("waiting", 0.4), lasts=6 * MINUTE)
    walkers.leave(walkers.chance("has enough", 0.2, asks))
    walkers.wait("technician", np.where(north, 5 * DAY, 3 * DAY))
    walkers.until_open()
    fails = walkers.chance("technician", 0.06)
    walkers.does("installation", fails, outcome="failed", says=("visit", 0.3))
    walkers.wait("second visit", 3 * DAY, fails)
    walkers.does("installation", lasts=55 * MINUTE)


def _settle(walkers: Walkers) -> None:
    connected = walkers.here
    people = walkers.people
    people.member_from[walkers.who] = np.where(connected, walkers.now, NEVER)
    walkers.wait("guide", 2 * HOUR)
    walkers.does("guide", walkers.chance("guide", 0.35))
    walkers.wait("bill", 13 * DAY)
    walkers.does("first_bill", value=PRICES[people.plan[walkers.who]])
