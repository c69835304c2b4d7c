"""What an analysis shows, never how: plain structs that a page, a mail, a notebook and a test render alike.

Every chart states its finding in ``title``, says what it counts in ``unit`` and ``n``, points at its
definition, and can be read as a table (:func:`trodden.charts.tables.table_of`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Tone = Literal["plain", "better", "worse", "muted", "warn"]
"""How it differs from the design: orange worse, blue better, grey as designed or unknown."""

Cell = str | int | float | bool | None


class Link(msgspec.Struct, frozen=True):
    """What lies behind a mark: the question that opens the customers it counts.

    ``fields`` are question fields by name, such as ``{"step": "quote", "kind": "missing"}``; a page
    makes an address of them, a terminal a command. ``units``, ``customers``: how many it opens, where the
    answer says so. A link into ``customers`` that names a mark (``behind``, ``mark``) goes without ``asked``
    where that is the question the chart answers; :func:`trodden.charts.links.opened` puts it in.
    """

    analysis: str
    fields: dict[str, str] = {}
    units: int | None = None
    customers: int | None = None


class Chart(msgspec.Struct, frozen=True, kw_only=True, tag_field="chart"):
    """What every chart carries.

    ``title`` is a computed sentence with its number and interval; ``unit`` what a mark counts;
    ``n`` how many it rests on; ``definition`` the anchor in the reference; ``notes`` what to know. All times
    are written in ``time_zone``.
    """

    title: str
    unit: str = ""
    n: int = 0
    as_of: datetime | None = None
    definition: str = ""
    notes: tuple[str, ...] = ()
    time_zone: str = "UTC"


class Column(msgspec.Struct, frozen=True):
    """One column: ``kind`` decides alignment and format (share in [0, 1], duration in seconds).

    ``is_name``: its label is a name of data, or said already, and shown as it is.
    """

    label: str
    kind: Literal["text", "count", "share", "points", "duration", "time", "money", "number"] = "text"
    is_name: bool = False


class Table(Chart, frozen=True, kw_only=True, tag="table"):
    """Rows and columns; the reading every other chart can be turned into."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[Link | None, ...] = ()
    """One per row, or none at all."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled value with its interval; ``part`` is a darker share of it, ``detail`` a second line."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    part: float | None = None
    detail: str = ""
    tone: Tone = "plain"
    link: Link | None = None


class Bars(Chart, frozen=True, kw_only=True, tag="bars"):
    """Labelled values on one common axis.

    ``axis`` says what the values are, ``kind`` formats them; ``of`` says what the labels are.
    """

    bars: tuple[Bar, ...]
    axis: str
    of: str = "what"
    kind: Literal["count", "share", "points", "duration", "number"] = "count"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A share of a whole, in [0, 1]; ``tone`` is muted where it is what was designed."""

    label: str
    value: float
    tone: Tone = "plain"


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """A whole cut into parts; their order is the reading order, and what is missing to 1 stays empty."""

    label: str
    parts: tuple[Part, ...]
    n: int = 0
    link: Link | None = None


class Stacks(Chart, frozen=True, kw_only=True, tag="stacks"):
    """Wholes cut into the same parts, one below the other, so that shares can be compared."""

    stacks: tuple[Stack, ...]
    axis: str


class Sequence(msgspec.Struct, frozen=True, kw_only=True):
    """Steps in order, with a value and its interval; ``detail`` is a line below them."""

    steps: tuple[str, ...]
    value: float
    low: float | None = None
    high: float | None = None
    detail: str = ""
    tone: Tone = "plain"
    link: Link | None = None


class Sequences(Chart, frozen=True, kw_only=True, tag="sequences"):
    """Sequences of steps, ranked: ``axis`` says what their values are, ``kind`` formats them."""

    sequences: tuple[Sequence, ...]
    axis: str
    kind: Literal["count", "share", "duration", "number"] = "share"


class Effect(Chart, frozen=True, kw_only=True, tag="effect"):
    """A difference with its interval on an axis that others share: from ``-extent`` to ``extent``.

    ``value`` is None where there are too few to say.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    extent: float = 1.0
    kind: Literal["count", "share", "duration", "number"] = "share"
    tone: Tone = "plain"


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One line: ``y`` over ``x``, with an optional band; ``step`` holds each value to the next x.

    ``links``: one for each value, or none at all.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    step: bool = False
    tone: Tone = "plain"
    links: tuple[Link | None, ...] = ()


class TimeMark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, on an axis of time: at ``start`` or until ``end``, in seconds since 1970.

    ``sign`` stands at it; a note of the chart says what the sign means.
    """

    sign: str
    label: str
    start: float
    end: float | None = None


