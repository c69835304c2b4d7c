"""What kernels and analyses read: buckets of complete customers, in time order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

BUCKETS: Final = 64
"""Customers are spread over this many buckets by the top six bits of BLAKE2b-64 of their key."""

TIE: Final = 1
"""Flag bit: this event and the one before it are a tie (storage, section 1)."""

NULL_CODE: Final = 0
"""Code of a missing value in every promoted property column."""


class PropertyDictionary(msgspec.Struct, frozen=True):
    """The values a promoted property has taken, in order of first appearance.

    ``values[c - 1]`` is the value of code ``c``; code 0 is null. ``type`` is one of
    ``string``, ``number``, ``boolean``, ``time`` (microseconds since the epoch, UTC).
    """

    name: str
    type: str
    values: tuple[str | float | bool | int, ...] = ()
    nulls: int = 0
    unparsed: int = 0


class Dictionaries(msgspec.Struct, frozen=True):
    """Codes to names, workspace-global and append-only: ``touchpoints[c]`` is code ``c``."""

    touchpoints: tuple[str, ...] = ()
    properties: tuple[PropertyDictionary, ...] = ()


class Side(Protocol):
    """The columns only timelines and ties read; each call maps or decodes a file."""

    def take(self, column: str, rows: NDArray[np.int64]) -> list[Any]:
        """Return the values of ``column`` (seq, event_id, text, name, url, ...) at these rows."""
        ...


@dataclass(frozen=True, slots=True)
class Bucket:
    """Some complete customers of one bucket, their events contiguous and in walk order.

    A bucket may come in several pieces; a customer lives wholly in one. Rows outside
    every ``starts[i]:ends[i]`` belong to no live customer and must not be read.

    ``starts, ends``: (customers,) int64 rows. ``occurred_at``: (rows,) int64 microseconds since
    the epoch, UTC. ``touchpoint``: (rows,) uint16 codes. ``channel_outcome``: (rows,) uint8, channel
    code in the low four bits, outcome code in the high four. ``flags``: (rows,) uint8.
    ``properties``: (rows,) uint16 codes by promoted name, 0 is null. ``keys``: customer keys,
    (customers,), decoded on access. All arrays are read-only.
    """

    number: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    keys: Sequence[str]
    properties: Mapping[str, NDArray[np.uint16]] = field(default_factory=dict[str, Any])
    side: Side | None = None


class Snapshot(Protocol):
    """One immutable state of the walks; safe to share between threads."""

    @property
    def name(self) -> str:
        """Identify the snapshot: equal names mean equal bytes."""
        ...

    @property
    def as_of(self) -> datetime:
        """Return the time up to which the workspace has been told what happened (aware, UTC)."""
        ...

    @property
    def dictionaries(self) -> Dictionaries:
        """Return codes to names."""
        ...

    def buckets(self) -> Sequence[Bucket]:
        """Return every piece of every bucket, in a fixed order."""
        ...

    def customer(self, key: str) -> Bucket | None:
        """Return the one-customer bucket of ``key``, or None where nobody goes by that name."""
        ...

    def beginning(self, text: str, most: int) -> tuple[str, ...]:
        """Return the keys of customers that begin with a text: the first ``most`` in the order of letters."""
        ...
