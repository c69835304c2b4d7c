"""The question and the answer of ``customers``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.journey_map import DeviationKind
from trodden.model.question import Answer, Question

Order = Literal["latest", "longest", "most"]
PlaceKind = Literal["step", "touchpoint"]
State = Literal["open", "reached", "abandoned", "silent"]


class CustomersQuestion(Question, frozen=True, kw_only=True):
    """Who they are: the customers, journeys or sessions a question is about, one by one.

    Each of the later fields keeps only units that did something: were at a designed step, deviated in some
    way, let a gap pass between two steps, are still on their way or not.
    """

    step: Annotated[
        str | None, Meta(description="With an event that matches this step of the map, by id.")
    ] = None
    then: Annotated[
        str | None,
        Meta(description="With this step (by id) matched next after `step`; START and END are the ends."),
    ] = None
    deviation: Annotated[DeviationKind | None, Meta(description="With a deviation of this kind.")] = None
    at: Annotated[str | None, Meta(description="The step (by id) or touchpoint the deviation is about.")] = (
        None
    )
    after: Annotated[
        str | None, Meta(description="The step (by id) matched before the deviation, or START.")
    ] = None
    before: Annotated[
        str | None, Meta(description="The step (by id) matched after the deviation, or END.")
    ] = None
    gap_after: Annotated[
        str | None, Meta(description="With a gap that begins at this step (by id) or touchpoint.")
    ] = None
    gap_after_kind: Annotated[
        PlaceKind | None,
        Meta(description="What `gap_after` names; default: a step where there is one, else a touchpoint."),
    ] = None
    gap_to: Annotated[str | None, Meta(description="The step (by id) or touchpoint the gap leads to.")] = None
    gap_to_kind: Annotated[
        PlaceKind | None,
        Meta(description="What `gap_to` names; default: a step where there is one, else a touchpoint."),
    ] = None
    gap_over: Annotated[timedelta | None, Meta(description="The gap is longer than this.")] = None
    behind: Annotated[
        str | None, Meta(description="An analysis: with those its `mark` counts, asked about the same units.")
    ] = None
    mark: Annotated[str | None, Meta(description="A bar, row or line of that analysis's chart.")] = None
    asked: Annotated[
        str | None,
        Meta(description="The other fields of that analysis's question, as an address holds them: a=1&b=2."),
    ] = None
    state: Annotated[
        Literal["open", "closed"] | None, Meta(description="Still on their way at `as_of`, or not.")
    ] = None
    order: Annotated[
        Order, Meta(description="Latest last step first, longest from first to last, or most steps.")
    ] = "latest"
    limit: Annotated[int, Meta(ge=1, le=500, description="How many are listed.")] = 50
    offset: Annotated[int, Meta(ge=0, le=20_000, description="How many are passed over before them.")] = 0


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of one customer: from its first to its last step, and where that was.

    ``state``: open at ``as_of``, goal reached, ended as abandoned, or gone silent.
    """

    customer: str
    first_at: datetime
    last_at: datetime
    elapsed_s: float
    steps: int
    last_touchpoint: str
    state: State


class Customers(Answer, frozen=True, kw_only=True):
    """Units in the order asked; ``hidden`` more are not listed, before and after these."""

    rows: tuple[Listed, ...]
    hidden: int
