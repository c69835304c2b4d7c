"""Looking after a workspace: doctor, erasure, compaction, rebuilding, warming, settings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, get_args

import click
import msgspec

from trodden.charts.formats import format_count, format_day
from trodden.cli.shared import console, opens_records, settings_of, walks_of, workspace_of, write_json
from trodden.model.durations import format_duration
from trodden.model.words import say, tr
from trodden.registry import registrations
from trodden.store.findings import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.store.erasure import Erasure
    from trodden.store.folder import Workspace
    from trodden.web.customers.erasing import Erased


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> int:
    """Check a workspace and the records; each finding comes with its fix. Exit status 1 if one is wrong."""
    from trodden.store.doctor import check_workspace
    from trodden.web.audit.check import check_records

    settings = settings_of(context)
    findings = [
        *check_workspace(workspace_of(context)),
        *check_records(settings.home, settings.workspace),
    ]
    if as_json:
        write_json(findings)
    else:
        for finding in findings:
            _tell(finding.state, finding.name, finding.message, finding.fix)
    return int(any(finding.state == "wrong" for finding in findings))


def _tell(state: State, name: str, message: str, fix: str) -> None:
    colour = {"wrong": "red", "warning": "yellow"}.get(state, "green")
    width = max(len(tr(one)) for one in get_args(State))
    click.echo(f"{click.style(tr(state).ljust(width), fg=colour)} {tr(name)}: {say(message)}")
    if fix:
        click.echo(f"{'':{width}} {say(fix)}")


@click.command()
@click.argument("customer")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_context
def erase(context: click.Context, customer: str, *, yes: bool) -> int:
    """Erase CUSTOMER from every store, and prove it by looking into every file. This cannot be undone.

    Exit status 1 where the proof still finds something, which is then named.
    """
    workspace = workspace_of(context)
    doubt = _doubt(context, customer)
    if doubt:
        click.echo(doubt, err=True)
    if not yes:
        place = workspace.root
        click.confirm(
            tr(
                "Erase everything about {customer} from {place}? It cannot be undone",
                customer=repr(customer),
                place=place,
            ),
            abort=True,
        )
    report = _erased(context, workspace, customer)
    write_json(report)
    for trace in report.traces:
        click.echo(tr("Still found: {trace}", trace=trace), err=True)
    _tell_copies(context)
    return int(bool(report.traces))


def _tell_copies(context: click.Context) -> None:
    """Say which copies of records no erasure reaches."""
    from trodden.web.saved import copies_made

    copies = copies_made(settings_of(context).home)
    if copies:
        said = tr(
            "Copies of the records made before upgrades, not looked into: {number} in backups/, "
            "removed by the worker until {day}.",
            number=format_count(copies.number),
            day=format_day(copies.until, "UTC"),
        )
        click.echo(said, err=True)


def _erased(context: click.Context, workspace: Workspace, customer: str) -> Erasure | Erased:
    """Erase somebody; where this home has records, from those as well, and log it.

    They are opened first: where they cannot be, nobody is erased by halves.
    """
    if not opens_records(context):
        from trodden.store.erasure import erase_customer
        from trodden.store.lock import PATIENCE_S

        with workspace.lock(PATIENCE_S):
            return erase_customer(workspace, customer)
    from trodden.cli.people import SAYS_WHO
    from trodden.web.customers.erasing import erase_as

    return erase_as(SAYS_WHO, workspace, customer)


def _doubt(context: click.Context, customer: str) -> str:
    """Say that nobody is called so, which a slip of the finger would explain; empty where somebody is."""
    snapshot = walks_of(context).snapshot
    if snapshot.customer(customer) is not None:
        return ""
    near = ", ".join(map(repr, snapshot.beginning(customer[:-1], 3)))
    customer = repr(customer)
    if near:
        said = tr(
            "No walk is of a customer called {customer}; there are {near}.", customer=customer, near=near
        )
    else:
        said = tr("No walk is of a customer called {customer}.", customer=customer)
    again = tr("Every file is looked into all the same, and the identifier is refused from now on.")
    return f"{said} {again}"


@click.command()
@click.pass_context
def compact(context: click.Context) -> None:
    """Rewrite what has become scattered; the worker of `trodden serve` does it by itself."""
    from pathlib import Path

    from trodden.store.lock import PATIENCE_S
    from trodden.web.saved import remove_old_copies
    from trodden.worker import tidy

    settings = settings_of(context)
    remove_old_copies(settings.home)
    with workspace_of(context).lock(PATIENCE_S):
        tidy(Path(settings.home), settings.workspace)
    click.echo(tr("Compacted."))


@click.command()
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Build the walks anew from the events, as after a change of rules or damage."""
    from trodden.store.lock import PATIENCE_S
    from trodden.store.walks import WalkStore

    workspace = workspace_of(context)
    with workspace.lock(PATIENCE_S):
        WalkStore(workspace).rebuild()
    click.echo(tr("The walks are built anew."))


@click.command()
@click.option("--quiet", is_flag=True, help="Print nothing.")
def warm(*, quiet: bool) -> None:
    """Compile the kernels once, so that questions start fast: every analysis is asked on the sample."""
    begin = time.perf_counter()
    out = console(error=True)
    out.quiet = quiet
    out.print(tr("Compiling the kernels, once ..."))
    total = len(registrations())
    with out.status("") as status:
        for number, name in enumerate(ready_kernels(), 1):
            status.update(tr("{number} of {total}: {name}", number=number, total=total, name=name))
    out.print(tr("Compiled after {time}", time=format_duration(time.perf_counter() - begin)))


def ready_kernels() -> Iterator[str]:
    """Ask every analysis its example on the sample, so that kernels are loaded; yield its name."""
    from trodden.demo.sample import sample_walks

    walks = sample_walks(customers=40)
    for name, found in registrations().items():
        walks.ask(found.example)
        yield name


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def settings(context: click.Context, *, as_json: bool) -> None:
    """Print every setting and its value."""
    found = settings_of(context)
    if as_json:
        write_json(found)
        return
    for name, value in msgspec.to_builtins(found).items():
        click.echo(f"{name} = {msgspec.json.encode(value).decode()}")
