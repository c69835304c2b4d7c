"""The one way to ask another machine: only those the operator named, never one that stands inside unnamed.

A name is looked up once; every address it has must be one that may be asked, and one of those is connected
to, so that a name cannot mean something else a moment later. The certificate must be that of the name.
Redirections are not followed, proxies of the environment not used, answers bounded in size and in time.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import re
import socket
import ssl
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import SplitResult, urlencode, urlsplit

from trodden.model.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _typeshed import WriteableBuffer

    from trodden.settings import Settings

Address = IPv4Address | IPv6Address

PORTS: Final = {"https": 443, "http": 80}
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""Signs an address may have: those of ASCII that print, no blank, no backslash."""
_CARRIED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""Addresses whose last 32 bits are one of IPv4."""
_TRANSLATED: Final = (IPv6Network("64:ff9b:1::/48"), IPv6Network("::ffff:0:0:0/96"))
"""Addresses that carry one of IPv4 wherever somebody's own network likes."""
_CHUNK: Final = 65_536
KEPT_S: Final = 300.0
"""How long a page that seldom changes is kept."""
_SECRETS: Final = frozenset(map(ip_address, ("fd00:ec2::254", "168.63.129.16")))
"""Where clouds answer their own machines at addresses that look like others."""

_log = logging.getLogger("trodden.outgoing")


