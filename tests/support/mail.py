"""A real mail server of tests, on this machine: plain, by STARTTLS or TLS, with sign-in or without.

```
with mail_server(tls="starttls", user="trodden", password="p") as server:
    with override_settings(**server.settings()):
        ...
        (mail,) = server.received(1)
```

A certificate is from an authority nobody knows, unless `SSL_CERT_FILE` names ``server.authority``.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition, Thread
from typing import Literal

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PATIENCE_S = 60
Speaks = Literal["plain", "starttls", "tls"]


@dataclass
class MailServer:
    """A server that takes mails, and what it took."""

    speaks: Speaks
    user: str
    password: str
    authority: str
    refuses: str = ""
    name: str = "localhost"
    port: int = 0
    logins: list[bytes] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    """Addresses it takes nothing for."""
    cuts: int = 0
    """How many more mails it cuts the connection on instead of answering that it took them."""
    leaves: int = 0
    """How many more mails it cuts the connection on before it has them."""
    _taken: list[Envelope] = field(default_factory=list)
    _came: Condition = field(default_factory=Condition)

    def settings(self, **more: object) -> dict[str, object]:
        """Return the settings of Django that send mails here."""
        return {
            "EMAIL_BACKEND": "trodden.web.mails.Sender",
            "EMAIL_HOST": "localhost",
            "EMAIL_PORT": self.port,
            "EMAIL_USE_TLS": self.speaks == "starttls",
            "EMAIL_USE_SSL": self.speaks == "tls",
            "EMAIL_HOST_USER": self.user,
            "EMAIL_HOST_PASSWORD": self.password,
            **more,
        }

    def environment(self) -> dict[str, str]:
        """Return the variables that make a command of ours send mails here, and trust the server."""
        return {
            "TRODDEN_SMTP_HOST": "localhost",
            "TRODDEN_SMTP_PORT": str(self.port),
            "TRODDEN_SMTP_SECURITY": {"plain": "none"}.get(self.speaks, self.speaks),
            "TRODDEN_SMTP_USER": self.user,
            "TRODDEN_SMTP_PASSWORD": self.password,
            "SSL_CERT_FILE": self.authority,
        }

    def received(self, number: int = 1) -> list[EmailMessage]:
        """Wait until so many mails came; return all, the oldest first."""
        with self._came:
            self._came.wait_for(lambda: len(self._taken) >= number, PATIENCE_S)
        return [message_from_bytes(one.content, policy=policy.default) for one in self._taken]

    def addressed(self) -> list[list[str]]:
        """Return to whom each mail was brought, whatever its heads say."""
        return [one.rcpt_tos for one in self._taken]

    async def handle_MAIL(  # noqa: N802 - the library's
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Let who signed in send, or everybody where nobody has to."""
        if self.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, refuse it, or hang up."""
        if self.leaves and isinstance(server.transport, asyncio.Transport):
            self.leaves -= 1
            server.transport.abort()
            return "421 4.3.0 Gone"
        if address in self.unknown:
            return "550 5.1.1 Nobody of that name"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's
        """Take a mail, refuse it, or hang up in the middle."""
        if self.cuts and isinstance(server.transport, asyncio.Transport):
            self.cuts -= 1
            server.transport.abort()
            return "421 4.3.0 Gone"
        if self.refuses:
            return self.refuses
        with self._came:
            self._taken.append(envelope)
            self._came.notify_all()
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        """Say whether a name and a password are those of the server."""
        self.logins.append(given.login)
        is_known = (given.login, given.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=is_known, handled=False)


@contextmanager
def mail_server(
    speaks: Speaks = "plain",
    *,
    user: str = "",
    password: str = "",
    refuses: str = "",
    name: str = "localhost",
) -> Iterator[MailServer]:
    """Run a server on a free port until the block ends; ``refuses`` is what it says to every mail.

    ``name`` is that of its certificate.
    """
    authority = trustme.CA()
    with TemporaryDirectory() as folder:
        pem = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(pem))
        server = MailServer(speaks, user, password, str(pem), refuses, name)
        with _running(server, _context(authority, name)):
            yield server


def _context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def _running(server: MailServer, context: ssl.SSLContext) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    opened: list[SMTP] = []

    def connected() -> SMTP:
        opened.append(
            SMTP(
                server,
                loop=loop,
                hostname="mail.example",
                tls_context=context if server.speaks == "starttls" else None,
                require_starttls=server.speaks == "starttls",
                auth_require_tls=server.speaks == "starttls",
                authenticator=server.authenticate if server.user else None,
            )
        )
        return opened[-1]

    by_tls = context if server.speaks == "tls" else None
    thread = Thread(target=loop.run_forever)
    thread.start()
    begun = asyncio.run_coroutine_threadsafe(loop.create_server(connected, "127.0.0.1", 0, ssl=by_tls), loop)
    listening = begun.result(PATIENCE_S)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_close(listening, opened), loop).result(PATIENCE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()


async def _close(listening: asyncio.Server, opened: list[SMTP]) -> None:
    listening.close()
    for one in opened:
        if isinstance(one.transport, asyncio.Transport):
            one.transport.abort()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # what was aborted closes its socket
