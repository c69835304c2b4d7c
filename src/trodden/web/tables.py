"""Tables as a page writes them: cells as text, figures to the right, a row's link on its first cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_head, format_value

if TYPE_CHECKING:
    from trodden.charts import Link, Table
    from trodden.charts.svg.marks import Address

_LEFT: Final = frozenset({"text", "time"})


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head."""

    label: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its first cell, which names it, and where it leads; the other cells with their side.

    ``opens_beside``: it leads to customers, which are shown beside the page.
    """

    name: str
    address: str | None
    cells: tuple[tuple[str, bool], ...]
    opens_beside: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready to be written; ``left_out`` rows are not shown."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    left_out: int = 0


def grid_of(table: Table, address: Address | None, most: int) -> Grid:
    """Return the first ``most`` rows of a table as text."""
    links = table.links or (None,) * len(table.rows)
    rows = [
        _row(table, row, link, address) for row, link in zip(table.rows[:most], links[:most], strict=True)
    ]
    heads = tuple(
        Head(
            format_head(column.label, column.kind, table.time_zone, is_name=column.is_name),
            column.kind not in _LEFT,
        )
        for column in table.columns
    )
    return Grid(heads, tuple(rows), max(len(table.rows) - most, 0))


def _row(table: Table, row: tuple[object, ...], link: Link | None, address: Address | None) -> Row:
    cells = [
        (format_value(cell, column.kind, table.time_zone), column.kind not in _LEFT)
        for cell, column in zip(row, table.columns, strict=True)
    ]
    leads = address(link) if address and link else None
    beside = link is not None and link.analysis == "customers"
    return Row(cells[0][0] if cells else "", leads, tuple(cells[1:]), leads is not None and beside)
