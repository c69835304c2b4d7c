"""Claim: pages over twenty million events in 1 s, 95 of a hundred times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from bench.ledger import measured
from bench.page import Row
from bench.serving import serving
from bench.visiting import p95_of, pages_of, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data

ROUNDS: Final = 5


def measure(data: Data) -> Iterator[Row]:
    """Open every kind of page of a server that has answered each once."""
    if not data.is_largest:
        return
    found = measured(data.folder, "pages", Shown, lambda: _shown(data.home))
    asked = f"{1000 * found.p95:.3g} ms ({found.pages} pages, {ROUNDS} times each, after the first time)"
    refused = f"; too much is asked by {', '.join(found.refused)}" if found.refused else ""
    given = f"{data.events:,} events{refused}"
    yield Row("a page, 95th percentile", asked, 1000 * found.p95, 1000.0, "ms", given)


class Shown(msgspec.Struct):
    """How long pages took, how many they were, and those that did not answer what they were asked."""

    p95: float
    pages: int
    refused: list[str]


def _shown(home: str) -> Shown:
    with serving(home, TRODDEN_SEEK_FINDINGS="false") as server:
        pages, refused = pages_of(server)
        return Shown(p95_of(visited(server, pages, ROUNDS)), len(pages), refused)
