"""The questions and the answers of ``flow``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.methods.journeys.flow_grid import Direction, Occurrence
from trodden.model.question import PATTERN, Answer, Question, Rate

AnchorText = Annotated[str, Meta(min_length=1, max_length=10_000)]


class _FlowFrom(Question, frozen=True, kw_only=True):
    """Where a flow starts, and how far it goes."""

    anchor: Annotated[
        AnchorText | None,
        PATTERN,
        Meta(description="Touchpoint or pattern it starts from; START (backward END) unless given, or OPEN."),
    ] = None
    direction: Annotated[
        Direction, Meta(description="What comes after the anchor, or what came before it.")
    ] = "forward"
    occurrence: Annotated[
        Occurrence, Meta(description="The first or last anchor of each unit, or every one by itself.")
    ] = "first"
    positions: Annotated[int, Meta(ge=1, le=12, description="How many steps it goes from the anchor.")] = 4


class FlowQuestion(_FlowFrom, frozen=True, kw_only=True):
    """What comes next, and next after that; or what came before, step by step.

    The anchor is a touchpoint or a pattern; without one, forward the beginning of each unit and backward the
    end of each that is over.
    """

    nodes: Annotated[
        int, Meta(ge=1, le=30, description="Touchpoints shown at each position; the rest are one Other.")
    ] = 6


class FlowNode(msgspec.Struct, frozen=True, kw_only=True):
    """A touchpoint at a position; Other, START, END and OPEN are told as such, ``kinds`` is 0 for the ends.

    ``count``: starts that have it there; ``units``: their distinct units; ``share``: of all starts.
    ``kinds``: how many touchpoints it stands for. ``funnel``: the steps of the funnel with the same count.
    A touchpoint that is itself called START, END, OPEN or Other stands in double quotes.
    """

    position: int
    name: str
    count: int
    units: int
    share: Rate
    kinds: int
    funnel: tuple[str, ...]


class FlowEdge(msgspec.Struct, frozen=True, kw_only=True):
    """From a node at the position before, nearer the anchor, to one at ``position``.

    ``share``: of the count of the node before. At position 1 ``source`` is the anchor as it was asked.
    """

    position: int
    source: str
    target: str
    count: int
    units: int
    share: Rate
    funnel: tuple[str, ...]


class FlowGrid(Answer, frozen=True, kw_only=True):
    """Nodes by position, most frequent first, Other and ends behind them; edges in the same order.

    ``counted`` names what counts: customers, journeys, sessions, or attempts where every anchor starts one.
    ``starts``: how many there are; ``anchored``: units with one, of all selected. ``fields`` are those of the
    equal funnels beside ``steps``, as texts: a node's funnel asked with them has its ``count`` at the last
    step, and with ``entry`` best its ``units``.
    """

    counted: str
    anchor: str
    direction: Direction
    starts: int
    anchored: Rate
    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]
    fields: dict[str, str]


class FlowCountsQuestion(_FlowFrom, frozen=True, kw_only=True):
    """How often each touchpoint stands at each position."""


class FlowCounts(Answer, frozen=True, kw_only=True):
    """Counts by ``position * touchpoints + code``, ascending; none of them 0."""

    places: tuple[int, ...]
    counts: tuple[int, ...]
