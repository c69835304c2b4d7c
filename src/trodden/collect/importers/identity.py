"""Who a row is about, and what the row itself is known by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trodden.collect.importers.arrow import STRING, Column, constant, digests, pa, pc, strings, text_column
from trodden.collect.importers.chunks import Cells, Chunk
from trodden.collect.importers.mapping import Mapping
from trodden.collect.importers.values import filled
from trodden.methods.rows.digests import fixed_digests, hexadecimal
from trodden.methods.rows.kernels_cells import fingerprints
from trodden.store.schema import IDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.rows.arrays import Bytes, Ints, Mask, Words

_HEX: Final = 32
"""Hexadecimal digits of a digest of 16 bytes."""


class Identities(NamedTuple):
    """What rows are known by.

    ``letters``: (rows, 32) uint8, the hexadecimal digits of each message id. ``ids``: (rows, 2) uint64, whose
    bytes are the event ids.
    """

    letters: Bytes
    ids: Words

    def replace(self, rows: NDArray[np.intp], others: Identities) -> None:
        """Give these rows other identities."""
        self.letters[rows] = others.letters
        self.ids[rows] = others.ids

    def columns(self) -> dict[str, Column]:
        """Return ``message_id`` and ``event_id``."""
        offsets = np.arange(0, _HEX * len(self.letters) + 1, _HEX, dtype=np.int32)
        return {
            "message_id": strings(self.letters.reshape(-1), offsets),
            "event_id": digests(self.ids.view(np.uint8).reshape(-1), 16),
        }


def identities(found: Words, prefix: bytes) -> Identities:
    """Return the identities of rows with these digests."""
    letters = hexadecimal(np.ascontiguousarray(found)).reshape(-1, _HEX)
    return Identities(letters, fixed_digests(prefix, letters))


def id_column(chunk: Chunk, mapping: Mapping) -> Column:
    """Return ``ids``: the customer's identifier first, then further ones where a row has them."""
    rows = len(chunk.rows)
    first = filled(chunk[mapping.customer], rows)
    others = {kind: chunk[name] for kind, name in mapping.ids.items()}
    kinds, values, counts = constant(mapping.customer_kind, STRING, rows), first, np.ones(rows, np.int64)
    if others:
        kinds, values, counts = _all_ids(mapping.customer_kind, first, others)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    pairs = pa.StructArray.from_arrays([kinds, values], fields=list(IDS.value_type))
    return pa.ListArray.from_arrays(offsets, pairs, type=IDS)


def _all_ids(kind: str, first: Column, others: dict[str, Cells | None]) -> tuple[Column, Column, Ints]:
    """Return kinds and values of all identifiers row by row, and how many each row has."""
    rows = len(first)
    texts = {kind: first, **{key: filled(cells, rows) for key, cells in others.items()}}
    there = np.stack([_is_filled(text) for text in texts.values()])
    places = np.flatnonzero(there.T.ravel())
    which, row = places % len(texts), places // len(texts)
    values = pa.concat_arrays(list(texts.values())).take(pa.array(which * rows + row))
    kinds = pa.array(list(texts), STRING).take(pa.array(which))
    return kinds, values, there.sum(axis=0).astype(np.int64)


def _is_filled(text: Column) -> Mask:
    return pc.greater(pc.binary_length(text), 0).to_numpy(zero_copy_only=False)


def fingerprints_of(text: Column) -> Words:
    """Return (rows,) uint64: equal for equal texts, and hardly ever else."""
    column = text_column(text)
    found = np.empty(len(column.use), np.uint64)
    fingerprints(column.data, column.offsets, found)
    return found
