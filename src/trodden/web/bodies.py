"""No request sends more than its address takes: the rest is read from the wire by nobody, or thrown away.

Django writes a body to disk before any of its checks run, so the bound stands before Django.
"""

from __future__ import annotations

import tempfile
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.utils.translation import gettext as _

from trodden.store.disk import size_text
from trodden.web.errors import ErrorPage, answer
from trodden.web.uploading import incoming, most_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import IO

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    Receive = Callable[[], Awaitable[dict[str, Any]]]

TOO_LARGE: Final = "trodden.too_large"
"""Key of the scope: how many bytes would have been taken, where more were sent."""
_NOTHING: Final = {"type": "http.request", "body": b"", "more_body": False}


class Pages(ASGIHandler):
    """Django's handler, whose large bodies lie on the disk of the workspaces."""

    async def read_body(self, receive: Callable[[], Awaitable[Any]]) -> IO[bytes]:
        """Read a body; a large one into a file without a name."""
        most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        body: Any = tempfile.SpooledTemporaryFile(most, dir=str(incoming()))  # noqa: SIM115 - Django closes it
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise RequestAborted
            body.write(message.get("body", b""))
            if not message.get("more_body", False):
                body.seek(0)
                return body


class Bounded:
    """What a request receives, up to what its path takes; after that it is told that nothing more comes."""

    def __init__(self, scope: dict[str, Any], receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._most = most_of(scope["path"])
        self._left = self._most
        self._is_cut = False

    async def __call__(self) -> dict[str, Any]:
        """Return the next message, without what is too much."""
        if self._announced() > self._most and not self._is_cut:
            return self._cut()
        message = await self._receive()
        while self._is_cut and message["type"] == "http.request":
            message = await self._receive()
        self._left -= len(message.get("body", b""))
        return self._cut() if self._left < 0 and not self._is_cut else message

    def _announced(self) -> int:
        lengths = [value for name, value in self._scope["headers"] if name == b"content-length"]
        return int(lengths[0]) if lengths and lengths[0].isdigit() else 0

    def _cut(self) -> dict[str, Any]:
        self._is_cut = True
        self._scope[TOO_LARGE] = self._most
        return dict(_NOTHING)


class TooLarge:
    """Answer 413 where a request sent too much, before anything reads what came of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        most: int | None = getattr(request, "scope", {}).get(TOO_LARGE)
        if most is None:
            return self.get_response(request)
        page = ErrorPage(
            _("This is too large"),
            "too-large",
            _("More than {most} was sent, which is more than this address takes.").format(
                most=size_text(most)
            ),
            _("Send less. For files, the setting upload_megabytes says how much is taken."),
        )
        return answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, page)
