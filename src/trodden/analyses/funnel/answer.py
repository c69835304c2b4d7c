"""The question and the answer of ``funnel``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.methods.journeys.funnel import MOST_STEPS, Anchor, Direction, Entry, Order
from trodden.model.question import TOLD_BESIDE, TOUCHPOINT, Answer, Estimate, Question, Rate

StepText = Annotated[str, Meta(min_length=1, max_length=10_000)]


class FunnelQuestion(Question, frozen=True, kw_only=True):
    """Which steps, in which order, within how long.

    A step is a touchpoint, a set ``[a|b]``, any other ``[^a]``, or ``any``; the first may be a pattern.
    START, END and OPEN are the unit's ends; a touchpoint that is called so stands in double quotes.
    """

    steps: Annotated[
        tuple[StepText, ...],
        TOUCHPOINT,
        Meta(
            min_length=2,
            max_length=MOST_STEPS,
            description="Steps: a touchpoint, [a|b], [^a], any, START, END, OPEN.",
        ),
    ]
    within: Annotated[timedelta, Meta(description="Longest time from the first step to the last.")] = (
        timedelta(days=30)
    )
    entry: Annotated[
        Entry,
        Meta(
            description="Which start counts: the best, the first, every attempt one after the other,"
            " or each start by itself."
        ),
    ] = "best"
    order: Annotated[
        Order,
        Meta(
            description="Other events may lie between (open), may not (strict), or steps come in any order."
        ),
    ] = "open"
    exclude: Annotated[
        tuple[StepText, ...], TOUCHPOINT, Meta(description="What may not lie between two steps.")
    ] = ()
    optional: Annotated[
        tuple[StepText, ...],
        TOUCHPOINT,
        Meta(description="Steps, as written above, shown beside and not in the chain."),
    ] = ()
    limits: Annotated[
        tuple[str, ...],
        Meta(description="Longest time from the step before, for the second step on; - for none: 1h,-,2d."),
    ] = ()
    anchor: Annotated[
        Anchor, Meta(description="Starts tried: every, or only the first or the last of each unit.")
    ] = "every"
    direction: Annotated[
        Direction, Meta(description="Backward reads from the end: the second step lies before the first.")
    ] = "forward"


class FunnelStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step: units that reach it, of those at the first step and at the required step before.

    Of those that come this far and no further, ``left`` are over and ``pending`` may still go on; of both
    together, ``excluded`` came no further on their deepest start because of something in between that was
    not to be (another start of theirs may still be pending). An optional step has none
    of the three, and no times. ``median``, ``p75``, ``p95``: from the start to this step, of all that reach
    it, each with its interval.
    """

    step: str
    optional: bool
    units: int
    of_first: Annotated[Rate, TOLD_BESIDE]
    of_previous: Rate
    left: int
    pending: int
    excluded: int
    median: Estimate
    p75: Annotated[Estimate, TOLD_BESIDE]
    p95: Annotated[Estimate, TOLD_BESIDE]


class Funnel(Answer, frozen=True, kw_only=True):
    """Steps in the order asked; ``units`` never grows from one required step to the next.

    ``counted`` names the units: customers, journeys, sessions, or attempts. ``entered``: units with a start,
    of all selected; ``converted``: those at the last required step, of those at the first.
    """

    counted: str
    entered: Rate
    converted: Rate
    steps: tuple[FunnelStep, ...]
