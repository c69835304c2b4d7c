"""``trodden serve``: the pages, on this machine."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec.structs import replace

from trodden.cli.shared import settings_of


@click.command()
@click.argument("home", required=False, type=click.Path(path_type=Path))
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port; the next free one is taken if busy.")
@click.pass_context
def serve(context: click.Context, home: Path | None, host: str | None, port: int | None) -> int:
    """Serve the pages of one workspace on this machine, from the folder HOME (default: that of --home).

    One person, no sign-in, this machine only: the address is printed. Ctrl-C stops it.
    """
    from trodden.web.server import serve as serve_pages

    settings = settings_of(context, home)
    address = {"host": host or settings.host, "port": settings.port if port is None else port}
    return serve_pages(replace(settings, **address))
