"""Other machines are asked only where the operator named them: line 10, abuse 44, against real sockets."""

# ruff: noqa: S104 - 0.0.0.0 is asked for, not listened on

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
import trustme

from tests.support.raw import Raw, Saying, answer, raw_server
from trodden.model.errors import OutsideError
from trodden.web.outgoing import Outgoing, may_be_asked

ENOUGH_S = 60.0


@pytest.fixture
def server() -> Iterator[Raw]:
    with raw_server(answer(b'{"it": "answers"}')) as found:
        yield found


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


def here(*named: str, longest_s: float = ENOUGH_S) -> Outgoing:
    """Return what may ask these, on this machine, too."""
    return Outgoing(frozenset(named), frozenset(named), longest_s)


def test_10_a_host_of_this_machine_is_asked_where_it_is_named_so(server: Raw) -> None:
    reply = here(f"localhost:{server.port}").ask(f"http://localhost:{server.port}/a?b=c", {"d": "e f"})
    assert (reply.status, reply.body) == (200, b'{"it": "answers"}')
    (asked,) = server.asked
    assert asked.startswith(b"POST /a?b=c HTTP/1.1\r\nHost: localhost:")
    assert asked.endswith(b"\r\n\r\nd=e+f")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0.0.0.0", "0"),
        *("localhost", "localhost.", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]"),
        *(
            "user@127.0.0.1",
            "named.example@127.0.0.1",
            "127.0.0.1#named.example",
            "127.0.0.1\\@named.example",
        ),
        *("ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "localhost%2e", "127.0.0.1%00.named.example", "127。0。0。1", " 127.0.0.1", ""),
        *("named.example.", "named.example.evil.example", "evil.example/named.example", "nämed.example"),
    ],
)
def test_44_whoever_is_not_named_is_not_asked_however_they_are_written(server: Raw, host: str) -> None:
    asking = Outgoing(frozenset({"named.example", f"named.example:{server.port}"}), longest_s=ENOUGH_S)
    for scheme in ("http", "https"):
        for url in (f"{scheme}://{host}:{server.port}/", f"{scheme}://{host}"):
            with pytest.raises(OutsideError):
                asking.ask(url)
    assert server.connected == 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]", "0.0.0.0"]
)
def test_44_a_name_that_leads_inside_is_not_asked_though_it_is_named(server: Raw, host: str) -> None:
    """The machine's own resolver says where these lead; it knows every way to write an address."""
    with pytest.raises(OutsideError, match="stands at an address that may not be asked"):
        Outgoing(frozenset({f"{host}:{server.port}"})).ask(f"https://{host}:{server.port}/")
    assert server.connected == 0


@pytest.mark.parametrize(
    ("address", "outside", "inside"),
    [
        *(
            (one, True, True)
            for one in ("1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")
        ),
        *(
            (one, False, True)
            for one in ("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1")
        ),
        *(
            (one, False, True)
            for one in ("::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fd12::1", "::127.0.0.1")
        ),
        *((one, False, True) for one in ("64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1")),
        *((one, False, False) for one in ("168.63.129.16", "::ffff:168.63.129.16")),
        *((one, False, False) for one in ("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe")),
        *(
            (one, False, False)
            for one in ("fe80::1", "fec0::1", "fd00:ec2::254", "0.0.0.0", "::", "224.0.0.1", "ff02::1")
        ),
        *((one, False, False) for one in ("64:ff9b:1::7f00:1", "::ffff:0:a9fe:a9fe")),
        *((one, False, False) for one in ("100.64.0.1", "::ffff:0.0.0.0", "::ffff:224.0.0.1")),
    ],
)
def test_44_addresses_inside_need_to_be_named_so_and_some_are_never_asked(
    address: str, *, outside: bool, inside: bool
) -> None:
    assert may_be_asked(ip_address(address)) is outside
    assert may_be_asked(ip_address(address), is_private=True) is inside


def test_44_one_address_inside_among_several_is_enough_to_refuse(server: Raw) -> None:
    def both(_host: str, _port: int) -> list[str]:
        return ["192.0.43.7", "127.0.0.1"]

    asking = Outgoing(frozenset({"named.example"}), resolve=both)
    with pytest.raises(OutsideError, match="stands at an address"):
        asking.ask("https://named.example/")
    assert server.connected == 0


def test_44_a_name_is_looked_up_once_so_that_it_cannot_change_its_meaning(
    server: Raw,
) -> None:
    """What rebinding hopes for: a good address when it is looked at, another when it is connected to."""
    said = iter([["127.0.0.1"], ["169.254.169.254"]])
    named = f"rebinding.example:{server.port}"
    asking = Outgoing(frozenset({named}), frozenset({named}), resolve=lambda _host, _port: next(said))
    assert asking.ask(f"http://{named}/").status == 200
    assert server.asked[0].split(b"\r\n")[1] == f"Host: {named}".encode()
    with pytest.raises(OutsideError, match="stands at an address"):
        asking.ask(f"http://{named}/")
    assert server.connected == 1


