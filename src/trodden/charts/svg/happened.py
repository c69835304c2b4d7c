"""What happened meanwhile, on an axis of time: a line or a band with a letter at its head.

A page says below the drawing what the letters mean; a drawing that stands alone says it itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts.svg.marks import Mark, mark
from trodden.charts.svg.pieces import MUTED, STRONG, TEXT, fit, halo, percent, tag, words

if TYPE_CHECKING:
    from trodden.charts import Lines, TimeMark
    from trodden.charts.svg.marks import Sheet
    from trodden.charts.svg.scale import Scale

_LINE: Final = 18.0
_LOWERED: Final = 14.0
"""Every other letter stands so much lower, so that neighbours do not cover each other."""
_NEAR_END: Final = 0.97


def draw_marks(chart: Lines, sheet: Sheet, across: Scale, heights: tuple[float, float]) -> str:
    """Draw each mark from the top of the plot to its base; one that began earlier from its edge."""
    kept = [one for one in chart.marks if _is_on(one, across)]
    return "".join(_drawn(sheet, number, one, across, heights) for number, one in enumerate(kept))


def _is_on(one: TimeMark, across: Scale) -> bool:
    return one.start <= across.high and (one.start if one.end is None else one.end) >= across.low


def _drawn(sheet: Sheet, number: int, one: TimeMark, across: Scale, heights: tuple[float, float]) -> str:
    top, base = heights
    at, until = across.at(one.start), across.at(one.start if one.end is None else one.end)
    band = tag(
        "rect",
        x=percent(at),
        width=percent(until - at),
        y=top,
        height=base - top,
        fill=MUTED,
        fill_opacity=0.1,
    )
    edges = "".join(
        tag("line", x1=percent(x), x2=percent(x), y1=top, y2=base, stroke=MUTED, stroke_dasharray="3 3")
        for x in dict.fromkeys((at, until))
    )
    is_last = at > _NEAR_END
    sign = words(
        percent(at),
        top + 13 + (_LOWERED if number % 2 else 0),
        one.sign,
        dx=-4 if is_last else 4,
        fill=TEXT,
        font_weight=STRONG,
        text_anchor="end" if is_last else "start",
        **halo(),
    )
    return mark(sheet, Mark(f"{one.sign}: {one.label}"), band if until > at else "", edges, sign)


def key_height(chart: Lines, sheet: Sheet) -> float:
    """Return how much higher a drawing that stands alone is, for what its letters mean."""
    return 0.0 if sheet.page else _LINE * len(chart.marks)


def key_of_marks(chart: Lines, sheet: Sheet, top: float) -> str:
    """Say what the letters mean, a line each, where no page does."""
    if sheet.page:
        return ""
    return "".join(
        words(0, top + _LINE * number + 12, fit(f"{one.sign}  {one.label}", sheet.width), fill=MUTED)
        for number, one in enumerate(chart.marks)
    )
