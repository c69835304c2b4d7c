"""Live counts as server-sent events: told when they change, and ended with what let somebody listen."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context, copy_context
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trodden.engines.threads import wish_around
from trodden.model.errors import TroddenError
from trodden.web.actors import actor_of
from trodden.web.api.keeping import counted
from trodden.web.api.models import Token
from trodden.web.api.operations import Operation, Resource
from trodden.web.errors import ErrorPage, answer
from trodden.web.home import walks
from trodden.web.people.sessions import is_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from trodden.engines.threads import Cancel
    from trodden.web.actors import Actor

MOST: Final = 64
"""Streams of this process at one time."""
MOST_OF_ONE: Final = 8
"""Streams of one person at one time."""
EVERY_S: Final = 1.0
"""How often it is looked whether there is something new, and whether who listens still may."""
QUIET_S: Final = 15.0
"""After so long without news a line is sent that says nothing, so that proxies keep the connection."""


class Counts(msgspec.Struct, frozen=True):
    """How much there is; ``snapshot`` names the state of the walks, empty where nothing was imported.

    ``customers`` is null where they are fewer than five and you may not know who they are.
    """

    snapshot: str = ""
    customers: int | None = 0
    events: int = 0


class _Seats:
    """Who listens, and when each was last served: a seat whose stream never began, or died, is free again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._served: dict[_Listener, float] = {}

    def take(self, listener: _Listener) -> bool:
        """Take a seat, if one is free."""
        now = time.monotonic()
        with self._lock:
            self._served = {one: at for one, at in self._served.items() if now - at < QUIET_S}
            mine = sum(one.person == listener.person for one in self._served)
            is_free = len(self._served) < MOST and mine < MOST_OF_ONE
            if is_free:
                self._served[listener] = now
            return is_free

    def keep(self, listener: _Listener) -> None:
        """Note that the stream goes on."""
        with self._lock:
            self._served[listener] = time.monotonic()

    def leave(self, listener: _Listener) -> None:
        """Give the seat back."""
        with self._lock:
            self._served.pop(listener, None)


@dataclass(frozen=True, slots=True, eq=False)
class _Listener:
    """Who listens, by what, what asks the stream to end, and in which workspace they do.

    A stream is told after the request was answered, in another context than its own.
    """

    actor: Actor
    session: str
    stop: Cancel
    around: Context

    @property
    def person(self) -> object:
        """Return who listens, by whatever token."""
        return self.actor.membership.pk if self.actor.membership else self.actor.name

    def may(self) -> bool:
        """Say whether they still may: what was changed about them ended their session and their tokens."""
        if self.stop.is_asked:
            return False
        if self.actor.token is not None:
            return Token.here.filter(pk=self.actor.token.pk, expires_at__gt=timezone.now()).exists()
        return not self.actor.is_signed_in or not is_over(self.session)


_SEATS: Final = _Seats()


@require_safe
def live(request: HttpRequest) -> HttpResponseBase:
    """Tell how many customers and events there are, again whenever that changes, as server-sent events."""
    session = request.session.session_key or ""
    listener = _Listener(actor_of(request), session, wish_around(), copy_context())
    if not _SEATS.take(listener):
        page = ErrorPage("", "too-many", "Too many listen already.", "Ask again later.")
        refused = answer(request, HTTPStatus.SERVICE_UNAVAILABLE, page)
        refused["Retry-After"] = "30"
        return refused
    stream = StreamingHttpResponse(_told(listener), content_type="text/event-stream")
    stream["X-Accel-Buffering"] = "no"
    return stream


async def _told(listener: _Listener) -> AsyncIterator[bytes]:
    told, said_at = None, time.monotonic()
    try:
        while (now := await sync_to_async(listener.around.run)(_state, listener, told)) is not None:
            if now != told or time.monotonic() - said_at > QUIET_S:
                yield _event(now) if now != told else b": nothing new\n\n"
                told, said_at = now, time.monotonic()
            _SEATS.keep(listener)
            await asyncio.sleep(EVERY_S)
        yield b"event: end\ndata: {}\n\n"
    finally:
        _SEATS.leave(listener)


def _event(counts: Counts) -> bytes:
    return b"event: counts\ndata: " + msgspec.json.encode(counts) + b"\n\n"


def _state(listener: _Listener, told: Counts | None) -> Counts | None:
    """Return the counts, those ``told`` last if they still hold; None where who listens no longer may."""
    try:
        return _counts(told) if listener.may() else None
    finally:
        if not connection.in_atomic_block:
            connection.close()  # streams are many and mostly wait: none of them keeps a connection


def _counts(told: Counts | None) -> Counts:
    try:
        found = walks()
    except TroddenError:  # pages say what is wrong; there is nothing to count
        return Counts()
    if found is None:
        return Counts()
    name = found.snapshot.name
    return told if told and told.snapshot == name else Counts(name, **counted(found))


RESOURCES = (
    Resource("api-live", "live", {"GET": Operation(live, Counts, media="text/event-stream")}, view=live),
)
