"""What is planted in the demo world: one list, which only the generator and the tests read.

A truth is a way people behave. It is switched on and off by its key; nothing in the record names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trodden.demo.clock import day_of
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Truth(msgspec.Struct, frozen=True):
    """One planted truth.

    ``places`` are keys of touchpoints; ``journey`` a map's name or empty; ``days`` the first and the last
    day it holds, counted from the first of the record, None for always and for ever. ``analysis`` is the one
    that should see it, ``expected`` what it should say. A control has no effect, and is to be called so.
    """

    key: str
    description: str
    places: tuple[str, ...]
    journey: str
    analysis: str
    expected: str
    days: tuple[int | None, int | None] = (None, None)
    is_control: bool = False


CONNECTING: Final = "Getting connected"
ORDERING: Final = "Shop order"
HELPING: Final = "Getting help"
CHANGING: Final = "Changing plan"

_ALL: Final = (
    Truth(
        "desire_path",
        "Who goes from the coverage check straight to choosing, without the plan page, orders sooner and "
        "more often: reading it makes people sleep on it, and some never come back.",
        ("plans",),
        CONNECTING,
        "verdicts",
        "missing step: more reach the goal, in less time",
    ),
    Truth(
        "harmful_shortcut",
        "Who buys without the compatibility check sends the device back far more often.",
        ("fit", "return"),
        ORDERING,
        "verdicts",
        "missing step: fewer reach the goal",
    ),
    Truth(
        "change_refused",
        "After payment an address cannot be corrected: customers try, are refused, call, and many parcels "
        "never arrive.",
        ("address", "shop_help"),
        ORDERING,
        "changes_of_mind",
        "going back is refused, costs a call and ends badly",
    ),
    Truth(
        "change_made_easy",
        "From the release on, the day of delivery can be changed with a click; before, the page refused and "
        "people called.",
        ("delivery_day", "shop_help"),
        ORDERING,
        "changes_of_mind",
        "from then on the change is done at no cost and the parcel arrives",
        (150, None),
    ),
    Truth(
        "checkout_bug",
        "On tablets the payment fails again and again after a release.",
        ("payment",),
        ORDERING,
        "compare",
        "tablets reach the goal less often in this period",
        (230, 290),
    ),
    Truth(
        "pause_then_leave",
        "The configurator asks for the contract number of the present provider. A third go to look for it, "
        "and half of them never come back.",
        ("configure",),
        CONNECTING,
        "pauses",
        "long pauses begin there, and fewer reach the goal after one",
    ),
    Truth(
        "needless_notice",
        "The notice of an outage in the north goes to everybody; who is not concerned calls and complains.",
        ("notice", "account_help", "settings"),
        "",
        "transitions",
        "calls follow the notice outside the north",
        (310, 313),
    ),
    Truth(
        "empty_search_hint",
        "After a search without a result people are told to help themselves; they give up or call, annoyed.",
        ("search", "hint"),
        HELPING,
        "deviations",
        "after the hint fewer reach the goal",
        (120, None),
    ),
    Truth(
        "password_resets",
        "Passwords expire, the rules are hard, and people reset theirs several times in a row, then call.",
        ("reset", "account_help"),
        "",
        "transitions",
        "a reset follows a reset, and a call follows",
        (90, None),
    ),
    Truth(
        "fingerprint_fear",
        "The self-employed (plan Studio) refuse the fingerprint sign-in and ask where the prints are kept.",
        ("fingerprint", "account_help"),
        "",
        "compare",
        "Studio customers call after the offer, others do not",
        (150, None),
    ),
    Truth(
        "seniors_branch",
        "Who is 65 or older goes to the branch with a question, and likes it there.",
        ("branch", "advice_call", "advice_page"),
        "",
        "compare",
        "65+ visit the branch, others ask by page or phone",
    ),
    Truth(
        "polite_unmet",
        "The billing hotline is rated top for manners, does not solve the matter, and people call again.",
        ("bill_call", "rating"),
        "",
        "funnel",
        "a second call within days follows well-rated calls",
        (180, 450),
    ),
    Truth(
        "bot_comes_back",
        "The chatbot closes cases as solved, and half of them come back by phone within three days.",
        ("bot", "hotline"),
        HELPING,
        "transitions",
        "the hotline follows chats that ended well",
    ),
    Truth(
        "queue_leaves",
        "Waits in the technical queue are long; callers hang up, and many do not call again.",
        ("hotline",),
        HELPING,
        "departures",
        "people depart at the hotline, abandoned in the queue",
    ),
    Truth(
        "asked_again",
        "After a hand-over to the second line all details are asked for once more; some give up.",
        ("handover", "details"),
        HELPING,
        "transitions",
        "details follow the hand-over",
    ),
    Truth(
        "callback_missing",
        "Callbacks are agreed and mostly never made; people wait for days, then call again or give up.",
        ("promise", "callback"),
        HELPING,
        "departures",
        "people depart where a callback was agreed",
    ),
    Truth(
        "survey_blind",
        "The survey asks for friendliness and looks, which say nothing about who leaves; comments speak of "
        "waiting.",
        ("survey", "cancel"),
        "",
        "drivers of a survey",
        "scores do not go with leaving; waiting is in comments and in no item",
    ),
    Truth(
        "split_reactions",
        "The voice assistant is loved by half and hated by half; the mean is that of an indifferent one.",
        ("assistant", "rating"),
        "",
        "distribution of scores",
        "two peaks, at 1 and 5",
    ),
    Truth(
        "one_bad_visit",
        "After one repair visit that failed, a quarter leave within a month.",
        ("repair", "cancel"),
        "",
        "funnel",
        "cancellation follows failed visits",
    ),
    Truth(
        "comparison_site",
        "From the plan page a fifth look at a comparison site; some return by its link and choose the "
        "cheapest plan, the others are gone.",
        ("plans", "partner"),
        CONNECTING,
        "deviations",
        "an unplanned page after the plan page; fewer reach the goal",
    ),
    Truth(
        "gift_over_basic",
        "Bills are wrong for a third of the customers for four months; a gift to half of all makes those "
        "with a wrong bill angrier, not happier.",
        ("bill", "bill_call", "gift", "survey", "cancel"),
        "",
        "success",
        "the gift goes with leaving",
        (330, 450),
    ),
    Truth(
        "branch_share",
        "The plan says 60 % change their plan by the form; 30 % do.",
        ("change_form", "change_call"),
        CHANGING,
        "predictions",
        "the share of the form is half of what was forecast",
    ),
    Truth(
        "control_route",
        "Some pass by gift wrapping; it changes nothing.",
        ("wrap",),
        ORDERING,
        "verdicts",
        "ad hoc step: equal or too few",
        is_control=True,
    ),
    Truth(
        "control_wait",
        "Some plan changes are confirmed days later than others; it changes nothing.",
        ("changed",),
        CHANGING,
        "pauses",
        "waits without a difference in outcome",
        is_control=True,
    ),
    Truth(
        "control_release",
        "A release of the app is announced in it; it changes nothing.",
        ("news",),
        "",
        "compare",
        "no difference between before and after",
        (200, 210),
        is_control=True,
    ),
    Truth(
        "control_campaign",
        "A newsletter goes to half of the customers; it changes nothing.",
        ("newsletter",),
        "",
        "success",
        "it goes neither with leaving nor with staying",
        is_control=True,
    ),
)

TRUTHS: Final = {one.key: one for one in _ALL}
"""Everything planted, by key."""


class Listed(msgspec.Struct, frozen=True):
    """A truth as written for tests: with names for keys, and dates for days."""

    key: str
    description: str
    touchpoints: tuple[str, ...]
    journey: str
    analysis: str
    expected: str
    begins: datetime | None
    ends: datetime | None
    is_control: bool


def check_keys(keys: tuple[str, ...]) -> frozenset[str]:
    """Return keys of truths as a set.

    Raises
    ------
    UnknownNameError
        If there is no such truth.
    """
    for key in keys:
        if key not in TRUTHS:
            raise UnknownNameError(f"No truth is called {key!r}.", hint=f"There are {', '.join(TRUTHS)}.")
    return frozenset(keys)


def list_truths(names: Mapping[str, str], without: frozenset[str] = frozenset()) -> list[Listed]:
    """List the truths of a world whose touchpoints are called so."""
    return [_listed(one, names) for one in _ALL if one.key not in without]


def _listed(truth: Truth, names: Mapping[str, str]) -> Listed:
    begins, ends = (None if day is None else day_of(day) for day in truth.days)
    return Listed(
        truth.key,
        truth.description,
        tuple(names[place] for place in truth.places),
        truth.journey,
        truth.analysis,
        truth.expected,
        begins,
        ends,
        truth.is_control,
    )
