"""What the alignment kernels hand to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLOSED_UNITS, OPEN_UNITS, MATCHED, FAILED, LATE, MEASURED = range(6)
"""Rows of the counts by step."""


class Journeys(NamedTuple):
    """What is aligned: ``offsets`` (units + 1,), ``state`` (units,), ``symbol`` (steps,)."""

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    symbol: NDArray[np.int32]


class Found(NamedTuple):
    """Alignments, filled in by :func:`align`; see `trodden.methods.journeys.align.Alignments`."""

    cost: NDArray[np.int32]
    event_step: NDArray[np.int16]
    run_offsets: NDArray[np.int64]
    run_step: NDArray[np.int16]
    run_event: NDArray[np.int32]


class Scratch(NamedTuple):
    """Room for one journey: a block of columns, the columns at block ends, the events that can match."""

    work: NDArray[np.int64]
    tails: NDArray[np.int64]
    kept: NDArray[np.int64]
    symbol: NDArray[np.int32]


class Layout(NamedTuple):
    """How a key is packed, the same for every journey of a bucket.

    ``one`` is a cost of 1, ``apart`` that and one event left unmatched; ``shift`` takes a key to its cost.
    ``low`` bits hold positions and rank; ``block`` events have a bit of their own.
    """

    one: int
    apart: int
    shift: int
    low: int
    block: int
