"""``trodden imports``: what came in, and taking one of them back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from trodden.cli.shared import console, workspace_of, write_json

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
        click.echo("Nothing has been imported.")


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
            "--json asks nothing: add --yes to take the import back, or --dry-run to see what would go."
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
    for name in ("id", "when", "file", "stored", "known", "rejected"):
        table.add_column(name, justify="left" if name in {"when", "file"} else "right", overflow="fold")
    table.add_column("state", overflow="fold")
    for one in records:
        counts = (one.stored, one.duplicates, one.rejected)
        table.add_row(
            str(one.id),
            _when(one.begun_at, zone),
            _file(one),
            *map("{:,}".format, counts),
            _state(one, records),
        )
    console().print(table, markup=False)


def _when(moment: str, zone: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _file(record: ImportRecord) -> str:
    """Name the file, and the source where it is called otherwise."""
    is_same = record.path.rpartition("/")[2] == record.source
    return record.path if is_same else f"{record.path} as {record.source!r}" if record.path else record.source


def _state(record: ImportRecord, records: list[ImportRecord]) -> str:
    from trodden.store.imports import standing_of

    standing = standing_of(record, records)
    told = {
        "made good": "made good by another import",
        "interrupted": "interrupted: import it again",
        "lost rows": f"lost rows when import {record.bereft_by} was undone: import it again",
        "undone": f"undone on {record.undone_at[:10]}",
        "undo interrupted": f"undo interrupted: `trodden imports undo {record.id}`",
    }
    return told.get(standing, standing)


def _tell(plan: Undo) -> None:
    record = plan.record
    click.echo(f"Import {record.id}: {_file(record)}, {record.begun_at[:10]}")
    click.echo(f"  {_many(plan.events, 'event')} of {_many(plan.customers, 'customer')} go")
    if plan.left:
        click.echo(f"  other imports of {record.source!r} brought {_many(plan.left, 'event')}, which stay")
    for one in plan.bereft:
        click.echo(
            f"  import {one.id} ({_file(one)}) found {_many(one.duplicates, 'row')} known already; those "
            f"that import {record.id} had brought go too. Import that file again to bring them back."
        )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _ask(plan: Undo, *, yes: bool) -> None:
    if not yes:
        click.confirm(f"Take import {plan.record.id} back?", abort=True)


def _end(plan: Undo, *, dry_run: bool) -> str:
    if plan.is_repeat:
        return f"Import {plan.record.id} was undone on {plan.record.undone_at[:10]}; there is nothing to do."
    if dry_run:
        return "Nothing was changed."
    return f"Import {plan.record.id} is undone; {_many(plan.events, 'event')} gone, and the walks follow."
