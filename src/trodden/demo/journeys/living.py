"""Everyday life with the firm: signing in, asking, being visited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.draws import uniform

if TYPE_CHECKING:
    from trodden.demo.draws import Mask
    from trodden.demo.walkers import Walkers
    from trodden.demo.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400
STUDIO: Final = 2
SENIOR: Final = 2
FINGERPRINT_DAY: Final = 150


def walk(world: World) -> None:
    """Let customers sign in, ask for advice, talk to the assistant, have things repaired."""
    _sign_in(world)
    _offer_fingerprint(world)
    _ask_advice(world)
    _talk_to_the_assistant(world)
    _repair(world)


def _sign_in(world: World) -> None:
    for name in ("sign in", "sign in once more"):
        walkers = world.monthly(name, 0.42)
        forgets = walkers.chance("forgets", 0.07)
        walkers.does("login", forgets, outcome="failed")
        walkers.does("login", ~forgets)
        walkers.wait("look", 2 * MINUTE)
        walkers.does("usage", ~forgets & walkers.chance("usage", 0.55))
        walkers.leave(~forgets)
        for _ in range(5):
            hard = walkers.now_in("password_resets")
            walkers.does("reset", outcome="ok")
            again = walkers.chance("again", np.where(hard, 0.62, 0.06))
            calls = walkers.chance("calls", np.where(hard, 0.2, 0.02))
            walkers.leave(~(again | calls))
            walkers.wait("again", 6 * MINUTE)
            _call_about(walkers, calls, "password")


def _call_about(walkers: Walkers, who: Mask, about: str) -> None:
    walkers.until_open(who)
    walkers.does("account_help", who, says=(about, 0.4), lasts=8 * MINUTE)
    walkers.leave(who)


def _offer_fingerprint(world: World) -> None:
    """Offer the fingerprint sign-in once to everybody with the app, in the weeks after its release."""
    people = world.people
    walkers = world.once("fingerprint", world.moments("offered", FINGERPRINT_DAY, 60))
    walkers.leave(~people.has_app[walkers.who])
    afraid = (people.plan[walkers.who] == STUDIO) & walkers.now_in("fingerprint_fear")
    refuses = walkers.chance("refuses", np.where(afraid, 0.8, 0.25))
    walkers.does("fingerprint", ~refuses)
    walkers.does("fingerprint", refuses, outcome="declined")
    walkers.leave(~walkers.chance("asks", np.where(afraid, 0.45, 0.03), refuses))
    walkers.wait("asks", 5 * HOUR)
    _call_about(walkers, walkers.here, "fingerprint")


def _ask_advice(world: World) -> None:
    walkers = world.monthly("advice", 0.06)
    senior = (walkers.people.age[walkers.who] == SENIOR) & walkers.now_in("seniors_branch")
    visits = walkers.chance("visits", np.where(senior, 0.75, 0.12))
    calls = walkers.chance("calls", 0.4, ~visits)
    walkers.until_open(visits | calls)
    walkers.does("branch", visits, lasts=14 * MINUTE)
    walkers.does("advice_call", calls, lasts=7 * MINUTE)
    walkers.does("advice_page", ~visits & ~calls)
    rates = walkers.chance("rates", 0.25)
    walkers.wait("rates", 5 * HOUR)
    likes = visits & senior
    score = np.where(likes, 5, 2 + walkers.pick("score", (2, 4, 3, 1)))
    for place, those in (("branch", visits), ("advice_call", calls), ("advice_page", ~visits & ~calls)):
        walkers.does("rating", rates & those & ~likes, extra={"score": score, "about": world.names[place]})
    about_branch = {"score": score, "about": world.names["branch"]}
    walkers.does("rating", rates & likes, extra=about_branch, says=("branch", 0.5))


def _talk_to_the_assistant(world: World) -> None:
    walkers = world.monthly("assistant", 0.04)
    walkers.does("assistant", lasts=3 * MINUTE)
    walkers.leave(~walkers.chance("rates", 0.4))
    walkers.wait("rates", 30 * MINUTE)
    loves = uniform(walkers.people.keys[walkers.who], "loves the assistant") < 0.5  # noqa: PLR2004 -- half of all
    split = world.has("split_reactions")
    score = np.where(loves, 5, 1) if split else 2 + walkers.pick("score", (1, 2, 1))
    told = {"score": score, "about": world.names["assistant"]}
    walkers.does("rating", loves, extra=told, says=("loves" if split else "thanks", 0.4))
    walkers.does("rating", ~loves, extra=told, says=("hates" if split else "thanks", 0.4))


def _repair(world: World) -> None:
    walkers = world.monthly("repair", 0.016)
    walkers.until_open()
    fails = walkers.chance("fails", 0.25)
    walkers.does("repair", fails, outcome="failed", says=("visit", 0.5))
    walkers.does("repair", ~fails, lasts=45 * MINUTE)
    bad = fails & walkers.now_in("one_bad_visit")
    walkers.leave(~walkers.chance("leaves", np.where(bad, 0.27, 0.015)))
    walkers.wait("leaves", 9 * DAY)
    walkers.until_open()
    walkers.cancels(walkers.here)
