"""What came in, from where, what was refused, and up to when it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trodden.charts.formats import format_count, format_moment, format_time
from trodden.store.imports import imports_in, standing_of
from trodden.web.pages import Empty, Figure, File

if TYPE_CHECKING:
    from trodden.analyses.overview.answer import Overview
    from trodden.api import StoredWalks
    from trodden.store.imports import ImportRecord, Standing


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
    begun_at: str
    state: str
    is_whole: bool
    stored: int
    duplicates: int
    refused: int


@dataclass(frozen=True, slots=True)
class Rejects:
    """A file of rows that were refused, with the reasons."""

    name: str
    size: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """Everything about the data that a reader of numbers may want to know."""

    title: str
    facts: tuple[Fact, ...] = ()
    imports: tuple[Import, ...] = ()
    rejects: tuple[Rejects, ...] = ()
    faults: tuple[str, ...] = ()
    figure: Figure | None = None
    empty: Empty | None = None
    actions: tuple[File, ...] = ()


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


def imports_of(walks: StoredWalks) -> tuple[Import, ...]:
    """Return every import, newest first."""
    zone, records = walks.catalog.time_zone, imports_in(walks.workspace.imports_db)
    return tuple(_import(record, records, zone) for record in reversed(records))


def _import(record: ImportRecord, records: list[ImportRecord], zone: str) -> Import:
    standing = standing_of(record, records)
    return Import(
        source=record.source,
        begun_at=format_moment(datetime.fromisoformat(record.begun_at), zone),
        state=_told(standing).format(n=record.bereft_by),
        is_whole=standing in ("whole", "made good", "undone"),
        stored=record.stored,
        duplicates=record.duplicates,
        refused=record.refused,
    )


def _told(standing: Standing) -> str:
    return {
        "whole": _("whole"),
        "made good": _("made good by another import"),
        "lost rows": _("lost rows when import {n} was undone: import it again"),
        "interrupted": _("interrupted: run it again, nothing is stored twice"),
        "undone": _("undone"),
        "undo interrupted": _("undo interrupted: run it again"),
    }[standing]


def rejects_of(walks: StoredWalks) -> tuple[Rejects, ...]:
    """Return the files of refused rows."""
    files = sorted(path for path in walks.workspace.rejects.glob("*") if path.is_file())
    return tuple(
        Rejects(path.name, _("{n} bytes").format(n=format_count(path.stat().st_size))) for path in files
    )
