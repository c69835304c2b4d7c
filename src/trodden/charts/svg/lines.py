"""Values over a continuous axis, with their bands; series are named where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts.formats import format_head, format_value
from trodden.charts.svg.bars import anchor
from trodden.charts.svg.happened import draw_marks, key_height, key_of_marks
from trodden.charts.svg.marks import Mark, Sheet, frame, line, mark, stretched
from trodden.charts.svg.pieces import BORDER, MUTED, SERIES, STRONG, TONES, fit, halo, percent, tag, words
from trodden.charts.svg.scale import Scale, scale_of
from trodden.charts.svg.times import time_scale_of
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trodden.charts import Lines, Series

_TOP, _PLOT, _AXIS = 36.0, 240.0, 40.0
_WIDE = 1000.0
"""Units of the stretched layer, from one end of the axis to the other."""

_DOT, _ROOM = 3.0, 8.0

_DASHES = (None, "6 3", "2 3", "8 3 2 3", "1 4", "10 4", "4 2")


def draw_lines(chart: Lines, sheet: Sheet) -> str:
    """Draw each series as straight pieces (or steps) over its band, from a zero base."""
    across = _across(chart)
    up = scale_of(_heights(chart), chart.y_kind)
    layers = [_series(chart, sheet, i, series, Plot(across, up)) for i, series in enumerate(chart.series)]
    height = _TOP + _PLOT + _AXIS + (18.0 * len(chart.series) if len(chart.series) > 1 else 0.0)
    happened = draw_marks(chart, sheet, across, (_TOP, _TOP + _PLOT))
    parts = (_rules(up), happened, *layers, _grid(chart, across, up), _key(chart))
    return frame(sheet, chart, height + key_height(chart, sheet), *parts, key_of_marks(chart, sheet, height))


def _across(chart: Lines) -> Scale:
    values = chart.ends or ()
    if chart.x_kind == "time":
        return time_scale_of(values, chart.time_zone)
    return scale_of(values, chart.x_kind, steps=5, zero=False)


class Plot:
    """Where a pair of values lies in the stretched layer."""

    def __init__(self, across: Scale, up: Scale) -> None:
        self.across = across
        self.up = up

    def x(self, value: float) -> float:
        """Return the horizontal position."""
        return self.across.at(value) * _WIDE

    def y(self, value: float) -> float:
        """Return the vertical position; larger values lie higher."""
        return _TOP + (1 - self.up.at(value)) * _PLOT


def _heights(chart: Lines) -> list[float]:
    return [value for s in chart.series for values in (s.y, s.low, s.high) for value in values]


def _grid(chart: Lines, across: Scale, up: Scale) -> str:
    base = _TOP + _PLOT
    rows = [_row(chart, up, tick) for tick in up.ticks]
    marks = [
        words(
            percent(across.at(tick)),
            base + 16,
            format_value(tick, chart.x_kind, chart.time_zone),
            fill=MUTED,
            text_anchor=anchor(across.at(tick)),
        )
        for tick in across.ticks
    ]
    axis = format_head(chart.x_axis, chart.x_kind, chart.time_zone, is_name=True)
    name = words(percent(1), base + 33, axis, fill=MUTED, text_anchor="end")
    return "".join((words(0, 12, chart.y_axis, fill=MUTED), *rows, *marks, name))


def _row(chart: Lines, up: Scale, tick: float) -> str:
    y = _TOP + (1 - up.at(tick)) * _PLOT
    return words(0, y - 4, format_value(tick, chart.y_kind), fill=MUTED, **halo())


def _rules(up: Scale) -> str:
    heights = [_TOP + (1 - up.at(tick)) * _PLOT for tick in up.ticks]
    return "".join(tag("line", x1=0, x2=percent(1), y1=y, y2=y, stroke=BORDER) for y in heights)


def _colour(index: int, series: Series) -> str:
    return SERIES[index % len(SERIES)] if series.tone == "plain" else TONES[series.tone]


def _series(chart: Lines, sheet: Sheet, index: int, series: Series, plot: Plot) -> str:
    if not series.x:
        return ""
    colour = _colour(index, series)
    band = line(_band(series, plot), fill=colour, fill_opacity=0.16) if series.low else ""
    drawn = line(
        _line(series.x, series.y, plot, step=series.step),
        stroke=colour,
        stroke_width=2,
        stroke_linejoin="round",
        stroke_dasharray=_DASHES[index % len(_DASHES)] if index > 1 else None,
    )
    height = _TOP + _PLOT
    points = "".join(_points(chart, sheet, series, plot, colour))
    return mark(sheet, Mark(_spoken(chart, series)), stretched(_WIDE, height, band, drawn)) + points


def _points(chart: Lines, sheet: Sheet, series: Series, plot: Plot, colour: str) -> Iterator[str]:
    """Yield a dot for each value that opens something, with room for a finger around it."""
    for x, y, link in zip(series.x, series.y, series.links, strict=False):
        if link is None or sheet.address is None or sheet.address(link) is None:
            continue
        at, up = percent(plot.across.at(x)), plot.y(y)
        moment = format_value(x, chart.x_kind, chart.time_zone)
        said = f"{series.label}, {moment}: {format_value(y, chart.y_kind)}"
        room = tag("circle", cx=at, cy=up, r=_ROOM, fill="transparent")
        yield mark(sheet, Mark(said, link), room, tag("circle", cx=at, cy=up, r=_DOT, fill=colour))


def _spoken(chart: Lines, series: Series) -> str:
    first, last = (format_value(series.y[i], chart.y_kind) for i in (0, -1))
    ends = [format_value(series.x[i], chart.x_kind, chart.time_zone) for i in (0, -1)]
    return tr(
        "{place}: {first} at {ends}, {last} at {ends2}",
        place=series.label,
        first=first,
        ends=ends[0],
        last=last,
        ends2=ends[1],
    )


def _line(xs: Sequence[float], ys: Sequence[float], plot: Plot, *, step: bool) -> str:
    pieces = [f"M{plot.x(xs[0]):.2f} {plot.y(ys[0]):.2f}"]
    for x, y in zip(xs[1:], ys[1:], strict=True):
        pieces.append(f"H{plot.x(x):.2f} V{plot.y(y):.2f}" if step else f"L{plot.x(x):.2f} {plot.y(y):.2f}")
    return " ".join(pieces)


def _band(series: Series, plot: Plot) -> str:
    upper = _line(series.x, series.high, plot, step=series.step)
    lower = _line(series.x[::-1], series.low[::-1], plot, step=False)
    if series.step:
        lower = _steps_back(series, plot)
    return f"{upper} L{lower[1:]} Z"


def _steps_back(series: Series, plot: Plot) -> str:
    """Return the lower edge of a stepped band from right to left: up or down first, then along."""
    xs, lows = series.x[::-1], series.low[::-1]
    pieces = [f"M{plot.x(xs[0]):.2f} {plot.y(lows[0]):.2f}"]
    pieces += [f"V{plot.y(low):.2f} H{plot.x(x):.2f}" for x, low in zip(xs[1:], lows[1:], strict=True)]
    return " ".join(pieces)


def _key(chart: Lines) -> str:
    if len(chart.series) <= 1:
        return ""
    top = _TOP + _PLOT + _AXIS
    return "".join(_entry(i, series, top + 18 * i + 12) for i, series in enumerate(chart.series))


def _entry(index: int, series: Series, y: float) -> str:
    dash = _DASHES[index % len(_DASHES)] if index > 1 else None
    stroke = tag(
        "line",
        x1=0,
        x2=24,
        y1=y - 4,
        y2=y - 4,
        stroke=_colour(index, series),
        stroke_width=2,
        stroke_dasharray=dash,
    )
    return stroke + words(32, y, fit(series.label, 300), font_weight=STRONG)