def looked_up(host: str, port: int) -> list[str]:
    """Return every address of a host, as this machine's resolver has them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_rest, address in found]


@dataclass(frozen=True, slots=True)
class Reply:
    """What another machine answered: any status but a redirection."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Asks other machines, within bounds.

    Parameters
    ----------
    hosts
        Who may be asked: ``name``, at the usual port of https, or ``name:port``.
    private
        Who of them may stand at a private address, or on this machine, and be asked by plain http.
    longest_s
        How long one question may take, everything in it, but for looking the name up.
    most_bytes
        How long an answer may be.
    resolve
        Looks a name up.
    """

    hosts: frozenset[str]
    private: frozenset[str] = frozenset()
    longest_s: float = 10.0
    most_bytes: int = 1_000_000
    resolve: Callable[[str, int], list[str]] = field(default=looked_up)
    _kept: dict[str, tuple[float, Reply]] = field(
        default_factory=dict[str, tuple[float, "Reply"]], compare=False, repr=False
    )

    def ask(
        self, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask for a page, or send a form and take the answer.

        Raises
        ------
        OutsideError
            The address may not be asked, or nothing that may be believed came back in time.
        """
        place = self._place(url)
        try:
            reply = self._answered(place, form, headers or {})
        except (OSError, http.client.HTTPException, ValueError) as error:
            _log.warning("outgoing.failed host=%s error=%s", place.host, type(error).__name__)
            raise OutsideError(
                f"{place.host} did not answer as it should: {type(error).__name__}.",
                hint="See that it is reached from here, and that its certificate is trusted.",
            ) from error
        _log.info("outgoing.asked host=%s status=%d bytes=%d", place.host, reply.status, len(reply.body))
        return reply

    def recall(self, url: str, *, is_anew: bool = False) -> Reply:
        """Return a page that seldom changes: kept in memory for some minutes, unless it is wanted anew.

        Raises
        ------
        OutsideError
            As of `ask`.
        """
        until, reply = self._kept.get(url, (0.0, None))
        if reply is None or is_anew or time.monotonic() > until:
            reply = self.ask(url)
            if reply.status == HTTPStatus.OK:
                self._kept[url] = (time.monotonic() + KEPT_S, reply)
        return reply

    def _place(self, url: str) -> _Place:
        """Return where an address leads, if the operator named that."""
        if not _PLAIN.fullmatch(url):
            raise OutsideError("An address to ask has signs that none may have.")
        try:
            split = urlsplit(url)
            port = split.port or PORTS.get(split.scheme, 0)
        except ValueError as error:
            raise OutsideError("An address to ask cannot be read.") from error
        host = _host_of(split)
        named = host if port == PORTS["https"] and split.scheme == "https" else f"{host}:{port}"
        if named not in self.hosts:
            raise OutsideError(
                f"{named} may not be asked.", hint="outgoing_hosts names those that may be, with their port."
            )
        is_private = named in self.private
        if split.scheme != "https" and not (split.scheme == "http" and is_private):
            raise OutsideError(f"{named} may be asked by https alone.")
        target = f"{split.path or '/'}{'?' if split.query else ''}{split.query}"
        return _Place(split.scheme == "https", host, port, named, target, is_private)

    def _answered(self, place: _Place, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> Reply:
        end = time.monotonic() + self.longest_s
        with self._connected(place, end) as plain, _encrypted(plain, place, end) as channel:
            asking = http.client.HTTPConnection(place.host, place.port)
            asking.sock = cast("socket.socket", _Timed(channel, end))
            _send(asking, place, form, headers)
            with asking.getresponse() as response:
                _refuse_redirection(response, place)
                return Reply(response.status, self._body(response))

    def _connected(self, place: _Place, end: float) -> socket.socket:
        addresses = [
            ip_address(one.partition("%")[0]) for one in self.resolve(place.host.strip("[]"), place.port)
        ]
        if not addresses or not all(may_be_asked(one, is_private=place.is_private) for one in addresses):
            raise OutsideError(
                f"{place.host} stands at an address that may not be asked.",
                hint="private_hosts names those that may stand at a private address.",
            )
        return _first([(str(one), place.port) for one in addresses], end)

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Read the body piece by piece: too long a one is noticed before it is held."""
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise OutsideError("An answer came packed, which was not asked for.")
        body = io.BytesIO()
        while piece := response.read1(_CHUNK):
            body.write(piece)
            if body.tell() > self.most_bytes:
                raise OutsideError(f"An answer has more than {self.most_bytes:,} bytes.")
        return body.getvalue()


def outgoing_of(settings: Settings) -> Outgoing:
    """Return what asks whom the settings name: a provider of single sign-on is named by its issuer."""
    issuer = urlsplit(settings.sso_issuer).netloc.lower()
    named = {*settings.outgoing_hosts, *settings.private_hosts, issuer} - {""}
    return Outgoing(frozenset(named), frozenset(settings.private_hosts))


@dataclass(frozen=True, slots=True)
class _Place:
    is_https: bool
    host: str
    port: int
    named: str
    target: str
    is_private: bool


class _Timed:
    """A socket for `http.client` that knows when all must be over, however slow the other side is."""

    def __init__(self, channel: socket.socket, end: float) -> None:
        self._channel = channel
        self._end = end

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self._limit()
        self._channel.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the answer is read from."""
        return io.BufferedReader(_Incoming(self))

    def receive(self, into: WriteableBuffer) -> int:
        """Take what has come."""
        self._limit()
        return self._channel.recv_into(into)

    def close(self) -> None:
        """Leave the socket to who opened it."""

    def _limit(self) -> None:
        self._channel.settimeout(_left(self._end))


class _Incoming(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        super().__init__()
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        return self._timed.receive(into)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def may_be_asked(address: Address, *, is_private: bool = False) -> bool:
    """Say whether an address is one of the internet, or a private one where that is allowed.

    Those of one cable (where clouds keep their secrets), of many receivers and of nobody are never asked.

    Examples
    --------
    >>> [may_be_asked(ip_address(one)) for one in ("1.1.1.1", "10.0.0.1", "::ffff:127.0.0.1")]
    [True, False, False]
    >>> [may_be_asked(ip_address(one), is_private=True) for one in ("10.0.0.1", "169.254.169.254")]
    [True, False]
    """
    meant = _meant(address)
    if meant.is_link_local or meant.is_multicast or meant.is_unspecified or meant in _SECRETS:
        return False
    if isinstance(meant, IPv6Address) and (meant.is_site_local or any(meant in one for one in _TRANSLATED)):
        return False
    return meant.is_global or (is_private and (meant.is_private or meant.is_loopback))


def _meant(address: Address) -> Address:
    """Return the address of IPv4 that one of IPv6 carries, where it does."""
    if isinstance(address, IPv4Address):
        return address
    tunnelled = address.teredo[1] if address.teredo else None
    carried = address.ipv4_mapped or address.sixtofour or tunnelled
    if carried is None and int(address) > 1 and any(address in one for one in _CARRIED):
        carried = IPv4Address(int(address) & 0xFFFF_FFFF)
    return carried or address


def _host_of(split: SplitResult) -> str:
    netloc = split.netloc.lower()
    host = netloc.rpartition(":")[0] if split.port is not None else netloc
    if not _HOST.fullmatch(host):
        raise OutsideError("An address to ask names no host as hosts are named here.")
    return host


def _first(addresses: list[tuple[str, int]], end: float) -> socket.socket:
    """Connect to the first that takes the connection."""
    *others, last = addresses
    for address in others:
        with contextlib.suppress(OSError):
            return socket.create_connection(address, _left(end))
    return socket.create_connection(last, _left(end))


def _encrypted(plain: socket.socket, place: _Place, end: float) -> socket.socket:
    if not place.is_https:
        return plain
    plain.settimeout(_left(end))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=place.host.strip("[]"))


def _send(
    asking: http.client.HTTPConnection,
    place: _Place,
    form: Mapping[str, str] | None,
    headers: Mapping[str, str],
) -> None:
    body = None if form is None else urlencode(form).encode("ascii")
    asking.putrequest(
        "GET" if body is None else "POST", place.target, skip_host=True, skip_accept_encoding=True
    )
    usual = {
        "Host": place.named,
        "Accept": "application/json",
        "User-Agent": "Trodden",
        "Connection": "close",
    }
    sized = (
        {}
        if body is None
        else {"Content-Length": str(len(body)), "Content-Type": "application/x-www-form-urlencoded"}
    )
    for name, value in {**usual, **sized, **headers}.items():
        asking.putheader(name, value)
    asking.endheaders(body)


def _refuse_redirection(response: http.client.HTTPResponse, place: _Place) -> None:
    if 300 <= response.status < 400:  # noqa: PLR2004 - the statuses of redirections
        raise OutsideError(f"{place.host} leads elsewhere; whom to ask is set here alone.")
