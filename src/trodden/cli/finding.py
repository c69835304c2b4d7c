"""``trodden findings``: what somebody should know, as a table or a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal

import click

from trodden.cli.shared import console, walks_of, workspace_of, write_json, write_text
from trodden.collect.parent import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.charts import Table
    from trodden.insights.findings.model import Finding, Findings

NICENESS = 10
"""How far a search in the background steps back behind the pages."""

Form = Literal["table", "json", "csv", "none"]


@click.command()
@click.option("--table", "form", flag_value="table", default="table", help="Write a table (the default).")
@click.option("--json", "form", flag_value="json", help="Write everything as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Write the list as CSV.")
@click.option("--anew", is_flag=True, help="Look again, also where nothing has changed since.")
@click.option("--background", is_flag=True, hidden=True, help="As the worker looks: nicely, and silently.")
@click.pass_context
def findings(context: click.Context, form: Form, *, anew: bool, background: bool) -> None:
    """List what somebody should know, the most important first.

    What was found is kept until the walks or the maps change; then the search is made again, which takes a
    while.
    """
    if background:
        _step_back()
    found = _found(context, anew=anew, told=None if background else _tell)
    if not background:
        _write(found, form)


def _step_back() -> None:
    """Let everything else go first, and end when whoever started this is gone."""
    os.nice(NICENESS)
    end_with_parent()


def _found(context: click.Context, *, anew: bool, told: Callable[[int, int], None] | None) -> Findings:
    """Return what was found, sought anew where need be.

    A wish is taken, and it is noted who was erased, before the walks are opened: what is wished for or done
    later is not answered by this search.
    """
    from trodden.insights.findings.kept import is_current, kept, search
    from trodden.insights.findings.searching import take_wish
    from trodden.store.answers import erasures_seen

    workspace = workspace_of(context)
    is_wished, seen = take_wish(workspace), erasures_seen(workspace.erased_db)
    walks, found = walks_of(context), kept(workspace)
    if found is not None and is_current(found, walks.catalog) and not (anew or is_wished):
        return found
    return search(workspace, walks.snapshot, walks.catalog, told, seen)


def _tell(done: int, of: int) -> None:
    """Say how far it has come, to who watches."""
    if sys.stderr.isatty():
        end = "\n" if done == of else "\r"
        click.echo(f"{done} of {of} questions answered{end}", nl=False, err=True)


def _write(found: Findings, form: Form) -> None:
    if form == "json":
        write_json(found)
    elif form == "csv":
        from trodden.charts.export import csv_of

        write_text(csv_of(_table(found)))
    else:
        _show(found)


def _show(found: Findings) -> None:
    from trodden.charts.formats import format_moment

    screen = console()
    if not found.findings:
        screen.print(f"Nothing is more than chance, out of {found.tried} things that were tested.")
    for place, one in enumerate(found.findings, 1):
        screen.print(f"{place:>3}  {one.sentence}", markup=False)
        screen.print(f"     {one.map}; {_size(one)}; {one.grade}; score {one.rank.score:.1f}", markup=False)
    moment = format_moment(found.as_of, found.time_zone)
    click.echo(f"As of {moment}; {found.tried} things were tested.", err=True)


def _size(one: Finding) -> str:
    if one.customers is None:
        return f"{one.journeys:,} journeys"
    return f"{one.customers:,} customers, {one.journeys:,} journeys"


def _table(found: Findings) -> Table:
    from trodden.insights.findings.table import table_of_findings

    return table_of_findings(found.findings)
