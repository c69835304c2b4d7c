"""``trodden import``: look at files, then bring their events in."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from trodden.charts.formats import format_count
from trodden.cli.shared import console, settings_of, workspace_of, write_json
from trodden.model.durations import format_duration
from trodden.model.errors import CallerError, MappingError, NotAWorkspaceError, TroddenError
from trodden.model.words import ntr, phrase, say, tr

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from rich.console import Console

    from trodden.collect.importers import FilePlan, FileReport, ImportOptions, ImportReport
    from trodden.collect.importers.report import OnProgress, Progress
    from trodden.store.folder import Workspace

_COLUMNS = {
    "customer": phrase("Column of the customer."),
    "touchpoint": phrase("Column of the touchpoint."),
    "channel": phrase("Column of the channel."),
    "kind": phrase("Column of the kind."),
    "outcome": phrase("Column of the outcome."),
    "value": phrase("Column of the value."),
    "currency": phrase("Column of the currency."),
    "duration": phrase("Column of the duration."),
    "session": phrase("Column of the session."),
}
_TEXTS = {"text": phrase("Column of the text."), "url": phrase("Column of the url.")}
_READING = (
    "timezone",
    "date_order",
    "decimal",
    "every_currency",
    "format",
    "encoding",
    "delimiter",
    "sheet",
)
SHOWN = 20
_STOPPED = phrase(
    "What was stored so far stays, each event once. Run the same command again to go on with the rest; "
    "`trodden imports` lists what can be taken back."
)


def _columns(command: click.Command) -> click.Command:
    """Add an option for each meaning a column can have, and for each way of reading."""
    for name, text in (_COLUMNS | _TEXTS).items():
        command.params.append(click.Option([f"--{name}"], metavar="COLUMN", help=text))
    time = click.Option(
        ["--time"], metavar="COLUMN", multiple=True, help="Column of the time; two for date and clock."
    )
    command.params.append(time)
    for name, text in _HELPS.items():
        command.params.append(click.Option([f"--{name.replace('_', '-')}"], metavar="VALUE", help=text))
    return command


_HELPS = {
    "timezone": phrase("Zone of times that do not say theirs, and of a new workspace (default UTC)."),
    "date_order": phrase("ymd, dmy or mdy, where the file does not tell."),
    "decimal": phrase("Decimal mark: . or ,"),
    "every_currency": phrase("Currency of amounts that do not say theirs: EUR."),
    "format": phrase("csv, jsonl, parquet, xes or sheet (default: by content)."),
    "encoding": phrase("Encoding of a text file (default: found out)."),
    "delimiter": phrase("Delimiter of a CSV file (default: found out)."),
    "sheet": phrase("Sheet of a spreadsheet (default: the first)."),
}


@_columns
@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="Mapping file that says which column means what."
)
@click.option(
    "--save-mapping", type=click.Path(path_type=Path), help="Write the mapping that was used to this file."
)
@click.option("--source", default="", help="Name of the source (default: the file's name).")
@click.option("--skip", multiple=True, metavar="COLUMN", help="Column to leave out.")
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="COLUMN",
    help="Column that is a property, whatever it looks like.",
)
@click.option(
    "--again", is_flag=True, help="Import a file although its very contents came in under another name."
)
@click.option("--dry-run", is_flag=True, help="Show 20 rows and count everything; write nothing.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
@click.pass_context
def import_command(context: click.Context, files: tuple[Path, ...], **given: Any) -> int:  # noqa: ANN401 - one for each option
    """Bring events in from files: CSV, TSV, JSON Lines, Parquet, XES, XLSX.

    Which column means what is guessed and can be said. A row that is no event is kept aside with the reason,
    and the rest goes on. Importing a file twice adds nothing; an interrupted import can be run again.
    """
    from trodden.collect.importers import plan_import, save_mapping

    options = _options(given)
    talk = not given["quiet"] and not given["as_json"]
    if given["dry_run"] and talk:
        for plan in plan_import(files, options).files:
            _show_file(plan)
    workspace = _existing(context) if given["dry_run"] else _workspace(context, given["timezone"])
    with _telling(files, options), _progress(quiet=not talk) as progress:
        report = _imported(workspace, files, options, progress)
    if given["save_mapping"]:
        save_mapping(report.files[0].mapping, given["save_mapping"])
    if given["as_json"]:
        write_json(report)
    elif talk:
        for one in report.files:
            _show_report(one, is_dry_run=report.is_dry_run)
    return 0


def _imported(
    workspace: Workspace | None, files: tuple[Path, ...], options: ImportOptions, progress: OnProgress | None
) -> ImportReport:
    from trodden.collect.importers import import_files
    from trodden.store.lock import PATIENCE_S

    with workspace.lock(PATIENCE_S) if workspace and not options.dry_run else nullcontext():
        return import_files(workspace, files, options, progress)


@contextmanager
def _telling(files: tuple[Path, ...], options: ImportOptions) -> Generator[None]:
    """Say what helps where an import ends early: columns with samples, or that it can be run again."""
    try:
        yield
    except MappingError:
        if not options.dry_run:
            _show_columns_of(files, options)
        raise
    except KeyboardInterrupt:
        if not options.dry_run:
            click.echo(tr(_STOPPED), err=True)
        raise


def _existing(context: click.Context) -> Workspace | None:
    """Open the workspace where there is one: what it knows decides what an import would do."""
    try:
        return workspace_of(context)
    except NotAWorkspaceError:
        return None


def _workspace(context: click.Context, zone: str | None) -> Workspace:
    """Open the workspace, or make it, in the zone the files are in where that is said."""
    from trodden.store.folder import Workspace

    settings = settings_of(context)
    return Workspace.create(settings.home, settings.workspace, time_zone=zone or "UTC")


def _options(given: dict[str, Any]) -> ImportOptions:
    from trodden.collect.importers import ImportOptions, Mapping, load_mapping

    base = load_mapping(given["mapping"]) if given["mapping"] else Mapping()
    said = {name: given[name] for name in (*_COLUMNS, *_TEXTS, *_READING) if given[name]}
    said |= {name: given[name] for name in ("time", "skip", "properties") if given[name]}
    try:
        mapping = msgspec.convert({**msgspec.to_builtins(base), **said}, Mapping)
    except msgspec.ValidationError as error:
        raise CallerError(
            f"The options do not fit: {error}.", hint="`trodden import --help` lists them."
        ) from error
    return ImportOptions(
        mapping=mapping, source=given["source"], again=given["again"], dry_run=given["dry_run"]
    )


@contextmanager
def _progress(*, quiet: bool) -> Generator[OnProgress | None]:
    """Show a bar with rate and time left where somebody watches."""
    out = console(error=True)
    if quiet or not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    columns = (
        TextColumn(
            "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
        ),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("", total=None, told="")
        yield lambda at: bar.update(
            task, description=Path(at.file).name, total=at.size or None, completed=at.read, told=_told(at)
        )


def _told(at: Progress) -> str:
    done = tr("{rows} rows, {rate} rows/s", rows=format_count(at.rows), rate=format_count(at.rate))
    if at.size and at.read >= at.size:
        return tr("{done}; read, storing the rest", done=done)
    if at.seconds_left is None:
        return done
    return tr("{done}, {time} left", done=done, time=format_duration(at.seconds_left))


def _show_columns_of(files: tuple[Path, ...], options: ImportOptions) -> None:
    """Show, on standard error, the columns of the files that cannot be read as they stand."""
    from trodden.collect.importers import plan_import

    with suppress(TroddenError):  # the error that is about to be told says more
        for plan in plan_import(files, options).files:
            if plan.problem:
                _show_columns(plan, console(error=True))


def _show_columns(plan: FilePlan, out: Console) -> None:
    """Show every column with samples and with what it was taken for; with a mark where that is not sure."""
    from rich.table import Table
    from rich.text import Text

    columns = ntr("{n} column", "{n} columns", len(plan.columns), n=format_count(len(plan.columns)))
    out.print(f"{plan.path}: {columns}", markup=False)
    table = Table(tr("column"), tr("samples"), tr("taken for"), box=None, pad_edge=False)
    for column in plan.columns:
        samples = ", ".join(repr(text) for text in column.examples) or tr("nothing")
        table.add_row(*map(Text, (column.name, samples, _taken_for(column.name, plan))))
    out.print(table)


def _taken_for(name: str, plan: FilePlan) -> str:
    from trodden.collect.importers.guess import REQUIRED

    sure = [role for role, guess in plan.guesses.items() if name in guess.columns]
    unsure = [
        f"{role}? ({candidate.score:.2f})"
        for role, guess in plan.guesses.items()
        for candidate in guess.candidates
        if role in REQUIRED and not guess.columns and candidate.column == name
    ]
    return ", ".join(sure or unsure) or tr("property")


def _show_file(plan: FilePlan) -> None:
    """Show how a file is read, and its first rows; its columns, where they do not tell enough."""
    from rich.table import Table

    out = console()
    if plan.problem:
        _show_columns(plan, out)
        return
    out.print(tr("{path} as source {source}", path=plan.path, source=repr(plan.source)), markup=False)
    for role, column in plan.mapping.columns():
        out.print(f"  {role:<11} {column}", markup=False)
    heads = (tr("row"), tr("customer"), tr("touchpoint"), tr("time"), tr("channel"), tr("outcome"))
    table = Table(*heads, box=None, pad_edge=False)
    for event in plan.events[:SHOWN]:
        time = event.occurred_at.isoformat(sep=" ")
        table.add_row(str(event.row), event.customer, event.touchpoint, time, event.channel, event.outcome)
    out.print(table, markup=False)
    for note in plan.notes:
        out.print(f"  {say(note)}", markup=False)


def _show_report(report: FileReport, *, is_dry_run: bool) -> None:
    rows = ntr("{n} row", "{n} rows", report.rows, n=format_count(report.rows))
    customers = ntr("{n} customer", "{n} customers", report.customers, n=format_count(report.customers))
    click.echo(f"{report.path}: {rows}, {customers}")
    for line in _report_lines(report, is_dry_run=is_dry_run):
        click.echo(f"  {line}")


def _report_lines(report: FileReport, *, is_dry_run: bool) -> Iterator[str]:
    """Say what became of the rows of a file, and of the import."""
    if report.is_repeat:
        yield tr("imported before, nothing to add (`trodden imports` lists what came in)")
        return
    yield ", ".join(_outcomes(report, is_dry_run=is_dry_run))
    if report.equal_times:
        count = format_count(report.equal_times)
        yield tr("{n} at the time of an earlier row of their customer: in the file's order", n=count)
    for reason, count in report.rejected.items():
        yield tr("{n} rejected: {reason}", n=format_count(count), reason=say(reason))
    if report.rejects_file:
        yield tr("rejected rows: {file}", file=report.rejects_file)
    yield from map(say, (*report.notes, *((report.damage,) if report.damage else ())))
    if not is_dry_run and report.seconds:
        rate, time = format_count(report.rows / report.seconds), format_duration(report.seconds)
        yield tr("{rate} rows/s in {time}", rate=rate, time=time)
    if report.import_id and report.stored:
        yield tr("`trodden imports undo {number}` takes it back", number=report.import_id)


def _outcomes(report: FileReport, *, is_dry_run: bool) -> Iterator[str]:
    if is_dry_run:
        yield tr("{n} would be kept", n=format_count(report.kept))
    else:
        yield ntr("{n} new event", "{n} new events", report.stored, n=format_count(report.stored))
    yield tr("{n} known already", n=format_count(report.duplicates))
    if report.refused:
        count = format_count(report.refused)
        yield tr("{n} left out: of customers who were erased, or too old", n=count)
