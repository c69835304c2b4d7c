"""Which steps an event may match, by its touchpoint, outcome and promoted properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trodden.methods.journeys.segments import Compare
from trodden.methods.journeys.segments_codes import CodeTest, resolve_segment
from trodden.model.event import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.units import Units
    from trodden.model.journey_map import Step
    from trodden.model.walks import Bucket, Dictionaries


class PropertySplit(msgspec.Struct, frozen=True):
    """Turns a symbol into that of the steps left where a test on a property fails."""

    test: CodeTest
    if_not: tuple[int, ...]


class Symbols(msgspec.Struct, frozen=True):
    """How an event's symbol is found.

    ``sets[symbol]`` are the steps it may match; symbol 0 matches none. ``by_outcome`` gives, for each
    touchpoint code that stands for a step, the symbol by outcome code, as if every property test held;
    ``splits`` then take out, test by test, the steps whose test fails.
    """

    sets: tuple[tuple[int, ...], ...]
    by_outcome: dict[int, tuple[int, ...]]
    splits: tuple[PropertySplit, ...] = ()


def symbols_of(
    steps: tuple[Step, ...], codes: tuple[tuple[int, ...], ...], dictionaries: Dictionaries, zone: ZoneInfo
) -> Symbols:
    """Find the symbols of a map's steps; ``codes`` are the touchpoints each stands for.

    Raises
    ------
    UnknownNameError
        A step tests a property that is not promoted.
    """
    numbers: dict[frozenset[int], int] = {frozenset(): 0}
    by_outcome = {
        code: tuple(_number(numbers, _allowed(steps, codes, code, outcome)) for outcome in OUTCOMES)
        for code in sorted({code for listed in codes for code in listed})
    }
    splits = tuple(_splits(steps, numbers, dictionaries, zone))
    return Symbols(tuple(tuple(sorted(allowed)) for allowed in numbers), by_outcome, splits)


def _number(numbers: dict[frozenset[int], int], allowed: frozenset[int]) -> int:
    return numbers.setdefault(allowed, len(numbers))


def _allowed(
    steps: tuple[Step, ...], codes: tuple[tuple[int, ...], ...], code: int, outcome: str
) -> frozenset[int]:
    return frozenset(
        number
        for number, step in enumerate(steps)
        if code in codes[number] and (not step.outcome or outcome in step.outcome)
    )


def _splits(
    steps: tuple[Step, ...], numbers: dict[frozenset[int], int], dictionaries: Dictionaries, zone: ZoneInfo
) -> Iterator[PropertySplit]:
    """Yield a split for each distinct test on a property, adding the symbols that arise."""
    tests: dict[tuple[str, tuple[str, ...]], set[int]] = {}
    for number, step in enumerate(steps):
        for name, values in sorted(step.where.items()):
            tests.setdefault((name, values), set()).add(number)
    kept: list[tuple[CodeTest, list[int]]] = []
    for (name, values), asking in tests.items():
        test = resolve_segment(Compare(name, "=", values), dictionaries, zone)
        before = list(numbers)
        if isinstance(test, CodeTest):
            kept.append((test, [_number(numbers, allowed - asking) for allowed in before]))
    for test, if_not in kept:
        yield PropertySplit(test, tuple(if_not))


def symbols_in(symbols: Symbols, bucket: Bucket, units: Units) -> NDArray[np.int32]:
    """Return the symbol of every step of the units: (steps,)."""
    import numpy as np

    from trodden.methods.journeys.kernels_align_symbols import look_up

    row_of_touchpoint = np.zeros(1 << 16, dtype=np.int32)
    row_of_touchpoint[list(symbols.by_outcome)] = np.arange(1, len(symbols.by_outcome) + 1)
    table = np.zeros((len(symbols.by_outcome) + 1, 16), dtype=np.int32)
    for row, by_outcome in enumerate(symbols.by_outcome.values(), start=1):
        table[row, : len(by_outcome)] = by_outcome
    found = look_up(row_of_touchpoint, table, units.touchpoint, units.channel_outcome)
    for split in symbols.splits:
        values = bucket.properties[split.test.property][units.rows]
        holds = np.frombuffer(split.test.holds, dtype=np.bool_)[values]
        found = np.where(holds, found, np.array(split.if_not, dtype=np.int32)[found])
    return found
