"""``trodden workspace``: which workspaces there are, and the zone and currency of one."""

from __future__ import annotations

from pathlib import Path

import click

from trodden.cli.shared import logged, settings_of, workspace_of
from trodden.model.words import tr


@click.group("workspace")
def workspace_group() -> None:
    """List workspaces; say in which zone a workspace counts days, and which currency is its own."""


@workspace_group.command("list")
@click.pass_context
def list_command(context: click.Context) -> None:
    """List the workspaces of the home folder."""
    from trodden.store.folder import Workspace

    home = Path(settings_of(context).home)
    names = sorted(mark.parent.name for mark in home.glob("workspaces/*/workspace.json"))
    for name in names:
        mark = Workspace.open(home, name).mark
        click.echo(f"{name}  {mark.time_zone}  {mark.currency}".rstrip())
    if not names:
        click.echo(tr("There is no workspace in {home}. `trodden import FILE` makes one.", home=home))


@workspace_group.command("set")
@click.option("--time-zone", metavar="ZONE", help="Where days, weeks and periods begin: Europe/Berlin, UTC.")
@click.option("--currency", metavar="CODE", help="Currency of amounts that do not say theirs: EUR.")
@click.option("--week-begins", metavar="DAY", help="On which day weeks begin: monday, saturday or sunday.")
@click.pass_context
def set_command(
    context: click.Context, time_zone: str | None, currency: str | None, week_begins: str | None
) -> None:
    """Change the zone, the currency or the first day of weeks; walks follow, and events stay as they are."""
    from trodden.store.lock import PATIENCE_S
    from trodden.store.walks import WalkStore

    if time_zone is None and currency is None and week_begins is None:
        raise click.UsageError(tr("Say what to set: --time-zone, --currency or --week-begins."))
    workspace, what = workspace_of(context), " ".join(filter(None, (time_zone, currency, week_begins)))
    said = logged(context, "workspace.change", what)
    with workspace.lock(PATIENCE_S):
        with said:
            settled = workspace if week_begins is None else workspace.with_weeks_from(week_begins)
            changed = settled.changed(time_zone=time_zone, currency=currency)
        WalkStore(changed).refresh()
    click.echo(f"{changed.name}  {changed.mark.time_zone}  {changed.mark.currency}".rstrip())
