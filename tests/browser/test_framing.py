"""What the server's socket makes of requests whose parts could be told apart in two ways."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

import pytest

QUIET_S = 20
"""After so long without an answer the server waits for more."""
HEAD = "Host: localhost\r\nConnection: close\r\n"
SECOND = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = f"POST /theme HTTP/1.1\r\n{HEAD}"

REFUSED = {
    "a length and chunks": f"{POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SECOND}",
    "chunks and a length": f"{POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{SECOND}",
    "two lengths": f"{POST}Content-Length: 0\r\nContent-Length: 44\r\n\r\n{SECOND}",
    "a list of lengths": f"{POST}Content-Length: 0, 44\r\n\r\n{SECOND}",
    "a length with a sign": f"{POST}Content-Length: +0\r\n\r\n{SECOND}",
    "a length below nought": f"{POST}Content-Length: -1\r\n\r\n{SECOND}",
    "a length in hex": f"{POST}Content-Length: 0x2c\r\n\r\n{SECOND}",
    "chunks of a kind nobody knows": f"{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SECOND}",
    "chunks before another coding": f"{POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{SECOND}",
    "a blank before the colon": f"{POST}Content-Length : 44\r\n\r\n{SECOND}",
    "a header folded over two lines": f"{POST}X: a\r\n b: c\r\nContent-Length:\r\n 44\r\n\r\n{SECOND}",
    "a chunk whose size is none": f"{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n{SECOND}",
    "a NUL in a header": f"{POST}X: a\x00b\r\n\r\n{SECOND}",
    "two hosts": f"GET / HTTP/1.1\r\n{HEAD}Host: evil.example\r\n\r\n",
    "a head of a megabyte": f"GET / HTTP/1.1\r\n{HEAD}X: {'x' * 1_000_000}\r\n\r\n",
    "ten thousand headers": f"GET / HTTP/1.1\r\n{HEAD}" + "X: x\r\n" * 10_000 + "\r\n",
}


def said(address: str, request: str) -> bytes:
    """Send bytes and read all that comes back until the server is done or waits for more."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=QUIET_S) as connection:
        found = b""
        with contextlib.suppress(ConnectionResetError, BrokenPipeError, TimeoutError):
            connection.sendall(request.encode("latin-1"))
            while part := connection.recv(65_536):
                found += part
        return found


@pytest.mark.parametrize("name", REFUSED)
def test_31_what_can_be_read_in_two_ways_is_read_in_none(site: str, name: str) -> None:
    answer = said(site, REFUSED[name])
    assert b"/smuggled" not in answer
    statuses = [line.split()[1] for line in answer.splitlines() if line.startswith(b"HTTP/1.1 ")]
    # A body that breaks off in its middle is the server's own error: nothing of it reached a page.
    assert statuses in ([b"400"], [b"403"], [b"431"], [b"500"]), (name, answer[:300])
    assert (b"500" in statuses) is (name == "a chunk whose size is none")


def test_31_two_requests_on_one_connection_are_two(site: str) -> None:
    first = "GET /mark.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = said(site, f"{first}GET /healthz HTTP/1.1\r\n{HEAD}\r\n")
    assert answer.count(b"HTTP/1.1 200") == 2


def test_who_sends_a_head_slowly_holds_nobody_up(site: str) -> None:
    place = urlsplit(site)
    slow = [socket.create_connection((place.hostname, place.port)) for _ in range(100)]
    try:
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert b"HTTP/1.1 200" in said(site, f"GET /healthz HTTP/1.1\r\n{HEAD}\r\n")
    finally:
        for one in slow:
            one.close()
