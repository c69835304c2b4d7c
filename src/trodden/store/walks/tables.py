"""Live walk rows as Arrow record batches: for SQL views and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.walks import TIE
from trodden.store._arrow import Schema, pa
from trodden.store.schema import EVENT_SCHEMA, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trodden.model.walks import Bucket, Dictionaries, PropertyDictionary
    from trodden.store.walks.snapshot import WalkSnapshot

BATCH_ROWS: Final = 65_536
CHUNK_ROWS: Final = 2_000_000
"""Rows decoded at once where side columns are asked for: each side block is then read once a chunk."""

_NAME: Final = pa.dictionary(pa.int32(), pa.string())
_TYPES: Final[dict[str, Any]] = {"string": _NAME, "number": pa.float64(), "boolean": pa.bool_(), "time": TIME}
_WALK: Final = ("customer", "touchpoint", "channel", "outcome", "occurred_at", "is_tie")


def events_schema(dictionaries: Dictionaries, side_columns: Sequence[str] = ()) -> Schema:
    """Return the schema of `iter_event_tables`.

    A promoted property has a column ``property_<name>``, so that none can take the place of another column.
    """
    fields = [
        pa.field("customer", pa.string(), nullable=False),
        pa.field("touchpoint", _NAME, nullable=False),
        pa.field("channel", _NAME, nullable=False),
        pa.field("outcome", _NAME, nullable=False),
        pa.field("occurred_at", TIME, nullable=False),
        pa.field("is_tie", pa.bool_(), nullable=False),
        *(pa.field(f"property_{one.name}", _TYPES[one.type]) for one in dictionaries.properties),
        *(EVENT_SCHEMA.field(name) for name in side_columns if name not in _WALK),
    ]
    return pa.schema(fields)


def iter_event_tables(
    snapshot: WalkSnapshot, side_columns: Sequence[str] = (), batch_rows: int = BATCH_ROWS
) -> Iterator[Any]:
    """Return the live rows of all walks as record batches, customer after customer, each in walk order.

    Parameters
    ----------
    side_columns
        Columns of the event schema to add as they arrived (``name``, ``url``, ``text``, ...); those walks
        have themselves are not repeated. They are read from disk, which takes longer.
    batch_rows
        Most rows of a batch.

    Raises
    ------
    DamagedFileError
        If a file read for it is not as written.
    """
    schema = events_schema(snapshot.dictionaries, side_columns)
    for pieces in _chunks(snapshot.buckets(), CHUNK_ROWS if side_columns else 0):
        columns = _joined([_columns(piece, snapshot.dictionaries) for piece in pieces])
        rows: NDArray[np.int64] = columns.pop("row")
        side = [name for name in side_columns if name not in _WALK]
        if side:
            found = snapshot.sides.table(rows, side)
            columns |= {name: found.column(name).combine_chunks() for name in side}
        yield from pa.table(columns).cast(schema).to_batches(max_chunksize=batch_rows)


def _chunks(pieces: Sequence[Bucket], rows: int) -> Iterator[list[Bucket]]:
    """Gather pieces until they have so many rows."""
    held: list[Bucket] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += int((piece.ends - piece.starts).sum())
        if count >= rows:
            yield held
            held, count = [], 0
    if held:
        yield held


def _columns(piece: Bucket, dictionaries: Dictionaries) -> dict[str, Any]:
    lengths = piece.ends - piece.starts
    places = np.arange(int(lengths.sum())) + np.repeat(piece.starts - (np.cumsum(lengths) - lengths), lengths)
    code = piece.channel_outcome[places]
    side: Any = piece.side
    return {
        "row": side.rows()[places],
        "customer": pa.array(list(piece.keys), pa.string()).take(
            pa.array(np.repeat(np.arange(len(lengths)), lengths))
        ),
        "touchpoint": _named(piece.touchpoint[places], dictionaries.touchpoints),
        "channel": _named(code & 15, CHANNELS),
        "outcome": _named(code >> 4, OUTCOMES),
        "occurred_at": pa.array(piece.occurred_at[places], pa.int64()).cast(TIME),
        "is_tie": pa.array((piece.flags[places] & TIE).astype(np.bool_)),
        **{f"property_{one.name}": _typed(piece, one, places) for one in dictionaries.properties},
    }


def _named(codes: NDArray[Any], names: Sequence[str]) -> Any:  # noqa: ANN401 -- Arrow's
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))


def _typed(piece: Bucket, one: PropertyDictionary, places: NDArray[np.int64]) -> Any:  # noqa: ANN401 -- Arrow's
    codes = piece.properties[one.name][places].astype(np.int32) - 1
    indices = pa.array(codes, mask=codes < 0)
    if one.type == "string":
        return pa.DictionaryArray.from_arrays(indices, pa.array(one.values, pa.string()))
    values = (
        pa.array(one.values, pa.int64()).cast(TIME)
        if one.type == "time"
        else pa.array(one.values, _TYPES[one.type])
    )
    return values.take(indices)


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: _one([part[name] for part in parts]) for name in parts[0]}


def _one(parts: list[Any]) -> Any:  # noqa: ANN401 -- arrays of NumPy or Arrow
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return pa.chunked_array(parts).unify_dictionaries()
