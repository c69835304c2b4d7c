"""One command, two processes: the pages here, the worker beside them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.model.errors import CallerError
from trodden.web.records import open_records

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from granian.server.embed import Server

    from trodden.settings import Settings

PORTS_TRIED: Final = 50
PATIENCE_S: Final = 10.0
"""How long the worker may take to stop before it is killed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages are found."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Return the address to open: by name on this machine, so that passkeys and cookies work."""
        host = "localhost" if self.host in {"127.0.0.1", "::1", "0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"


def serve(settings: Settings, ready: Callable[[str], None] | None = None) -> int:
    """Serve the pages of one workspace until interrupted; the worker runs beside them.

    The records are brought up to date first. People sign in unless the pages are for one person on this
    machine alone; where nobody can yet, a link that makes the first admin is printed. A busy port takes the
    next free one. ``ready`` is called with the address once pages are answered (default: print it); by then ``<home>/run/serve.json`` names this process, the address, the workspace
    and a token for the command line. SIGINT and SIGTERM stop both processes: 0. The worker's death stops
    the pages too, so that a supervisor notices: 1.

    Raises
    ------
    CallerError
        No port near the one asked for is free, the address is not one of this machine, or the records
        cannot be brought up to date.
    """
    place = Place(settings.host, free_port(settings.host, settings.port))
    open_records(settings.home, settings.workspace)
    open_door(settings, place)
    with _worker(Path(settings.home)) as worker:
        return asyncio.run(_serve(settings, place, worker, ready or say))


def open_door(settings: Settings, place: Place) -> None:
    """Decide whether people sign in, and what links in mails begin with."""
    from django.conf import settings as of_the_pages

    of_the_pages.TRODDEN_SIGN_IN = needs_sign_in(settings)
    of_the_pages.TRODDEN_PUBLIC_URL = of_the_pages.TRODDEN_PUBLIC_URL or place.url


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
    print(f"Trodden is at {url}\n{_who()} Ctrl-C stops it.", flush=True)  # noqa: T201 - what the command has to say


def _who() -> str:
    """Say who can see the pages; where nobody can yet, how the first one will."""
    from django.conf import settings as of_the_pages
    from django.db import connection

    from trodden.web.people.staff import has_admin, setup_link

    if not of_the_pages.TRODDEN_SIGN_IN:
        return "For one person on this machine, without sign-in."
    with contextlib.closing(connection):
        if has_admin():
            return "People sign in."
        link = setup_link()
    return f"Nobody can sign in yet. This link makes the first admin, once, within an hour:\n{link}\n"


def free_port(host: str, port: int) -> int:
    """Return ``port`` or the next free one after it; 0 is any free one.

    Raises
    ------
    CallerError
        None of the next fifty is free, or the address cannot be bound at all.
    """
    last = min(port + PORTS_TRIED, 65536) if port else 1
    for candidate in range(port, last):
        found = _bound(host, candidate)
        if found:
            return found
    raise CallerError(
        f"No port from {port} to {last - 1} is free on {host}.", hint="Name another with --port."
    )


def _bound(host: str, port: int) -> int | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        # Connections of a server that has just ended still linger; only one that listens keeps a port.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except PermissionError:
            return None
        except OSError as error:
            return _busy(host, error)
        return int(trial.getsockname()[1])


def _busy(host: str, error: OSError) -> None:
    import errno

    if error.errno != errno.EADDRINUSE:
        raise CallerError(
            f"Cannot serve on {host}: {error.strerror or error}.", hint="Use --host 127.0.0.1."
        ) from error


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
    settings: Settings, place: Place, worker: subprocess.Popen[bytes], ready: Callable[[str], None]
) -> int:
    server = _granian(place)
    stop = _stop_asked()
    pages = asyncio.create_task(server.serve())
    waits = [pages, asyncio.create_task(stop.wait()), asyncio.create_task(_ended(worker))]
    with _announced(settings, place):
        await _answering(place)
        await asyncio.to_thread(ready, place.url)
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in waits[1:]:
        task.cancel()
    server.stop()
    await pages
    return 0 if stop.is_set() else 1


def _granian(place: Place) -> Server:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    from trodden.web.asgi import application

    return Server(
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
    """Wait until the address takes connections."""
    while True:
        try:
            _, writer = await asyncio.open_connection(place.host, place.port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


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
