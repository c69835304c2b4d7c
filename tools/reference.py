"""Write the reference: every analysis by running its example on the sample, every command, every setting.

``python tools/reference.py`` writes ``docs/reference/``; with ``--check`` it only says what is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from trodden.cli.app import COMMANDS, app
from trodden.demo.sample import SAMPLE_MAP, sample_walks
from trodden.questions import Field, fields_of, write_question
from trodden.registry import Registration, registrations
from trodden.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trodden.api import Walks

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Written by `make docs`; edit the docstrings and field descriptions it is made of. -->"
LONGEST_TABLE = 16


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every page of the reference with its text."""
    yield REFERENCE / "analyses.md", analyses()
    yield REFERENCE / "commands.md", commands()
    yield REFERENCE / "settings.md", settings()


def analyses() -> str:
    """Describe every analysis, with what its example answers on the sample."""
    walks = sample_walks()
    found = registrations()
    toc = [f"- [{name}](#{name.replace('_', '-')}): {one.summary}" for name, one in found.items()]
    parts = [_analysis(name, one, walks) for name, one in found.items()]
    intro = (
        "Every example is run on the small sample of `trodden.demo.sample`; what it prints stands below it."
    )
    return _page("Analyses", intro, "\n".join(toc), *parts, "## The sample's map", _block(SAMPLE_MAP, "yaml"))


def _analysis(name: str, one: Registration, walks: Walks) -> str:
    from trodden.charts.text import text_of

    shown = text_of(one.chart(walks.ask(one.example))).rstrip().splitlines()
    more = [f"… {len(shown) - LONGEST_TABLE} more lines"] if len(shown) > LONGEST_TABLE else []
    command = " ".join(_option(key, value) for key, value in write_question(one.example).items())
    return "\n\n".join(
        (
            f"## {name}",
            _docstring(type(one.analysis)),
            _fields(fields_of(one.question)),
            f"**Answer.** {_docstring(one.answer)}",
            _block(f"trodden ask {name} {command}".rstrip(), "console"),
            _block("\n".join(shown[:LONGEST_TABLE] + more), "text"),
        )
    )


def _option(name: str, value: str) -> str:
    plain = all(letter.isalnum() or letter in "._-:" for letter in value)
    return f"--{name.replace('_', '-')} {value if plain else chr(39) + value + chr(39)}"


def _docstring(of: type) -> str:
    lines = (of.__doc__ or "").strip().splitlines()
    text = "\n".join(line.removeprefix("    ") for line in lines)
    return text.replace("``", "`")


def _fields(fields: Iterable[Field]) -> str:
    rows = [_row(field) for field in fields]
    return "\n".join(("| field | takes | default | means |", "|---|---|---|---|", *rows))


def _row(field: Field) -> str:
    default = "**required**" if field.required else f"`{field.default}`" if field.default else ""
    takes = ", ".join(field.choices) or field.kind
    return f"| `{field.name}` | {takes} | {default} | {field.description} |"


def commands() -> str:
    """Describe every command by its own help."""
    parts = [_command(name) for name in COMMANDS]
    return _page("Commands", _block(_help(app, "trodden"), "text"), *parts)


def _command(name: str) -> str:
    found = app.get_command(click.Context(app), name)
    assert found is not None, name  # noqa: S101 - a command that is listed and not there stops the build
    return f"## {name}\n\n" + "\n\n".join(_block(text, "text") for text in _helps(found, f"trodden {name}"))


def _helps(command: click.Command, path: str) -> Iterator[str]:
    yield _help(command, path)
    if isinstance(command, click.Group) and path != "trodden ask":
        for name, one in command.commands.items():
            yield _help(one, f"{path} {name}")


def _help(command: click.Command, path: str) -> str:
    return command.get_help(click.Context(command, info_name=path, max_content_width=100, terminal_width=100))


def settings() -> str:
    """Describe every setting."""
    schema = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    rows = [
        f"| `{name}` | `TRODDEN_{name.upper()}` | `{msgspec.json.encode(of.get('default')).decode()}` | "
        f"{of.get('description', '')} |"
        for name, of in schema.items()
    ]
    table = "\n".join(("| `trodden.toml` | environment | default | means |", "|---|---|---|---|", *rows))
    return _page("Settings", _docstring(Settings), table)


def _block(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((MADE, f"# {title}", *parts)) + "\n"


def main() -> int:
    """Write or check every page; 1 where a page is out of date."""
    checking = "--check" in sys.argv[1:]
    stale = [path for path, text in pages() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if not checking:
        REFERENCE.mkdir(parents=True, exist_ok=True)
        for path, text in pages():
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'out of date' if checking else 'wrote'}: {path.relative_to(ROOT)}")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main())
