"""The application a server calls: Django's, told when a visitor goes away, and sent no more than it takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import django

from trodden.engines.threads import cancelled_by
from trodden.web.running import Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

django.setup(set_prefix=False)

from trodden.web.bodies import Bounded, Pages  # noqa: E402 - of a Django that is set up

pages = Pages()


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Answer a request; the questions it asks stop when its connection closes before the answer."""
    visit = Visit(scope["path"])
    taken = Bounded(scope, receive)

    async def heard() -> dict[str, Any]:
        message = await taken()
        if message["type"] == "http.disconnect":
            visit.abandon()
        return message

    async def answered() -> None:
        with cancelled_by(visit):
            await pages(scope, heard, send)

    # A task has a context of its own; the server may go on in another one after each wait.
    await asyncio.create_task(answered())
