"""Many people at once: each opens a page, reads for a while, and opens another."""

from __future__ import annotations

import random
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from bench.measure import LONGEST_S

if TYPE_CHECKING:
    from collections.abc import Sequence

PEOPLE: Final = 50
EACH: Final = 8
"""Pages each of them opens."""
READING_S: Final = 6.0
"""Longest time somebody reads a page before opening the next; the shortest is none."""
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def clicked(url: str, pages: Sequence[str]) -> list[float]:
    """Return the seconds every page took, sorted; all begin at the same moment.

    What people choose and how long they read is drawn with fixed seeds, so two runs ask the same.
    """
    begin = threading.Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as people:
        found = [people.submit(_clicks, url, pages, person, begin) for person in range(PEOPLE)]
        return sorted(seconds for one in found for seconds in one.result())


def _clicks(url: str, pages: Sequence[str], person: int, begin: threading.Barrier) -> list[float]:
    drawn = random.Random(person)  # noqa: S311 - nothing secret
    begin.wait()
    found: list[float] = []
    for number in range(EACH):
        if number:
            time.sleep(drawn.uniform(0, READING_S))
        started = time.perf_counter()
        with _OPENER.open(url + drawn.choice(pages), timeout=LONGEST_S) as answer:
            answer.read()
        found.append(time.perf_counter() - started)
    return found
