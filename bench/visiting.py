"""The pages of a server as somebody opens them who follows its links, and how long they take."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

from bench.measure import LONGEST_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.serving import Server

STARTS: Final = (
    *("/", "/journeys/", "/explore/", "/customers/", "/segments/", "/boards/", "/data/", "/settings/"),
)
"""The pages the menu leads to."""
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def pages_of(server: Server) -> tuple[list[str], list[str]]:
    """Return the pages the menu leads to and those they lead to, one of a kind, each opened once.

    The second are those that do not answer what they are asked, as one that asks for too much.
    """
    linked = [link for page in STARTS for link in re.findall(r'href="(/[^"#]+)"', opened(server, page))]
    shown = [link.replace("&amp;", "&") for link in linked if link.partition("?")[0].endswith("/")]
    kinds = {_kind(link): link for link in reversed(shown)}
    every = list(dict.fromkeys((*STARTS, *kinds.values())))
    pages = [page for page in every if _is_answered(server, page)]
    return pages, [page for page in every if page not in pages]


def _is_answered(server: Server, path: str) -> bool:
    try:
        opened(server, path)
    except urllib.error.HTTPError:
        return False
    return True


def visited(server: Server, pages: Sequence[str], rounds: int) -> list[float]:
    """Return the seconds of every page in so many rounds, ascending."""
    return sorted(_seconds(server, page) for _ in range(rounds) for page in pages)


def p95_of(ascending: Sequence[float]) -> float:
    """Return the value that 95 of a hundred do not pass."""
    return ascending[int(0.95 * (len(ascending) - 1))]


def opened(server: Server, path: str) -> str:
    """Open a page and return it whole."""
    with _OPENER.open(server.url + path, timeout=LONGEST_S) as answer:
        return answer.read().decode()


def _kind(link: str) -> str:
    """Return what kind of page a link leads to: that of a customer or a journey is one."""
    path = link.partition("?")[0]
    return path if path.startswith("/explore/") else path.split("/")[1] + ("?" if "?" in link else "")


def _seconds(server: Server, path: str) -> float:
    begin = time.perf_counter()
    opened(server, path)
    return time.perf_counter() - begin
