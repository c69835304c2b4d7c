"""``trodden imports``: what came in, and taking one of them back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from trodden.charts.formats import format_count, format_day, format_time
from trodden.cli.shared import console, workspace_of, write_json
from trodden.model.words import ntr, tr

if TYPE_CHECKING:
    from trodden.store.imports import ImportRecord
    from trodden.store.undo import Undo


@click.group("imports", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def imports_group(context: click.Context, *, as_json: bool) -> None:
    """List what was imported, oldest first; `undo ID` takes an import back."""
    if context.invoked_subcommand:
        return
    from trodden.store.imports import imports_in

    workspace = workspace_of(context)
    records = imports_in(workspace.imports_db)
    if as_json:
        write_json(records)
    elif records:
        _show(records, workspace.mark.time_zone)
    else:
        click.echo(tr("Nothing has been imported."))


@imports_group.command()
@click.argument("import_id", metavar="ID", type=int)
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Write what went as JSON.")
@click.pass_context
def undo(context: click.Context, import_id: int, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Take import ID back: remove exactly the events it added, as if it had never been.

    Events an earlier import had brought stay. Where a later import found rows known already because of this
    one, those go as well: it is named, and importing its file again brings them back.
    """
    from trodden.store.lock import PATIENCE_S
    from trodden.store.undo import plan_undo, undo_import

    if as_json and not (yes or dry_run):
        raise click.UsageError(
            tr("--json asks nothing: add --yes to take the import back, or --dry-run to see what would go.")
        )
    workspace = workspace_of(context)
    plan = plan_undo(workspace, import_id)
    if not (plan.is_repeat or as_json):
        _tell(plan)
    if not (plan.is_repeat or dry_run):
        _ask(plan, yes=yes)
        with workspace.lock(PATIENCE_S):
            plan = undo_import(workspace, import_id)
    if as_json:
        write_json(plan)
    else:
        click.echo(_end(plan, dry_run=dry_run))


def _show(records: list[ImportRecord], zone: str) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(tr("id"), justify="right", overflow="fold")
    for name in (tr("when"), tr("file")):
        table.add_column(name, overflow="fold")
    for name in (tr("stored"), tr("known"), tr("rejected")):
        table.add_column(name, justify="right", overflow="fold")
    table.add_column(tr("state"), overflow="fold")
    for one in records:
        counts = (one.stored, one.duplicates, one.rejected)
        when = format_time(datetime.fromisoformat(one.begun_at), zone)
        table.add_row(str(one.id), when, _file(one), *map(format_count, counts), _state(one, records))
    console().print(table, markup=False)


def _file(record: ImportRecord) -> str:
    """Name the file, and the source where it is called otherwise."""
    is_same = record.path.rpartition("/")[2] == record.source
    if is_same or not record.path:
        return record.path or record.source
    return tr("{path} as {source}", path=record.path, source=repr(record.source))


def _state(record: ImportRecord, records: list[ImportRecord]) -> str:
    from trodden.store.imports import standing_of

    standing = standing_of(record, records)
    told = {
        "made good": tr("made good by another import"),
        "interrupted": tr("interrupted: import it again"),
        "lost rows": tr(
            "lost rows when import {number} was undone: import it again", number=record.bereft_by
        ),
        "undone": tr("undone on {day}", day=_day(record.undone_at)),
        "undo interrupted": tr("undo interrupted: `trodden imports undo {number}`", number=record.id),
        "whole": tr("whole"),
    }
    return told[standing]


def _tell(plan: Undo) -> None:
    record = plan.record
    day = _day(record.begun_at)
    click.echo(tr("Import {number}: {file}, {day}", number=record.id, file=_file(record), day=day))
    customers = ntr("{n} customer", "{n} customers", plan.customers, n=format_count(plan.customers))
    click.echo("  " + tr("{events} of {customers} go", customers=customers, events=_events(plan.events)))
    if plan.left:
        told = {"source": repr(record.source), "events": _events(plan.left)}
        click.echo("  " + tr("Other imports of {source} brought {events}, which stay", **told))
    for one in plan.bereft:
        click.echo(f"  {_bereft(one, record)}")


def _bereft(one: ImportRecord, undone: ImportRecord) -> str:
    """Say what another import loses by this one being undone."""
    return tr(
        "Import {number} ({file}) found {rows} known already; those that import {undone} had brought go too. "
        "Import that file again to bring them back.",
        number=one.id,
        file=_file(one),
        rows=ntr("{n} row", "{n} rows", one.duplicates, n=format_count(one.duplicates)),
        undone=undone.id,
    )


def _events(count: int) -> str:
    return ntr("{n} event", "{n} events", count, n=format_count(count))


def _day(moment: str) -> str:
    return format_day(datetime.fromisoformat(moment), "UTC") if moment else ""


def _ask(plan: Undo, *, yes: bool) -> None:
    if not yes:
        click.confirm(tr("Take import {number} back?", number=plan.record.id), abort=True)


def _end(plan: Undo, *, dry_run: bool) -> str:
    number = plan.record.id
    if plan.is_repeat:
        day = _day(plan.record.undone_at)
        return tr("Import {number} was undone on {day}; there is nothing to do.", number=number, day=day)
    if dry_run:
        return tr("Nothing was changed.")
    events = _events(plan.events)
    return tr("Import {number} is undone; {events} gone, and the walks follow.", number=number, events=events)
