"""A server of tests that says word for word what it is told, and counts who came."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

Saying = Callable[[socket.socket], None]


@dataclass
class Raw:
    """A server, what it was asked, and how often somebody connected."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    connected: int = 0


def answer(body: bytes = b"{}", *, head: str = "HTTP/1.1 200 OK", more: str = "") -> bytes:
    """Return an answer as it travels."""
    return f"{head}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


@contextmanager
def raw_server(says: bytes | Saying, context: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """Answer whoever connects by saying ``says``, until the block ends; by TLS with a context."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Raw(listening.getsockname()[1])
        thread = Thread(target=_serve, args=(server, listening, says, context))
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(60)


def _serve(
    server: Raw, listening: socket.socket, says: bytes | Saying, context: ssl.SSLContext | None
) -> None:
    while True:
        try:
            plain, _address = listening.accept()
        except OSError:
            return
        server.connected += 1
        with plain, contextlib.suppress(OSError):
            channel = context.wrap_socket(plain, server_side=True) if context else plain
            with channel:
                server.asked.append(_heard(channel))
                _say(channel, says)


def _heard(channel: socket.socket) -> bytes:
    """Return one question, with its body."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += channel.recv(65_536) or b"\r\n\r\n"
    head, _end, body = heard.partition(b"\r\n\r\n")
    length = next((int(one[16:]) for one in head.split(b"\r\n") if one.startswith(b"Content-Length:")), 0)
    while len(body) < length:
        body += channel.recv(65_536)
    return head + b"\r\n\r\n" + body


def _say(channel: socket.socket, says: bytes | Saying) -> None:
    if isinstance(says, bytes):
        channel.sendall(says)
    else:
        says(channel)
