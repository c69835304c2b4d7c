"""The list of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts.formats import format_count, format_time
from trodden.methods.journeys.patterns_write import read_items
from trodden.model.durations import format_duration, parse_duration
from trodden.web.addresses import customer_address, with_query
from trodden.web.pages import Crumb, Empty, File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.analyses.customers.answer import Customers, Listed
    from trodden.api import Walks
    from trodden.web.filters import Filters

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list."""

    customer: str
    address: str
    last_seen: str
    last_at: str
    took: str
    steps: int
    state: str


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """Some customers of those selected, and the way to the others."""

    title: str
    crumbs: tuple[Crumb, ...]
    searched: str
    what: str = ""
    people: tuple[Person, ...] = ()
    time_zone: str = ""
    filters: Filters | None = None
    before: str = ""
    after: str = ""
    shown: str = ""
    files: tuple[File, ...] = ()
    is_cut: bool = False
    named: tuple[File, ...] = ()
    """Customers whose identifiers begin with what was searched for, in place of the list."""
    is_everywhere: bool = False
    """Whether it was searched for among all identifiers of all events."""
    empty: Empty | None = None


def customers_page(answer: Customers, fields: Mapping[str, str], number: int) -> dict[str, object]:
    """Return the parts of the page that rest on the answer; ``number`` counts pages from 1."""
    about = answer.about
    first = (number - 1) * PAGE
    address = reverse("customers")
    more = first + len(answer.rows) < about.units
    shown = _("{first}-{last} of {all}").format(
        first=format_count(first + 1),
        last=format_count(first + len(answer.rows)),
        all=format_count(about.units),
    )
    return {
        "title": _people(answer),
        "people": tuple(_person(row, about.time_zone) for row in answer.rows),
        "time_zone": about.time_zone,
        "before": with_query(address, {**fields, "page": str(number - 1)}) if number > 1 else "",
        "after": with_query(address, {**fields, "page": str(number + 1)}) if more else "",
        "shown": shown if answer.rows else "",
    }


_DID: Final = {
    "missing": "that skipped {at}",
    "departed": "that left",
    "repeated": "that did {at} again",
    "ad hoc": "that went by way of {at}",
    "wrong branch": "that did {at} as well",
    "out of order": "that did {at} out of turn",
    "failing": "where {at} failed",
    "forced switch": "that had to switch channel for {at}",
    "paused": "that waited too long for {at}",
}


def what_of(fields: Mapping[str, str], walks: Walks) -> str:
    """Say what the listed units did, in a sentence; empty where nothing was asked of them."""
    labels = _labels(fields.get("map", ""), walks)
    off_the_map = {
        "at": fields.get("deviation") == "ad hoc",
        **{name: fields.get(f"{name}_kind") == "touchpoint" for name in ("gap_after", "gap_to")},
    }
    said = {name: text if off_the_map.get(name) else labels.get(text, text) for name, text in fields.items()}
    parts = [*_deviated(said), *_came(said), *_paused(said), *_behind(fields)]
    if not parts:
        return ""
    which = {"open": _("Journeys on their way"), "closed": _("Journeys that ended")}
    return f"{which.get(fields.get('state', ''), _('Those'))} {', '.join(parts)}."


def _behind(fields: Mapping[str, str]) -> list[str]:
    """Name the mark whose units are listed, as far as its name says something to a reader."""
    if "behind" not in fields:
        return []
    analysis = fields["behind"].replace("_", " ")
    mark = [name for name in read_items(fields.get("mark", "")) if name and "/" not in name]
    if fields["behind"] == "funnel":
        steps = parse_qs(fields.get("asked", "")).get("steps", [""])
        mark = [*read_items(steps[-1])[: int(mark[0]) + 1]] if mark and _is_step(mark[0]) else []
    named = " → ".join(mark[1:] if fields["behind"] in _KIND_FIRST else mark)
    return [_("counted at {mark} under {analysis}").format(mark=named or _("a mark"), analysis=analysis)]


def _is_step(text: str) -> bool:
    return text.isdecimal() and len(text) < len("1000")


_KIND_FIRST: Final = frozenset({"pauses", "variants"})
"""Analyses whose marks say first of which kind they are."""


def _labels(key: str, walks: Walks) -> dict[str, str]:
    journey_map = walks.maps.get(key)
    return {step.id: step.label for step in journey_map.steps if step.label} if journey_map else {}


def _deviated(said: Mapping[str, str]) -> list[str]:
    if "deviation" not in said:
        return []
    did = _DID.get(said["deviation"], said["deviation"]).format(at=said.get("at", _("a step")))
    ends = {"START": _("the start"), "END": _("the end")}
    after = _("after {place}").format(place=ends.get(said["after"], said["after"])) if "after" in said else ""
    before = said.get("before", "END")
    then = _("before {place}").format(place=before) if before != "END" else ""
    return [" ".join(part for part in (did, after, then) if part)]


def _came(said: Mapping[str, str]) -> list[str]:
    if "step" not in said:
        return []
    if "then" not in said:
        return [_("that came to {step}").format(step=said["step"])]
    ends = {"START": _("the start"), "END": _("the goal")}
    source, target = (ends.get(said[name], said[name]) for name in ("step", "then"))
    return [_("that went from {source} to {target}").format(source=source, target=target)]


def _paused(said: Mapping[str, str]) -> list[str]:
    if "gap_after" not in said or "gap_over" not in said:
        return []
    to = _(" before {place}").format(place=said["gap_to"]) if "gap_to" in said else ""
    over = format_duration(parse_duration(said["gap_over"]).total_seconds())
    return [
        _("that waited more than {time} after {place}{to}").format(time=over, place=said["gap_after"], to=to)
    ]


def _people(answer: Customers) -> str:
    about = answer.about
    people = ngettext("{n} customer", "{n} customers", about.customers).format(
        n=format_count(about.customers)
    )
    if about.unit == "customer":
        return people
    return _("{units} {unit}s of {people}").format(
        units=format_count(about.units), unit=about.unit, people=people
    )


def _person(row: Listed, zone: str) -> Person:
    return Person(
        customer=row.customer,
        address=customer_address(row.customer),
        last_seen=row.last_touchpoint,
        last_at=format_time(row.last_at, zone),
        took=format_duration(row.elapsed_s),
        steps=row.steps,
        state={"open": _("on the way"), "reached": _("reached the goal"), "abandoned": _("gave up")}.get(
            row.state, _("gone silent")
        ),
    )
