"""What each planted truth leaves in the raw events, measured by plain loops.

A trace returns an effect: large where the truth is planted, about nothing in the twin without it.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Final

from trodden.demo.people import PRICES
from trodden.demo.tests.records import DAY, Seen, Walk, after, followed, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Walks = dict[str, Walk]

MINUTE, HOUR = 60.0, 3_600.0
FEWEST: Final = 12
"""With fewer on a side there is no effect to speak of."""


def share(yes: Iterable[bool]) -> tuple[int, int]:
    counted = list(yes)
    return sum(counted), len(counted)


def apart(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Return the difference of two shares; 0 where a side is too small."""
    if min(first[1], second[1]) < FEWEST:
        return 0.0
    return first[0] / first[1] - second[0] / second[1]


def has(walk: Walk, place: str, outcome: str = "") -> bool:
    return any(seen.place == place and outcome in ("", seen.outcome) for seen in walk)


def orders(walks: Walks) -> list[Walk]:
    return [part for part in parts(walks, "product") if has(part, "basket")]


def desire_path(walks: Walks) -> float:
    chosen = [part for part in parts(walks, "coverage") if has(part, "configure") or has(part, "sales")]
    straight = share(has(part, "first_bill") for part in chosen if not has(part, "plans"))
    reading = share(has(part, "first_bill") for part in chosen if has(part, "plans"))
    return apart(straight, reading)


def harmful_shortcut(walks: Walks) -> float:
    skipped = share(has(part, "return") for part in orders(walks) if not has(part, "fit"))
    checked = share(has(part, "return") for part in orders(walks) if has(part, "fit"))
    return apart(skipped, checked)


def _corrected(part: Walk) -> bool:
    paid = [index for index, seen in enumerate(part) if seen.place == "payment" and seen.outcome == "ok"]
    return bool(paid) and has(part[paid[0] :], "address")


def change_refused(walks: Walks) -> float:
    paid = [part for part in orders(walks) if has(part, "payment", "ok")]
    corrected = share(has(part, "parcel", "failed") for part in paid if _corrected(part))
    others = share(has(part, "parcel", "failed") for part in paid if not _corrected(part))
    return apart(corrected, others)


def change_made_easy(walks: Walks) -> float:
    moved = [part for part in orders(walks) if has(part, "delivery_day")]
    later = share(has(part, "delivery_day", "ok") for part in moved if part[0].day > 151)
    before = share(has(part, "delivery_day", "ok") for part in moved if part[0].day < 149)
    return apart(later, before)


def checkout_bug(walks: Walks) -> float:
    tried = [
        seen for walk in walks.values() for seen in walk if seen.place == "payment" and 230 < seen.day < 290
    ]
    tablets = share(seen.outcome == "failed" for seen in tried if seen.properties["device"] == "tablet")
    others = share(seen.outcome == "failed" for seen in tried if seen.properties["device"] != "tablet")
    return apart(tablets, others)


def pause_then_leave(walks: Walks) -> float:
    parted = list(parts(walks, "coverage"))

    def waits(part: Walk, place: str) -> Iterable[bool]:
        at = [index for index, seen in enumerate(part) if seen.place == place][:1]
        return [not after(part, index, "order", 8 * HOUR) for index in at]

    page = share(one for part in parted for one in waits(part, "configure"))
    phone = share(one for part in parted for one in waits(part, "sales"))
    return apart(page, phone)


def _told(north: bool) -> Callable[[Seen], bool]:  # noqa: FBT001 -- one or the other
    return lambda seen: seen.place == "notice" and (seen.properties["region"] == "north") is north


def needless_notice(walks: Walks) -> float:
    elsewhere = followed(walks, _told(north=False), "account_help", DAY)
    return apart(elsewhere, followed(walks, _told(north=True), "account_help", DAY))


def empty_search_hint(walks: Walks) -> float:
    def searched(outcome: str) -> Callable[[Seen], bool]:
        return lambda seen: seen.place == "search" and seen.outcome == outcome and seen.day > 120

    empty = followed(walks, searched("failed"), "hint", 15 * MINUTE)
    return apart(empty, followed(walks, searched("ok"), "hint", 15 * MINUTE))


def password_resets(walks: Walks) -> float:
    later = followed(walks, lambda seen: seen.place == "reset" and seen.day > 90, "reset", HOUR)
    return apart(later, followed(walks, lambda seen: seen.place == "reset" and seen.day < 89, "reset", HOUR))


def fingerprint_fear(walks: Walks) -> float:
    def offered(studio: bool) -> Callable[[Seen], bool]:  # noqa: FBT001 -- one or the other
        return lambda seen: seen.place == "fingerprint" and (seen.properties["plan"] == "Studio") is studio

    afraid = followed(walks, offered(studio=True), "account_help", 2 * DAY)
    return apart(afraid, followed(walks, offered(studio=False), "account_help", 2 * DAY))


def seniors_branch(walks: Walks) -> float:
    ways = ("branch", "advice_call", "advice_page")
    asked = [seen for walk in walks.values() for seen in walk if seen.place in ways]
    old = share(seen.place == "branch" for seen in asked if seen.properties["age_group"] == "65+")
    young = share(seen.place == "branch" for seen in asked if seen.properties["age_group"] != "65+")
    return apart(old, young)


def polite_unmet(walks: Walks) -> float:
    def called(begin: float, end: float) -> Callable[[Seen], bool]:
        return lambda seen: seen.place == "bill_call" and begin < seen.day < end

    during = followed(walks, called(180, 315), "bill_call", 10 * DAY)
    return apart(during, followed(walks, called(0, 165), "bill_call", 10 * DAY))


