"""Labelled values below one another on one axis: a bar, or a dot in its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts.formats import format_interval, format_value
from trodden.charts.svg.marks import Mark, Sheet, frame, mark
from trodden.charts.svg.pieces import (
    BORDER,
    MUTED,
    SMALL,
    STRONG,
    TONES,
    halo,
    percent,
    stacked,
    tag,
    width_of,
    words,
    wrap,
)
from trodden.charts.svg.scale import Scale, scale_of

if TYPE_CHECKING:
    from trodden.charts import Bar, Bars

_ROW, _DETAIL, _AXIS = 44.0, 15.0, 40.0
_LEAST = 320.0
"""Width every label must fit at: what a phone leaves."""


def draw_bars(chart: Bars, sheet: Sheet) -> str:
    """Draw bars from zero, or where a bar has an interval a dot with its band; labels stand above."""
    scale = scale_of(_extent(chart), chart.kind)
    pieces: list[str] = []
    top = 0.0
    for bar in chart.bars:
        pieces.append(_bar(chart, bar, scale, sheet, top))
        top += _height(chart, bar)
    return frame(sheet, chart, top + _AXIS, _grid(chart, scale, top), *pieces)


def _extent(chart: Bars) -> list[float]:
    ends = [(bar.value, bar.low, bar.high) for bar in chart.bars]
    return [value for triple in ends for value in triple if value is not None]


def _height(chart: Bars, bar: Bar) -> float:
    more = len(_names(bar, _said(chart, bar))) - 1
    return _ROW + _DETAIL * (more + len(_details(bar)))


def _details(bar: Bar) -> list[str]:
    """Return what stands below a bar, in lines that fit a phone; readers of screens get all of it."""
    return wrap(bar.detail, _LEAST, lines=3, size=SMALL)


def _names(bar: Bar, said: str) -> list[str]:
    """Return the label in lines that leave room for what is said beside it."""
    return wrap(bar.label, _LEAST - width_of(said) - 12)


def _said(chart: Bars, bar: Bar) -> str:
    interval = format_interval(bar.low, bar.high, chart.kind)
    return " ".join(part for part in (format_value(bar.value, chart.kind), interval) if part)


def _grid(chart: Bars, scale: Scale, bottom: float) -> str:
    lines = [_tick(chart, scale, tick, bottom) for tick in scale.ticks]
    name = words(percent(0), bottom + 33, chart.axis, fill=MUTED)
    return "".join((*lines, name))


def _tick(chart: Bars, scale: Scale, tick: float, bottom: float) -> str:
    x = percent(scale.at(tick))
    line = tag("line", x1=x, x2=x, y1=0, y2=bottom, stroke=BORDER)
    label = words(
        x, bottom + 16, format_value(tick, chart.kind), fill=MUTED, text_anchor=anchor(scale.at(tick))
    )
    return line + label


def anchor(share: float) -> str:
    """Return how a label stands at a position, so that it stays within the drawing."""
    return "start" if share <= 0.0 else "end" if share >= 1.0 else "middle"


def _bar(chart: Bars, bar: Bar, scale: Scale, sheet: Sheet, top: float) -> str:
    said = _said(chart, bar)
    names = _names(bar, said)
    below = top + _DETAIL * (len(names) - 1)
    draw = _band if bar.low is not None and bar.high is not None else _column
    spoken = f"{bar.label}: {said}{', ' + bar.detail if bar.detail else ''}"
    return mark(
        sheet,
        Mark(spoken, bar.link),
        tag("rect", x=0, y=top, width=percent(1), height=_height(chart, bar), fill="transparent"),
        _label(names, said, top),
        draw(bar, scale, below + 22),
        stacked(0, below + _ROW + 6, _details(bar), fill=MUTED, font_size=SMALL, **halo()),
    )


def _label(names: list[str], said: str, top: float) -> str:
    return stacked(0, top + 14, names, **halo()) + words(
        percent(1), top + 14, said, text_anchor="end", font_weight=STRONG, class_="figures", **halo()
    )


def _column(bar: Bar, scale: Scale, y: float) -> str:
    ends = sorted((scale.at(0.0), scale.at(bar.value)))
    whole = tag(
        "rect",
        x=percent(ends[0]),
        y=y,
        width=percent(ends[1] - ends[0]),
        height=12,
        rx=2,
        fill=TONES[bar.tone],
        fill_opacity=1 if bar.part is None else 0.45,
    )
    return whole + ("" if bar.part is None else _part(bar.part, scale, y, TONES[bar.tone]))


def _part(part: float, scale: Scale, y: float, fill: str) -> str:
    start = scale.at(0.0)
    return tag(
        "rect", x=percent(start), y=y, width=percent(scale.at(part) - start), height=12, rx=2, fill=fill
    )


def _band(bar: Bar, scale: Scale, y: float) -> str:
    low, high, at = (scale.at(v) for v in (bar.low or 0.0, bar.high or 0.0, bar.value))
    colour, middle = TONES[bar.tone], y + 6
    return (
        tag(
            "line",
            x1=percent(scale.at(0.0)),
            x2=percent(at),
            y1=middle,
            y2=middle,
            stroke=colour,
            stroke_width=2,
            stroke_opacity=0.6,
        )
        + tag(
            "line",
            x1=percent(low),
            x2=percent(high),
            y1=middle,
            y2=middle,
            stroke=colour,
            stroke_width=9,
            stroke_opacity=0.35,
            stroke_linecap="round",
        )
        + tag("circle", cx=percent(at), cy=middle, r=5, fill=colour)
    )
