"""``trodden ask`` and ``trodden analyses``: generated from what analyses say of themselves."""

from __future__ import annotations

from contextlib import nullcontext
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from trodden.charts.said import said
from trodden.cli.language import said_again
from trodden.cli.shared import walks_of, write_file, write_json, write_text
from trodden.cli.stopping import ended_at_once
from trodden.model.errors import CallerError
from trodden.model.words import SOURCE, speaking, tr
from trodden.questions import Field, fields_of, read_question, write_question
from trodden.registry import Registration, find, registrations

if TYPE_CHECKING:
    from trodden.charts.said import Form
    from trodden.model.question import Answer, Question


class Analyses(click.Group):
    """One command for each registered analysis, made when it is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the names of all analyses."""
        return list(registrations())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002 - as above
        """Return the command that asks one analysis."""
        return said_again(_command(find(cmd_name)))

    def invoke(self, ctx: click.Context) -> object:
        """Ask; Ctrl-C ends it at once, and what a server does for it."""
        with ended_at_once():
            return super().invoke(ctx)


@click.group(cls=Analyses)
def ask() -> None:
    """Ask a question of the walks: ``trodden ask NAME --field value``."""


def _command(registration: Registration) -> click.Command:
    options: list[click.Parameter] = [_option(field) for field in fields_of(registration.question)]
    outputs: list[click.Parameter] = [
        click.Option(
            ["--question", "file"],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="JSON file with the fields; options beside it win.",
        ),
        click.Option(["--json", "form"], flag_value="json", help="Write the answer as JSON."),
        click.Option(["--table", "form"], flag_value="table", help="Write the table (the default)."),
        click.Option(["--csv", "form"], flag_value="csv", help="Write the table as CSV."),
        click.Option(
            ["--chart", "chart"], type=click.Path(path_type=Path), help="Write the chart to this SVG file."
        ),
    ]
    return click.Command(
        registration.name,
        params=options + outputs,
        callback=_Asked(registration),
        help=_help(registration),
        short_help=registration.summary,
    )


def _option(field: Field) -> click.Option:
    default = " " + tr("[default: {default}]", default=field.default) if field.default else ""
    required = f" {tr('[required]')}" if field.required else ""
    return click.Option(
        [f"--{field.name.replace('_', '-')}", f"field_{field.name}"],
        multiple=True,
        metavar="|".join(field.choices) or field.kind.upper(),
        help=f"{tr(field.description)}{default}{required}",
    )


def _help(registration: Registration) -> str:
    text = cleandoc(type(registration.analysis).__doc__ or "")
    example = " ".join(
        f"--{name.replace('_', '-')} '{value}'" for name, value in _example(registration).items()
    )
    return f"{text}\n\n\b\n{tr('Example:')}\n  trodden ask {registration.name} {example}"


def _example(registration: Registration) -> dict[str, str]:
    return write_question(registration.example)


class _Asked:
    """What happens when an analysis is asked on the command line."""

    def __init__(self, registration: Registration) -> None:
        self._registration = registration

    def __call__(self, file: Path | None, form: Form | None, chart: Path | None, **options: Any) -> None:  # noqa: ANN401 - click passes what was given
        question = self._question(file, options)
        context = click.get_current_context()
        _write(self._registration, walks_of(context).ask(question), form, chart)

    def _question(self, file: Path | None, options: dict[str, Any]) -> Question:
        texts = {name.removeprefix("field_"): list(values) for name, values in options.items() if values}
        if file is None:
            return read_question(self._registration.question, texts)
        return read_question(self._registration.question, texts, _fields_in(file))


def _fields_in(file: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CallerError(
            f"{file} holds no question: {error}.",
            hint='It is one JSON object: {"map": "Support", "top": 10}.',
        ) from error


def _write(registration: Registration, answer: Answer, form: Form | None, chart: Path | None) -> None:
    """Write an answer as JSON, table or CSV, and its chart to a file where one was asked for."""
    if chart is not None:
        write_file(chart, said(answer, registration.chart, "svg"))
    if form or chart is None:
        write_text(said(answer, registration.chart, form or "table"))


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def analyses(name: str | None, *, as_json: bool) -> None:
    """List what can be asked, or the fields of one question."""
    if name is None:
        _list_analyses(as_json=as_json)
    elif as_json:
        write_json(msgspec.json.schema(find(name).question))
    else:
        command = said_again(_command(find(name)))
        click.echo(command.get_help(click.Context(command, info_name=f"trodden ask {name}")))


def _list_analyses(*, as_json: bool) -> None:
    with speaking(SOURCE) if as_json else nullcontext():
        found = {name: registration.summary for name, registration in registrations().items()}
    if as_json:
        write_json(found)
        return
    widest = max(map(len, found), default=0)
    for name, summary in found.items():
        click.echo(f"{name:{widest}}  {summary}")
