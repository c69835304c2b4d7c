"""``trodden ask``, the quick way: a running server reads the question, answers it and writes the answer.

Nothing is imported here that the server has already; where none runs, or where what was typed is not plainly
``NAME --field value ...``, the command that answers by itself takes over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from trodden.cli.shared import settings_of, write_file, write_text

_FORMS: Final = {"--table": "table", "--json": "json", "--csv": "csv"}


@dataclass(slots=True)
class Typed:
    """What was typed after ``trodden ask``: the fields as texts, a file of fields, and the forms wanted."""

    name: str
    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    file: Path | None = None
    form: str | None = None
    chart: Path | None = None

    @property
    def forms(self) -> list[str]:
        """Return the forms to be written: the table where nothing else is asked for."""
        drawn = ["svg"] if self.chart else []
        return [*drawn, self.form] if self.form else drawn or ["table"]


def typed(arguments: list[str]) -> Typed | None:
    """Read ``NAME --field value ...`` without knowing the fields; None where it reads otherwise."""
    if not arguments or arguments[0].startswith("-"):
        return None
    found = Typed(arguments[0])
    rest = iter(arguments[1:])
    for argument in rest:
        name, is_joined, value = argument.partition("=")
        if name in _FORMS and not is_joined:
            found.form = _FORMS[name]
            continue
        text = value if is_joined else next(rest, None)
        if text is None or len(name) < len("--f") or not name.startswith("--") or name == "--help":
            return None
        _keep(found, name, text)
    return found


def _keep(found: Typed, name: str, text: str) -> None:
    if name == "--question":
        found.file = Path(text)
    elif name == "--chart":
        found.chart = Path(text)
    else:
        found.texts.setdefault(name.removeprefix("--").replace("-", "_"), []).append(text)


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def ask(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Ask a question of the walks: ``trodden ask NAME --field value``."""
    found = typed(list(arguments))
    try:
        is_told = found is not None and _told(context, found)
    except KeyboardInterrupt:
        raise click.Abort from None  # of an interrupt itself click would make an empty line first
    if not is_told:
        from trodden.cli.asking import ask as here

        here.main(list(arguments), context.command_path, standalone_mode=False, obj=context.obj)


def _told(context: click.Context, found: Typed) -> bool:
    """Have a running server answer, and write what it says; False where none does."""
    from trodden.cli.server import ask_server

    said = ask_server(settings_of(context), found.name, found.texts, found.file, found.forms)
    if said is None:
        return False
    if found.chart:
        write_file(found.chart, said.pop("svg"))
    for text in said.values():
        write_text(text)
    return True
