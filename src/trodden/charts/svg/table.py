"""A table as a drawing, for the places that take nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_count, format_head, format_value
from trodden.charts.svg.marks import Sheet, frame
from trodden.charts.svg.pieces import BORDER, MUTED, STRONG, fit, tag, width_of, words
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.charts import Table

ROWS: Final = 40
"""Rows drawn; the others are counted."""

_ROW, _GAP, _WIDEST = 24.0, 20.0, 260.0
_LEFT: Final = frozenset({"text", "time"})


def draw_table(chart: Table, sheet: Sheet) -> str:
    """Draw heads, a rule and the first rows; figures stand to the right of their column."""
    zone, kinds = chart.time_zone, [column.kind for column in chart.columns]
    heads = [format_head(column.label, column.kind, zone, is_name=column.is_name) for column in chart.columns]
    rows = [
        [format_value(cell, kind, zone) for cell, kind in zip(row, kinds, strict=True)]
        for row in chart.rows[:ROWS]
    ]
    widths = _widths(heads, rows)
    width = max(float(sheet.width), sum(widths) + _GAP * len(widths))
    rule = tag("line", x1=0, x2=width, y1=_ROW, y2=_ROW, stroke=BORDER)
    lines = [_line(row, kinds, widths, _ROW * (i + 2) - 7) for i, row in enumerate(rows)]
    head = _line(heads, kinds, widths, 16, head=True)
    height = _ROW * (len(rows) + 2)
    return frame(sheet, chart, height, head, rule, *lines, _left_out(chart, height), width=width)


def _widths(heads: list[str], rows: list[list[str]]) -> list[float]:
    columns = zip(heads, *rows, strict=True)
    return [min(max(width_of(text, bold=True) for text in column), _WIDEST) for column in columns]


def _line(
    cells: Sequence[str], kinds: Sequence[str], widths: Sequence[float], y: float, *, head: bool = False
) -> str:
    found: list[str] = []
    x = 0.0
    for cell, kind, width in zip(cells, kinds, widths, strict=True):
        is_left = kind in _LEFT
        found.append(
            words(
                x if is_left else x + width,
                y,
                fit(cell, width, bold=head),
                text_anchor="start" if is_left else "end",
                font_weight=STRONG if head else None,
                fill=MUTED if head else None,
                class_=None if is_left else "figures",
            )
        )
        x += width + _GAP
    return "".join(found)


def _left_out(chart: Table, height: float) -> str:
    left = len(chart.rows) - ROWS
    return (
        words(0, height - 7, tr("and {left} more rows", left=format_count(left)), fill=MUTED)
        if left > 0
        else ""
    )
