"""One question to several products: equal counts first, then times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.measure import OURS, Worked, work
from bench.page import AnyRow, Beside, Left, Row

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

    def measure(self, data: Data) -> Iterator[AnyRow]:
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
                fault = peer.failed or fault_of(ours.counted, peer.counted)
                counted = "" if fault else self.says(peer.counted)
                yield beside(self.name, data.events, peer, ours, counted, fault)
            else:
                yield Left(self.name, data.events, product, f"not given more than {most:,} events")


def fault_of(ours: object, theirs: object) -> str:
    """Say that two products do not count the same, where they do not: times mean nothing then."""
    if ours == theirs:
        return ""
    print(f"{str(ours)[:500]}\n{str(theirs)[:500]}")
    return "counts something else; no time is told"


def beside(
    name: str, events: int, peer: Worked, ours: Worked, counted: str, fault: str = ""
) -> Beside | Left:
    """Return the row of one product."""
    if fault:
        return Left(name, events, peer.product, fault)
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
