"""One touchpoint, put together: how it is doing, what came before and after, and what was said there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from trodden.analyses.touchpoint.answer import TouchpointQuestion
from trodden.analyses.transitions.answer import TransitionsQuestion
from trodden.analyses.verbatims.answer import VerbatimsQuestion
from trodden.charts.formats import (
    format_count,
    format_number,
    format_share,
    rate_said,
)
from trodden.charts.heads import units_said
from trodden.methods.journeys.patterns_write import write_name
from trodden.methods.journeys.select import shared_fields
from trodden.methods.stats.rates import wilson
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.analyses.touchpoint.answer import Differing, Scores, Touchpoint, TouchpointPeriod
    from trodden.analyses.transitions.answer import Transition, Transitions
    from trodden.analyses.verbatims.answer import Verbatims
    from trodden.model.question import Answer, Estimate, Question, Rate

    Ask = Callable[[Question], Answer]

LOOKED_AT: Final = 400
"""Events whose words are looked at, about: enough for a fair draw, few enough to read at once."""

WORDS: Final = 6
MOVES: Final = 6
DIFFERING: Final = 8
PERIODS: Final = 4
LEAST_SPLIT: Final = 0.2
"""Where at least so many of a touchpoint's events fail, and as many do not, reactions split."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands right before or after: START, END and OPEN are the ends of a unit.

    ``share`` is of the events at the touchpoint; ``median`` of the time between.
    """

    name: str
    share: Rate
    median: Estimate


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a page about one touchpoint shows.

    ``before`` and ``after``: what most often stands beside it. ``differs``: values with a clear difference,
    of ``tried``. ``splits``: sentences on where reactions split; empty where none do.
    """

    touchpoint: Touchpoint
    before: tuple[Beside, ...]
    after: tuple[Beside, ...]
    verbatims: Verbatims
    differs: tuple[Differing, ...]
    tried: int
    trend: str
    splits: tuple[str, ...]


def card_of(ask: Ask, name: str, whose: Question, draw: int = 0) -> Card:
    """Ask what is known of one touchpoint, and put it together; ``draw`` draws other words.

    Raises
    ------
    UnknownNameError
        There is no such touchpoint.
    """
    fields: dict[str, Any] = shared_fields(whose)
    found = cast("Touchpoint", ask(TouchpointQuestion(touchpoint=name, **fields)))
    one_in = max(found.events // LOOKED_AT, 1)
    question = VerbatimsQuestion(touchpoint=name, one_in=one_in, limit=WORDS, draw=draw, **fields)
    clear = (one for one in found.differs if one.verdict in {"more often", "less often"})
    return Card(
        touchpoint=found,
        before=tuple(_beside(one, one.source, found) for one in _moves(ask, fields, target=name)),
        after=tuple(_beside(one, one.target, found) for one in _moves(ask, fields, source=name)),
        verbatims=cast("Verbatims", ask(question)),
        differs=tuple(clear)[:DIFFERING],
        tried=found.tried,
        trend=trend_of(found.periods, found.about.unit, "week"),
        splits=tuple(_splits(found)),
    )


def _moves(ask: Ask, fields: dict[str, Any], **ends: str) -> tuple[Transition, ...]:
    """Return the most usual moves into or out of a touchpoint."""
    sides = {side: write_name(name) for side, name in ends.items()}
    answer = cast("Transitions", ask(TransitionsQuestion(limit=MOVES, **sides, **fields)))
    return answer.transitions


def _beside(move: Transition, name: str, found: Touchpoint) -> Beside:
    return Beside(name, wilson(move.count, found.events), move.median)


def trend_of(periods: tuple[TouchpointPeriod, ...], unit: str, by: str) -> str:
    """Compare the last periods that are over with as many before them, where there are so many."""
    over = [one.units for one in periods if one.complete]
    if len(over) < 2 * PERIODS:
        return ""
    now, before = sum(over[-PERIODS:]), sum(over[-2 * PERIODS : -PERIODS])
    if not before:
        return tr(
            "{now} {units} in the last {periods} {spans}, none in the {periods} before",
            now=format_count(now),
            periods=PERIODS,
            spans=tr(f"{by}s"),
            **units_said(unit),
        )
    share = format_share(abs(now / before - 1))
    more = tr("{n} more than", n=share) if now > before else tr("{n} fewer than", n=share)
    way = tr("as many as") if now == before else more
    return tr(
        "{now} {units} in the last {periods} {spans}, {way} in the {periods} before",
        now=format_count(now),
        periods=PERIODS,
        spans=tr(f"{by}s"),
        way=way,
        **units_said(unit),
    )


def _splits(found: Touchpoint) -> list[str]:
    """Say where reactions split: into fine and failed, or into two peaks of a score."""
    rate = found.failed
    said = [_split_scores(one) for one in found.scores if one.is_split]
    if (rate.low or 0.0) >= LEAST_SPLIT and 1 - (1.0 if rate.high is None else rate.high) >= LEAST_SPLIT:
        said.insert(
            0, tr("It goes well for some and wrong for others: {share} went wrong.", share=rate_said(rate))
        )
    return said


def _split_scores(scores: Scores) -> str:
    shares = {one.value: one.share for one in scores.values}
    peaks = tr(" and ").join(f"{format_number(peak)} ({rate_said(shares[peak])})" for peak in scores.peaks)
    return tr(
        "{property} has two peaks, so its mean describes few: {peaks}.", property=scores.property, peaks=peaks
    )
