"""One customer's own words beside a finding, drawn by lot: nobody picks those that fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from trodden.analyses.verbatims.answer import VerbatimsQuestion
from trodden.charts.formats import format_time
from trodden.insights.findings.candidates import Places
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.model.errors import CallerError
from trodden.questions import read_question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trodden.analyses.verbatims.answer import Verbatims
    from trodden.api import StoredWalks
    from trodden.insights.findings.model import Finding
    from trodden.web.findings.cards import Card

LOOKED_AT: Final = 4_000
"""Journeys of a map for each of which about one event of a place is looked at."""

_WHOSE: Final = ("period", "segment")


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody said, where and when; who it was stays unsaid."""

    text: str
    place: str
    when: str


def with_voices(walks: StoredWalks, cards: Sequence[Card], findings: Sequence[Finding]) -> tuple[Card, ...]:
    """Return cards, each with one customer's words where there are some."""
    return tuple(replace(card, voice=_voice(walks, one)) for card, one in zip(cards, findings, strict=True))


def _voice(walks: StoredWalks, finding: Finding) -> Voice | None:
    """Draw words at the place a finding is about, or of the group it is about; None where nobody spoke."""
    for asked in _questions(walks, finding):
        try:
            answer = cast("Verbatims", walks.ask(read_question(VerbatimsQuestion, asked)))
        except CallerError:
            continue
        for one in answer.words:
            return Voice(one.text, one.touchpoint, format_time(one.occurred_at, answer.about.time_zone))
    return None


def _questions(walks: StoredWalks, finding: Finding) -> Iterator[dict[str, str]]:
    """Yield what is asked for words: at each touchpoint of the place; of a group anywhere."""
    whose = {name: finding.behind[name] for name in _WHOSE if name in finding.behind}
    drawn = {**whose, "limit": "1", "one_in": str(max(finding.of // LOOKED_AT, 1))}
    known = set(walks.catalog.dictionaries.touchpoints)
    yield from ({**drawn, "touchpoint": name} for name in _touchpoints(walks, finding) if name in known)
    if "segment" in whose:
        yield drawn


def _touchpoints(walks: StoredWalks, finding: Finding) -> tuple[str, ...]:
    found = walks.maps.get(finding.map)
    if found is None:
        return ()
    label = Places(found).label
    steps = (step for step in steps_in_order(found) if label(step.id) == finding.place)
    named = tuple(name for step in steps for name in touchpoints_of(step))
    return named or (finding.place,)
