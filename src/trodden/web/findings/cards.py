"""Findings as cards: all of them on one axis, with what they rest on and what speaks against them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts import Effect
from trodden.charts.formats import ends_along, format_count, format_day, format_interval, format_number
from trodden.insights.findings.candidates import later_said, nearest
from trodden.model.durations import format_duration
from trodden.model.money import format_money, minor_digits
from trodden.model.words import SOURCE, phrase, say, speaking, with_marks
from trodden.web.addresses import ask_address, with_query
from trodden.web.findings.models import STATES, Case, Knowledge, Watch
from trodden.web.markup import drawing
from trodden.web.pages import File
from trodden.web.shield import sees_customers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.utils.safestring import SafeString

    from trodden.charts import Tone
    from trodden.insights.findings.model import Evidence, Finding
    from trodden.model.question import Estimate
    from trodden.web.actors import Actor
    from trodden.web.findings.voices import Voice

LEAST_EXTENT: Final = 0.1
"""The common axis reaches ten points at least, so that small effects look small."""

TONES: Final[Mapping[str, Tone]] = {"better": "better", "worse": "worse", "differs": "plain"}
GRADES: Final = {
    "randomised": phrase("by a trial"),
    "quasi-experimental": phrase("nearly a trial"),
    "adjusted": phrase("adjusted, not randomised"),
    "descriptive": phrase("described, not adjusted"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A finding, ready to read; ``version`` is that of the case its forms decide about.

    ``unpriced``: where needs are at stake and it is not known what one is worth, what to give to know it.
    ``in_all``: what the time comes to in a month, over all whom it touches.
    """

    key: str
    address: str
    sentence: str
    journey: File
    tone: str
    effect: SafeString | None
    needs: str
    money: str
    unpriced: str
    time: str
    in_all: str
    size: str
    behind: str
    chips: tuple[str, ...]
    contrary: tuple[str, ...]
    mind: str
    evidence: tuple[File, ...]
    rank: tuple[tuple[str, str], ...]
    score: str
    state: str
    state_label: str
    is_dismissed: bool
    reason: str
    assignee: str
    is_watched: bool
    is_gone: bool
    version: int
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was decided so far about findings, by key, as one person sees it."""

    cases: Mapping[str, Case]
    watched: frozenset[str]
    known: Mapping[str, Knowledge]

    def is_dismissed(self, key: str) -> bool:
        """Say whether a finding was dismissed."""
        case = self.cases.get(key)
        return case is not None and case.is_dismissed


def standing(who: str) -> Standing:
    """Return what was decided, and what this person watches."""
    return Standing(
        cases={one.key: one for one in Case.here.all()},
        watched=frozenset(Watch.here.filter(who=who).values_list("key", flat=True)),
        known={one.key: one for one in Knowledge.here.filter(is_withdrawn=False).order_by("at")},
    )


def extent_of(findings: Iterable[Finding]) -> float:
    """Return how far the common axis reaches either way: the furthest end, in whole steps of ten points."""
    ends = [abs(end) for one in findings for end in (one.effect.low, one.effect.high) if end is not None]
    tenths = -(-max(ends, default=0.0) // LEAST_EXTENT)
    return max(tenths, 1.0) * LEAST_EXTENT


def cards_of(
    findings: Sequence[Finding], decided: Standing, zone: str, *, gone: frozenset[str] = frozenset()
) -> tuple[Card, ...]:
    """Return findings as cards, on one axis."""
    extent = extent_of(findings)
    return tuple(_card(one, decided, zone, extent, is_gone=one.key in gone) for one in findings)


def _card(finding: Finding, decided: Standing, zone: str, extent: float, *, is_gone: bool) -> Card:
    case = decided.cases.get(finding.key)
    state = case.state if case else "detected"
    return Card(
        key=finding.key,
        address=reverse("finding", args=[finding.key]),
        sentence=finding.sentence,
        journey=File(finding.map, reverse("journey", args=[finding.map])),
        tone=TONES[finding.sense],
        effect=_drawn(finding, extent),
        needs=_needs(finding),
        money=_money(finding),
        unpriced=_unpriced(finding),
        time=said_as_kept(later_said, finding.time),
        in_all=_time_in_all(finding),
        size=_size(finding),
        behind=with_query(reverse("customers"), finding.behind) if sees_customers.get() else "",
        chips=_chips(finding, zone),
        contrary=finding.contrary,
        mind=finding.mind,
        evidence=tuple(_evidence(one) for one in finding.evidence),
        rank=_rank(finding),
        score=format_number(finding.rank.score),
        state=state,
        state_label=str(STATES[state]),
        is_dismissed=case is not None and case.is_dismissed,
        reason=case.reason if case else "",
        assignee=case.assignee if case else "",
        is_watched=finding.key in decided.watched,
        is_gone=is_gone,
        version=case.version if case else 0,
    )


def _drawn(finding: Finding, extent: float) -> SafeString | None:
    effect = finding.effect
    if effect.value is None:
        return None
    drawn = Effect(
        title=say(finding.effect_of),
        value=effect.value,
        low=effect.low,
        high=effect.high,
        extent=extent,
        tone=TONES[finding.sense],
    )
    return drawing(drawn, width=300)


def said_as_kept(made: Callable[[Estimate], str], found: Estimate | None) -> str:
    """Say an estimate in the words of findings, to this reader; empty where there is none."""
    if found is None:
        return ""
    with speaking(SOURCE):
        kept = made(found)
    return say(kept)


def is_of_time(finding: Finding) -> bool:
    """Say whether it tells of time: where as many needs are met, as far as is known."""
    return finding.time is not None and not nearest(finding.effect)


def _a_month(finding: Finding, each: float = 1.0) -> tuple[float, float, float] | None:
    """Return what the difference comes to in a month where a need is so much, and its ends along it.

    None where needs are not what it is about.
    """
    effect, much = finding.effect, finding.rank.a_month * each
    if is_of_time(finding) or effect.value is None:
        return None
    low, high = ends_along(effect.value, effect.low, effect.high)
    return None if low is None or high is None else (effect.value * much, low * much, high * much)


def _needs(finding: Finding) -> str:
    """Say how many needs a month the difference comes to, with its interval, if it is all due to this."""
    found = _a_month(finding)
    if found is None:
        return ""
    value, low, high = found
    interval = format_interval(low, high, "count")
    words = (
        _("about {n} more needs met a month {interval}")
        if value > 0
        else _("about {n} fewer needs met a month {interval}")
    )
    if finding.sense == "differs":
        words = _("about {n} journeys a month {interval}")
    return words.format(n=format_count(abs(value)), interval=interval).rstrip()


def _money(finding: Finding) -> str:
    """Say what the needs come to in money, at what journeys that got there come to; empty where not known."""
    worth = finding.worth
    found = _a_month(finding, worth.minor / 10 ** minor_digits(worth.currency)) if worth else None
    if worth is None or found is None:
        return ""
    value, low, high = found
    words = (
        _("about {n} {currency} more a month {interval}")
        if value > 0
        else _("about {n} {currency} less a month {interval}")
    )
    if finding.sense == "differs":
        words = _("about {n} {currency} a month {interval}")
    interval = format_interval(low, high, "count")
    said = words.format(n=format_count(abs(value)), currency=worth.currency, interval=interval)
    each = _("at {money} a journey that got there")
    return f"{said}, {each.format(money=format_money(round(worth.minor), worth.currency))}"


def _unpriced(finding: Finding) -> str:
    """Say what to give to know it in money, where needs are at stake and that is not known."""
    if finding.worth is not None or _a_month(finding) is None:
        return ""
    return _("In money: not known. Bring what journeys come to: events with an amount and its currency.")


def _time_in_all(finding: Finding) -> str:
    """Say what the time comes to in a month; empty where it is not clear that there is any."""
    time = finding.time
    if time is None or time.value is None or not nearest(time):
        return ""
    said = _("about {time} a month in all")
    return said.format(time=format_duration(abs(time.value) * finding.rank.a_month))


def _size(finding: Finding) -> str:
    journeys = ngettext("{n} journey of {of}", "{n} journeys of {of}", finding.journeys)
    said = journeys.format(n=format_count(finding.journeys), of=format_count(finding.of))
    if finding.customers is None:
        return said
    customers = ngettext("{n} customer", "{n} customers", finding.customers)
    return f"{customers.format(n=format_count(finding.customers))}, {said}"


def _chips(finding: Finding, zone: str) -> tuple[str, ...]:
    since = _("first found {day}").format(day=format_day(finding.since, zone)) if finding.since else ""
    chance = _("p {p} over {n} tests").format(p=_p(finding.adjusted_p), n=finding.tried)
    sources = len({one.analysis for one in finding.evidence})
    seen = ngettext("{n} analysis", "{n} analyses", sources).format(n=sources)
    return tuple(one for one in (_(GRADES[finding.grade]), chance, seen, since) if one)


def _p(value: float) -> str:
    return with_marks("< 0.001") if value < 0.001 else format_number(value)  # noqa: PLR2004 - as p is written


def _evidence(one: Evidence) -> File:
    return File(f"{one.analysis}: {say(one.said)}", ask_address(one.analysis, one.fields))


def _rank(finding: Finding) -> tuple[tuple[str, str], ...]:
    rank = finding.rank
    return (
        (_("journeys at stake a month"), format_number(rank.a_month)),
        (_("effect, at its cautious end"), format_number(rank.effect)),
        (_("certainty"), format_number(rank.certainty)),
        (_("value"), format_number(rank.value)),
        (_("novelty"), format_number(rank.novelty)),
    )


def last_told(case: Case) -> Finding | None:
    """Return a finding as it stood when somebody last decided about it; None where that cannot be read."""
    from trodden.insights.findings.model import Finding

    try:
        return msgspec.json.decode(case.told, type=Finding)
    except msgspec.MsgspecError:
        return None


@dataclass(frozen=True, slots=True)
class Permits:
    """What who asks may do here."""

    decide: bool
    note: bool
    interpret: bool


def permits(actor: Actor) -> Permits:
    """Return what the forms of a page may offer."""
    from trodden.web.people.rights import Right

    may_edit = actor.may(Right.EDIT)
    return Permits(decide=may_edit, note=actor.may(Right.ASK), interpret=may_edit)
