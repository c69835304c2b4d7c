"""One figure with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts.formats import format_count, format_interval, format_value
from trodden.charts.svg.marks import Sheet, frame
from trodden.charts.svg.pieces import MUTED, STRONG, words

if TYPE_CHECKING:
    from trodden.charts import Number


def draw_number(chart: Number, sheet: Sheet) -> str:
    """Draw the figure large, its interval and what it rests on below."""
    said = format_value(chart.value, chart.kind)
    interval = format_interval(chart.low, chart.high, chart.kind)
    rests_on = " · ".join(part for part in (interval, chart.unit, f"n {format_count(chart.n)}") if part)
    figure = words(0, 30, said, font_size=28, font_weight=STRONG, class_="figures")
    return frame(sheet, chart, 56, figure, words(0, 50, rests_on, fill=MUTED))
