"""The columns that have no other meaning, as properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trodden.collect.importers.arrow import Column, strings
from trodden.collect.importers.chunks import Cells, Chunk
from trodden.collect.importers.mapping import Mapping
from trodden.methods.rows.kernels_cells import drop_nulls
from trodden.methods.rows.objects import Member, write_objects

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Mask


def write_properties(chunk: Chunk, mapping: Mapping, left: dict[str, Mask]) -> Column:
    """Write every further column as a property; a cell that was not understood is one, too.

    Parameters
    ----------
    chunk
        Rows that become events.
    mapping
        Which columns have a meaning of their own.
    left
        By column with a meaning, the cells that were not understood.

    Returns
    -------
    Column
        (rows,) JSON objects with sorted keys and without spaces.
    """
    roles = {name: role for role, name in mapping.columns()}
    members: list[Member] = []
    for name, cells in zip(chunk.names, chunk.cells, strict=True):
        role = roles.get(name, "")
        if name in mapping.skip or (role and role != "session" and name not in left):
            continue
        key = "session" if role == "session" and "session" not in chunk.names else name
        members.append(_member(key, cells, mapping.nulls, left.get(name)))
    found = write_objects(members, len(chunk.rows))
    return strings(found.data, found.offsets)


def _member(key: str, cells: Cells, nulls: Sequence[str], only: Mask | None) -> Member:
    texts = cells.texts
    use = texts.use.copy() if only is None else texts.use & only
    if nulls:
        words = [null.encode() for null in nulls]
        ends = np.cumsum([0, *map(len, words)])
        drop_nulls(texts.data, texts.offsets, np.frombuffer(b"".join(words), np.uint8), ends, use)
    literal = cells.is_json
    if literal is True:
        literal = np.ones(len(use), np.bool_)
    return Member(key, texts._replace(use=use), literal if isinstance(literal, np.ndarray) else None)
