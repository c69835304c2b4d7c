"""The page of one customer, and of one event of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.analyses.timeline.chart import timeline_chart
from trodden.charts import Episode
from trodden.charts.formats import format_count, format_time, format_value
from trodden.registry import find
from trodden.store.walks import rows_at
from trodden.web.actors import actor_of
from trodden.web.addresses import customer_address, number_in, with_query
from trodden.web.customers.alone import timeline_of
from trodden.web.customers.known import Fact, known_of
from trodden.web.customers.lines import LINES, Listing
from trodden.web.customers.stretches import walk_of
from trodden.web.customers.wishes import wishes_after
from trodden.web.explore.pages import files_of
from trodden.web.home import walked
from trodden.web.pages import Crumb, File, figure_of, show
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from trodden.analyses.timeline.answer import TimelineAnswer
    from trodden.api import StoredWalks
    from trodden.charts import TimelineEvent
    from trodden.model.walks import Bucket
    from trodden.store.walks import TimelineRow, WalkSnapshot
    from trodden.web.customers.known import Known
    from trodden.web.customers.lines import Page
    from trodden.web.customers.stretches import Walk
    from trodden.web.customers.wishes import Said
    from trodden.web.pages import Figure

READ: Final = 500
"""Events, the latest, that tell what is known of a customer."""

DRAWN: Final = 500
"""Events, the latest, that are drawn."""

FOLDS: Final = 7
"""Silences that are folded and told in the drawing, the longest."""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer: who, what is known, and the walk."""

    title: str
    crumbs: tuple[Crumb, ...]
    customer: str
    facts: tuple[Fact, ...]
    known: Known
    figure: Figure | None
    walk: Page
    wishes: tuple[Said, ...]
    notes: tuple[str, ...]
    actions: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """All that was recorded of one event, and why it is this customer's."""

    title: str
    crumbs: tuple[Crumb, ...]
    raw: tuple[Fact, ...]
    why: str


@require_safe
def customer(request: HttpRequest) -> HttpResponse:
    """Show the walk of one customer."""
    name = request.GET.get("id", "")
    found, bucket = customer_here(name)
    walk = walk_of(bucket, found.catalog)
    first = _first(request, len(walk.lines))
    rows = _rows(found, walk, first)
    timeline = timeline_of(found, name, bucket, rows, DRAWN)
    latest = [rows[row] for row in sorted(rows) if row >= int(bucket.ends[0]) - READ]
    page = CustomerPage(
        title=timeline_chart(timeline).title,
        crumbs=(Crumb(_("Customers"), reverse("customers")), Crumb(name)),
        customer=name,
        facts=facts_of(timeline),
        known=known_of(latest, bucket, found.catalog),
        figure=_figure(timeline, name),
        walk=Listing(name, walk, found.catalog, rows).page(first),
        wishes=wishes_after(name, actor_of(request).name, found.catalog.time_zone),
        notes=tuple(_notes(walk, timeline)),
        actions=_actions(request, name),
    )
    return show(request, "customers/one.html", page)


def customer_here(name: str) -> tuple[StoredWalks, Bucket]:
    """Return the walks and the one-customer bucket of a name.

    Raises
    ------
    Http404
        Nobody goes by it.
    """
    found = walked()
    bucket = found.snapshot.customer(name) if found and name else None
    if found is None or bucket is None:
        raise Http404(_("Nobody goes by that name."))
    return found, bucket


def _first(request: HttpRequest, lines: int) -> int:
    first = number_in(request.GET.get("from", "0"), 0, max(lines, 1) - 1)
    if first is None:
        raise Http404(_("There are no events so far back."))
    return first


def _rows(found: StoredWalks, walk: Walk, first: int) -> dict[int, TimelineRow]:
    """Read the events of the page, and the latest ones."""
    last = int(walk.bucket.ends[0])
    latest = range(max(last - READ, int(walk.bucket.starts[0])), last)
    wanted = sorted({*latest, *(row for _one, row in walk.lines[first : first + LINES])})
    snapshot = cast("WalkSnapshot", found.snapshot)
    return dict(zip(wanted, rows_at(snapshot, walk.bucket, wanted), strict=True))


def _figure(answer: TimelineAnswer, name: str) -> Figure | None:
    chart = msgspec.structs.replace(timeline_chart(answer), time_zone=answer.about.time_zone)
    if not chart.episodes:
        return None
    chart = msgspec.structs.replace(chart, episodes=tuple(_merged(chart.episodes)))
    files = files_of(find("timeline"), {"customer": name})
    return figure_of(chart, files=files, definition=reverse("reference", args=["timeline"]))


