"""From which length on a gap is a pause, and where that limit comes from.

``limit = max(floor, w)``, and a gap longer than it is a pause. For a gap that ended, w is the map's
*longest* expected wait of the step it led to; where the map states none, the 0.9 quantile of the gaps
that ended of that move (from this place to that place) in the reference; where those are fewer than 30, of
all moves from that place; where those are fewer than 30 too, of all moves. A gap that has not ended has
led nowhere yet: w is the longest of the longest waits stated for the steps that may come next, so it is a
pause only once every designed next step would be late; where none is stated, the quantile of all moves
from the place, and so on. Without any gap in the reference, the limit is the floor.

Quantiles are told to the middle of their bin (`trodden.methods.stats.logbins`), so within 0.4 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.pauses_places import NO_WAIT, Design, Place
from trodden.methods.journeys.units import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

FEWEST_GAPS: Final = 30
SHARE: Final = 0.9
NOWHERE: Final = -1
"""The target of a gap that has not ended."""

Source = Literal["map", "move", "step", "all", "floor"]
SOURCES: Final[tuple[Source, ...]] = ("map", "move", "step", "all", "floor")
MAP, MOVE, STEP, ALL, FLOOR = range(5)


class MoveGaps(msgspec.Struct, frozen=True, order=True):
    """Gaps that ended, of one move: how many, and their median and 0.9 quantile in seconds."""

    source: Place
    target: Place
    gaps: int
    median_s: float
    p90_s: float


class PlaceGaps(msgspec.Struct, frozen=True, order=True):
    """The same of all moves from one place."""

    place: Place
    gaps: int
    median_s: float
    p90_s: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a question; microseconds, -1 for none.

    ``move_keys``: (m,) ascending, ``source * places + target``, with ``moves`` and ``move_gaps`` beside:
    the learned limit and the gaps it rests on. ``steps``, ``step_gaps``: (places,) the same by source.
    ``longest``: (places,) the map's longest wait before a place.
    """

    floor: int
    move_keys: NDArray[np.int64]
    moves: NDArray[np.int64]
    move_gaps: NDArray[np.int64]
    steps: NDArray[np.int64]
    step_gaps: NDArray[np.int64]
    everywhere: int
    everywhere_gaps: int
    longest: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """Limits of some gaps: microseconds, index into ``SOURCES``, and the gaps each rests on (0: none)."""

    limit: NDArray[np.int64]
    source: NDArray[np.int64]
    gaps: NDArray[np.int64]


def learn_limits(
    floor: int,
    design: Design | None,
    names: Sequence[Place],
    moves: Iterable[MoveGaps],
    places: Iterable[PlaceGaps],
    everywhere: tuple[int, float | None],
) -> Limits:
    """Turn what the reference found into limits by code.

    ``everywhere``: all gaps of the reference, and their 0.9 quantile in seconds. Moves and places with
    fewer than 30 gaps, or that nobody knows here, are passed over.
    """
    import numpy as np

    codes = {name: code for code, name in enumerate(names)}
    kept = sorted(
        (codes[move.source] * len(names) + codes[move.target], _us(move.p90_s), move.gaps)
        for move in moves
        if move.gaps >= FEWEST_GAPS and move.source in codes and move.target in codes
    )
    keys, learned, gaps = np.array(kept, dtype=np.int64).reshape(-1, 3).T
    steps, step_gaps = np.full(len(names), NO_WAIT, dtype=np.int64), np.zeros(len(names), dtype=np.int64)
    for place in places:
        if place.gaps >= FEWEST_GAPS and place.place in codes:
            steps[codes[place.place]] = _us(place.p90_s)
            step_gaps[codes[place.place]] = place.gaps
    return Limits(
        floor=floor,
        move_keys=frozen(keys.copy()),
        moves=frozen(learned.copy()),
        move_gaps=frozen(gaps.copy()),
        steps=frozen(steps),
        step_gaps=frozen(step_gaps),
        everywhere=NO_WAIT if everywhere[1] is None else _us(everywhere[1]),
        everywhere_gaps=everywhere[0],
        longest=frozen(_longest_before(design, len(names))),
    )


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _longest_before(design: Design | None, places: int) -> NDArray[np.int64]:
    import numpy as np

    longest = np.full(places, NO_WAIT, dtype=np.int64)
    if design is not None:
        longest[: len(design.longest)] = design.longest
    return longest


def limits_of(
    limits: Limits, source: NDArray[np.integer], target: NDArray[np.integer], next_longest: NDArray[np.int64]
) -> Found:
    """Find the limits of gaps from ``source`` to ``target`` (`NOWHERE` while they last).

    ``next_longest``: (gaps,) microseconds, the longest wait stated for a step that may come next, -1 for
    none; read only for gaps that have not ended.
    """
    import numpy as np

    ended = target >= 0
    stated = np.where(ended, limits.longest[target], next_longest)
    found = _learned(limits, source.astype(np.int64), np.where(ended, target, NOWHERE).astype(np.int64))
    by_map = stated >= 0
    wait = np.where(by_map, stated, found.limit)
    from_map = np.where(by_map, MAP, found.source)
    return Found(
        limit=np.maximum(wait, limits.floor),
        source=np.where(wait < limits.floor, FLOOR, from_map),
        gaps=np.where(by_map | (wait < limits.floor), 0, found.gaps),
    )


def _learned(limits: Limits, source: NDArray[np.int64], target: NDArray[np.int64]) -> Found:
    import numpy as np

    of_step = limits.steps[source] >= 0
    limit = np.where(of_step, limits.steps[source], limits.everywhere)
    gaps = np.where(of_step, limits.step_gaps[source], limits.everywhere_gaps)
    where = np.where(of_step, STEP, ALL)
    if len(limits.move_keys) == 0:
        return Found(limit, where, gaps)
    keys = source * len(limits.steps) + target
    at = np.minimum(np.searchsorted(limits.move_keys, keys), len(limits.move_keys) - 1)
    of_move = (limits.move_keys[at] == keys) & (target >= 0)
    return Found(
        np.where(of_move, limits.moves[at], limit),
        np.where(of_move, MOVE, where),
        np.where(of_move, limits.move_gaps[at], gaps),
    )
