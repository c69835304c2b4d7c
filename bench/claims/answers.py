"""Claim: what only we answer, on 20 million events: conformance, pauses, departures, the map as walked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bench.measure import OURS, work
from bench.page import Cost, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data

JOBS: Final = {
    "conformance": ("conformance to a 12-step sequence, deviations classified", 0.5),
    "branching": ("conformance to a map with choice, loop, 3-way parallel", 5.0),
    "deviations": ("deviations from the 12-step sequence", None),
    "pauses": ("pauses on the 12-step sequence", None),
    "flow": ("flow onward from the first step", None),
    "departures": ("departures", None),
    "walked": ("the map as walked, 12-step sequence", None),
    "overview": ("overview of customers", None),
}


def measure(data: Data) -> Iterator[Cost | Row]:
    """Measure each in a process of its own."""
    for job, (name, budget) in JOBS.items():
        ours = work(OURS, job, data.folder, runs=4)
        assert ours.warm is not None  # noqa: S101 - it ran several times
        yield Cost(name, data.events, 1e9 * ours.warm.median / data.events)
        if not data.is_largest:
            continue
        yield Row(
            f"{name}, warm",
            f"{ours.warm}; cold {ours.cold:.3g} s; {ours.peak_mb:,.0f} MB",
            ours.warm.median,
            None if budget is None else budget * data.scale,
            "s",
            _says(ours.counted),
        )


def _says(about: dict[str, Any]) -> str:
    return f"{about['units']:,} {about['unit']}s, {about['events']:,} events"
