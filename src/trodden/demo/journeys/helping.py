"""Getting help: search, chat, call, ticket, until the need is met or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trodden.demo.draws import Ints, Mask
    from trodden.demo.walkers import Walkers
    from trodden.demo.world import World

MINUTE, HOUR, DAY = 60, 3_600, 86_400
PATIENCE_S = 15 * MINUTE


def walk(world: World) -> None:
    """Let customers look for help."""
    walkers = world.monthly("helping", 0.13)
    _search(walkers)
    way = walkers.pick("way", (40, 42, 18))
    back = _ask_the_bot(walkers, way == 0)
    _call(walkers, (way == 1) | back)
    _write(walkers, way == 2)  # noqa: PLR2004 -- the third way


def _search(walkers: Walkers) -> None:
    empty = walkers.chance("empty", 0.28)
    found = ~empty
    walkers.does("search", empty, outcome="failed")
    walkers.does("search", found)
    walkers.wait("search", MINUTE)
    hinted = walkers.chance("hint", np.where(empty & walkers.now_in("empty_search_hint"), 0.8, 0.06))
    annoyed = hinted & empty & walkers.now_in("empty_search_hint")
    walkers.does("hint", hinted, says=("hint", 0.05))
    walkers.wait("hint", MINUTE, hinted)
    walkers.leave(walkers.chance("gives up", np.where(annoyed, 0.45, 0.1)))
    walkers.does("article", found)
    walkers.wait("article", 4 * MINUTE, found)
    helped = walkers.chance("helped", 0.4, found)
    walkers.does("helped", helped)
    walkers.leave(helped)


def _ask_the_bot(walkers: Walkers, who: Mask) -> Mask:
    """Chat with the bot, then an agent; return who calls, because it was not solved after all."""
    closes = walkers.chance("bot", 0.7, who)
    walkers.does("bot", who & closes, lasts=4 * MINUTE)
    walkers.does("bot", who & ~closes, outcome="unresolved", lasts=5 * MINUTE, says=("bot", 0.1))
    back = walkers.chance("comes back", np.where(walkers.now_in("bot_comes_back"), 0.5, 0.07), closes)
    _close(walkers, closes & ~back)
    rest = walkers.among(who & ~closes)
    walkers.does("agent", rest, lasts=9 * MINUTE)
    _close(walkers, rest)
    walkers.wait("comes back", 18 * HOUR, back)
    return walkers.among(back)


def _call(walkers: Walkers, who: Mask) -> None:
    """Call, and call again while it takes that; after three calls nobody tries any more."""
    for _ in range(3):
        walkers.until_open(who)
        through = _queue(walkers, who)
        solved = _talk(walkers, through)
        _close(walkers, solved)
        who = walkers.among(who) & ~solved
        walkers.leave(walkers.chance("gives up", 0.45, who))
        walkers.wait("again", 6 * HOUR, who)
    walkers.leave(walkers.among(who))


def _queue(walkers: Walkers, who: Mask) -> Mask:
    """Wait in the queue; return who gets through."""
    technical = walkers.uniform("queue") < 0.55  # noqa: PLR2004 -- the share of technical matters
    long = technical & walkers.now_in("queue_leaves")
    waited = np.where(long, 11 * MINUTE, 90) * np.exp(1.2 * (walkers.uniform("waited") - 0.5))
    hangs_up = walkers.chance("hangs up", 1 - np.exp(-waited / PATIENCE_S), who)
    rounded: Ints = (waited // 5 * 5).astype(np.int64)
    for name, those in (("technical", technical), ("general", ~technical)):
        told: dict[str, Ints | str] = {"queue": name, "waited": rounded}
        walkers.does("hotline", hangs_up & those, outcome="abandoned", extra=told)
        walkers.does("hotline", who & those & ~hangs_up, extra=told, lasts=3 * MINUTE)
    return walkers.among(who) & ~hangs_up


def _talk(walkers: Walkers, who: Mask) -> Mask:
    """Tell the matter, perhaps twice, perhaps agree on a callback; return whose need is met."""
    walkers.does("details", who, lasts=2 * MINUTE)
    handed = walkers.chance("handed over", 0.3, who)
    walkers.does("handover", handed, lasts=5 * MINUTE)
    again = walkers.chance("asked again", 0.85 * walkers.now_in("asked_again"), handed)
    walkers.does("details", again, lasts=4 * MINUTE, says=("again", 0.12))
    hangs_up = walkers.chance("hangs up", 0.4, again)
    walkers.leave(hangs_up)
    agreed = walkers.chance("callback", 0.2, who & ~handed)
    missed = _wait_for_callback(walkers, agreed)
    return walkers.chance("solved", 0.85, who) & ~missed


def _wait_for_callback(walkers: Walkers, who: Mask) -> Mask:
    """Agree on a callback; return who never got it and waited for days."""
    walkers.does("promise", who, outcome="partial")
    kept = walkers.chance("kept", np.where(walkers.now_in("callback_missing"), 0.3, 0.96), who)
    walkers.wait("callback", 16 * HOUR, kept)
    walkers.until_open(kept)
    walkers.does("callback", kept, lasts=6 * MINUTE)
    missed = walkers.among(who) & ~kept
    walkers.wait("missed", 4 * DAY, missed)
    return missed


def _write(walkers: Walkers, who: Mask) -> None:
    walkers.does("ticket", who)
    walkers.wait("reply", 1.2 * DAY, who)
    walkers.does("reply", who)
    solved = walkers.chance("solved", 0.86, who)
    _close(walkers, solved)
    walkers.leave(who)


def _close(walkers: Walkers, who: Mask) -> None:
    """Close the case; some rate it."""
    walkers.wait("closed", 20 * MINUTE, who)
    walkers.does("closed", who)
    rates = walkers.chance("rates", 0.2, who)
    walkers.wait("rates", 3 * HOUR, rates)
    score = 3 + walkers.pick("score", (15, 35, 50))
    walkers.does(
        "rating", rates, extra={"score": score, "about": walkers.world.names["closed"]}, says=("thanks", 0.2)
    )
    walkers.leave(who)
