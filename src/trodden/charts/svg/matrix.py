"""Row by column, shaded from few to many, each cell with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_value
from trodden.charts.svg.marks import Mark, Sheet, frame, mark
from trodden.charts.svg.pieces import MUTED, RAMP, fit, tag, words

if TYPE_CHECKING:
    from trodden.charts import Matrix

_LABELS, _CELL, _HEAD, _ROW = 168.0, 64.0, 58.0, 32.0
_TURNED: Final = 9
"""From this many columns on, their labels stand on two levels."""
_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"
"""Stands behind what may still grow."""


def draw_matrix(chart: Matrix, sheet: Sheet) -> str:
    """Draw a grid of shaded cells; the darkest is the largest value, cells without a count stay empty.

    A grid too wide for its place keeps its size and scrolls.
    """
    columns = len(chart.columns)
    width = max(float(sheet.width), _LABELS + _CELL * columns)
    cell = (width - _LABELS) / max(columns, 1)
    largest = max((v for row in chart.values for v in row if v is not None), default=0.0)
    rows = [_row(chart, sheet, i, cell, largest) for i in range(len(chart.rows))]
    height = _HEAD + _ROW * len(chart.rows) + 8
    return frame(sheet, chart, height, _axes(chart), *_heads(chart, cell), *rows, width=width)


def _axes(chart: Matrix) -> str:
    return words(0, _HEAD - 8, f"{chart.row_axis} ↓  {chart.column_axis} →", fill=MUTED)


def _heads(chart: Matrix, cell: float) -> list[str]:
    levels = 2 if len(chart.columns) >= _TURNED else 1
    return [
        words(
            _LABELS + (i + 0.5) * cell,
            _HEAD - 8 - (16 if levels > 1 and i % 2 else 0),
            fit(label, cell * levels - 6),
            text_anchor="middle",
        )
        for i, label in enumerate(chart.columns)
    ]


def _row(chart: Matrix, sheet: Sheet, index: int, cell: float, largest: float) -> str:
    y = _HEAD + _ROW * index
    label = words(0, y + 20, fit(chart.rows[index], _LABELS - 12))
    cells = [
        _cell(chart, sheet, (index, j), (_LABELS + j * cell, y, cell), largest)
        for j in range(len(chart.columns))
    ]
    return label + "".join(cells)


def _cell(
    chart: Matrix, sheet: Sheet, place: tuple[int, int], box: tuple[float, float, float], largest: float
) -> str:
    row, column = place
    value = chart.values[row][column]
    if value is None:
        return ""
    x, y, wide = box
    fill, text = RAMP[_shade(value, largest)]
    said = format_value(value, chart.kind) + (_MORE if place in chart.partial else "")
    return mark(
        sheet,
        Mark(f"{chart.rows[row]}, {chart.columns[column]}: {said}", chart.link(row, column)),
        tag("rect", x=x + 1, y=y + 1, width=wide - 2, height=_ROW - 2, rx=2, fill=fill),
        words(x + wide / 2, y + 20, said, text_anchor="middle", fill=text, class_="figures"),
    )


def _shade(value: float, largest: float) -> int:
    if largest <= 0 or value <= 0:
        return 0
    return min(len(RAMP) - 1, int(value / largest * len(RAMP)))
