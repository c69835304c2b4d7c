"""Wholes cut into parts, one below the other."""

from __future__ import annotations

from itertools import accumulate, cycle
from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_count, format_share
from trodden.charts.svg.marks import Mark, Sheet, frame, mark
from trodden.charts.svg.pieces import (
    BASE,
    GROUND,
    MUTED,
    PLAIN,
    SERIES,
    SERIES_TEXT,
    TONES,
    fit,
    percent,
    tag,
    width_of,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.charts import Part, Stack, Stacks

_ROW, _BAR = 42.0, 16.0
_LEAST: Final = 320.0
"""Width that labels within parts are fitted to: what a phone leaves."""


def draw_stacks(chart: Stacks, sheet: Sheet) -> str:
    """Draw a bar for each whole, its parts in order; what was designed is grey, every other part has a hue.

    A part bears its share where there is room; a key below names the parts.
    """
    names = _names(chart)
    rows = [_row(sheet, stack, names, i * _ROW) for i, stack in enumerate(chart.stacks)]
    top = _ROW * len(chart.stacks) + 6
    key, height = _key(names, top)
    return frame(sheet, chart, height, *rows, key)


def _names(chart: Stacks) -> dict[str, tuple[str, str]]:
    """Return the parts in order of first appearance, with the colours of bar and text."""
    parts = {part.label: part for stack in chart.stacks for part in stack.parts}
    hues = cycle(zip(SERIES, SERIES_TEXT, strict=True))
    return {label: _colours(part, hues) for label, part in parts.items()}


def _colours(part: Part, hues: Iterator[tuple[str, str]]) -> tuple[str, str]:
    if part.tone == "muted":
        return PLAIN, GROUND
    return next(hues) if part.tone == "plain" else (TONES[part.tone], GROUND)


def _row(sheet: Sheet, stack: Stack, names: dict[str, tuple[str, str]], top: float) -> str:
    starts = accumulate((part.value for part in stack.parts), initial=0.0)
    parts = [
        _part(part, names[part.label], start, top + 20)
        for part, start in zip(stack.parts, starts, strict=False)
    ]
    said = ", ".join(f"{part.label} {format_share(part.value)}" for part in stack.parts)
    count = f"n {format_count(stack.n)}" if stack.n else ""
    return mark(
        sheet,
        Mark(f"{stack.label}: {said}", stack.link),
        words(0, top + 14, fit(stack.label, _LEAST - width_of(count) - 12)),
        words(percent(1), top + 14, count, text_anchor="end", fill=MUTED, class_="figures"),
        *parts,
    )


def _part(part: Part, colours: tuple[str, str], start: float, y: float) -> str:
    bar = tag(
        "rect", x=percent(start), y=y, width=percent(part.value), height=_BAR, fill=colours[0], stroke=GROUND
    )
    text = format_share(part.value)
    if width_of(text) + 8 > part.value * _LEAST:
        return bar
    return bar + words(percent(start + part.value / 2), y + 12, text, text_anchor="middle", fill=colours[1])


def _key(names: dict[str, tuple[str, str]], top: float) -> tuple[str, float]:
    """Return the names of the parts with their colours, in lines that fit, and the height of it all."""
    found: list[str] = []
    x, y = 0.0, top + 12
    for label, (colour, _) in names.items():
        wide = 18 + width_of(label) + 14
        if x and x + wide > _LEAST:
            x, y = 0.0, y + 18
        found.append(tag("rect", x=x, y=y - 9, width=10, height=10, rx=2, fill=colour))
        found.append(words(x + 15, y, label, fill=MUTED, font_size=BASE))
        x += wide
    return "".join(found), y + 8
