"""The application a server calls: Django's, and what it is told when a visitor goes away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from django.core.asgi import get_asgi_application

from trodden.engines.threads import cancelled_by
from trodden.web.running import Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pages = get_asgi_application()


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Answer a request; the questions it asks stop when its connection closes before the answer."""
    visit = Visit(scope["path"])

    async def heard() -> dict[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            visit.abandon()
        return message

    async def answered() -> None:
        with cancelled_by(visit):
            await pages(scope, heard, send)

    # A task has a context of its own; the server may go on in another one after each wait.
    await asyncio.create_task(answered())