def _merged(episodes: tuple[Episode, ...]) -> Iterator[Episode]:
    """Yield episodes parted by the longest silences alone, so that each of these can be told."""
    longest = sorted((one.silence_s for one in episodes), reverse=True)[:FOLDS][-1]
    events: list[TimelineEvent] = []
    for one in episodes:
        events += one.events
        if one.silence_s >= longest or one is episodes[-1]:
            yield Episode(events=tuple(events), silence_s=one.silence_s)
            events = []


def _notes(walk: Walk, timeline: TimelineAnswer) -> list[str]:
    undrawn = _("{n} earlier events are listed and not drawn.").format(n=format_count(timeline.hidden))
    left = _("{n} earlier events are not listed; an export holds them.").format(n=format_count(walk.left_out))
    told = ((undrawn, timeline.hidden), (left, walk.left_out))
    return [*(text for text, count in told if count), *walk.faults]


def _actions(request: HttpRequest, name: str) -> tuple[File, ...]:
    """Return what a privacy officer may do here."""
    if not actor_of(request).may(Right.PROTECT):
        return ()
    return tuple(
        File(label, with_query(reverse(route), {"id": name}))
        for label, route in ((_("Export"), "customer-export"), (_("Erase"), "customer-erase"))
    )


def facts_of(answer: TimelineAnswer) -> tuple[Fact, ...]:
    """Return what the whole walk tells of a customer, events that are not listed included."""
    zone = answer.about.time_zone
    if answer.first_at is None or answer.last_at is None:
        return ()
    channels = (f"{one.channel} {format_count(one.events)}" for one in answer.channels)
    return (
        Fact(_("First seen"), format_time(answer.first_at, zone)),
        Fact(_("Last seen"), format_time(answer.last_at, zone)),
        Fact(_("Times in"), zone),
        Fact(_("Contacts"), format_count(answer.events)),
        Fact(_("Channels"), ", ".join(channels)),
        Fact(_("Episodes"), format_count(answer.episodes)),
        Fact(_("Went wrong"), format_count(answer.failures)),
    )


@require_safe
def event(request: HttpRequest) -> HttpResponse:
    """Show all that was recorded of one event of a customer."""
    name, wanted = request.GET.get("id", ""), request.GET.get("event", "")
    found, bucket = customer_here(name)
    row = _event_of(found, bucket, wanted)
    zone = found.catalog.time_zone
    first = row.event.ids[0]
    page = EventPage(
        title=f"{row.touchpoint}, {format_time(row.event.occurred_at, zone)}",
        crumbs=(
            Crumb(_("Customers"), reverse("customers")),
            Crumb(name, customer_address(name)),
            Crumb(_("Event")),
        ),
        raw=tuple(_raw(row, zone)),
        why=_("It came with the {kind} {value} first, which makes it this customer's.").format(
            kind=first.kind, value=first.value
        ),
    )
    return show(request, "customers/event.html", page)


def _event_of(found: StoredWalks, bucket: Bucket, wanted: str) -> TimelineRow:
    rows = np.arange(int(bucket.starts[0]), int(bucket.ends[0]))
    ids = bucket.side.take("event_id", rows) if bucket.side else []
    place = next((place for place, one in enumerate(ids) if one.hex() == wanted), None)
    if place is None:
        raise Http404(_("This customer has no such event."))
    return rows_at(cast("WalkSnapshot", found.snapshot), bucket, [int(rows[place])])[0]


def _raw(row: TimelineRow, zone: str) -> list[Fact]:
    event = row.event
    ids = ", ".join(f"{one.kind} {one.value}" for one in event.ids)
    times = (
        (_("occurred"), event.occurred_at),
        (_("received"), event.received_at),
        (_("sent"), event.sent_at),
        (_("on the customer's clock"), event.client_at),
    )
    told = (
        (_("touchpoint"), row.touchpoint),
        (_("channel"), row.channel),
        (_("outcome"), row.outcome),
        *((name, exactly(moment, zone)) for name, moment in times if moment),
        (_("identifiers"), ids),
        (_("name as it came"), event.name),
        (_("address"), event.url),
        (_("words"), event.text),
        (_("took, ms"), event.duration_ms),
        (_("value, minor units"), event.value_minor),
        (_("currency"), event.currency),
        (_("properties"), event.properties),
        (_("context"), event.context),
        (_("consent"), f"{event.consent:#b}" if event.consent else ""),
        (_("kind"), event.kind),
        (_("source"), event.source),
        (_("message id"), event.message_id),
        (_("event id"), row.event_id),
        (_("protocol"), event.protocol),
    )
    return [Fact(str(name), format_value(value)) for name, value in told if value not in {None, "", "{}"}]


def exactly(moment: datetime, zone: str) -> str:
    """Write a moment to the second, with its distance from UTC: clocks set back show some times twice."""
    offset = moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")[19:]
    return f"{format_time(moment, zone, seconds=True)} {offset} {zone}"
