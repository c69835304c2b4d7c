"""``trodden sql`` and ``trodden export``."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trodden.charts.formats import format_count
from trodden.cli.shared import console, walks_of, workspace_of
from trodden.model.errors import QuestionError
from trodden.model.words import SOURCE, speaking, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from trodden.api import StoredWalks
    from trodden.methods.journeys.select import Selection
    from trodden.model.question import Answer
    from trodden.registry import Registration


@click.command()
@click.argument("statement")
@click.option("--json", "as_json", is_flag=True, help="Write rows as JSON.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write rows to this .csv, .parquet, .json or .xlsx file."
)
@click.option(
    "--rows", default=1_000, show_default=True, type=click.IntRange(1, 1_000_000), help="At most so many."
)
@click.option("--seconds", default=30, show_default=True, type=click.IntRange(1, 3_600), help="Longest run.")
@click.option("--memory", default=4_096, show_default=True, type=click.IntRange(256), help="Most memory, MB.")
@click.pass_context
def sql(context: click.Context, statement: str, out: Path | None, *, as_json: bool, **limits: int) -> None:
    """Ask in SQL: one SELECT over events, customers, touchpoints and raw_events.

    It runs in a process of its own that can read this workspace and nothing else; where the kernel cannot
    see to that, a warning says so.
    """
    from trodden.store.sql import SqlLimits, run_sql
    from trodden.store.sql.landlock import is_supported

    if not is_supported():
        click.echo(
            tr("Warning: this kernel has no Landlock; only the database's own lock holds SQL back."), err=True
        )

    bounds = SqlLimits(seconds=limits["seconds"], memory_mb=limits["memory"], rows=limits["rows"])
    result = run_sql(workspace_of(context), statement, bounds)
    if result.cut:
        shown = tr("Only the first {rows} rows; --rows asks for more.", rows=format_count(bounds.rows))
        click.echo(shown, err=True)
    with _showing():
        if out is not None:
            _write(result.table.to_batches(), result.table.schema, out, exact=False)
        elif as_json:
            from trodden.cli.shared import write_json

            write_json(result.table.to_pylist())
        else:
            _print(result.table)


@contextmanager
def _showing() -> Generator[None]:
    """Say of a value only the database can write, such as a time beyond the year 9999, how to ask for it."""
    try:
        yield
    except (OverflowError, TypeError, ValueError) as error:
        raise QuestionError(
            f"The rows hold a value that cannot be written: {error}.",
            hint="Ask for it as text: column::VARCHAR.",
        ) from error


def _print(table: Any) -> None:  # noqa: ANN401 - an Arrow table
    from rich.table import Table

    shown = Table(*table.column_names, box=None, pad_edge=False)
    for row in table.to_pylist():
        shown.add_row(*("" if value is None else str(value) for value in row.values()))
    console().print(shown, markup=False)


def _write(batches: Any, schema: Any, out: Path, *, exact: bool) -> None:  # noqa: ANN401 - Arrow's
    from trodden.store.export_files import format_of, write_rows

    rows = write_rows(batches, schema, out, format_of(out), exact=exact)
    click.echo(tr("Wrote {rows} rows to {out}", rows=format_count(rows), out=out), err=True)


@click.group()
def export() -> None:
    """Write events, journeys, deviations or an answer to a file; its name says the format."""


_OUT = click.argument("out", type=click.Path(path_type=Path))
_EXACT = click.option(
    "--exact", is_flag=True, help="CSV: leave texts alone that a spreadsheet would run as formulas."
)


@export.command()
@_OUT
@_EXACT
@click.pass_context
def events(context: click.Context, out: Path, *, exact: bool) -> None:
    """Write every event, walk by walk, to a .csv, .parquet, .json, .jsonl or .xlsx file."""
    from trodden.store.export import EXTRA
    from trodden.store.walks.tables import events_schema, iter_event_tables

    snapshot: Any = walks_of(context).snapshot
    schema = events_schema(snapshot.dictionaries, EXTRA)
    _write(iter_event_tables(snapshot, EXTRA), schema, out, exact=exact)


def _selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say whose walks, cut into which units."""
    for option in reversed(_SELECTION):
        command = option(command)
    return command


_SELECTION = (
    click.option(
        "--unit", type=click.Choice(["customer", "journey", "session"]), help="What is one journey."
    ),
    click.option("--period", help="Those that start in it: start..end."),
    click.option("--segment", help="Customers for whom this holds."),
    click.option("--where", help="Those that contain this pattern."),
    click.option("--as-of", help="As it was known at this time."),
)


def _selection(walks: StoredWalks, fields: dict[str, str | None]) -> Selection:
    from trodden.methods.journeys.select import resolve_selection
    from trodden.model.question import Question
    from trodden.questions import read_question

    question = read_question(Question, {name: value for name, value in fields.items() if value})
    return resolve_selection(question, walks.catalog)


@export.command()
@_OUT
@_EXACT
@click.option("--map", "map", help="Journeys of this map; without one, whole walks.")
@_selecting
@click.pass_context
def journeys(context: click.Context, out: Path, *, exact: bool, **fields: str | None) -> None:
    """Write one row for each journey, session or customer: when, how long, how it ended, its route."""
    from trodden.store.export import JOURNEYS, journey_batches

    walks = walks_of(context)
    _write(journey_batches(walks.snapshot, _selection(walks, fields)), JOURNEYS, out, exact=exact)


@export.command()
@_OUT
@_EXACT
@click.option("--map", "map", required=True, help="The map the journeys are laid over.")
@_selecting
@click.pass_context
def deviations(context: click.Context, out: Path, *, exact: bool, **fields: str | None) -> None:
    """Write one row for each deviation: customer, journey, where, when, kind, cost, nearest words."""
    from trodden.store.export_deviations import DEVIATIONS, deviation_batches

    walks = walks_of(context)
    selection = _selection(walks, fields)
    _write(deviation_batches(walks.snapshot, walks.catalog, selection), DEVIATIONS, out, exact=exact)


@export.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@_OUT
@click.argument("analysis")
@click.pass_context
def answer(context: click.Context, out: Path, analysis: str) -> None:
    """Write an answer: `trodden export answer OUT ANALYSIS --field value ...`."""
    from trodden.questions import read_question
    from trodden.registry import find

    registration = find(analysis)
    found = walks_of(context).ask(read_question(registration.question, _fields(context.args)))
    _write_answer(registration, found, out)


def _fields(arguments: list[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    names, values = arguments[::2], arguments[1::2]
    if len(names) != len(values) or not all(name.startswith("--") for name in names):
        raise click.UsageError(tr("Fields are given as --field value."))
    for name, value in zip(names, values, strict=True):
        fields.setdefault(name.removeprefix("--").replace("-", "_"), []).append(value)
    return fields


def _write_answer(registration: Registration, found: Answer, out: Path) -> None:
    """Write an answer; in a file for programs, in English, as its heads are."""
    from trodden.charts.export import xlsx_of
    from trodden.charts.said import said
    from trodden.cli.shared import write_file
    from trodden.store.export import table_rows

    match out.suffix.lower().removeprefix("."):
        case "json" | "svg" | "csv" as form:
            write_file(out, said(found, registration.chart, form))
        case "xlsx":
            write_file(out, xlsx_of(registration.chart(found)))
        case _:
            with speaking(SOURCE):
                table = table_rows(registration.chart(found))
            _write(table.to_batches(), table.schema, out, exact=False)
