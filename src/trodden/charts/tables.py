"""Every chart as a table: what screen readers, terminals, spreadsheets and doubters read."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from trodden.charts import (
    Bars,
    Chart,
    Column,
    Effect,
    Flow,
    Lines,
    Link,
    Matrix,
    Number,
    Overlay,
    PauseMark,
    Sequences,
    Stacks,
    Table,
    Timeline,
)
from trodden.model.durations import format_duration
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.charts import Cell

    Rows = Iterable[tuple[Cell, ...]]

START, END = "(start)", "(end)"
ARROW = " › "  # noqa: RUF001 - the mark between steps on pages


@singledispatch
def table_of(chart: Chart) -> Table:
    """Return the table that says what the chart says, mark by mark.

    Rows keep the order of the marks. Shares are fractions, durations seconds and times ISO 8601:
    a column's kind says how to write them (:func:`trodden.charts.formats.format_value`).

    Raises
    ------
    TypeError
        No table is known for this kind of chart.
    """
    raise TypeError(f"There is no table for a {type(chart).__name__}.")


def _table(chart: Chart, columns: tuple[Column, ...], rows: Rows, links: Iterable[Link | None] = ()) -> Table:
    kept = tuple(links)
    return Table(
        title=chart.title,
        unit=chart.unit,
        n=chart.n,
        as_of=chart.as_of,
        definition=chart.definition,
        notes=chart.notes,
        time_zone=chart.time_zone,
        columns=columns,
        rows=tuple(rows),
        links=kept if any(kept) else (),
    )


@table_of.register
def _of_table(chart: Table) -> Table:
    return chart


@table_of.register
def _of_bars(chart: Bars) -> Table:
    has_interval = any(bar.low is not None for bar in chart.bars)
    has_part = any(bar.part is not None for bar in chart.bars)
    has_detail = any(bar.detail for bar in chart.bars)
    columns = [Column(chart.of), Column(chart.axis, chart.kind, is_name=True)]
    columns += [Column("from", chart.kind), Column("to", chart.kind)] if has_interval else []
    columns += [Column("of these", chart.kind)] if has_part else []
    columns += [Column("detail")] if has_detail else []
    rows = (
        (
            bar.label,
            bar.value,
            *((bar.low, bar.high) if has_interval else ()),
            *((bar.part,) if has_part else ()),
            *((bar.detail,) if has_detail else ()),
        )
        for bar in chart.bars
    )
    return _table(chart, tuple(columns), rows, (bar.link for bar in chart.bars))


@table_of.register
def _of_stacks(chart: Stacks) -> Table:
    columns = (
        Column(chart.axis, is_name=True),
        Column("part"),
        Column("share", "share"),
        Column("n", "count"),
    )
    rows = ((stack.label, part.label, part.value, stack.n) for stack in chart.stacks for part in stack.parts)
    return _table(chart, columns, rows, (stack.link for stack in chart.stacks for _ in stack.parts))


@table_of.register
def _of_sequences(chart: Sequences) -> Table:
    columns = (
        Column("steps"),
        Column(chart.axis, chart.kind, is_name=True),
        Column("from", chart.kind),
        Column("to", chart.kind),
        Column("detail"),
    )
    rows = ((ARROW.join(one.steps), one.value, one.low, one.high, one.detail) for one in chart.sequences)
    return _table(chart, columns, rows, (one.link for one in chart.sequences))


@table_of.register
def _of_effect(chart: Effect) -> Table:
    columns = tuple(Column(label, chart.kind) for label in (chart.unit or "difference", "from", "to"))
    return _table(chart, (*columns, Column("n", "count")), [(chart.value, chart.low, chart.high, chart.n)])


@table_of.register
def _of_lines(chart: Lines) -> Table:
    has_band = any(series.low for series in chart.series)
    columns = [
        Column("series"),
        Column(chart.x_axis, chart.x_kind, is_name=True),
        Column(chart.y_axis, chart.y_kind, is_name=True),
    ]
    columns += [Column("from", chart.y_kind), Column("to", chart.y_kind)] if has_band else []
    rows: list[tuple[Cell, ...]] = []
    links: list[Link | None] = []
    for series in chart.series:
        links += series.links or [None] * len(series.x)
        for i, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
            band = (series.low[i], series.high[i]) if series.low else (None, None)
            rows.append((series.label, x, y, *(band if has_band else ())))
    return _table(chart, tuple(columns), rows, links)


@table_of.register
def _of_flow(chart: Flow) -> Table:
    labels = {node.id: node.label for node in chart.nodes}
    has_label = any(edge.label for edge in chart.edges)
    columns = [Column("from"), Column("to"), Column(chart.unit or "count", "count")]
    columns += [Column("detail")] if has_label else []
    rows = (
        (
            labels.get(edge.source, edge.source),
            labels.get(edge.target, edge.target),
            edge.count,
            *((edge.label,) if has_label else ()),
        )
        for edge in chart.edges
    )
    return _table(chart, tuple(columns), rows, (edge.link for edge in chart.edges))


@table_of.register
def _of_matrix(chart: Matrix) -> Table:
    columns = (
        Column(chart.row_axis, is_name=True),
        *(Column(label, chart.kind, is_name=True) for label in chart.columns),
    )
    rows = ((label, *values) for label, values in zip(chart.rows, chart.values, strict=True))
    return _table(chart, columns, rows)


@table_of.register
def _of_number(chart: Number) -> Table:
    columns = (
        Column(chart.unit or "value", chart.kind),
        Column("from", chart.kind),
        Column("to", chart.kind),
        Column("n", "count"),
    )
    return _table(chart, columns, [(chart.value, chart.low, chart.high, chart.n)])


@table_of.register
def _of_timeline(chart: Timeline) -> Table:
    columns = (
        Column("time", "time"),
        Column("channel"),
        Column("touchpoint"),
        Column("outcome"),
        Column("text"),
        Column("detail"),
        Column("mark"),
    )
    events = (event for episode in chart.episodes for event in episode.events)
    rows = (
        (
            event.occurred_at.isoformat(),
            event.channel,
            event.touchpoint,
            event.outcome,
            event.text,
            event.detail,
            event.mark,
        )
        for event in events
    )
    return _table(chart, columns, rows)


@table_of.register
def _of_overlay(chart: Overlay) -> Table:
    columns = (Column("what"), Column("from"), Column("to"), Column("journeys", "count"), Column("detail"))
    entries = [*_steps(chart), *_moves(chart), *_routes(chart), *_pauses(chart)]
    return _table(chart, columns, [row for row, _ in entries], [link for _, link in entries])


Entry = tuple[tuple[str, str, str, int, str], Link | None]


def _steps(chart: Overlay) -> list[Entry]:
    return [(("step", step.label, "", step.count, step.stage), step.link) for step in chart.steps]


def _labels(chart: Overlay) -> dict[str, str]:
    return {step.id: step.label for step in chart.steps}


def _moves(chart: Overlay) -> list[Entry]:
    labels = _labels(chart)
    return [
        (
            (tr("as designed"), labels.get(move.source, START), labels.get(move.target, END), move.count, ""),
            move.link,
        )
        for move in chart.moves
    ]


def _routes(chart: Overlay) -> list[Entry]:
    labels = _labels(chart)
    return [
        (
            (
                route.kind,
                labels.get(route.source, START),
                labels.get(route.target, END),
                route.count,
                ", ".join((route.label, *route.detail)),
            ),
            route.link,
        )
        for route in chart.routes
    ]


def _waits(pause: PauseMark) -> str:
    median, limit = format_duration(pause.median_s), format_duration(pause.limit_s)
    return tr("half longer than {median}, over {limit} is a pause", median=median, limit=limit)


def _pauses(chart: Overlay) -> list[Entry]:
    labels = _labels(chart)
    return [
        (
            (
                tr("paused"),
                labels.get(pause.source, START),
                labels.get(pause.target, END),
                pause.count,
                _waits(pause),
            ),
            pause.link,
        )
        for pause in chart.pauses
    ]
