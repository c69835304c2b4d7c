"""One command, two processes: the pages here, the worker beside them."""

from __future__ import annotations

import asyncio
import contextlib
import logging.config
import os
import signal
import subprocess
import sys
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.model.words import tr
from trodden.web import mails
from trodden.web.listening import BACKLOG, Place, listening, place_of
from trodden.web.records import open_records
from trodden.web.running import stop_all

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator

    from granian.server.embed import Server

    from trodden.settings import Settings

PATIENCE_S: Final = 10.0
"""How long the worker may take to stop before it is killed."""


def serve(settings: Settings, ready: Callable[[str], None] | None = None) -> int:
    """Serve the pages of one workspace until interrupted; the worker runs beside them.

    The records are brought up to date first. People sign in unless the pages are for one person on this
    machine alone; where nobody can yet, a link that makes the first admin is printed. A busy port takes the
    next free one, which is ours alone from then on. ``ready`` is called with the address once pages are
    answered (default: print it); by then ``<home>/run/serve.json`` names this process, the address, the
    workspace and a token for the command line. SIGINT and SIGTERM stop both processes: 0. The worker's death
    stops the pages too, so that a supervisor notices: 1.

    Raises
    ------
    CallerError
        No port near the one asked for is free, the address is not one of this machine, or the records
        cannot be brought up to date.
    """
    listener = listening(settings.host, settings.port)
    open_records(settings.home, settings.workspace, place_of(listener).url)
    open_door(settings)
    _write_log_lines()
    with _worker(Path(settings.home)) as worker, _posting(), _clearing():
        return asyncio.run(_serve(settings, listener, worker, ready or say))


def _write_log_lines() -> None:
    """Write this process's log to its error output, as the settings of the pages say."""
    from django.conf import settings as of_the_pages

    logging.config.dictConfig(of_the_pages.LOGGING)


def open_door(settings: Settings) -> None:
    """Decide whether people sign in."""
    from django.conf import settings as of_the_pages

    of_the_pages.TRODDEN_SIGN_IN = needs_sign_in(settings)


def needs_sign_in(settings: Settings) -> bool:
    """Say whether people sign in: where that was set, where somebody could, and where others may come.

    Others may come when the pages are bound to another address than this machine's own, or answer to another
    name: then a proxy stands before them.
    """
    from trodden.web.people.staff import has_people

    is_public = bool(settings.public_url or settings.allowed_hosts)
    return settings.sign_in or is_public or not is_loopback(settings.host) or has_people()


def is_loopback(host: str) -> bool:
    """Say whether an address is one that only this machine reaches."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def say(url: str) -> None:
    """Print where the pages are and who can see them."""
    said = (tr("Trodden is at {url}", url=url), f"{_who()} {tr('Ctrl-C stops it.')}")
    print(*said, sep="\n", flush=True)  # noqa: T201 - what the command has to say


def _who() -> str:
    """Say who can see the pages; where nobody can yet, how the first one will."""
    from django.conf import settings as of_the_pages
    from django.db import connection

    from trodden.web.people.staff import has_admin, setup_link

    if not of_the_pages.TRODDEN_SIGN_IN:
        return tr("For one person on this machine, without sign-in.")
    with contextlib.closing(connection):
        if has_admin():
            return tr("People sign in.")
        link = setup_link()
    said = tr("Nobody can sign in yet. This link makes the first admin, once, within an hour:")
    return f"{said}\n{link}\n"


@contextlib.contextmanager
def _worker(home: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run the worker; it ends when its standard input closes, so also when this process is killed."""
    command = [sys.executable, "-m", "trodden.web.worker", str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        try:
            yield worker
        finally:
            _stop(worker)


@contextlib.contextmanager
def _posting() -> Generator[None]:
    """Send boards that are due; a mail that is on its way when the pages stop is waited for."""
    from trodden.web.boards.posting import keep_posting, wake

    with _beside("boards", keep_posting, wake):
        yield


@contextlib.contextmanager
def _clearing() -> Generator[None]:
    """Remove sessions that are over."""
    from trodden.web.people.sessions import keep_clearing

    with _beside("sessions", keep_clearing):
        yield


@contextlib.contextmanager
def _beside(
    name: str, work: Callable[[threading.Event], None], wake: Callable[[], None] | None = None
) -> Generator[None]:
    """Let a thread work until the block ends; ``wake`` lets it see sooner that it is to stop."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        if wake is not None:
            wake()
        thread.join(PATIENCE_S)


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
            await asyncio.to_thread(ready, place.url)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for task in (answering, *ends[1:]):
        task.cancel()
    stop_all()
    server.stop()
    await pages
    await asyncio.to_thread(mails.stop)
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