class Lines(Chart, frozen=True, kw_only=True, tag="lines"):
    """Values over a continuous axis."""

    series: tuple[Series, ...]
    x_axis: str
    y_axis: str
    x_kind: Literal["number", "duration", "time"] = "number"
    y_kind: Literal["count", "share", "duration", "number"] = "number"
    until: float | None = None
    """Where the axis ends, beyond the last value: what happened up to there belongs to it."""
    marks: tuple[TimeMark, ...] = ()
    """What happened meanwhile; analyses know of nothing, the pages put it there."""

    @property
    def ends(self) -> tuple[float, float] | None:
        """Return the least and the greatest place on the axis across; None where nothing is drawn."""
        values = [x for series in self.series for x in series.x]
        if not values:
            return None
        return min(values), max(values) if self.until is None else max(*values, self.until)


class FlowNode(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a free graph; ``rank`` orders it along the reading direction."""

    id: str
    label: str
    count: int
    rank: int = 0
    tone: Tone = "plain"
    link: Link | None = None


class FlowEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A move between two places; width follows ``count``, colour ``tone``."""

    source: str
    target: str
    count: int
    label: str = ""
    tone: Tone = "plain"
    link: Link | None = None


class Flow(Chart, frozen=True, kw_only=True, tag="flow"):
    """A graph of moves as they were walked."""

    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]
    hidden: int = 0
    """How many the moves left out amount to."""


class Matrix(Chart, frozen=True, kw_only=True, tag="matrix"):
    """Counts of row by column; None where nothing was counted.

    ``partial`` are the cells, by row and column, whose counts may still grow. ``links``: one for each cell of
    a row, from its first on.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    row_axis: str
    column_axis: str
    kind: Literal["count", "share", "duration", "number"] = "count"
    partial: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[Link | None, ...], ...] = ()

    def link(self, row: int, column: int) -> Link | None:
        """Return what lies behind a cell."""
        held = self.links[row] if row < len(self.links) else ()
        return held[column] if column < len(held) else None


class SpineStep(msgspec.Struct, frozen=True, kw_only=True):
    """A designed step on the spine, with how many reached it.

    ``column`` orders steps along the reading direction, one step a column; ``lane`` sets the branches
    of a choice apart, 0 is the spine itself. ``share`` is of the journeys the overlay rests on.
    """

    id: str
    label: str
    stage: str
    count: int
    column: int
    lane: int = 0
    share: float | None = None
    tone: Tone = "plain"
    link: Link | None = None


class SpineMove(msgspec.Struct, frozen=True, kw_only=True):
    """A designed move as walked; ``key`` names the same thing in a list beside the picture."""

    source: str
    target: str
    count: int
    tone: Tone = "plain"
    key: str = ""
    link: Link | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A way that leaves the design: a skip above the spine, a return below it, an exit down.

    ``source`` and ``target`` are step ids, empty for START and END. ``kind`` is the deviation or departure.
    ``detail`` are short lines below the label; ``key`` names the same thing in a list beside the picture.
    """

    source: str
    target: str
    kind: str
    count: int
    label: str
    shape: Literal["above", "below", "exit"]
    detail: tuple[str, ...] = ()
    tone: Tone = "plain"
    key: str = ""
    link: Link | None = None


class PauseMark(msgspec.Struct, frozen=True, kw_only=True):
    """An hourglass on the move into ``target``: half of those who paused waited longer than ``median_s``."""

    source: str
    target: str
    count: int
    median_s: float
    limit_s: float
    tone: Tone = "plain"
    key: str = ""
    link: Link | None = None


class Overlay(Chart, frozen=True, kw_only=True, tag="overlay"):
    """Designed against walked: the route as designed is a straight spine, departures part from it."""

    steps: tuple[SpineStep, ...]
    moves: tuple[SpineMove, ...]
    routes: tuple[Route, ...] = ()
    pauses: tuple[PauseMark, ...] = ()
    hidden: int = 0
    """How many rarer routes are left out."""


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one customer, ready to read."""

    occurred_at: datetime
    channel: str
    touchpoint: str
    outcome: str
    text: str = ""
    detail: str = ""
    tone: Tone = "plain"
    mark: str = ""
    raw: dict[str, Cell] = {}


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """Events that belong together, newest episode first; ``silence_s`` is the gap before it."""

    events: tuple[TimelineEvent, ...]
    silence_s: float = 0.0


class Timeline(Chart, frozen=True, kw_only=True, tag="timeline"):
    """Everything one customer did, over all channels."""

    customer: str
    episodes: tuple[Episode, ...]


class Number(Chart, frozen=True, kw_only=True, tag="number"):
    """One figure with its interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    kind: Literal["count", "share", "duration", "number"] = "count"


AnyChart = Table | Bars | Stacks | Sequences | Effect | Lines | Flow | Matrix | Overlay | Timeline | Number
