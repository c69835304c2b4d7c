"""Sequences of steps as rows of chips, ranked, each with its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_interval, format_value
from trodden.charts.svg.marks import Mark, Sheet, frame, mark
from trodden.charts.svg.pieces import (
    GROUND,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TONES,
    fit,
    stacked,
    tag,
    width_of,
    words,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.charts import Sequence, Sequences

_CHIP, _LEADING, _PAD, _GAP = 22.0, 28.0, 8.0, 16.0
_VALUE: Final = 150.0
"""Room for the value at the left."""
_LONGEST: Final = 190.0
"""Width of a chip at most; longer names are cut there."""
_DETAIL: Final = 15.0


@dataclass(frozen=True, slots=True)
class Chip:
    """One step where it stands: its left upper corner, its width and what fits it."""

    x: float
    y: float
    wide: float
    text: str


def draw_sequences(chart: Sequences, sheet: Sheet) -> str:
    """Draw the value of each sequence at the left and its steps as chips in lines, what it amounts to below.

    As wide as the sheet, whatever room there is: a page lets it scroll.
    """
    rows: list[str] = []
    top = 18.0
    for one in chart.sequences:
        row, height = _row(chart, one, sheet, top)
        rows.append(row)
        top += height
    return frame(sheet, chart, top, words(0, 12, chart.axis, fill=MUTED), *rows, width=float(sheet.width))


def _row(chart: Sequences, one: Sequence, sheet: Sheet, top: float) -> tuple[str, float]:
    value, interval = format_value(one.value, chart.kind), format_interval(one.low, one.high, chart.kind)
    chips = list(_chips(one.steps, sheet.width - _VALUE, top + 6))
    below = chips[-1].y + _CHIP if chips else top + _CHIP
    details = wrap(one.detail, sheet.width - _VALUE, size=SMALL)
    height = below + _DETAIL * len(details) + 12 - top
    said = " ".join(part for part in (value, interval) if part)
    spoken = f"{', '.join(one.steps)}: {said}{', ' + one.detail if one.detail else ''}"
    drawn = mark(
        sheet,
        Mark(spoken, one.link),
        tag("rect", x=0, y=top, width=sheet.width, height=height, fill="transparent"),
        words(0, top + 21, value, font_weight=STRONG, class_="figures", fill=TONES[one.tone]),
        words(52, top + 21, interval, font_size=SMALL, fill=MUTED, class_="figures"),
        *(_chip(chip, one, is_first=place == 0) for place, chip in enumerate(chips)),
        stacked(_VALUE, below + _DETAIL, details, leading=_DETAIL, fill=MUTED, font_size=SMALL),
    )
    return drawn, height


def _chips(steps: Iterable[str], room: float, top: float) -> Iterable[Chip]:
    """Yield the chips from left to right, on the next line where one does not fit."""
    x, y = _VALUE, top
    for step in steps:
        text = fit(step, _LONGEST - 2 * _PAD)
        wide = width_of(text) + 2 * _PAD
        if x > _VALUE and x + wide > _VALUE + room:
            x, y = _VALUE, y + _LEADING
        yield Chip(x, y, wide, text)
        x += wide + _GAP


def _chip(chip: Chip, one: Sequence, *, is_first: bool) -> str:
    arrow = "" if is_first else _arrow(chip.x - _GAP + 5, chip.y + _CHIP / 2)
    colour = LINE if one.tone == "plain" else TONES[one.tone]
    box = tag(
        "rect", x=chip.x, y=chip.y, width=chip.wide, height=_CHIP, rx=_CHIP / 2, fill=GROUND, stroke=colour
    )
    return arrow + box + words(chip.x + chip.wide / 2, chip.y + 15, chip.text, text_anchor="middle")


def _arrow(x: float, y: float) -> str:
    """Return the mark between a step and the one before it, also where that stands at the line above."""
    return tag("path", d=f"M{x:g} {y - 4:g} l4 4 l-4 4", fill="none", stroke=LINE, stroke_width=1.5)
