"""Where an analysis tells a planted truth: in one of its ten first rows, clearly, and not by a name.

Each finder asks one question and returns whether the answer says it. What stands here is what journey
analyses can see; what is in scores and comments (``survey_blind``, ``split_reactions``) has its trace in
the raw events alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trodden.api import Walks
from trodden.demo.clock import day_of
from trodden.demo.designed import designed_maps
from trodden.demo.places import names_of
from trodden.demo.tests.records import table_of
from trodden.demo.truths import CHANGING, CONNECTING, HELPING, ORDERING, TRUTHS
from trodden.model.catalog import Catalog
from trodden.model.question import Period
from trodden.model.touchpoints import TouchpointRules
from trodden.questions import question_from
from trodden.registry import find
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.demo.world import Plan

TOP: Final = 10


class Firm:
    """A demo world as walks, with its maps; asked by keys of touchpoints, whatever they are called."""

    def __init__(self, plan: Plan) -> None:
        self.names = names_of(plan.seed, renamed=plan.renamed)
        snapshot = build_snapshot(table_of(plan), TouchpointRules(), time_zone="UTC")
        catalog = Catalog(
            snapshot=snapshot.name,
            as_of=snapshot.as_of,
            time_zone="UTC",
            dictionaries=snapshot.dictionaries,
            maps={one.key: one for one in designed_maps(self.names)},
        )
        self.walks = Walks(snapshot, catalog)
        self._answers: dict[str, Any] = {}

    def ask(self, name: str, /, **fields: Any) -> Any:  # noqa: ANN401 -- fields and answers of any analysis
        """Ask once; ask the same again for nothing."""
        key = f"{name} {fields}"
        if key not in self._answers:
            self._answers[key] = self.walks.ask(question_from(find(name).question, fields))
        return self._answers[key]

    def move(self, source: str, target: str, **fields: Any) -> float:  # noqa: ANN401
        """Return the share of a move among those out of a touchpoint, if it is one of the ten first."""
        told = self.ask("transitions", source=f'"{self.names[source]}"', **fields).transitions[:TOP]
        return next((one.share.value for one in told if one.target == self.names[target]), 0.0)

    def judged(self, journey: str, kind: str, step: str, touchpoint: str = "", **fields: Any) -> list[Any]:  # noqa: ANN401
        """Return what is told of a way off the map among the ten first."""
        name = self.names[touchpoint] if touchpoint else ""
        told = self.ask("verdicts", map=journey, **fields).routes[:TOP]
        return [one for one in told if (one.kind, one.step) == (kind, step) and name in ("", one.touchpoint)]

    def verdict(self, journey: str, kind: str, step: str, touchpoint: str = "", **fields: Any) -> set[str]:  # noqa: ANN401
        """Return the verdicts on a way off the map among the ten first."""
        return {one.verdict for one in self.judged(journey, kind, step, touchpoint, **fields)}

    def changes(self, kind: str, place: str, **fields: Any) -> list[Any]:  # noqa: ANN401
        """Return what is told of a change of mind in orders among the ten first."""
        told = self.ask("changes_of_mind", map=ORDERING, **fields).places[:TOP]
        return [one for one in told if (one.kind, one.touchpoint) == (kind, self.names[place])]

    def goes_with(self, goal: str, place: str) -> str:
        """Return what is read of a touchpoint before another that is a goal, among the ten first."""
        told = self.ask("success", goal=f'"{self.names[goal]}"').steps[:TOP]
        return next((one.reading for one in told if one.touchpoint == self.names[place]), "not told")

    def converts(self, segment: str | None, steps: tuple[str, str], **fields: Any) -> str:  # noqa: ANN401
        """Compare who goes on from one touchpoint to another: a segment with all others, or two periods."""
        within = fields.pop("within", "30d")
        inner = {"steps": [self.names[one] for one in steps], "within": within}
        told = self.ask("compare", analysis="funnel", fields=inner, segment=segment, **fields).differences
        clear = sorted((one for one in told if one.adjusted_p is not None), key=lambda one: one.adjusted_p)[
            :TOP
        ]
        return next((one.verdict for one in clear if one.name == "converted"), "not told")


def desire_path(firm: Firm) -> bool:
    return firm.verdict(CONNECTING, "missing", "plans") >= {"a better way"}


def harmful_shortcut(firm: Firm) -> bool:
    return firm.verdict(ORDERING, "missing", "fit") == {"worse"}


def change_refused(firm: Firm) -> bool:
    """Tell whether going back to the address is refused, costs contacts and ends badly."""
    told = firm.changes("back", "address")
    return any(
        not _could(one) and one.contacts.value > 0.3 and one.compared.verdict == "worse" for one in told
    )


def change_made_easy(firm: Firm) -> bool:
    """Tell whether the day of delivery can be changed, since it is easy, at no cost and to no harm."""
    since = day_of(TRUTHS["change_made_easy"].days[0] or 0).date().isoformat()
    told = firm.changes("edit", "delivery_day", period=Period(since, None))
    return any(_could(one) and one.contacts.value < 0.1 and one.compared.verdict != "worse" for one in told)


def _could(place: Any) -> bool:  # noqa: ANN401 -- a place of the answer
    return any(one.how == "done" and one.changes.value > 0.8 for one in place.could)


def control_route(firm: Firm) -> bool:
    """Tell whether a route without effect is called one that has it."""
    return bool(firm.verdict(ORDERING, "ad hoc", "", "wrap") & {"worse", "a better way"})


def control_wait(firm: Firm) -> bool:
    """Tell whether waits for the confirmation are said to change how a change of plan ends."""
    told = firm.ask("pauses", map=CHANGING).places[:TOP]
    awaiting = [one for one in told if any(limit.to == "changed" for limit in one.limits)]
    return any(one.ranks.outcome is not None for one in awaiting)


def control_release(firm: Firm) -> bool:
    """Tell whether orders of the month after a release are said to differ from those of the month before."""
    before, release, after = (day_of(day).date().isoformat() for day in (170, 200, 230))
    told = firm.converts(
        None,
        ("address", "receipt"),
        map=ORDERING,
        period=Period(release, after),
        other_period=Period(before, release),
    )
    return told in {"higher", "lower"}


def control_campaign(firm: Firm) -> bool:
    """Tell whether the newsletter is said to go with leaving, or with staying."""
    return firm.goes_with("cancel", "newsletter") in {"goes with success", "goes with failure"}


def gift_over_basic(firm: Firm) -> bool:
    """Tell whether the gift goes with leaving."""
    return firm.goes_with("cancel", "gift") == "goes with success"


def checkout_bug(firm: Firm) -> bool:
    first, last = (day_of(day or 0) for day in TRUTHS["checkout_bug"].days)
    period = Period(first.date().isoformat(), last.date().isoformat())
    told = firm.converts("device = tablet", ("address", "receipt"), map=ORDERING, period=period)
    return told == "lower"


def pause_then_leave(firm: Firm) -> bool:
    """Tell whether pauses after the configurator are among the longest, and often end in nothing."""
    for one in firm.ask("pauses", map=CONNECTING).places[:TOP]:
        if one.place == "configure" and one.on_map:
            nothing = [after for after in one.next if after.next == "nothing"]
            return one.paused.value > 0.25 and any(after.difference.low > 0 for after in nothing)
    return False


def needless_notice(firm: Firm) -> bool:
    return firm.move("notice", "account_help", segment="not region = north") > 0.06


def empty_search_hint(firm: Firm) -> bool:
    """Tell whether those who were given a hint reach their goal clearly less often."""
    rows = firm.ask("deviations", map=HELPING).rows[:TOP]
    hinted = [row for row in rows if row.kind == "ad hoc" and row.touchpoint == firm.names["hint"]]
    return any(row.reached.difference.high < -0.08 for row in hinted)


def password_resets(firm: Firm) -> bool:
    return firm.move("reset", "reset") > 0.2 and firm.move("reset", "account_help") > 0.08


def fingerprint_fear(firm: Firm) -> bool:
    return firm.converts("plan = Studio", ("fingerprint", "account_help"), within="2d") == "higher"


def seniors_branch(firm: Firm) -> bool:
    return firm.converts('age_group = "65+"', ("login", "branch"), within="90d") == "higher"


def polite_unmet(firm: Firm) -> bool:
    steps = ",".join([f'"{firm.names["bill_call"]}"'] * 2)
    return firm.ask("funnel", steps=steps, within="10d").converted.low > 0.13


def bot_comes_back(firm: Firm) -> bool:
    return firm.move("bot", "hotline", map=HELPING) > 0.2


def queue_leaves(firm: Firm) -> bool:
    told = firm.ask("departures", map=HELPING).steps[:TOP]
    return any(one.left.low > 0.17 for one in told if one.touchpoint == firm.names["hotline"])


def asked_again(firm: Firm) -> bool:
    return firm.move("handover", "details", map=HELPING) > 0.4


def callback_missing(firm: Firm) -> bool:
    told = firm.ask("departures", map=HELPING).steps[:TOP]
    return any(one.left.low > 0.15 for one in told if one.touchpoint == firm.names["promise"])


def one_bad_visit(firm: Firm) -> bool:
    steps = ",".join(f'"{firm.names[key]}"' for key in ("repair", "cancel"))
    return firm.ask("funnel", steps=steps, within="30d").converted.low > 0.04


def comparison_site(firm: Firm) -> bool:
    """Tell whether people come by a page nobody planned, and reach their goal less often."""
    rows = firm.ask("deviations", map=CONNECTING).rows[:TOP]
    return any(
        row.kind == "ad hoc"
        and row.touchpoint == firm.names["partner"]
        and row.reached.difference.high < 0.02
        for row in rows
    )


def branch_share(firm: Firm) -> bool:
    told = firm.ask("predictions", map=CHANGING).predictions[:TOP]
    return any(one.kind == "branch" and one.verdict == "below" and one.actual.high < 0.4 for one in told)


FINDERS: Final[tuple[Callable[[Firm], bool], ...]] = (
    desire_path,
    harmful_shortcut,
    change_refused,
    change_made_easy,
    checkout_bug,
    pause_then_leave,
    needless_notice,
    empty_search_hint,
    password_resets,
    fingerprint_fear,
    seniors_branch,
    polite_unmet,
    bot_comes_back,
    queue_leaves,
    asked_again,
    callback_missing,
    one_bad_visit,
    comparison_site,
    gift_over_basic,
    branch_share,
)

CONTROLS: Final = (control_route, control_wait, control_release, control_campaign)
"""Each tells whether an analysis says of a control that it has an effect."""
