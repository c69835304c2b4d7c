"""The one place that calls text markup: drawings of ours, in which every label is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from trodden.charts.svg import Sheet, draw

if TYPE_CHECKING:
    from trodden.charts import Chart
    from trodden.charts.svg.marks import Address


def drawing(chart: Chart, address: Address | None = None, width: int = 720) -> SafeString:
    """Return the drawing of a chart for a page, its marks leading where ``address`` says."""
    return mark_safe(draw(chart, Sheet(width=width, address=address, page=True)))  # noqa: S308 - draw escapes
