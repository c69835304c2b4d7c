"""The one socket pages are served on: bound once, and handed over as it is."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from typing import Final

from trodden.model.errors import CallerError

PORTS_TRIED: Final = 50
BACKLOG: Final = 128
"""Connections that may wait to be accepted."""
_ALSO_LOCALHOST: Final = {"127.0.0.1": "::1", "0.0.0.0": "::1", "::1": "127.0.0.1"}  # noqa: S104 - compared, not bound
"""Who listens there is reached by the name ``localhost``, too."""


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


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``port``, or on the next free one after it; 0 is any free one.

    Nobody else can listen there from now on, so two servers that start together never share a port. A port
    is left alone, too, where somebody else listens on the other address that ``localhost`` means.

    Raises
    ------
    CallerError
        None of the next fifty is free, or the address cannot be bound at all.
    """
    last = min(port + PORTS_TRIED, 65_536)
    for candidate in range(port, last) if port else [0] * PORTS_TRIED:
        found = _listening(host, candidate)
        if found:
            return found
    raise CallerError(
        f"No port from {port} to {last - 1} is free on {host}.", hint="Name another with --port."
    )


def place_of(listener: socket.socket) -> Place:
    """Return where a socket listens."""
    host, port = listener.getsockname()[:2]
    return Place(host, port)


def _listening(host: str, port: int) -> socket.socket | None:
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # Connections of a server that has just ended still linger; only one that listens keeps a port.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        # Two that start together may both be bound; only the first of them listens.
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        return _busy(host, error)
    if _is_anothers(place_of(found)):
        found.close()
        return None
    return found


def _busy(host: str, error: OSError) -> None:
    if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
        raise CallerError(
            f"Cannot serve on {host}: {error.strerror or error}.", hint="Use --host 127.0.0.1."
        ) from error


def _is_anothers(place: Place) -> bool:
    """Say whether somebody listens on the other address of the same name."""
    if place.host not in _ALSO_LOCALHOST:
        return False
    try:
        socket.create_connection((_ALSO_LOCALHOST[place.host], place.port), timeout=1).close()
    except OSError:
        return False
    return True
