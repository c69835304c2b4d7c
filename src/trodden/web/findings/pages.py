"""The pages of findings: Home, the list, one finding, and what we know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts.formats import format_count, format_moment, format_points
from trodden.model.words import phrase, say
from trodden.web.findings.models import Knowledge
from trodden.web.pages import Crumb, Empty, File

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.insights.findings.model import Findings, Ignored
    from trodden.insights.findings.searching import Failure, Progress
    from trodden.web.findings.cards import Card, Permits
    from trodden.web.findings.looks import Seen
    from trodden.web.findings.models import Decision


@dataclass(frozen=True, slots=True)
class Live:
    """What is going on just now: events, up to when, and the search for findings.

    ``every_s``: how soon to look again. ``is_stale``: the findings shown rest on an earlier state. ``failed``
    says that the last search failed.
    """

    events: str
    customers: str
    last_at: str
    searched: str
    every_s: int
    done: int = 0
    of: int = 0
    is_stale: bool = False
    is_searching: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps, ticked by what there is."""

    label: str
    hint: str
    address: str
    is_done: bool


NEWS_LISTED: Final = 5
"""Findings that are listed one by one as new, or as found no more."""


@dataclass(frozen=True, slots=True)
class News:
    """What changed since somebody looked last; ``since`` is when that was, ``more`` what is not listed."""

    since: str
    events: str
    found: tuple[File, ...]
    more: str
    gone: tuple[str, ...]
    decisions: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing did."""
        return not (self.events or self.found or self.gone or self.decisions)


@dataclass(frozen=True, slots=True)
class Known:
    """What we know, as a list shows it."""

    id: str
    sentence: str
    meaning: str
    by: str
    review_on: str
    is_due: bool
    address: str
    review: str
    version: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """At most five findings for who reads, and what is beside them."""

    title: str
    lead: str
    cards: tuple[Card, ...]
    more: File | None
    scope: tuple[File, ...]
    permits: Permits
    live: Live | None
    news: News | None
    known: tuple[Known, ...]
    steps: tuple[Step, ...]
    is_first_run: bool
    extent: str
    members: tuple[str, ...]
    tomorrow: str
    mentions: tuple[File, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list of findings."""

    sentence: str
    address: str
    journey: str
    size: str
    effect: str
    state: str
    assignee: str
    score: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class Noise:
    """A difference that may be ignored."""

    sentence: str
    n: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """Every finding, narrowed to some; and the noise."""

    title: str
    crumbs: tuple[Crumb, ...]
    views: tuple[tuple[File, bool], ...]
    lines: tuple[Line, ...]
    noise: tuple[Noise, ...]
    formula: str
    as_of: str
    tried: int
    files: tuple[File, ...]
    may_look: bool
    live: Live | None
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A decision of the history."""

    at: str
    by: str
    act: str
    text: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One finding: evidence, what speaks against it, what was decided, and what it means."""

    title: str
    crumbs: tuple[Crumb, ...]
    card: Card
    permits: Permits
    history: tuple[Told, ...]
    known: Known | None
    members: tuple[str, ...]
    tomorrow: str
    formula: str
    extent: str


@dataclass(frozen=True, slots=True)
class KnowledgePage:
    """Everything we know, what is due first."""

    title: str
    crumbs: tuple[Crumb, ...]
    known: tuple[Known, ...]
    may_review: bool
    tomorrow: str
    empty: Empty | None = None


ACTS_SAID = {
    "agree": phrase("agreed"),
    "dismiss": phrase("dismissed it"),
    "restore": phrase("took it up again"),
    "assign": phrase("assigned it to"),
    "act": phrase("acted upon it"),
    "verify": phrase("verified it"),
    "note": phrase("noted"),
    "interpret": phrase("said what it means"),
    "review": phrase("reviewed it"),
    "withdraw": phrase("withdrew what it means"),
}
"""What was done, after the name of who did it."""


def told_of(decisions: Sequence[Decision], zone: str) -> tuple[Told, ...]:
    """Return decisions as the history shows them."""
    return tuple(
        Told(format_moment(one.at, zone), one.by, _(ACTS_SAID.get(one.act, one.act)), one.text)
        for one in decisions
    )


def known_of(one: Knowledge) -> Known:
    """Return a piece of knowledge as lists show it."""
    return Known(
        id=str(one.pk),
        sentence=one.sentence,
        meaning=one.meaning,
        by=one.by,
        review_on=one.review_on.isoformat(),
        is_due=one.review_on <= timezone.now().date(),
        address=reverse("finding", args=[one.key]),
        review=reverse("knowledge-review", args=[one.pk]),
        version=one.version,
    )


def news_of(before: Seen | None, now: Seen, decisions: Sequence[Decision], zone: str) -> News | None:
    """Return what changed since somebody was here before; None where they were not."""
    if before is None:
        return None
    more = now.events - before.events
    events = (
        ngettext("{n} more event", "{n} more events", more).format(n=format_count(more)) if more > 0 else ""
    )
    found = [
        File(say(sentence), reverse("finding", args=[key]))
        for key, sentence in now.findings.items()
        if key not in before.findings
    ]
    return News(
        since=format_moment(before.at, zone),
        events=events,
        found=tuple(found[:NEWS_LISTED]),
        more=_more_said(len(found) - NEWS_LISTED),
        gone=tuple(said for key, said in before.findings.items() if key not in now.findings)[:NEWS_LISTED],
        decisions=tuple(
            f"{one.by} {_(ACTS_SAID.get(one.act, one.act))}: {say(one.sentence)}" for one in decisions
        ),
    )


def _more_said(rest: int) -> str:
    return ngettext("{n} more new finding", "{n} more new findings", rest).format(n=rest) if rest > 0 else ""


def noise_of(found: Sequence[Ignored]) -> tuple[Noise, ...]:
    """Return what may be ignored."""
    return tuple(Noise(one.sentence, format_count(one.n)) for one in found)


def extent_said(extent: float) -> str:
    """Say how far the common axis reaches."""
    return format_points(extent)


def failed_said(failed: Failure | None, zone: str) -> str:
    """Say that the last search failed, and when it is made again; empty where it did not."""
    if failed is None:
        return ""
    said = ngettext(
        "The last search for findings failed.",
        "The last {n} searches for findings failed.",
        failed.times,
    ).format(n=failed.times)
    again = format_moment(datetime.fromtimestamp(failed.next_at, UTC), zone)
    then = _("The next begins after {moment}; the output of the server says why they fail.")
    return f"{said} {then.format(moment=again)}"


def searched_said(found: Findings | None, going: Progress | None, *, is_current: bool) -> str:
    """Say on what the findings rest, and whether newer ones are being sought."""
    if found is None or not found.as_of.timestamp():  # sought before anything came in
        return _("The first search is under way.") if going else _("No search has been made yet.")
    moment = format_moment(found.as_of, found.time_zone)
    if going is not None:
        return _("Findings as of {moment}; a new search is under way.").format(moment=moment)
    if not is_current:
        return _("Findings as of {moment}; there is newer data.").format(moment=moment)
    return _("Findings as of {moment}.").format(moment=moment)
