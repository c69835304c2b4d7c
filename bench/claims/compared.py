"""One question to several products: equal counts first, then times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.measure import OURS, Worked, work
from bench.page import Beside, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.claims.data import Data


@dataclass(frozen=True)
class Compared:
    """A job that several products do.

    ``says``: writes what was counted. ``peers``: by product, the most events it is given.
    """

    job: str
    name: str
    says: Callable[[Any], str]
    budget: float | None
    peers: Mapping[str, int] = field(default_factory=dict[str, int])

    def measure(self, data: Data) -> Iterator[Row | Beside]:
        """Measure ours and those peers that take so many events."""
        ours = work(OURS, self.job, data.folder)
        if data.is_largest:
            assert ours.warm is not None  # noqa: S101 - it ran several times
            budget = None if self.budget is None else self.budget * data.scale
            counted = f"{data.events:,} events; {self.says(ours.counted)}"
            yield Row(f"{self.name}, warm", str(ours.warm), ours.warm.median, budget, "s", counted)
        yield beside(self.name, data.events, ours, ours, self.says(ours.counted))
        for product, most in self.peers.items() if data.with_peers else ():
            if data.events <= most:
                peer = work(product, self.job, data.folder)
                same(product, self.job, ours.counted, peer.counted)
                yield beside(self.name, data.events, peer, ours, self.says(peer.counted))


def same(product: str, job: str, ours: object, theirs: object) -> None:
    """Stop where two products do not count the same: times mean nothing then."""
    if ours != theirs:
        raise SystemExit(
            f"{product} does not count what we count at {job}:\n{str(ours)[:500]}\n{str(theirs)[:500]}"
        )


def beside(name: str, events: int, peer: Worked, ours: Worked, counted: str) -> Beside:
    """Return the row of one product."""
    theirs, mine = (one.warm.median if one.warm else one.cold for one in (peer, ours))
    return Beside(
        job=name,
        events=events,
        product=peer.product,
        cold=f"{peer.cold:.3g} s",
        warm=str(peer.warm or "–"),  # noqa: RUF001 - a dash for nothing
        each_ns=1e9 * theirs / events,
        ratio=theirs / mine,
        peak_mb=peer.peak_mb,
        counted=counted,
    )
