"""``trodden keep``: how long events are kept, and what that removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trodden.charts.formats import format_count
from trodden.cli.shared import logged, opens_records, workspace_of, write_json
from trodden.model.words import ntr, tr

if TYPE_CHECKING:
    from trodden.store.folder import Workspace
    from trodden.store.retention import Plan


@click.command()
@click.option("--months", type=int, metavar="N", help="Keep N months besides the present one; 0 for ever.")
@click.option("--dry-run", is_flag=True, help="Only say what would go, month by month.")
@click.option("--now", is_flag=True, help="Remove what is too old now; the worker does it by itself, too.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def keep(
    context: click.Context, months: int | None, *, dry_run: bool, now: bool, yes: bool, as_json: bool
) -> None:
    """Say how long events are kept, or change it; older ones go for good, month by month.

    What has gone is not imported again, and is removed again from what is restored of a backup.
    """
    from trodden.store.retention import plan_removal

    workspace = workspace_of(context)
    kept = workspace.mark.keep_months if months is None else months
    plan = plan_removal(workspace, kept)
    if months is not None and not dry_run:
        _refuse_unasked(plan, yes=yes)
        workspace = _kept(context, workspace, months)
    removed = _removed(context, workspace) if now and not dry_run else 0
    if as_json:
        write_json({"keep_months": kept, "before": plan.before, "months": plan.months, "removed": removed})
    else:
        _tell(kept, plan, removed)


def _refuse_unasked(plan: Plan, *, yes: bool) -> None:
    if plan.events and not yes:
        events = ntr("{n} event", "{n} events", plan.events, n=format_count(plan.events))
        click.confirm(tr("For good, {events} go. It cannot be undone; go on", events=events), abort=True)


def _kept(context: click.Context, workspace: Workspace, months: int) -> Workspace:
    from trodden.store.folder import Workspace
    from trodden.store.lock import PATIENCE_S

    said = logged(context, "workspace.retention", f"{months} months" if months else "for ever")
    with workspace.lock(PATIENCE_S), said:
        return Workspace.open(workspace.home, workspace.name).keeping(months)


def _removed(context: click.Context, workspace: Workspace) -> int:
    from trodden.store.lock import PATIENCE_S
    from trodden.store.retention import remove_old

    if not opens_records(context):
        with workspace.lock(PATIENCE_S):
            return remove_old(workspace)
    from trodden.cli.people import SAYS_WHO
    from trodden.web.setup.keeping import remove_as

    return remove_as(SAYS_WHO, workspace)


def _tell(months: int, plan: Plan, removed: int) -> None:
    click.echo(_kept_for(months))
    for one in plan.months:
        click.echo(f"{one.month // 100}-{one.month % 100:02} {format_count(one.events):>12}")
    if removed:
        click.echo(tr("Removed: {n} events.", n=format_count(removed)))
    elif plan.events:
        click.echo(tr("Too old: {n} events.", n=format_count(plan.events)))


def _kept_for(months: int) -> str:
    if not months:
        return tr("Events are kept for ever.")
    return ntr(
        "Events are kept for {n} month besides the present one.",
        "Events are kept for {n} months besides the present one.",
        months,
        n=format_count(months),
    )
