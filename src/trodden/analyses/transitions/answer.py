"""The questions and the answers of ``transitions``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import TOUCHPOINT, Answer, Estimate, Question, Rate, nought_of


class TransitionsQuestion(Question, frozen=True, kw_only=True):
    """What comes after what: every move from one step to the next.

    ``touchpoint``, ``source`` and ``target`` are a touchpoint, ``[a|b]``, ``[^a]`` or ``any``; ``source`` may
    also be START, ``target`` END or OPEN.
    """

    touchpoint: Annotated[
        str | None, TOUCHPOINT, Meta(description="Only moves into or out of this touchpoint.")
    ] = None
    source: Annotated[
        str | None, TOUCHPOINT, Meta(description="Only moves out of this touchpoint, or START.")
    ] = None
    target: Annotated[
        str | None, TOUCHPOINT, Meta(description="Only moves into this touchpoint, END or OPEN.")
    ] = None
    limit: Annotated[int, Meta(ge=1, le=2000, description="Moves shown; the rest are told as Other.")] = 50
    min_count: Annotated[int, Meta(ge=1, description="Rarer moves are told as Other.")] = 1


class Transition(msgspec.Struct, frozen=True):
    """One move: how often, by how many customers, and the share of all moves out of its source.

    ``median`` and ``p90`` are of the time between the two steps, over all moves, each with its interval; of
    no values (``n`` 0) for moves from START and to END or OPEN. A touchpoint that is itself called START, END
    or OPEN stands in double quotes.
    """

    source: str
    target: str
    count: int
    customers: int
    share: Annotated[Rate, nought_of("rows:source")]
    median: Estimate
    p90: Estimate


class OtherTransitions(msgspec.Struct, frozen=True):
    """The moves not shown, as one: ``kinds`` of them, ``customers`` those who made any of them."""

    kinds: int
    count: int
    customers: int
    median: Estimate
    p90: Estimate


class Transitions(Answer, frozen=True, kw_only=True):
    """Moves by count, most first; ``other`` holds the rest; ``moves`` counts all that were asked for."""

    moves: int
    transitions: tuple[Transition, ...]
    other: OtherTransitions | None


class MoveCountsQuestion(Question, frozen=True, kw_only=True):
    """How often each move was made."""


class MoveCounts(Answer, frozen=True, kw_only=True):
    """Moves by number, ascending: see `trodden.methods.journeys.transitions.count_moves`."""

    moves: tuple[int, ...]
    counts: tuple[int, ...]
