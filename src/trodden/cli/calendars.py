"""``trodden calendar``: when somebody is there to serve, and how long that is between two moments."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trodden.cli.shared import logged, workspace_of
from trodden.model.words import ntr, tr

if TYPE_CHECKING:
    from trodden.model.calendars import Calendar, Schedule
    from trodden.store.calendars import Kept
    from trodden.store.folder import Workspace


@click.group("calendar")
def calendar_group() -> None:
    """Keep calendars of opening hours, and measure by them."""


@calendar_group.command("list")
@click.pass_context
def list_command(context: click.Context) -> None:
    """List the calendars of the workspace."""
    from trodden.model.calendars import write_week
    from trodden.store.calendars import load_calendars

    faults: list[str] = []
    found = load_calendars(workspace_of(context), faults)
    for name, kept in found.items():
        now = kept.calendar.now
        click.echo(f"{name}  {now.time_zone}  {write_week(now.week)}")
    if not found:
        click.echo(tr('There is no calendar. `trodden calendar set NAME --hours "mon-fri 9-17"` keeps one.'))
    for fault in faults:
        click.echo(tr("Warning: {fault}", fault=fault), err=True)


@calendar_group.command()
@click.argument("name")
@click.pass_context
def show(context: click.Context, name: str) -> None:
    """Write a calendar as its file has it."""
    from trodden.store.calendars import dump_calendar, find_calendar

    click.echo(dump_calendar(find_calendar(workspace_of(context), name).calendar), nl=False)


@calendar_group.command("set")
@click.argument("name")
@click.option("--hours", metavar="WEEK", help='The week: "mon-fri 9-12, 13-17; sat 22-6".')
@click.option("--time-zone", metavar="ZONE", help="By whose clocks; default: those of the workspace.")
@click.option("--holidays", metavar="CODE", help='Closed on public holidays of AT, of DE/BY; "" for none.')
@click.option("--from", "valid_from", metavar="DATE", help="From when on; before it the hours stay.")
@click.pass_context
def set_command(
    context: click.Context,
    name: str,
    hours: str | None,
    time_zone: str | None,
    holidays: str | None,
    valid_from: str | None,
) -> None:
    """Keep a calendar, or change what is said of one; the rest of it stays."""
    from trodden.model.calendars import Calendar, read_week, with_hours

    workspace = workspace_of(context)
    before = _found(workspace, name)
    now = before.calendar.now if before else _blank(workspace)
    said = {
        "week": None if hours is None else read_week(hours),
        "time_zone": time_zone,
        "valid_from": None if valid_from is None else _day(valid_from),
    }
    schedule = _changed(now, said, holidays)
    after = with_hours(before.calendar, schedule) if before else Calendar(name=name, schedules=(schedule,))
    _keep(context, workspace, after, before)
    click.echo(f"{name}  {schedule.time_zone}")


def _found(workspace: Workspace, name: str) -> Kept | None:
    from trodden.model.errors import UnknownNameError
    from trodden.store.calendars import find_calendar

    try:
        return find_calendar(workspace, name)
    except UnknownNameError:
        return None


def _blank(workspace: Workspace) -> Schedule:
    from trodden.model.calendars import WEEKDAYS, Schedule

    return Schedule(time_zone=workspace.mark.time_zone, week=((),) * len(WEEKDAYS))


def _changed(now: Schedule, said: dict[str, object], holidays: str | None) -> Schedule:
    from msgspec.structs import replace

    from trodden.model.calendars import Region

    fields = {name: value for name, value in said.items() if value is not None}
    if holidays is not None:
        country, _, part = holidays.partition("/")
        fields["region"] = Region(country, part) if country else None
    return replace(now, **fields)


def _day(text: str) -> object:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise click.UsageError(tr("{text} is no day: write 2026-12-24.", text=repr(text))) from error


def _keep(context: click.Context, workspace: Workspace, after: Calendar, before: Kept | None) -> None:
    from trodden.store.calendars import keep_calendar

    with logged(context, "calendar.change" if before else "calendar.add", after.name):
        keep_calendar(workspace, after, before)


@calendar_group.command("take-in")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def take_in(context: click.Context, name: str, file: Path) -> None:
    """Close a calendar on the whole days that a calendar file (.ics) names."""
    from msgspec.structs import replace

    from trodden.collect.importers.ical import LARGEST, closed_on
    from trodden.store.calendars import find_calendar

    workspace = workspace_of(context)
    before = find_calendar(workspace, name)
    with file.open("rb") as opened:
        taken = closed_on(before.calendar.schedules, opened.read(LARGEST + 1), datetime.now(UTC).date())
    _keep(context, workspace, replace(before.calendar, schedules=taken.schedules), before)
    click.echo(ntr("{n} exception added.", "{n} exceptions added.", taken.added, n=taken.added))
    if taken.left_out:
        click.echo(ntr("{n} entry left out.", "{n} entries left out.", taken.left_out, n=taken.left_out))


@calendar_group.command()
@click.argument("name")
@click.pass_context
def delete(context: click.Context, name: str) -> None:
    """Put a calendar aside; the pages bring it back."""
    from trodden.store.calendars import delete_calendar, find_calendar

    workspace = workspace_of(context)
    before = find_calendar(workspace, name)
    with logged(context, "calendar.delete", name):
        delete_calendar(workspace, before)


@calendar_group.command("open")
@click.argument("name")
@click.argument("start")
@click.argument("end")
@click.pass_context
def open_command(context: click.Context, name: str, start: str, end: str) -> None:
    """Say how many hours a calendar is open from one moment to another, by its own clocks."""
    from trodden.methods.journeys.hours import moment_by, open_between
    from trodden.store.calendars import find_calendar

    found = find_calendar(workspace_of(context), name).calendar
    length = open_between(found, moment_by(found, start), moment_by(found, end))
    click.echo(tr("{n} open hours", n=f"{length.total_seconds() / 3_600:.10g}"))


@calendar_group.command()
@click.argument("name")
@click.argument("start")
@click.argument("wait")
@click.pass_context
def due(context: click.Context, name: str, start: str, wait: str) -> None:
    """Say when so much opening time (4h, 90min) has passed since a moment."""
    from zoneinfo import ZoneInfo

    from trodden.methods.journeys.hours import due_after, moment_by
    from trodden.model.durations import parse_duration
    from trodden.store.calendars import find_calendar

    found = find_calendar(workspace_of(context), name).calendar
    try:
        length = parse_duration(wait)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    at = due_after(found, moment_by(found, start), length)
    click.echo(at.astimezone(ZoneInfo(found.now.time_zone)).isoformat())
