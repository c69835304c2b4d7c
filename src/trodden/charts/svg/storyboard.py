"""A journey map as one drawing, for files: steps in columns, lanes in rows, the walked flow above them.

It is read without colour, too: what is better or worse has its sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.charts.svg import draw
from trodden.charts.svg.marks import Sheet, frame
from trodden.charts.svg.pieces import (
    BASE,
    BORDER,
    MUTED,
    SMALL,
    STRONG,
    TEXT,
    TONE_SIGNS,
    TONES,
    stacked,
    tag,
    words,
    wrap,
)
from trodden.charts.svg.spine import height_of

if TYPE_CHECKING:
    from trodden.charts import Chart, Overlay, Tone

LABEL: Final = 132.0
COLUMN: Final = 132.0
"""Width of the names of lanes, and of a step, in pixels."""

_LEADING, _SMALL_LEADING, _PAD, _LINES = 15.0, 13.0, 8.0, 6


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands in one row over ``span`` steps: words, a second line in small, how good or bad it is."""

    text: str
    small: str = ""
    tone: Tone = "plain"
    span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the drawing; heads are in bold."""

    label: str
    pieces: tuple[Piece, ...]
    is_head: bool = False


def draw_storyboard(chart: Chart, rows: tuple[Row, ...], overlay: Overlay | None = None) -> str:
    """Return the drawing of a map, called by the chart's title; ``overlay`` stands above its rows."""
    columns = max(sum(piece.span for piece in row.pieces) for row in rows)
    layers, y = [words(0, 18, chart.title, font_size=16, font_weight=STRONG)], 36.0
    if overlay is not None:
        sheet = Sheet(width=round(columns * COLUMN))
        layers.append(tag("g", draw(overlay, sheet), transform=f"translate({LABEL:g},{y:g})"))
        y += height_of(overlay, sheet)
    for row in rows:
        drawn, height = _row(row, y)
        layers.append(drawn)
        y += height
    return frame(Sheet(), chart, y + _PAD, *layers, width=LABEL + columns * COLUMN)


def _row(row: Row, y: float) -> tuple[str, float]:
    """Return a row and how high it is."""
    label = wrap(row.label, LABEL - _PAD, _LINES)
    drawn = [stacked(0, y + _LEADING, label, fill=MUTED)]
    height, x = len(label) * _LEADING, LABEL
    for piece in row.pieces:
        text, high = _piece(piece, x, y, is_head=row.is_head)
        drawn.append(text)
        height, x = max(height, high), x + piece.span * COLUMN
    height += _PAD
    drawn.append(tag("line", x1=0, x2=x, y1=y + height, y2=y + height, stroke=BORDER))
    return "".join(drawn), height


def _piece(piece: Piece, x: float, y: float, *, is_head: bool) -> tuple[str, float]:
    room = piece.span * COLUMN - _PAD
    sign = TONE_SIGNS[piece.tone] if piece.text else ""
    lines = wrap(f"{piece.text}{sign}", room, _LINES, bold=is_head)
    small = wrap(piece.small, room, _LINES, SMALL) if piece.small else []
    fill = TEXT if piece.tone == "plain" else TONES[piece.tone]
    below = y + len(lines) * _LEADING
    drawn = stacked(
        x, y + _LEADING, lines, fill=fill, font_size=BASE, font_weight=STRONG if is_head else None
    )
    drawn += stacked(x, below + _SMALL_LEADING, small, leading=_SMALL_LEADING, fill=MUTED, font_size=SMALL)
    return drawn, len(lines) * _LEADING + len(small) * _SMALL_LEADING
