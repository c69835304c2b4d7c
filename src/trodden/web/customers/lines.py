"""A customer's walk as a page lists it: stretch by stretch, the latest first, some lines at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trodden.charts.formats import format_count, format_day, format_time
from trodden.methods.journeys.pauses_places import step_labels
from trodden.methods.journeys.periods import moment
from trodden.model.durations import format_duration
from trodden.model.event import FAILING
from trodden.model.money import format_money
from trodden.web.addresses import with_query
from trodden.web.customers.stretches import EPISODE
from trodden.web.customers.tokens import sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trodden.methods.journeys.one_walk import LaidEvent
    from trodden.model.catalog import Catalog
    from trodden.store.walks import TimelineRow
    from trodden.web.customers.stretches import Stretch, Walk

LINES: Final = 100
"""Events on one page of a walk."""

ALIKE: Final = 5
"""So many events alike in a row are folded into one line."""

CHANNEL_ICONS: Final = {
    "web": "globe",
    "app": "smartphone",
    "store": "store",
    "phone": "phone",
    "chat": "message-circle",
    "ticket": "ticket",
    "email": "mail",
    "social": "share-2",
    "survey": "clipboard-list",
    "interview": "mic",
    "server": "server",
}

ENDS: Final = {
    "reached": gettext_lazy("got what they came for"),
    "abandoned": gettext_lazy("gave up"),
    "silent": gettext_lazy("went silent"),
    "open": gettext_lazy("still on the way"),
}
"""How a journey stands, in plain words."""

KINDS: Final = {
    "out of order": gettext_lazy("out of turn"),
    "wrong branch": gettext_lazy("as well as the other way"),
    "repeated": gettext_lazy("once more"),
    "ad hoc": gettext_lazy("not on the map"),
    "failing": gettext_lazy("went wrong"),
    "paused": gettext_lazy("waited longer than designed"),
    "forced switch": gettext_lazy("had to switch channel"),
}
"""What parts from the design at an event, in plain words."""

_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Line:
    """One event, or several alike in a row. ``silence``: how long nothing was heard before it.

    ``marks``: what parts from the design here; ``skipped``: designed steps that did not come before it.
    """

    day: str
    time: str
    channel: str
    icon: str
    touchpoint: str
    outcome: str
    tone: str
    text: str
    detail: str
    marks: tuple[str, ...]
    skipped: str
    is_tie: bool
    address: str
    silence: str
    alike: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one stretch. ``shoes``: where one can step through it, for a journey."""

    title: str
    address: str
    end: str
    departures: str
    left_out: str
    span: str
    shoes: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a walk from the latest on: which were wanted, and where the earlier ones are."""

    sections: tuple[Section, ...]
    later: str
    earlier: str


class Listing:
    """Makes lines of the walk of one customer."""

    def __init__(self, customer: str, walk: Walk, catalog: Catalog, rows: Mapping[int, TimelineRow]) -> None:
        self.customer = customer
        self.walk = walk
        self.catalog = catalog
        self.rows = rows
        self.zone = catalog.time_zone

    def page(self, first: int) -> Page:
        """Return the lines from the ``first`` one on, counted from the latest event."""
        wanted = self.walk.lines[first : first + LINES]
        groups = groupby(wanted, key=_stretch)
        sections = tuple(self._section(one, [row for _one, row in run]) for one, run in groups)
        more = first + LINES < len(self.walk.lines)
        return Page(
            sections,
            later=self._address(max(first - LINES, 0)) if first else "",
            earlier=self._address(first + LINES) if more else "",
        )

    def _address(self, first: int) -> str:
        return with_query(reverse("customer"), {"id": self.customer, "from": str(first) if first else ""})

    def _section(self, stretch: Stretch, rows: list[int]) -> Section:
        journey = stretch.journey
        if journey is None:
            return Section(
                title=_("Outside any journey"),
                address="",
                end="",
                departures="",
                left_out="",
                span=self._span(stretch),
                shoes="",
                lines=self._lines(stretch, rows),
            )
        found = self.catalog.maps[journey.map]
        shoes = {"who": sealed(self.customer), "map": journey.map, "journey": str(stretch.number)}
        return Section(
            title=found.name,
            address=reverse("journey", args=[journey.map]),
            end=str(ENDS[journey.state]),
            departures=_departures(journey.departures),
            left_out=self._labels(journey.map, journey.left_out),
            span=self._span(stretch),
            shoes=with_query(reverse("shoes"), shoes),
            lines=self._lines(stretch, rows),
        )

    def _labels(self, key: str, steps: tuple[str, ...]) -> str:
        labels = step_labels(self.catalog.maps[key]) if steps else {}
        return ", ".join(labels.get(step, step) for step in steps)

    def _span(self, stretch: Stretch) -> str:
        """Write from when to when a stretch goes, the day once where both ends fall on the same."""
        at = self.walk.bucket.occurred_at
        oldest, newest = moment(int(at[stretch.rows[0]])), moment(int(at[stretch.rows[-1]]))
        first, last = format_time(oldest, self.zone), format_time(newest, self.zone)
        if first == last:
            return first
        same = format_day(oldest, self.zone) == format_day(newest, self.zone)
        return f"{first} – {last.rpartition(', ')[2] if same else last}"  # noqa: RUF001 - an en dash stands between two times

    def _lines(self, stretch: Stretch, rows: list[int]) -> tuple[Line, ...]:
        before = dict(zip(stretch.rows[1:], stretch.rows, strict=False))
        lines = [self._line(stretch, row, before.get(row)) for row in rows]
        return tuple(_folded(lines))

    def _line(self, stretch: Stretch, row: int, before: int | None) -> Line:
        found = self.rows[row]
        local = found.event.occurred_at.astimezone(ZoneInfo(self.zone))
        laid = stretch.laid.get(row)
        skipped = self._labels(stretch.journey.map, laid.skipped) if stretch.journey and laid else ""
        return Line(
            day=f"{local.day} {local:%b}",
            time=f"{local:%H:%M}",
            channel=found.channel,
            icon=CHANNEL_ICONS.get(found.channel, "circle"),
            touchpoint=found.touchpoint,
            outcome="" if found.outcome in {"unknown", "ok"} else found.outcome,
            tone="worse" if found.outcome in FAILING else "plain",
            text=found.event.text,
            detail=detail_of(found),
            marks=marks_of(laid),
            skipped=skipped,
            is_tie=found.is_tie,
            address=event_address(self.customer, found.event_id),
            silence=self._silence(row, before),
        )

    def _silence(self, row: int, before: int | None) -> str:
        if before is None:
            return ""
        at = self.walk.bucket.occurred_at
        seconds = float(at[row] - at[before]) / 1e6
        return silent(seconds) if seconds > EPISODE.total_seconds() else ""


def _stretch(line: tuple[Stretch, int]) -> Stretch:
    return line[0]


def event_address(customer: str, event_id: str) -> str:
    """Return where all that was recorded of one event is shown."""
    return with_query(reverse("customer-event"), {"id": customer, "event": event_id})


def marks_of(laid: LaidEvent | None) -> tuple[str, ...]:
    """Say what parts from the design at an event; what went wrong is said by its outcome already."""
    kinds = laid.kinds if laid else ()
    return tuple(str(KINDS[kind]) for kind in kinds if kind in KINDS and kind != "failing")


def detail_of(row: TimelineRow) -> str:
    """Say what an event cost and how long it took, where that was recorded."""
    event = row.event
    parts: list[str] = []
    if event.value_minor is not None:
        parts.append(format_money(event.value_minor, event.currency))
    if event.duration_ms is not None:
        parts.append(_("took {time}").format(time=format_duration(event.duration_ms / 1_000)))
    return ", ".join(parts)


def silent(seconds: float) -> str:
    """Say how long nothing was heard, in days from the second on."""
    if seconds < 2 * _DAY:
        return _("{time} silent").format(time=format_duration(seconds))
    return _("{n} days silent").format(n=format_count(seconds // _DAY))


def _departures(count: int) -> str:
    if not count:
        return _("went as designed")
    said = ngettext("left the design {n} time", "left the design {n} times", count)
    return said.format(n=format_count(count))


def _folded(lines: list[Line]) -> Iterator[Line]:
    """Yield lines, folding runs of five and more that say the same into the latest of them."""
    for _same, run in groupby(lines, key=_sameness):
        alike = list(run)
        if len(alike) >= ALIKE:
            yield replace(alike[0], alike=len(alike), silence=alike[-1].silence)
        else:
            yield from alike


def _sameness(line: Line) -> tuple[object, ...]:
    return (line.channel, line.touchpoint, line.outcome, line.text, line.marks, line.skipped)
