"""Pieces of SVG as text: elements with everything escaped, colours that follow the page, text that fits."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.charts import Tone

Value = str | float | int | None

TEXT: Final = "var(--text,#1a2230)"
MUTED: Final = "var(--muted,#566072)"
GROUND: Final = "var(--bg,#ffffff)"
BORDER: Final = "var(--border,#d3d8e0)"
LINE: Final = "var(--control,#7d8797)"
PLAIN: Final = "var(--plain,#66738c)"

TONES: Final[dict[Tone, str]] = {
    "plain": PLAIN,
    "better": "var(--better,#1d6fa8)",
    "worse": "var(--worse,#b5461b)",
    "muted": LINE,
    "warn": "var(--warn,#8a6100)",
}
"""Colour of a mark; every one falls back to the light theme where no page sets it."""

TONE_WORDS: Final[dict[Tone, str]] = {
    "plain": "",
    "better": "better",
    "worse": "worse",
    "muted": "",
    "warn": "look",
}
TONE_SIGNS: Final[dict[Tone, str]] = {"plain": "", "better": " ▲", "worse": " ▼", "muted": "", "warn": " !"}
"""Never colour alone: the sign stands beside it."""

SERIES: Final = tuple(
    f"var(--cat-{i},{colour})"
    for i, colour in enumerate(
        ("#223878", "#e47735", "#5ba28a", "#a978cb", "#b1474d", "#523b05", "#26707c"), start=1
    )
)
SERIES_TEXT: Final = tuple(
    f"var(--cat-text-{i},{colour})"
    for i, colour in enumerate(
        ("#ffffff", "#1a2230", "#1a2230", "#1a2230", "#ffffff", "#ffffff", "#ffffff"), start=1
    )
)
"""Colour of text on each series."""

RAMP: Final = tuple(
    (f"var(--seq-{i},{fill})", f"var(--seq-text-{i},{text})")
    for i, (fill, text) in enumerate(
        (
            ("#fbf5df", "#1a2230"),
            ("#f2d89a", "#1a2230"),
            ("#eeac53", "#1a2230"),
            ("#dd7528", "#1a2230"),
            ("#bf412c", "#ffffff"),
            ("#891f34", "#ffffff"),
            ("#4a1331", "#ffffff"),
        ),
        start=1,
    )
)
"""Seven steps from few to many, with the colour of text on each."""

SMALL, BASE, STRONG = 11, 12, 600
_LEAST_PIECE: Final = 4
"""Letters a word broken in two leaves at least on each line."""

_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff￾￿]")
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[] ")
_WIDE: Final = frozenset("mwMWQ@%—")
_LATIN: Final = 0x2000


def tag(name: str, /, *children: str, **attributes: Value) -> str:
    """Return an element; attribute values are escaped, children are markup already.

    Underscores in attribute names become hyphens, a last one is dropped; None leaves an attribute out.

    Examples
    --------
    >>> tag("rect", x=1.25, stroke_width=2, class_="mark")
    '<rect x="1.25" stroke-width="2" class="mark"/>'
    """
    said = "".join(
        f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None
    )
    return f"<{name}{said}>{''.join(children)}</{name}>" if children else f"<{name}{said}/>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: float | str) -> str:
    if isinstance(value, str):
        return escape(clean(value), quote=True)
    return f"{round(value, 2):g}"


def clean(text: str) -> str:
    """Drop the characters XML cannot hold, and lone surrogates."""
    return _UNFIT.sub("�", text)


def plain(text: str) -> str:
    """Return text as markup that says exactly that text."""
    return escape(clean(text), quote=False)


def words(x: Value, y: Value, text: str, **attributes: Value) -> str:
    """Return a line of text; muted, bold and the anchor are attributes as SVG has them."""
    return tag("text", plain(text), x=x, y=y, **{"fill": TEXT, **attributes})


def title(text: str) -> str:
    """Return what a pointer resting on the element reads."""
    return tag("title", plain(text))


def halo() -> dict[str, Any]:
    """Return attributes that keep a line of text readable over what it crosses."""
    return {"paint_order": "stroke", "stroke": GROUND, "stroke_width": 4, "stroke_linejoin": "round"}


def percent(part: float) -> str:
    """Return a length as per cent of the drawing, so that it follows the width it is given."""
    return f"{round(part * 100, 3):g}%"


def path(*points: str) -> str:
    """Join path commands."""
    return " ".join(points)


def width_of(text: str, size: float = BASE, *, bold: bool = False) -> float:
    """Estimate the width of a line of text in pixels, rather too wide than too narrow."""
    ems = sum(_ems(letter) for letter in text)
    return ems * size * (1.08 if bold else 1.0)


def _ems(letter: str) -> float:
    if ord(letter) >= _LATIN:
        return 0.0 if unicodedata.combining(letter) else 1.0
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    return 0.7 if letter.isupper() else 0.61


def fit(text: str, room: float, size: float = BASE, *, bold: bool = False) -> str:
    """Shorten a text to ``room`` pixels, with an ellipsis where something was cut."""
    if width_of(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width_of(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrap(text: str, room: float, lines: int = 2, size: float = BASE, *, bold: bool = False) -> list[str]:
    """Break a text into at most ``lines`` lines of ``room`` pixels, at spaces where there are any."""
    found: list[str] = []
    pieces = text.split()
    while pieces and len(found) < lines:
        line = pieces.pop(0)
        if not pieces and len(found) + 1 < lines:
            line, *pieces = _broken(line, room, size, bold=bold)
        while pieces and width_of(f"{line} {pieces[0]}", size, bold=bold) <= room:
            line = f"{line} {pieces.pop(0)}"
        found.append(line)
    if pieces:
        found[-1] = " ".join((found[-1], *pieces))
    return [fit(line, room, size, bold=bold) for line in found]


def _broken(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    """Break one word that is too long in two, with a hyphen, if both pieces are worth a line."""
    if width_of(word, size, bold=bold) <= room:
        return [word]
    cut = next(
        i for i in range(len(word), 0, -1) if width_of(f"{word[:i]}-", size, bold=bold) <= room or i == 1
    )
    cut = min(cut, len(word) - _LEAST_PIECE)
    return [f"{word[:cut]}-", word[cut:]] if cut >= _LEAST_PIECE else [word]


def stacked(x: Value, y: float, lines: Sequence[str], *, leading: float = 15, **attributes: Value) -> str:
    """Return lines of text below one another, the first at ``y``."""
    return "".join(words(x, y + i * leading, line, **attributes) for i, line in enumerate(lines))