def bot_comes_back(walks: Walks) -> float:
    closed = followed(walks, lambda seen: seen.place == "bot" and seen.outcome == "ok", "hotline", 4 * DAY)
    return apart(closed, followed(walks, lambda seen: seen.place == "agent", "hotline", 4 * DAY))


def queue_leaves(walks: Walks) -> float:
    calls = [seen for walk in walks.values() for seen in walk if seen.place == "hotline"]

    def given_up(queue: str) -> tuple[int, int]:
        return share(one.outcome == "abandoned" for one in calls if one.properties["queue"] == queue)

    return apart(given_up("technical"), given_up("general"))


def asked_again(walks: Walks) -> float:
    handed = followed(walks, lambda seen: seen.place == "handover", "details", 20 * MINUTE)
    return apart(handed, followed(walks, lambda seen: seen.place == "details", "details", 2 * MINUTE))


def callback_missing(walks: Walks) -> float:
    kept, agreed = followed(walks, lambda seen: seen.place == "promise", "callback", 5 * DAY)
    return 1 - kept / agreed - 0.04


def survey_blind(walks: Walks) -> float:
    """Return 1 where scores do not tell who leaves, less the more they do."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for walk in walks.values():
        for index, seen in enumerate(walk):
            if "friendliness" in seen.properties:
                scores[after(walk, index, "cancel", 70 * DAY)].append(seen.properties["friendliness"])
    return 1 - abs(fmean(scores[True]) - fmean(scores[False]))


def split_reactions(walks: Walks) -> float:
    """Return the share of extreme scores after the touchpoint, less what chance would give."""
    scores = [
        later.properties["score"]
        for walk in walks.values()
        for seen, later in pairwise(walk)
        if seen.place == "assistant" and later.place == "rating" and later.at - seen.at < 6 * HOUR
    ]
    assert abs(fmean(scores) - 3) < 0.3
    return sum(score in (1, 5) for score in scores) / len(scores)


def one_bad_visit(walks: Walks) -> float:
    def visited(outcome: str) -> Callable[[Seen], bool]:
        return lambda seen: seen.place == "repair" and seen.outcome == outcome

    bad = followed(walks, visited("failed"), "cancel", 40 * DAY)
    return apart(bad, followed(walks, visited("ok"), "cancel", 40 * DAY))


def comparison_site(walks: Walks) -> float:
    looked = followed(walks, lambda seen: seen.place == "plans", "partner", DAY)
    return apart(looked, followed(walks, lambda seen: seen.place == "coverage", "partner", MINUTE))


def gift_over_basic(walks: Walks) -> float:
    """Return how much lower those with a wrong bill score with a gift than without."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    right = {*PRICES.tolist(), None}
    for walk in walks.values():
        if any(seen.place == "bill" and seen.value not in right for seen in walk):
            given = has(walk, "gift")
            scores[given] += [
                one.properties["satisfaction"] for one in walk if "satisfaction" in one.properties
            ]
    if min(len(one) for one in scores.values()) < FEWEST:
        return 0.0
    return fmean(scores[False]) - fmean(scores[True])


def branch_share(walks: Walks) -> float:
    changes = [
        seen.place for walk in walks.values() for seen in walk if seen.place in ("change_form", "change_call")
    ]
    return 0.6 - changes.count("change_form") / len(changes)


def control_route(walks: Walks) -> float:
    on = [part for part in orders(walks) if has(part, "address")]
    wrapped = share(has(part, "set_up") for part in on if has(part, "wrap"))
    return apart(wrapped, share(has(part, "set_up") for part in on if not has(part, "wrap")))


def control_wait(walks: Walks) -> float:
    changes = [part for part in parts(walks, "my_plan") if has(part, "changed")]

    def is_late(part: Walk) -> bool:
        at = {seen.place: seen.at for seen in reversed(part)}
        return at["changed"] - part[0].at > 2 * DAY

    late = share(has(part, "active") for part in changes if is_late(part))
    return apart(late, share(has(part, "active") for part in changes if not is_late(part)))


def control_release(walks: Walks) -> float:
    def between(begin: float, end: float) -> Callable[[Walk], bool]:
        return lambda part: begin < part[0].day < end

    since, before = between(211, 229), between(181, 199)
    later = share(has(part, "set_up") for part in orders(walks) if since(part))
    return apart(later, share(has(part, "set_up") for part in orders(walks) if before(part)))


def control_campaign(walks: Walks) -> float:
    """Return how much more of those with a newsletter sign in, of those who were there for it."""
    there = [walk for walk in walks.values() if has(walk, "bill") and walk[-1].day > 30]
    told = share(has(walk, "cancel") for walk in there if has(walk, "newsletter"))
    return apart(told, share(has(walk, "cancel") for walk in there if not has(walk, "newsletter")))


LEAST: Final[dict[Callable[[Walks], float], float]] = {
    desire_path: 0.08,
    harmful_shortcut: 0.15,
    change_refused: 0.3,
    change_made_easy: 0.8,
    checkout_bug: 0.4,
    pause_then_leave: 0.1,
    needless_notice: 0.06,
    empty_search_hint: 0.5,
    password_resets: 0.35,
    fingerprint_fear: 0.15,
    seniors_branch: 0.4,
    polite_unmet: 0.15,
    bot_comes_back: 0.3,
    queue_leaves: 0.25,
    asked_again: 0.6,
    callback_missing: 0.5,
    survey_blind: 0.65,
    split_reactions: 0.9,
    one_bad_visit: 0.12,
    comparison_site: 0.06,
    gift_over_basic: 0.5,
    branch_share: 0.2,
}
"""The least effect of each truth; the twin shows less than half of it."""

NOTHING: Final[dict[Callable[[Walks], float], float]] = {
    control_route: 0.08,
    control_wait: 0.08,
    control_release: 0.2,
    control_campaign: 0.05,
}
"""Controls: the most that chance does."""
