"""Where a drawing goes, and how its marks are reached: by pointer, by keyboard, by a reader of screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.charts import Chart, Link
from trodden.charts.formats import format_count
from trodden.charts.svg.pieces import BASE, GROUND, TEXT, percent, tag, title
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.charts.svg.pieces import Value

Address = Callable[[Link], str | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a drawing goes.

    ``width`` is in pixels; what can follow the width of its place does so on a page. ``address``
    makes an address of a link, or None where there is none: without it nothing is a link.
    ``page`` is True where a page's own colours and width hold, False for a file that stands alone.
    """

    width: int = 720
    address: Address | None = None
    page: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that can be pointed at: what it says, what it opens, and its twin in a list beside it."""

    label: str
    link: Link | None = None
    key: str = ""


def mark(sheet: Sheet, what: Mark, *children: str) -> str:
    """Return a mark: a link where it opens something, a labelled group otherwise."""
    address = sheet.address(what.link) if sheet.address and what.link else None
    key = what.key or None
    if address and what.link:
        label = what.label + _opens(what.link)
        return tag("a", title(label), *children, class_="mark", href=address, aria_label=label, data_key=key)
    inner = (title(what.label), *children)
    return tag("g", *inner, class_="mark", role="img", aria_label=what.label, data_key=key)


def _opens(link: Link) -> str:
    """Say how many a link opens, where it is known."""
    if link.customers is not None:
        return tr("; opens {customers} customers", customers=format_count(link.customers))
    return "" if link.units is None else tr("; opens {units}", units=format_count(link.units))


def frame(sheet: Sheet, chart: Chart, height: float, *children: str, width: float | None = None) -> str:
    """Return the whole drawing; standing alone it brings its ground with it.

    With marks it is a group to a reader of screens, otherwise one picture; both are called by the title.
    """
    wide = width or sheet.width
    has_marks = any('class="mark"' in child for child in children)
    ground = () if sheet.page else (tag("rect", width=percent(1), height=percent(1), fill=GROUND),)
    return tag(
        "svg",
        *ground,
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_="drawing",
        width=wide,
        height=height,
        viewBox=None if sheet.page else f"0 0 {wide:g} {height:g}",
        role="group" if has_marks else "img",
        aria_label=chart.title,
        font_family="system-ui, sans-serif",
        font_size=BASE,
        fill=TEXT,
    )


def stretched(width: float, height: float, *children: str, **attributes: Value) -> str:
    """Return a layer drawn ``width`` wide that follows the width of its place; lines keep their own."""
    return tag(
        "svg",
        *children,
        width=percent(1),
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
        preserveAspectRatio="none",
        overflow="visible",
        **attributes,
    )


def line(d: str, **attributes: Value) -> str:
    """Return an open path whose width does not stretch."""
    return tag("path", d=d, **{"fill": "none", "vector_effect": "non-scaling-stroke", **attributes})
