"""``trodden map``: designed journeys as files."""

from __future__ import annotations

from pathlib import Path

import click

from trodden.cli.shared import walks_of, workspace_of, write_file
from trodden.methods.journeys.maps import diff_maps, dump_map, parse_map, publish_map, show_map
from trodden.model.errors import TroddenError
from trodden.model.journey_map import JourneyMap

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("map")
def map_group() -> None:
    """Check, show, mine, compare and publish designed journeys."""


def _read(path: Path) -> JourneyMap:
    return parse_map(path.read_text(encoding="utf-8"), str(path))


def _named(context: click.Context, name: str) -> JourneyMap:
    """Return a map by file name, else by its name in the workspace."""
    from trodden.methods.journeys.select_names import find_map

    return _read(Path(name)) if Path(name).is_file() else find_map(name, walks_of(context).catalog)


@map_group.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...]) -> int:
    """Check map files: schema, flow, size; each fault with its line and how to mend it."""
    faults = 0
    for path in files:
        try:
            found = _read(path)
        except TroddenError as error:
            faults += 1
            click.echo(f"{error.message}\n  {error.hint}".rstrip(), err=True)
        else:
            click.echo(f"{path}: {found.key}, {len(found.steps)} steps, well formed")
    return 2 if faults else 0


@map_group.command()
@click.argument("name")
@click.pass_context
def show(context: click.Context, name: str) -> None:
    """Show a map as text: a file, or a map of the workspace by name or name@version."""
    click.echo(show_map(_named(context, name)))
