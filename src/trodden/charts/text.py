"""A chart in a terminal: its sentence, its table, its notes."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_count, format_head, format_moment, format_value
from trodden.charts.tables import table_of
from trodden.model.words import say, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.charts import Chart, Table

_LEFT: Final = frozenset({"text", "time"})
_GAP: Final = "  "
_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl"})
_WIDEST: Final = 60


def text_of(chart: Chart, *, width: int = 100, rows: int | None = None) -> str:
    """Return the chart as lines of text, at most ``width`` cells wide, without a trailing newline.

    Text is left-aligned and cut with an ellipsis where columns would not fit, figures are right-aligned
    and never cut. Characters that steer a terminal are replaced by U+FFFD. ``rows`` limits the table;
    what it leaves out is counted.
    """
    table = table_of(chart)
    kept = table.rows if rows is None else table.rows[:rows]
    lines = [safe(chart.title), "", *_grid(table, kept, width)]
    if len(kept) < len(table.rows):
        lines.append(tr("… and {rows} more", rows=format_count(len(table.rows) - len(kept))))
    return "\n".join([*lines, *_foot(chart)]).rstrip()


def safe(text: str) -> str:
    r"""Return text on one line that cannot steer a terminal: control and direction marks are replaced.

    Examples
    --------
    >>> safe("red \x1b[31m").encode("ascii", "replace")
    b'red ?[31m'
    """
    flat = " ".join(text.split())
    return "".join("�" if unicodedata.category(letter) in _STEERING else letter for letter in flat)


def _foot(chart: Chart) -> list[str]:
    facts: list[str] = []
    if chart.n:
        facts.append(f"n {format_count(chart.n)} {safe(chart.unit)}".rstrip())
    if chart.as_of:
        facts.append(tr("as of {format_moment}", format_moment=format_moment(chart.as_of, chart.time_zone)))
    notes = [safe(say(note)) for note in chart.notes]
    return ["", *([" · ".join(facts)] if facts else []), *notes] if facts or notes else []


def _grid(table: Table, rows: Sequence[Sequence[object]], width: int) -> list[str]:
    zone, kinds = table.time_zone, [column.kind for column in table.columns]
    heads = [
        safe(format_head(column.label, column.kind, zone, is_name=column.is_name)) for column in table.columns
    ]
    cells = [
        [safe(format_value(cell, kind, zone)) for cell, kind in zip(row, kinds, strict=True)] for row in rows
    ]
    if not cells:
        return [_GAP.join(heads), tr("(nothing)")]
    wanted = [max(map(cells_wide, column)) for column in zip(heads, *cells, strict=True)]
    widths = _shrink(wanted, kinds, width)
    return [_row(row, kinds, widths) for row in (heads, ["─" * w for w in widths], *cells)]


def _shrink(widths: list[int], kinds: Sequence[str], limit: int) -> list[int]:
    """Take cells from the widest text column, one at a time, until the row fits or all are narrow."""
    found = [min(w, _WIDEST) if kind in _LEFT else w for w, kind in zip(widths, kinds, strict=True)]
    texts = [i for i, kind in enumerate(kinds) if kind in _LEFT]
    while texts and sum(found) + len(_GAP) * (len(found) - 1) > limit:
        widest = max(texts, key=lambda i: found[i])
        if found[widest] <= 8:  # noqa: PLR2004 - narrower than this, text says nothing
            break
        found[widest] -= 1
    return found


def _row(cells: Sequence[str], kinds: Sequence[str], widths: Sequence[int]) -> str:
    parts = [_pad(cell, w, left=kind in _LEFT) for cell, kind, w in zip(cells, kinds, widths, strict=True)]
    return _GAP.join(parts).rstrip()


def _pad(text: str, width: int, *, left: bool) -> str:
    cut = _cut(text, width)
    room = " " * (width - cells_wide(cut))
    return cut + room if left else room + cut


def _cut(text: str, width: int) -> str:
    if cells_wide(text) <= width:
        return text
    while text and cells_wide(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def cells_wide(text: str) -> int:
    """Count the terminal cells a text takes: wide letters two, combining ones none."""
    return sum(_cell(letter) for letter in text)


def _cell(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
