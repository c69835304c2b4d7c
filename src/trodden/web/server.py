"""One command, two processes: the pages here, the worker beside them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.web.listening import BACKLOG, Place, listening, place_of
from trodden.web.running import stop_all

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator

    from granian.server.embed import Server

    from trodden.settings import Settings

HOME_VARIABLE: Final = "TRODDEN_SERVE_HOME"
WORKSPACE_VARIABLE: Final = "TRODDEN_WORKSPACE"
PATIENCE_S: Final = 10.0
"""How long the worker may take to stop before it is killed."""


def serve(settings: Settings, ready: Callable[[str], None] | None = None) -> int:
    """Serve the pages of one workspace until interrupted; the worker runs beside them.

    A busy port takes the next free one, which is ours alone from then on. ``ready`` is called with the
    address once pages are answered (default: print it); by then ``<home>/run/serve.json`` names this
    process, the address, the workspace and a token for the command line. SIGINT and SIGTERM stop both
    processes: 0. The worker's death stops the pages too, so that a supervisor notices: 1.

    Raises
    ------
    CallerError
        No port near the one asked for is free, or the address is not one of this machine.
    """
    listener = listening(settings.host, settings.port)
    os.environ[HOME_VARIABLE] = str(Path(settings.home).resolve())
    os.environ[WORKSPACE_VARIABLE] = settings.workspace
    with _worker(Path(settings.home)) as worker:
        return asyncio.run(_serve(settings, listener, worker, ready or say))


def say(url: str) -> None:
    """Print where the pages are and who can see them."""
    said = f"Trodden is at {url}\nFor one person on this machine, without sign-in. Ctrl-C stops it."
    print(said, flush=True)  # noqa: T201 - what the command has to say


@contextlib.contextmanager
def _worker(home: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run the worker; it ends when its standard input closes, so also when this process is killed."""
    command = [sys.executable, "-m", "trodden.web.worker", str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        try:
            yield worker
        finally:
            _stop(worker)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin:
        worker.stdin.close()
    try:
        worker.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        worker.kill()


async def _serve(
    settings: Settings,
    listener: socket.socket,
    worker: subprocess.Popen[bytes],
    ready: Callable[[str], None],
) -> int:
    place = place_of(listener)
    server = _granian(listener)
    stop = _stop_asked()
    pages = asyncio.create_task(server.serve())
    ends = [pages, asyncio.create_task(stop.wait()), asyncio.create_task(_ended(worker))]
    answering = asyncio.create_task(_answering(place))
    with _announced(settings, place):
        await asyncio.wait([answering, *ends], return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            ready(place.url)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for task in (answering, *ends[1:]):
        task.cancel()
    stop_all()
    server.stop()
    await pages
    return 0 if stop.is_set() else 1


def _granian(listener: socket.socket) -> Server:
    """Return the server on a socket that listens already, which it closes at its end."""
    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    from trodden.web.asgi import application

    class Pages(Server):
        # Granian would bind the address anew, and let other servers have it, too.
        def _init_shared_socket(self) -> None:
            self._shd = SocketHolder(listener.detach(), False, BACKLOG)  # noqa: FBT003 # pyright: ignore[reportCallIssue] - its stub tells no arguments

    place = place_of(listener)
    return Pages(
        application,
        address=place.host,
        port=place.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )


def _stop_asked() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _ended(worker: subprocess.Popen[bytes]) -> None:
    while worker.poll() is None:  # noqa: ASYNC110 - a process tells its end only when asked
        await asyncio.sleep(0.5)


async def _answering(place: Place) -> None:
    """Wait until a page is answered: who connects is let in before that, and waits."""
    reader, writer = await asyncio.open_connection(place.host, place.port)
    with contextlib.closing(writer):
        writer.write(f"HEAD /mark.svg HTTP/1.1\r\nHost: localhost:{place.port}\r\n\r\n".encode())
        await reader.readline()


@contextlib.contextmanager
def _announced(settings: Settings, place: Place) -> Generator[None]:
    """Write ``run/serve.json`` for the command line, readable by its owner alone; remove it at the end."""
    from django.conf import settings as of_the_pages

    folder = Path(settings.home) / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "serve.json"
    said = {
        "pid": os.getpid(),
        "url": place.url,
        "workspace": settings.workspace,
        "token": of_the_pages.TRODDEN_TOKEN,
    }
    written = folder / f"serve.json.{os.getpid()}"
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(said))
    written.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
