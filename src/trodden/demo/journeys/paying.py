"""Bills, a gift, and what the survey hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.clock import DAY as DAY_US
from trodden.demo.clock import SECOND, micros, month_start
from trodden.demo.draws import uniform
from trodden.demo.people import BILL_DAYS, PRICES

if TYPE_CHECKING:
    from trodden.demo.draws import Ints, Mask
    from trodden.demo.walkers import Walkers
    from trodden.demo.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400
GIFT_DAY: Final = 390
SURVEY_DAYS: Final = (60, 150, 240, 330, 420, 510)


def walk(world: World) -> None:
    """Send bills, ask about them; send a gift; ask how satisfied people are."""
    for month in range(world.months):
        _bill(world, month)
    _question(world)
    _give(world)
    for number, day in enumerate(SURVEY_DAYS):
        _survey(world, number, day)


def _wronged(world: World) -> Mask:
    """Return whose bills are wrong while they are."""
    return uniform(world.people.keys, "wronged") < (0.33 if world.has("gift_over_basic") else 0.0)


def _bill(world: World, month: int) -> None:
    days = np.array(BILL_DAYS)[world.people.bill_day]
    at = micros(month_start(month)) + days * DAY_US
    later = uniform(world.people.keys, f"bill {month}") * HOUR * SECOND
    walkers = world.once(f"bill {month}", at + later.astype(np.int64))
    price = PRICES[walkers.people.plan[walkers.who]]
    wrong = _wronged(world)[walkers.who] & walkers.now_in("gift_over_basic")
    walkers.does("bill", value=price + np.where(wrong, 12_00, 0))
    looks = walkers.chance("looks", np.where(wrong, 0.7, 0.38))
    walkers.wait("looks", 20 * HOUR, looks)
    walkers.does("bill_view", looks)
    complains = walkers.chance("complains", 0.3, wrong)
    walkers.wait("complains", 1.5 * DAY, complains)
    walkers.until_open(complains)
    walkers.does("bill_call", complains, outcome="unresolved", says=("bill", 0.3), lasts=9 * MINUTE)


def _question(world: World) -> None:
    """Ask about a bill by phone."""
    walkers = world.monthly("bill question", 0.03)
    walkers.until_open()
    for _ in range(3):
        polite = walkers.now_in("polite_unmet")
        unmet = walkers.chance("unmet", np.where(polite, 0.6, 0.1))
        met = ~unmet
        walkers.does("bill_call", met, lasts=7 * MINUTE)
        walkers.does("bill_call", unmet, outcome="unresolved", lasts=9 * MINUTE)
        _rate(
            walkers, walkers.chance("rates", 0.35), np.where(polite, 5, 3 + walkers.pick("score", (2, 4, 4)))
        )
        walkers.leave(met)
        walkers.leave(walkers.chance("lets it be", 0.3))
        walkers.wait("again", 3 * DAY)
        walkers.until_open()


def _rate(walkers: Walkers, who: Mask, manners: Ints) -> None:
    walkers.wait("rates", HOUR, who)
    unhappy = walkers.now_in("polite_unmet")
    told: dict[str, Ints | str] = {"score": manners, "about": walkers.world.names["bill_call"]}
    walkers.does("rating", who & unhappy, extra=told, says=("polite", 0.3))
    walkers.does("rating", who & ~unhappy, extra=told, says=("thanks", 0.2))


def _give(world: World) -> None:
    """Send a gift to half of all, and ask everybody who answers how they find the firm."""
    people = world.people
    walkers = world.once("gift", world.moments("gift", GIFT_DAY + 9 / 24, 0.2))
    wrong, given = _wronged(world)[walkers.who], people.arm[walkers.who]
    walkers.does("gift", given)
    walkers.wait("survey", 6 * DAY)
    answers = walkers.chance("answers", 0.3)
    mean = np.where(wrong, np.where(given, 1.6, 2.5), np.where(given, 4.3, 4.0))
    score = np.clip(np.round(mean + 1.6 * (walkers.uniform("score") - 0.5)), 1, 5).astype(np.int64)
    angry = wrong & given
    walkers.does("survey", answers & angry, extra={"satisfaction": score}, says=("gift", 0.5))
    walkers.does("survey", answers & ~angry, extra={"satisfaction": score}, says=("thanks", 0.1))
    walkers.leave(~walkers.chance("leaves", np.where(angry, 0.13, np.where(wrong, 0.05, 0.006))))
    walkers.wait("leaves", 14 * DAY)
    walkers.cancels(walkers.here)


def _survey(world: World, number: int, day: int) -> None:
    """Ask for friendliness and looks; who was kept waiting leaves, whatever the survey says."""
    name = f"survey {number}"
    walkers = world.once(name, world.moments(name, day, 9))
    walkers.leave(~walkers.chance("answers", 0.12))
    waited = walkers.chance("kept waiting", 0.15)
    drop = np.where(waited & (not world.has("survey_blind")), 1.7, 0.0)
    told: dict[str, Ints | str] = {
        item: np.clip(np.round(4.2 - drop + 1.8 * (walkers.uniform(item) - 0.5)), 1, 5).astype(np.int64)
        for item in ("friendliness", "looks")
    }
    walkers.does("survey", waited, extra=told, says=("waiting", 0.7))
    walkers.does("survey", ~waited, extra=told, says=("thanks", 0.3))
    walkers.leave(~walkers.chance("leaves", np.where(waited, 0.2, 0.01)))
    walkers.wait("leaves", 20 * DAY)
    walkers.cancels(walkers.here)
