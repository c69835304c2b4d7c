"""``trodden findings``: what somebody should know, as a table or a file."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Literal

import click

from trodden.charts.formats import format_count, format_moment, format_places
from trodden.cli.shared import console, walks_of, workspace_of, write_json, write_text
from trodden.collect.parent import end_with_parent
from trodden.model.words import SOURCE, language, ntr, say, speaking, tr

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
    found = _found(context, anew=anew, told=None if background else partial(_tell, language()))
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


def _tell(reader: str, done: int, of: int) -> None:
    """Say how far it has come, to who watches; the search itself speaks English."""
    if not sys.stderr.isatty():
        return
    with speaking(reader):
        end = "\n" if done == of else "\r"
        said = tr("{done} of {of} questions answered", done=format_count(done), of=format_count(of))
        click.echo(f"{said}{end}", nl=False, err=True)


def _write(found: Findings, form: Form) -> None:
    if form == "json":
        write_json(found)
    elif form == "csv":
        from trodden.charts.export import csv_of

        with speaking(SOURCE):
            write_text(csv_of(_table(found)))
    else:
        _show(found)


def _show(found: Findings) -> None:
    screen, tried = console(), format_count(found.tried)
    if not found.findings:
        screen.print(tr("Nothing is more than chance, out of {tried} things that were tested.", tried=tried))
    for place, one in enumerate(found.findings, 1):
        score = tr("score {score}", score=format_places(one.rank.score, 1))
        screen.print(f"{place:>3}  {say(one.sentence)}", markup=False)
        screen.print(f"     {one.map}; {_size(one)}; {tr(one.grade)}; {score}", markup=False)
    moment = format_moment(found.as_of, found.time_zone)
    click.echo(tr("As of {moment}; {tried} things were tested.", moment=moment, tried=tried), err=True)


def _size(one: Finding) -> str:
    journeys = ntr("{n} journey", "{n} journeys", one.journeys, n=format_count(one.journeys))
    if one.customers is None:
        return journeys
    customers = ntr("{n} customer", "{n} customers", one.customers, n=format_count(one.customers))
    return f"{customers}, {journeys}"


def _table(found: Findings) -> Table:
    from trodden.insights.findings.table import table_of_findings

    return table_of_findings(found.findings)
