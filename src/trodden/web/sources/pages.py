"""What came in, from where, what was refused, and up to when it is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts import Bar, Bars
from trodden.charts.formats import format_count, format_day, format_moment, format_time
from trodden.model.durations import format_duration
from trodden.store.imports import imports_in, standing_of
from trodden.web.pages import Empty, Figure, figure_of
from trodden.web.shield import sees_customers

if TYPE_CHECKING:
    from trodden.analyses.overview.answer import Overview
    from trodden.api import StoredWalks
    from trodden.store.folder import Workspace
    from trodden.store.imports import ImportRecord, Standing

MOST_BARS: Final = 20
"""Days and sources drawn, the newest; the list below has every import."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about the data as a whole."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """One run of an import; ``state`` says whether it came to its end."""

    source: str
    address: str
    begun_at: str
    state: str
    is_whole: bool
    rows: int
    stored: int
    duplicates: int
    rejected: int
    rejects: str
    took: str
    brought_by: str


@dataclass(frozen=True, slots=True)
class Drop:
    """The form that takes a file; ``most`` bytes at most."""

    address: str
    most: int
    most_said: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """Everything about the data that a reader of numbers may want to know."""

    title: str
    facts: tuple[Fact, ...] = ()
    imports: tuple[Import, ...] = ()
    faults: tuple[str, ...] = ()
    figure: Figure | None = None
    arrivals: Figure | None = None
    empty: Empty | None = None
    drop: Drop | None = None
    busy: str = ""
    zone_is_default: bool = False
    tabs: tuple[tuple[str, str, bool], ...] = ()


def tabs_at(route: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the pages of the area, and which of them this is."""
    pages = ((_("What came in"), "data"), (_("Touchpoints"), "rules"))
    return tuple((label, reverse(name), name == route) for label, name in pages)


def facts_of(walks: StoredWalks, overview: Overview) -> tuple[Fact, ...]:
    """Return the lines about the data as a whole."""
    about, catalog = overview.about, walks.catalog
    span = _("nothing yet")
    if overview.first_at and overview.last_at:
        span = _("{first} to {last}").format(
            first=format_time(overview.first_at, catalog.time_zone),
            last=format_moment(overview.last_at, catalog.time_zone),
        )
    return (
        Fact(_("Customers"), format_count(about.customers)),
        Fact(_("Events"), format_count(about.events)),
        Fact(_("Recorded"), span),
        Fact(
            _("Told as of"),
            format_moment(catalog.as_of, catalog.time_zone),
            _("The latest time anything happened. What had not happened by then is open, not missing."),
        ),
        Fact(
            _("Ties"),
            format_count(about.ties),
            _(
                "Events of one customer at one time whose order nothing tells: as a rule from two sources. "
                "Rows of one file keep its order and are no ties."
            ),
        ),
        Fact(_("Times, days and weeks in"), catalog.time_zone),
        Fact(_("Touchpoints"), format_count(len(overview.touchpoints) + overview.hidden)),
        Fact(_("Snapshot"), catalog.snapshot, _("Equal names mean equal bytes: cite it with a number.")),
    )


def imports_of(workspace: Workspace) -> tuple[Import, ...]:
    """Return every import, newest first."""
    records = imports_in(workspace.imports_db)
    return tuple(_import(workspace, record, records) for record in reversed(records))


def _import(workspace: Workspace, record: ImportRecord, records: list[ImportRecord]) -> Import:
    standing = standing_of(record, records)
    return Import(
        source=record.source,
        address=reverse("import-one", args=[record.id]),
        begun_at=format_moment(datetime.fromisoformat(record.begun_at), workspace.mark.time_zone),
        state=told_of(standing, record.bereft_by),
        is_whole=standing in ("whole", "made good", "undone"),
        rows=rows_of(record),
        stored=record.stored,
        duplicates=record.duplicates,
        rejected=record.rejected,
        rejects=rejects_of(workspace, record) if sees_customers.get() else "",
        took=took(record),
        brought_by=record.brought_by or _("a command"),
    )


def rows_of(record: ImportRecord) -> int:
    """Return how many rows an import read."""
    return record.stored + record.duplicates + record.refused + record.rejected


def took(record: ImportRecord) -> str:
    """Return how long an import took; empty where it did not come to its end."""
    if not record.finished_at:
        return ""
    spent = datetime.fromisoformat(record.finished_at) - datetime.fromisoformat(record.begun_at)
    return format_duration(max(spent.total_seconds(), 1.0))


def rejects_of(workspace: Workspace, record: ImportRecord) -> str:
    """Return where the rows an import refused can be had; empty where there are none."""
    is_there = record.rejects_file and (workspace.rejects / record.rejects_file).exists()
    return reverse("import-rejects", args=[record.id]) if is_there else ""


def told_of(standing: Standing, bereft_by: int) -> str:
    """Return what became of an import, in words."""
    return {
        "whole": _("whole"),
        "made good": _("made good by another import"),
        "lost rows": _("lost rows when import {n} was undone: import it again"),
        "interrupted": _("interrupted: run it again, nothing is stored twice"),
        "undone": _("undone"),
        "undo interrupted": _("undo interrupted: run it again"),
    }[standing].format(n=bereft_by)


def arrivals_of(workspace: Workspace) -> Figure | None:
    """Return how many events came in, by day and source; nothing where none did."""
    zone = workspace.mark.time_zone
    came = Counter[tuple[str, str]]()
    last: datetime | None = None
    for record in reversed(imports_in(workspace.imports_db)):
        if record.stored and not record.undo_begun_at:
            begun = datetime.fromisoformat(record.begun_at)
            came[format_day(begun, zone), record.source] += record.stored
            last = last or begun
    if not came:
        return None
    shown = list(came.items())[:MOST_BARS]
    chart = Bars(
        title=_arrived(came),
        unit=_("events"),
        n=came.total(),
        as_of=last,
        time_zone=zone,
        bars=tuple(Bar(label=f"{day} · {source}", value=n) for (day, source), n in shown),
        axis=_("new events"),
        of=_("day and source"),
        kind="count",
        notes=(_("The newest {n} are drawn.").format(n=MOST_BARS),) if len(came) > MOST_BARS else (),
    )
    return figure_of(chart)


def _arrived(came: Counter[tuple[str, str]]) -> str:
    sources = {source for _day, source in came}
    return _("{n} events came in from {sources}, the last on {day}").format(
        n=format_count(came.total()),
        sources=next(iter(sources)) if len(sources) == 1 else _("{n} sources").format(n=len(sources)),
        day=next(iter(came))[0],
    )


def nothing_yet(drop: Drop | None, otherwise: Empty) -> Empty:
    """Return the state of a workspace nothing has come into, on the page where something can be brought."""
    if drop is None:
        return replace(otherwise, actions=())
    return Empty(
        otherwise.why,
        otherwise.title,
        _("Drop a file above: one row for each interaction, with who, what and when. Or on a command line:"),
        otherwise.commands,
    )