@pytest.mark.parametrize(
    ("name", "trusted", "is_answered"),
    [("named.example", True, True), ("other.example", True, False), ("named.example", False, False)],
)
def test_44_the_certificate_must_be_that_of_the_name_whatever_the_address(
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    *,
    trusted: bool,
    is_answered: bool,
) -> None:
    pem = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem) if trusted else "/dev/null")
    with raw_server(answer(), certified(authority, name)) as server:
        named = f"named.example:{server.port}"
        asking = Outgoing(frozenset({named}), frozenset({named}), resolve=lambda _h, _p: ["127.0.0.1"])
        if is_answered:
            assert asking.ask(f"https://{named}/").status == 200
            return
        with pytest.raises(OutsideError, match="SSLCertVerificationError"):
            asking.ask(f"https://{named}/")
    assert server.asked == []


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{port}/", "https://named.example/", "/inside", "//127.0.0.1"]
)
def test_44_redirections_are_not_followed(place: str) -> None:
    with raw_server(answer()) as inside:
        moved = answer(head="HTTP/1.1 302 Found", more=f"Location: {place.format(port=inside.port)}\r\n")
        with raw_server(moved) as server, pytest.raises(OutsideError, match="leads elsewhere"):
            here(f"localhost:{server.port}", f"127.0.0.1:{inside.port}").ask(
                f"http://localhost:{server.port}/"
            )
        assert inside.connected == 0


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "gopher://localhost:{port}/",
            "ftp://localhost:{port}/",
            "data:,x",
            "unix:/run/x",
        ),
        *(
            "https://localhost:{other}/",
            "http://localhost/",
            "http://localhost:99999/",
            "http://localhost:x/",
        ),
        *(
            "http://localhost:{port}/ HTTP/1.1\r\nX: y",
            "http://localhost:{port}/\n",
            "http://[::1",
            "localhost",
        ),
    ],
)
def test_44_schemes_ports_and_signs_are_held_to_what_was_named(server: Raw, url: str) -> None:
    with pytest.raises(OutsideError):
        here(f"localhost:{server.port}").ask(url.format(port=server.port, other=server.port - 1))
    assert server.connected == 0


def test_44_plain_http_is_for_hosts_inside_alone() -> None:
    asking = Outgoing(frozenset({"named.example:80"}), resolve=lambda _host, _port: ["192.0.43.7"])
    with pytest.raises(OutsideError, match="by https alone"):
        asking.ask("http://named.example/")


def test_44_proxies_of_the_environment_are_not_used(server: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(answer()) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        assert here(f"localhost:{server.port}").ask(f"http://localhost:{server.port}/").status == 200
        assert proxy.connected == 0


def endless(head: bytes) -> Saying:
    def say(channel: socket.socket) -> None:
        channel.sendall(head)
        while True:
            channel.sendall(b"10000\r\n" + bytes(65_536) + b"\r\n" if b"chunked" in head else bytes(65_536))

    return say


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_44_a_body_of_a_gigabyte_is_left_after_a_million_bytes(head: bytes) -> None:
    with raw_server(endless(head)) as server, pytest.raises(OutsideError, match="more than 1,000,000 bytes"):
        here(f"localhost:{server.port}").ask(f"http://localhost:{server.port}/")


def test_44_endless_heads_and_packed_bodies_are_refused() -> None:
    endless_head = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000
    packed = answer(b"\x1f\x8b", more="Content-Encoding: gzip\r\n")
    for says in (endless_head, packed, b"no answer at all\r\n\r\n"):
        with raw_server(says) as server, pytest.raises(OutsideError):
            here(f"localhost:{server.port}").ask(f"http://localhost:{server.port}/")


def test_44_a_head_that_would_break_its_line_is_an_error_of_ours_and_logged(
    server: Raw, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"http://localhost:{server.port}/"
    with caplog.at_level(logging.WARNING, "trodden.outgoing"), pytest.raises(OutsideError):
        here(f"localhost:{server.port}").ask(url, headers={"Authorization": "Bearer a\r\nX: b"})
    assert "outgoing.failed host=localhost error=ValueError" in caplog.text
    assert b"Bearer" not in b"".join(server.asked)


def test_a_page_that_seldom_changes_is_asked_for_once_unless_it_is_wanted_anew(server: Raw) -> None:
    asking, url = here(f"localhost:{server.port}"), f"http://localhost:{server.port}/"
    assert asking.recall(url) == asking.recall(url)
    assert len(server.asked) == 1
    asking.recall(url, is_anew=True)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "begins", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_44_an_answer_that_comes_sign_by_sign_is_left_in_time(begins: bytes) -> None:
    over = threading.Event()

    def drip(channel: socket.socket) -> None:
        channel.sendall(begins)
        while not over.wait(0.02):
            channel.sendall(b"x")

    with raw_server(drip) as server:
        with pytest.raises(OutsideError, match="TimeoutError"):
            here(f"localhost:{server.port}", longest_s=0.2).ask(f"http://localhost:{server.port}/")
        over.set()
