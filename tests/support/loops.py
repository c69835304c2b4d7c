"""Django in a process where Playwright, once started, leaves a loop running in the thread of the tests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
VARIABLE = "DJANGO_ALLOW_ASYNC_UNSAFE"


@contextmanager
def beside_a_loop() -> Iterator[None]:
    """Let Django read records although a loop runs: no test of ours awaits anything while it does."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]


def awaited(given: Awaitable[T]) -> T:
    """Wait for something in a loop of its own, in a thread of its own; return what it comes to."""

    async def whole() -> T:
        return await given

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(whole())).result()
