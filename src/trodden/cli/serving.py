"""``trodden serve``: the pages, on this machine."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from trodden.cli.keeping import ready_kernels
from trodden.cli.shared import settings_of
from trodden.model.words import SOURCE, language, speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@click.command()
@click.argument("home", required=False, type=click.Path(path_type=Path))
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port; the next free one is taken if busy.")
@click.option("--sign-in", is_flag=True, help="Let people sign in, also on this machine.")
@click.pass_context
def serve(
    context: click.Context, home: Path | None, host: str | None, port: int | None, *, sign_in: bool
) -> int:
    """Serve the pages of one workspace on this machine, from the folder HOME (default: that of --home).

    For one person on this machine, without sign-in, until somebody can sign in; on any other address people
    always do, and the first start prints a link that makes the first admin. The address is printed. Ctrl-C
    stops it.
    """
    from trodden.web.server import serve as serve_pages

    found = settings_of(context, home)
    settings = replace(
        found,
        host=host or found.host,
        port=found.port if port is None else port,
        sign_in=sign_in or found.sign_in,
    )
    with _warming(language()) as ready, speaking(SOURCE):  # each request says its own language
        return serve_pages(settings, ready)


@contextmanager
def _warming(reader: str) -> Generator[Callable[[str], None]]:
    """Give what is to be called once pages are answered: it says so, and has the kernels loaded from then on.

    A question asked meanwhile is answered in between. Where the block ends first, what is left is not loaded.
    """
    from trodden.web.server import say

    is_over = Event()
    warming = Thread(target=_load_kernels, args=(is_over,), name="warming")

    def ready(url: str) -> None:
        with speaking(reader):
            say(url)
        warming.start()

    try:
        yield ready
    finally:
        is_over.set()
        if warming.ident:
            # At the very end of a process no thread may begin others any more.
            warming.join()


def _load_kernels(is_over: Event) -> None:
    for _ in ready_kernels():
        if is_over.is_set():
            return
