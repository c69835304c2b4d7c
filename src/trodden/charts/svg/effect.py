"""A difference with its interval, small, on an axis its neighbours share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts.formats import format_interval, format_value
from trodden.charts.svg.marks import Mark, Sheet, frame, mark
from trodden.charts.svg.pieces import BORDER, MUTED, SMALL, TONES, percent, tag, words
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.charts import Effect

_MIDDLE = 9.0


def draw_effect(chart: Effect, sheet: Sheet) -> str:
    """Draw a dot in its 95 % band around a line at nought; where there are too few to say, it says so."""
    zero = tag("line", x1=percent(0.5), x2=percent(0.5), y1=1, y2=17, stroke=BORDER)
    nought = words(percent(0.5), 28, "0", text_anchor="middle", font_size=SMALL, fill=MUTED)
    if chart.value is None:
        few = words(percent(0.5), 13, tr("too few to say"), text_anchor="middle", font_size=SMALL, fill=MUTED)
        return frame(sheet, chart, 30, few)
    interval = format_interval(chart.low, chart.high, chart.kind)
    said = f"{chart.title}: {format_value(chart.value, chart.kind)} {interval}".rstrip()
    return frame(sheet, chart, 30, zero, mark(sheet, Mark(said), _band(chart, chart.value)), nought)


def _band(chart: Effect, value: float) -> str:
    colour = TONES[chart.tone]
    ends = "" if chart.low is None or chart.high is None else _line(chart, (chart.low, chart.high), colour)
    return ends + tag("circle", cx=percent(_at(chart, value)), cy=_MIDDLE, r=5, fill=colour)


def _line(chart: Effect, ends: tuple[float, float], colour: str) -> str:
    low, high = (percent(_at(chart, end)) for end in ends)
    return tag(
        "line",
        x1=low,
        x2=high,
        y1=_MIDDLE,
        y2=_MIDDLE,
        stroke=colour,
        stroke_width=8,
        stroke_opacity=0.35,
        stroke_linecap="round",
    )


def _at(chart: Effect, value: float) -> float:
    """Return the position of a value; what lies beyond the axis stands at its end."""
    extent = chart.extent or 1.0
    return min(0.98, max(0.02, 0.5 + 0.48 * value / extent))
