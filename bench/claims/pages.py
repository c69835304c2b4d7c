"""Claim: pages over twenty million events in 1 s, 95 of a hundred times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    found = measured(data.folder, "pages", dict[str, float], lambda: _shown(data.home))
    p95, pages = found["p95"], found["pages"]
    asked = f"{1000 * p95:.3g} ms ({pages:.0f} pages, {ROUNDS} times each, after the first time)"
    yield Row("a page, 95th percentile", asked, 1000 * p95, 1000.0, "ms", f"{data.events:,} events")


def _shown(home: str) -> dict[str, float]:
    with serving(home, TRODDEN_SEEK_FINDINGS="false") as server:
        pages = pages_of(server)
        return {"p95": p95_of(visited(server, pages, ROUNDS)), "pages": len(pages)}
