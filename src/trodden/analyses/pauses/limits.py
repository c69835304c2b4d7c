"""The limits that held at each place, told one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.analyses.pauses.answer import PauseLimit
from trodden.methods.journeys.pauses_limits import MAP, NOWHERE, SOURCES, Found, Limits, limits_of
from trodden.methods.journeys.pauses_places import NO_WAIT, Design, Place
from trodden.methods.stats.rates import wilson
from trodden.model.question import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trodden.methods.journeys.pauses import PauseCounts
    from trodden.methods.stats.tally import Tally

US_PER_S: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Gaps that share source and target, or source and state: (rows,) each, by source ascending.

    ``target``: place they led to, -1 where they have not ended. ``gaps``, ``paused``: how many;
    ``units``: how many units have such a pause.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    gaps: NDArray[np.int64]
    paused: NDArray[np.int64]
    units: NDArray[np.int64]
    found: Found

    def at(self, place: int) -> range:
        """Return the rows of one place."""
        first, last = np.searchsorted(self.source, (place, place + 1)).tolist()
        return range(first, last)


def rows_of_moves(limits: Limits, counts: PauseCounts) -> Rows:
    """Return the gaps that ended, by move."""
    keys, gaps, paused = _pairs(counts.moves)
    source, target = keys // len(limits.steps), keys % len(limits.steps)
    found = limits_of(limits, source, target, np.full(len(keys), NO_WAIT, dtype=np.int64))
    units = np.zeros(len(keys), dtype=np.int64)
    units[np.searchsorted(keys, counts.units.keys)] = counts.units.counts
    return Rows(source, target, gaps, paused, units, found)


def rows_of_waiting(limits: Limits, design: Design | None, counts: PauseCounts) -> Rows:
    """Return the gaps that have not ended, by place and state; a unit has one at most."""
    keys, gaps, paused = _pairs(counts.waiting)
    longest = np.full(1, NO_WAIT, dtype=np.int64) if design is None else design.longest_next
    source, target = keys // len(longest), np.full(len(keys), NOWHERE, dtype=np.int64)
    found = limits_of(limits, source, target, longest[keys % len(longest)])
    return Rows(source, target, gaps, paused, paused, found)


def _pairs(counted: Tally) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each ``key`` of keys ``key * 2 + paused``, with all its gaps and its pauses."""
    keys, at = np.unique(counted.keys // 2, return_inverse=True)
    gaps, paused = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.int64)
    np.add.at(gaps, at, counted.counts)
    np.add.at(paused, at, counted.counts * (counted.keys % 2))
    return keys, gaps, paused


def late_at(moves: Rows, place: int) -> Rate:
    """Return how many gaps at a place led to a step with a longest wait, and how many were longer."""
    promised = [row for row in moves.at(place) if moves.found.source[row] == MAP]
    return wilson(int(moves.paused[promised].sum()), int(moves.gaps[promised].sum()))


def limits_at(moves: Rows, waiting: Rows, names: Sequence[Place], place: int) -> list[PauseLimit]:
    """Return the limits of a place: by where gaps led, most walked first, then those of gaps that last."""
    ended = [_limit(moves, row, names[int(moves.target[row])]) for row in moves.at(place)]
    lasting: dict[tuple[float, str], PauseLimit] = {}
    for row in waiting.at(place):
        limit = _limit(waiting, row, None)
        same = limit.limit_s, limit.source
        lasting[same] = _together(lasting[same], limit) if same in lasting else limit
    ordered = sorted(ended, key=lambda one: (-one.gaps, one.to_kind, one.to))
    return ordered + [lasting[same] for same in sorted(lasting)]


def _limit(rows: Rows, row: int, to: Place | None) -> PauseLimit:
    return PauseLimit(
        to="" if to is None else to.name,
        to_kind="" if to is None else to.kind,
        limit_s=int(rows.found.limit[row]) / US_PER_S,
        source=SOURCES[int(rows.found.source[row])],
        rests_on=int(rows.found.gaps[row]),
        gaps=int(rows.gaps[row]),
        paused=int(rows.paused[row]),
        units=int(rows.units[row]),
    )


def _together(first: PauseLimit, second: PauseLimit) -> PauseLimit:
    return msgspec.structs.replace(
        first,
        gaps=first.gaps + second.gaps,
        paused=first.paused + second.paused,
        units=first.units + second.units,
    )
