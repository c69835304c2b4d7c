"""The ranked list of ways that differ from the design, as a page writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from trodden.charts import Effect
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.insights.ranked import GROUPS
from trodden.methods.stats.compare import is_clear
from trodden.model.durations import format_duration
from trodden.web.addresses import customer_address, with_query
from trodden.web.markup import drawing
from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from trodden.charts.svg.marks import Address
    from trodden.insights.ranked import Ranked
    from trodden.model.question import Estimate

EXAMPLES: Final = 2
"""Customers named beside an entry; all of them are one link away."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One way that differs, in the ranked list."""

    key: str
    sentence: str
    place: str
    count: str
    share: str
    interval: str
    verdict: str
    tone: str
    effect: SafeString | None
    price: str
    examples: tuple[File, ...]
    address: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """A way to narrow the ranked list."""

    label: str
    count: int
    address: str
    is_on: bool


def chips_of(
    ways: tuple[Ranked, ...], chosen: str, address: str, fields: Mapping[str, str]
) -> tuple[Chip, ...]:
    """Return the groups that occur, with how many ways each has; the first one is all of them."""
    rest = {name: text for name, text in fields.items() if name != "kind"}
    counts = {group: sum(way.group == group for way in ways) for group in GROUPS}
    every = Chip(_("all"), len(ways), with_query(address, rest), not chosen)
    return (
        every,
        *(
            Chip(_(group), count, with_query(address, {**rest, "kind": group}), group == chosen)
            for group, count in counts.items()
            if count
        ),
    )


def sorts_of(address: str, fields: Mapping[str, str], *, is_by_cost: bool) -> tuple[Chip, ...]:
    """Return the two orders of the list."""
    rest = {name: text for name, text in fields.items() if name != "sort"}
    return (
        Chip(_("most frequent"), 0, with_query(address, rest), not is_by_cost),
        Chip(_("most time lost"), 0, with_query(address, {**rest, "sort": "cost"}), is_by_cost),
    )


def entries_of(ways: tuple[Ranked, ...], address: Address, extent: float) -> tuple[Entry, ...]:
    """Return entries of the ranked list; their effects share one axis, to ``extent`` either way."""
    return tuple(_entry(way, address, extent) for way in ways)


WIDEST: Final = 0.35
"""Effects beyond this many points stand at the end of their axis, so that usual ones can be told apart."""


def extent_of(ways: tuple[Ranked, ...]) -> float:
    """Return the largest end of any effect that is judged: what a common axis must hold."""
    ends = [
        abs(end)
        for way in ways
        if way.compared and way.compared.verdict != "too few to say"
        for end in (way.compared.reached.low, way.compared.reached.high)
        if end is not None
    ]
    return min(max(ends, default=0.1), WIDEST)


def _verdict(way: Ranked) -> str:
    if way.compared is None:
        return _("An end without the goal") if way.kind == "departed" else ""
    verdict = way.compared.verdict
    if verdict == "worse":
        return _("Worse")
    if verdict == "better":
        return _("A better way")
    return _("Too few to say") if verdict == "too few to say" else _("Different, ends no differently")


def _effect(way: Ranked, extent: float) -> SafeString | None:
    if way.compared is None or way.compared.verdict == "too few to say":
        return None
    reached = way.compared.reached
    effect = Effect(
        title=_("Reached the goal, against others who came equally far"),
        value=reached.value,
        low=reached.low,
        high=reached.high,
        extent=extent,
        n=reached.n,
        tone=way.tone if is_clear(reached) else "plain",
    )
    return drawing(effect)


def _price(way: Ranked) -> str:
    """Say what it costs: points of reaching the goal and time, each only where it is clear."""
    if way.compared is None or way.compared.verdict == "too few to say":
        return ""
    parts = [_points(way.compared.reached), _time(way.compared.time)]
    return ", ".join(part for part in parts if part)


def _points(reached: Estimate) -> str:
    if not is_clear(reached):
        return ""
    low, high = sorted(abs(end or 0.0) * 100 for end in (reached.low, reached.high))
    fewer = (reached.value or 0.0) < 0
    words = (
        _("{n} points fewer reach the goal [{low} to {high}]")
        if fewer
        else _("{n} points more reach the goal [{low} to {high}]")
    )
    return words.format(n=f"{abs(reached.value or 0.0) * 100:.0f}", low=f"{low:.0f}", high=f"{high:.0f}")


def _time(time: Estimate) -> str:
    if not is_clear(time):
        return ""
    low, high = sorted(abs(end or 0.0) for end in (time.low, time.high))
    words = _("{time} longer to the goal") if (time.value or 0.0) > 0 else _("{time} sooner at the goal")
    interval = format_interval(low, high, "duration")
    return f"{words.format(time=format_duration(abs(time.value or 0.0)))} {interval}"


def _entry(way: Ranked, address: Address, extent: float) -> Entry:
    rate = way.journeys
    return Entry(
        key=way.key,
        sentence=way.sentence,
        place=way.place,
        count=format_count(rate.count),
        share=format_share(rate.value) if rate.value is not None else "",
        interval=format_interval(rate.low, rate.high, "share"),
        verdict=_verdict(way),
        tone=way.tone,
        effect=_effect(way, extent),
        price=_price(way),
        examples=tuple(File(name, customer_address(name)) for name in way.examples[:EXAMPLES]),
        address=address(way.link),
    )
