"""Shop order: from a look at a device to the day it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from trodden.demo.draws import Floats, Mask
    from trodden.demo.walkers import Walkers
    from trodden.demo.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400
TABLET: Final = 2
DEVICE_PRICES: Final = np.array([19_90, 49_00, 89_00, 129_00, 249_00, 399_00, 699_00])


def walk(world: World) -> None:
    """Let customers order devices."""
    walkers = world.monthly("ordering", 0.085)
    skips = _choose(walkers)
    _pay(walkers)
    wrong = walkers.chance("wrong address", 0.1)
    loses = _correct_the_address(walkers, wrong) + _move_the_day(walkers, ~wrong)
    _receive(walkers, loses)
    _use(walkers, skips)


def _choose(walkers: Walkers) -> Mask:
    """Choose a device; return who did not check whether it fits."""
    walkers.does("product")
    walkers.wait("look", 6 * MINUTE)
    walkers.leave(walkers.chance("just looking", 0.15))
    skips = walkers.chance("skips", 0.25)
    walkers.does("fit", ~skips)
    walkers.wait("fit", 3 * MINUTE)
    walkers.does("basket")
    walkers.wait("basket", 4 * MINUTE)
    walkers.leave(walkers.chance("too dear", 0.14))
    wraps = walkers.chance("wraps", 0.16 * walkers.world.has("control_route"))
    walkers.does("wrap", wraps)
    walkers.wait("wraps", MINUTE, wraps)
    walkers.does("address")
    walkers.wait("address", 2 * MINUTE)
    return skips


def _pay(walkers: Walkers) -> None:
    tablet = walkers.people.device[walkers.who] == TABLET
    price = DEVICE_PRICES[walkers.pick("price", (30, 25, 16, 12, 8, 6, 3))]
    for _ in range(4):
        broken = walkers.now_in("checkout_bug") & tablet
        fails = walkers.chance("payment", np.where(broken, 0.8, 0.04))
        walkers.does("payment", fails, outcome="failed", value=price, says=("payment", 0.05))
        walkers.leave(walkers.chance("gives up", 0.25, fails))
        walkers.wait("again", 4 * MINUTE, fails)
    walkers.does("payment", value=price)
    walkers.wait("mail", MINUTE)
    walkers.does("receipt")


def _calls(walkers: Walkers, who: Mask, about: str) -> None:
    walkers.wait("calls", 3 * HOUR, who)
    walkers.until_open(who)
    walkers.does("shop_help", who, outcome="unresolved", says=(about, 0.4), lasts=7 * MINUTE)


def _correct_the_address(walkers: Walkers, wishes: Mask) -> Floats:
    """Notice a wrong address after paying; return the added risk that the parcel is lost."""
    walkers.wait("notices", 40 * MINUTE, wishes)
    refused = walkers.among(wishes & walkers.now_in("change_refused"))
    walkers.does("address", wishes & ~refused)
    walkers.does("address", refused, outcome="declined", says=("refused", 0.2))
    _calls(walkers, walkers.chance("calls", 0.65, refused), "refused")
    return np.where(refused, 0.5, 0.0)


def _move_the_day(walkers: Walkers, who: Mask) -> Floats:
    """Wish for another day of delivery; return the added risk that the parcel is lost."""
    wishes = walkers.chance("other day", 0.15, who)
    walkers.wait("other day", HOUR, wishes)
    easy = walkers.among(wishes & walkers.now_in("change_made_easy"))
    hard = walkers.among(wishes & ~easy)
    walkers.does("delivery_day", easy)
    walkers.does("delivery_day", hard, outcome="declined")
    _calls(walkers, walkers.chance("calls", 0.6, hard), "waiting")
    return np.where(hard, 0.3, np.where(easy, -0.06, 0.0))


def _receive(walkers: Walkers, loses: Floats) -> None:
    walkers.wait("parcel", 2 * DAY)
    walkers.until_open()
    fails = walkers.chance("parcel", 0.07 + loses)
    walkers.does("parcel", fails, outcome="failed")
    walkers.leave(walkers.chance("sent back", 0.8, fails))
    walkers.wait("second round", 2 * DAY, fails)
    walkers.does("parcel")


def _use(walkers: Walkers, skips: Mask) -> None:
    walkers.wait("unpack", 5 * HOUR)
    harmed = skips & walkers.now_in("harmful_shortcut")
    misfit = walkers.chance("misfit", np.where(harmed, 0.3, 0.05))
    walkers.wait("returns", 3 * DAY, misfit)
    walkers.does("return", misfit)
    walkers.leave(misfit)
    walkers.does("set_up")
