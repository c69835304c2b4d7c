"""The question and the answer of ``pauses``, and those of the passes it needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.methods.journeys.pauses_limits import MoveGaps, PlaceGaps, Source
from trodden.methods.journeys.pauses_places import Place
from trodden.methods.stats.survival import SurvivalPoint
from trodden.model.question import CALENDAR, Answer, Estimate, Example, Period, Question, Rate


class PausesQuestion(Question, frozen=True, kw_only=True):
    """Where customers wait longer than they should, and what they do then."""

    floor: Annotated[timedelta, Meta(description="A gap no longer than this is never a pause.")] = timedelta(
        seconds=60
    )
    baseline: Annotated[
        Period | None,
        Meta(description="Limits are learned from units that start in it; default: all of them."),
    ] = None
    limits_as_of: Annotated[
        datetime | None,
        Meta(description="Limits are learned as it was known at this time; default: `as_of`."),
    ] = None
    calendar: Annotated[
        str | None,
        CALENDAR,
        Meta(description="Only opening hours of this calendar count as waiting; default: all time."),
    ] = None
    top: Annotated[int, Meta(ge=1, le=200, description="Places shown; the rest are counted.")] = 20


class PauseMovesQuestion(Question, frozen=True, kw_only=True):
    """How many gaps ended, of which moves."""


class PauseReferenceQuestion(Question, frozen=True, kw_only=True):
    """How long gaps usually are, by move and by place."""

    calendar: Annotated[
        str | None, CALENDAR, Meta(description="Only its opening hours count; default: all time.")
    ] = None


class MoveCount(msgspec.Struct, frozen=True):
    """Gaps that ended, of one move."""

    source: Place
    target: Place
    gaps: int


class PlaceCount(msgspec.Struct, frozen=True):
    """Gaps that ended, of all moves from one place."""

    place: Place
    gaps: int


class PauseMoves(Answer, frozen=True, kw_only=True):
    """The most walked moves and places, most first; ``hidden_moves`` and ``hidden_places`` were left out."""

    moves: tuple[MoveCount, ...]
    places: tuple[PlaceCount, ...]
    gaps: int
    hidden_moves: int
    hidden_places: int


class PauseReference(Answer, frozen=True, kw_only=True):
    """Lengths of gaps that ended, of moves and places with at least 30; by name.

    ``hidden_moves``, ``hidden_places``: those too rarely walked to be measured on their own.
    """

    moves: tuple[MoveGaps, ...]
    places: tuple[PlaceGaps, ...]
    gaps: int
    median_s: float | None
    p90_s: float | None
    hidden_moves: int = 0
    hidden_places: int = 0


class NextShare(msgspec.Struct, frozen=True):
    """How often this came next after a pause and after a gap that was none, and the difference.

    What never came next at the place is left out.
    Both are of the gaps known to have ended or to have led to nothing; the difference is after less
    without, with Newcombe's interval.
    """

    next: str
    after_pause: Rate
    without: Rate
    difference: Estimate


class Reached(msgspec.Struct, frozen=True):
    """How many closed units reached their goal, of those that went on from the place.

    ``after_pause``: units some gap of which at this place was a pause. Each unit counts once.
    """

    after_pause: Rate
    without: Rate
    difference: Estimate


class PauseLimit(msgspec.Struct, frozen=True):
    """From when on a gap is a pause, on the way to one place; ``to`` is empty for gaps that have not ended.

    ``source``: the map's longest wait, the 0.9 quantile of the move, of its step or of all in the
    reference, or the floor. ``rests_on``: gaps of the reference behind it (0: none). ``gaps``, ``paused``:
    gaps here, and how many of them are longer. ``units``: units with at least one such pause.
    """

    to: str
    to_kind: Literal["step", "touchpoint", ""]
    limit_s: float
    source: Source
    rests_on: int
    gaps: int
    paused: int
    units: int


class Ranks(msgspec.Struct, frozen=True):
    """The rank of a place, from 1, among all: by time beyond the limit, by outcome, by promise.

    ``outcome``: by the size of a clear difference in reaching the goal; null where none is clear.
    ``promise``: by the lower end of ``late``; null where the map promises nothing.
    """

    time: int
    outcome: int | None
    promise: int | None


class PausePlace(msgspec.Struct, frozen=True):
    """What happens where gaps begin.

    ``place`` is the id of a step of the map, as ``on_map`` says, or the name of a touchpoint; ``label`` is
    what to call it. ``paused``: pauses of all gaps but those still within their limit; ``units`` with at
    least one of them. ``late``: of the gaps that led to a step with a longest wait in the map, those longer
    than the limit. ``median``, ``p90_s``, ``beyond_s``: of the pauses that ended, their length and their
    time beyond the limit; ``open_beyond_s``: of those still open. ``not_yet``: open beyond their limit;
    ``within``: open, the limit not passed. ``median_wait``: time until half have gone on, by the Kaplan-
    Meier ``curve`` of all gaps; null while more than half have not (*not reached*).
    """

    place: str
    label: str
    on_map: bool
    paused: Rate
    units: int
    late: Rate
    median: Estimate
    p90_s: float | None
    beyond_s: float
    open_beyond_s: float
    not_yet: int
    within: int
    median_wait: Estimate
    curve: tuple[SurvivalPoint, ...]
    next: tuple[NextShare, ...]
    reached: Reached | None
    limits: tuple[PauseLimit, ...]
    hidden_limits: int
    ranks: Ranks
    examples: tuple[Example, ...]


class Pauses(Answer, frozen=True, kw_only=True):
    """Places by time beyond the limit, most first; ``hidden`` more are left out.

    ``gaps``: those that ended, closed or are open. ``paused``: as of a place, over all places.
    ``reference_gaps``: what the limits were learned from. ``calendar``: all durations are time in which
    this calendar was open, but for limits the map promises; empty where all time counts.
    """

    places: tuple[PausePlace, ...]
    hidden: int
    gaps: int
    paused: Rate
    beyond_s: float
    floor_s: float
    reference_gaps: int
    calendar: str = ""
