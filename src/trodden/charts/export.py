"""A chart as a file for a spreadsheet: one writer for each format, and no cell is ever a formula."""

# xlsxwriter ships no type information.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from trodden.charts.tables import table_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from trodden.charts import Cell, Chart, Table

_FORMULA: Final = tuple("=+-@|\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the start of a formula, full-width twins included."""

_FORMATS: Final = {"count": "#,##0", "share": "0.0%", "points": "0.0", "duration": "0.0", "number": "0.###"}


def csv_of(chart: Chart) -> str:
    r"""Return the chart's table as CSV (RFC 4180, ``\r\n``), values unrounded, units in the heads.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; figures are left alone.
    """
    table = table_of(chart)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_inert(head) for head in heads_of(chart)])
    writer.writerows([[_cell(cell) for cell in row] for row in rows_of(table)])
    return out.getvalue()


def heads_of(chart: Chart) -> list[str]:
    """Return the column heads with the unit of what a cell holds: seconds for durations."""
    columns = table_of(chart).columns
    return [f"{column.label} (s)" if column.kind == "duration" else column.label for column in columns]


def rows_of(table: Table) -> list[list[Cell]]:
    """Return the cells in the units their heads name: differences of shares in percentage points."""
    kinds = [column.kind for column in table.columns]
    return [[_in_unit(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in table.rows]


def _in_unit(cell: Cell, kind: str) -> Cell:
    return cell * 100 if kind == "points" and isinstance(cell, float) else cell


def _cell(value: Cell) -> object:
    return _inert(value) if isinstance(value, str) else value


def _inert(text: str) -> str:
    """Put an apostrophe before a text that would be read as a formula, leading blanks notwithstanding."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def xlsx_of(chart: Chart) -> bytes:
    """Return the chart's table as a workbook of one sheet; texts stay texts, no link is made."""
    from xlsxwriter import Workbook

    table = table_of(chart)
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Answer")
    bold = book.add_format({"bold": True})
    styles = [
        book.add_format({"num_format": _FORMATS.get(column.kind, "General")}) for column in table.columns
    ]
    for i, head in enumerate(heads_of(chart)):
        sheet.write_string(0, i, head, bold)
    for r, row in enumerate(rows_of(table), start=1):
        for c, cell in enumerate(row):
            _write(sheet, (r, c), cell, styles[c])
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return out.getvalue()


def _write(sheet: Worksheet, place: tuple[int, int], cell: Cell, style: Format) -> None:
    row, column = place
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, style)
    elif cell is not None:
        sheet.write_string(row, column, cell)
