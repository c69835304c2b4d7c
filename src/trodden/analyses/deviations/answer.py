"""The question and the answer of ``deviations``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.journey_map import DeviationKind
from trodden.model.question import Answer, Estimate, Example, Question, Rate, nought_of

Order = Literal["journeys", "times", "cost"]


class DeviationsQuestion(Question, frozen=True, kw_only=True):
    """Where walked journeys part from a map, and how those that did went on.

    ``map`` must be given; units are its journeys unless another is named.
    """

    kinds: Annotated[
        tuple[DeviationKind, ...], Meta(description="Kinds of deviation; none given means all.")
    ] = ()
    step: Annotated[
        str | None, Meta(description="Only at this step (by id), or at this touchpoint where it is ad hoc.")
    ] = None
    stage: Annotated[str | None, Meta(description="Only at steps of this stage of the map.")] = None
    accepted: Annotated[
        Literal["shown", "hidden", "only"], Meta(description="What to do with accepted variations.")
    ] = "shown"
    at_least: Annotated[int, Meta(ge=1, description="Closed journeys a deviation must be found in.")] = 1
    order: Annotated[
        Order, Meta(description="Most journeys first, most times, or the largest sum of costs.")
    ] = "journeys"
    top: Annotated[int, Meta(ge=1, le=10_000, description="Deviations shown; the rest are counted.")] = 50


class Elapsed(msgspec.Struct, frozen=True, kw_only=True):
    """Median time from first to last step of closed journeys with the deviation and without it.

    ``difference``: with less without, null ends where either side has under five. Descriptive: those who
    deviate may differ in other ways too.
    """

    having: Estimate
    without: Estimate
    difference: Estimate


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Share of closed journeys that reached the goal, with the deviation and without it."""

    having: Rate
    without: Rate
    difference: Estimate


class DeviationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of deviation at one place.

    ``step`` is the designed step it is about; empty for what is ad hoc, then ``touchpoint`` says where.
    ``journeys``: closed ones with it, of all closed ones; ``times`` it happened in them; ``cost`` what it
    adds to their alignments (0 for flags); ``open``: journeys still on their way that have it. ``accepted``:
    as a variation, by somebody. ``examples``: where it cost most, or happened most often, then earliest.
    """

    kind: DeviationKind
    step: str
    touchpoint: str
    label: str
    stage: str
    journeys: Annotated[Rate, nought_of("journeys.of")]
    times: int
    cost: int
    open: int
    accepted: bool
    elapsed: Elapsed
    reached: Reached
    examples: tuple[Example, ...]


class Deviations(Answer, frozen=True, kw_only=True):
    """Deviations in the order asked; ``hidden`` more are left out.

    ``journeys``: closed ones with any deviation asked about, of all closed ones; ``cost``: of all these
    deviations. Both include those hidden, and those in fewer journeys than ``at_least``.
    """

    map: str
    journeys: Rate
    cost: int
    rows: tuple[DeviationRow, ...]
    hidden: int
