"""The questions and the answers of ``sequences``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.question import PATTERN, SEGMENT, Answer, Estimate, Question, Rate

LONGEST = 4
Reading = Literal["more often", "less often", "no clear difference", "too few to say"]


class _Sought(Question, frozen=True, kw_only=True):
    """What is sought, and what units are compared by: shared by both passes."""

    min_support: Annotated[
        float, Meta(gt=0.0, le=1.0, description="Share of all units that must contain a sequence.")
    ] = 0.05
    max_gap: Annotated[
        Annotated[int, Meta(ge=0, le=20)] | None,
        Meta(description="Most other steps between two neighbours; 0 for none, empty for any."),
    ] = None
    longest_wait: Annotated[timedelta | None, Meta(description="Longest time between two neighbours.")] = None
    goal: Annotated[
        str | None,
        PATTERN,
        Meta(description="Compare units that contain this pattern, up to it, with the others."),
    ] = None
    against: Annotated[
        str | None,
        SEGMENT,
        Meta(description="Compare units for which this segment expression holds with the others."),
    ] = None


class SequencesQuestion(_Sought, frozen=True, kw_only=True):
    """Which touchpoints follow each other often, and where more often than elsewhere.

    With a map and neither ``goal`` nor ``against``, journeys that reached their goal are compared with those
    that ended without it.
    """

    shortest: Annotated[int, Meta(ge=1, le=LONGEST, description="Fewest touchpoints of a sequence.")] = 2
    longest: Annotated[int, Meta(ge=1, le=LONGEST, description="Most touchpoints of a sequence.")] = 3
    limit: Annotated[int, Meta(ge=1, le=2000, description="Sequences shown.")] = 50


class Contrast(msgspec.Struct, frozen=True):
    """One sequence in both groups: shares, the first less the second, and the first by the second.

    ``adjusted_p`` is corrected over all sequences that could be tested (Benjamini-Hochberg), null where this
    one could not: where one of the four counts expected without any difference is below 5.
    """

    first: Rate
    second: Rate
    difference: Estimate
    lift: Estimate
    adjusted_p: float | None
    reading: Reading


class FrequentSequence(msgspec.Struct, frozen=True):
    """One sequence, also written as a pattern for ``where``, and the units that contain it."""

    pattern: str
    steps: tuple[str, ...]
    support: Rate
    contrast: Contrast | None


class Sequences(Answer, frozen=True, kw_only=True):
    """Sequences; where groups are compared those that differ clearly first, else by support.

    ``groups`` name the two; ``left_out``: open units that have not come to the goal. ``found``: all frequent
    sequences of these lengths, ``tested`` those that could be tested.
    """

    groups: tuple[str, ...]
    left_out: int
    found: int
    tested: int
    sequences: tuple[FrequentSequence, ...]


class SequenceCountsQuestion(_Sought, frozen=True, kw_only=True):
    """Which sequences of up to ``length`` touchpoints are frequent."""

    length: Annotated[int, Meta(ge=1, le=LONGEST, description="Most touchpoints of a sequence.")]


class SequenceCounts(Answer, frozen=True, kw_only=True):
    """Frequent sequences as codes, the shorter first, with units of the second and of the first group.

    ``sizes``: units of the second group, of the first, and left out.
    """

    sizes: tuple[int, int, int]
    sequences: tuple[tuple[int, ...], ...]
    counts: tuple[tuple[int, int], ...]
