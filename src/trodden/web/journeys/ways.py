"""The ranked list of ways that differ from the design, as a page writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_count, format_interval, format_share
from trodden.insights.ranked import GROUPS
from trodden.methods.journeys.redesign import is_accepted, is_optional
from trodden.web.addresses import customer_address, with_query
from trodden.web.journeys.drafts import acceptance_of, redesign_of
from trodden.web.journeys.effects import beside_of, drawn_beside, drawn_effect, price_of, verdict_of
from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from trodden.charts import Link
    from trodden.charts.svg.marks import Address
    from trodden.insights.ranked import Ranked
    from trodden.web.journeys.drafts import Base, Proposal

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
    drawn: str
    price: str
    beside: str
    examples: tuple[File, ...]
    address: str | None
    redesign: Proposal | None = None
    acceptance: Proposal | None = None
    settled: File | None = None
    note: str = ""


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


def entries_of(ways: tuple[Ranked, ...], address: Address, extent: float, base: Base) -> tuple[Entry, ...]:
    """Return entries of the ranked list; their effects share one axis, to ``extent`` either way.

    A step that is skipped on several ways is offered to be redesigned once, at the most frequent of them.
    """
    first = {way.at: way.link for way in reversed(ways) if way.is_redesign}
    return tuple(_entry(way, address, extent, base, first) for way in ways)


def _entry(way: Ranked, address: Address, extent: float, base: Base, first: Mapping[str, Link]) -> Entry:
    rate = way.journeys
    price = price_of(way)
    is_first = first.get(way.at) == way.link
    redesign = redesign_of(base, way, _evidence(way, price)) if way.is_redesign else None
    return Entry(
        key=way.key,
        sentence=way.sentence,
        place=way.place,
        count=format_count(rate.count),
        share=format_share(rate.value) if rate.value is not None else "",
        interval=format_interval(rate.low, rate.high, "share"),
        verdict=verdict_of(way),
        tone=way.tone,
        effect=drawn_effect(way, extent),
        drawn=drawn_beside(way),
        price=price,
        beside=beside_of(way),
        examples=tuple(File(name, customer_address(name)) for name in way.examples[:EXAMPLES]),
        address=address(way.link),
        redesign=redesign if is_first else None,
        acceptance=acceptance_of(base, way),
        settled=_settled(way, base),
        note=_("The redesign above holds this way, too.") if redesign and not is_first else _note(way, base),
    )


def _evidence(way: Ranked, price: str) -> str:
    said = _("{sentence} {place}: {n} journeys, {price}, beside others like them.")
    return said.format(
        sentence=way.sentence, place=way.place, n=format_count(way.journeys.count), price=price
    )


def _settled(way: Ranked, base: Base) -> File | None:
    """Say where a way is part of the design already: in the map looked at, or in the draft above it."""
    is_settled = is_accepted(base.top, way.kind, way.at) or (
        way.kind == "missing" and is_optional(base.top, way.at)
    )
    if not is_settled:
        return None
    if is_accepted(base.looked_at, way.kind, way.at):
        return File(_("Accepted as designed"), "")
    return File(_("In draft version {n}").format(n=base.top.version), reverse("journey", args=[base.top.key]))


def _note(way: Ranked, base: Base) -> str:
    """Say why a better way is no reason to redesign the map, where it is none."""
    if base.is_fixed or not way.is_desire_path or way.is_redesign:
        return ""
    if way.kind == "missing":
        return _("Time alone decides here, so no redesign is offered.")
    return _("A detour that helps: bring it into the map by hand, or accept it.")
