"""Rows of a file as events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from trodden.collect.importers.arrow import INT64, Column, constant, pa, times
from trodden.collect.importers.chunks import Cells, Chunk, Reject, reject
from trodden.collect.importers.identity import Identities, fingerprints_of, id_column, identities
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.mapping import Mapping
from trodden.collect.importers.moments import (
    AMBIGUOUS,
    AS_LOCAL,
    MOVED,
    Moments,
    quality_column,
    read_moments,
)
from trodden.collect.importers.properties import write_properties
from trodden.collect.importers.understanding import Understanding
from trodden.collect.importers.values import filled
from trodden.methods.rows.columns import NumberColumn, TextColumn
from trodden.methods.rows.digests import row_digests
from trodden.methods.rows.kernels_cells import blend, widths_of
from trodden.methods.rows.times import OUT_OF_RANGE, SWAPPABLE
from trodden.model.event import SCHEMA_VERSION
from trodden.store.schema import EVENT_SCHEMA

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Bytes, Ints, Mask, Words

_REASONS: Final = (
    "",
    "no-customer",
    "id-too-long",
    "no-time",
    "bad-time",
    "time-out-of-range",
    "no-touchpoint",
    "name-too-long",
)
_CODES: Final = {reason: code for code, reason in enumerate(_REASONS)}
_DAY_US: Final = 86_400_000_000
_FIRST_DAY: Final = -25_567
"""1900-01-01 in days since 1970."""
_DAYS: Final = np.arange(np.datetime64("1900-01-01"), np.datetime64("2200-01-02"))
_MONTHS: Final = (
    _DAYS.astype("datetime64[Y]").astype(np.int64) * 100
    + 197_000
    + _DAYS.astype("datetime64[M]").astype(np.int64) % 12
    + 1
).astype(np.int32)
"""``yyyymm`` of every day from 1900 to 2200."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a row becomes an event; nothing in ``mapping`` is left to guess."""

    mapping: Mapping
    source: str
    zone: ZoneInfo
    is_order_sure: bool
    received_us: int
    limits: Limits = field(default_factory=Limits)

    @property
    def prefix(self) -> bytes:
        """Return what sets this source's rows apart."""
        return self.source.encode() + b"\x1f"


@dataclass(frozen=True)
class Built:
    """Events of one chunk, numbered as if no row came twice.

    ``columns``: by the names of `EVENT_SCHEMA`, all but those of ``identities``. ``keys``: (rows,) uint64,
    equal for equal rows.
    ``customers``, ``moments``: (rows,) uint64 fingerprints of the customer, and of customer and time.
    ``counts``: what was noticed, by name. ``unknown``: texts not understood, by role.
    """

    columns: dict[str, Column]
    identities: Identities
    keys: Words
    customers: Words
    moments: Words
    hashed: Sequence[TextColumn | NumberColumn]
    rejects: tuple[Reject, ...]
    last: int
    counts: Counter[str]
    unknown: dict[str, Counter[str]]

    @property
    def rows(self) -> int:
        """Return how many events there are."""
        return len(self.keys)

    def table(self) -> Any:  # noqa: ANN401 -- Arrow has no types
        """Return the events as rows of `EVENT_SCHEMA`."""
        columns = self.columns | self.identities.columns()
        return pa.Table.from_arrays([columns[name] for name in EVENT_SCHEMA.names], schema=EVENT_SCHEMA)


def build(chunk: Chunk, recipe: Recipe) -> Built:
    """Make events of rows.

    A row is rejected if it has no customer, no readable time between 1900 and 2199, or neither a
    touchpoint nor an address, or if one of the first two names is too long.
    """
    moments = _moments(chunk, recipe)
    reasons = _reasons(chunk, moments, recipe)
    bad: list[int] = np.flatnonzero(reasons).tolist()
    found = [
        reject(int(chunk.rows[place]), _REASONS[int(reasons[place])], chunk.original(place)) for place in bad
    ]
    if bad:
        keep = reasons == 0
        chunk, moments = chunk.take(keep), _taken(moments, keep)
    rejects = sorted((*chunk.rejects, *found), key=lambda one: one.row)
    return _events(chunk, moments, recipe, tuple(rejects))


def _moments(chunk: Chunk, recipe: Recipe) -> Moments:
    cells = [chunk[name] for name in recipe.mapping.time]
    present = [cell for cell in cells if cell is not None]
    if not present:
        nothing = np.zeros(len(chunk.rows), np.uint8)
        return Moments(np.zeros(len(chunk.rows), np.int64), nothing, nothing, nothing > 0)
    return read_moments(present, recipe.mapping.date_order or "ymd", recipe.zone)


def _taken(moments: Moments, keep: Mask) -> Moments:
    return Moments(moments.utc[keep], moments.told[keep], moments.quality[keep], moments.is_there[keep])


def _reasons(chunk: Chunk, moments: Moments, recipe: Recipe) -> Bytes:
    """Return (rows,) uint8: the place in _REASONS of why a row is rejected, 0 where it is not."""
    mapping, longest = recipe.mapping, recipe.limits.name_bytes
    reasons = np.zeros(len(chunk.rows), np.uint8)
    who, what = (
        _widths(chunk[mapping.customer], len(reasons)),
        _widths(chunk[mapping.touchpoint], len(reasons)),
    )
    where = _widths(chunk[mapping.url], len(reasons))
    for reason, mask in (
        ("name-too-long", what > longest),
        ("no-touchpoint", (what == 0) & (where == 0)),
        ("bad-time", ~moments.is_ok & moments.is_there),
        ("time-out-of-range", moments.told & OUT_OF_RANGE > 0),
        ("no-time", ~moments.is_there),
        ("id-too-long", who > longest),
        ("no-customer", who == 0),
    ):
        reasons[mask] = _CODES[reason]
    return reasons


def _widths(cells: Cells | None, rows: int) -> Ints:
    """Return (rows,) how many bytes each cell has; 0 where there is none, or nothing but white space."""
    widths = np.zeros(rows, np.int64)
    if cells is not None:
        widths_of(*cells.texts, widths)
    return widths


def _events(chunk: Chunk, moments: Moments, recipe: Recipe, rejects: tuple[Reject, ...]) -> Built:
    rows = len(chunk.rows)
    understood = Understanding(chunk, recipe.mapping)
    hashed = [cells.hashed() for cells in chunk.cells]
    first = row_digests(recipe.prefix, hashed, None, rows)
    columns = {
        **_when(moments, recipe),
        **understood.columns(),
        **_constants(recipe, rows),
        "ids": id_column(chunk, recipe.mapping),
        "seq": pa.array(chunk.rows, INT64),
        "properties": write_properties(chunk, recipe.mapping, understood.left),
    }
    customers = fingerprints_of(filled(chunk[recipe.mapping.customer], rows))
    both = np.empty(rows, np.uint64)
    blend(customers, moments.utc, both)
    counts = _counts(moments, recipe)
    return Built(
        columns,
        identities(first, recipe.prefix),
        np.ascontiguousarray(first[:, 0]),
        customers,
        both,
        hashed,
        rejects,
        chunk.last,
        counts,
        understood.unknown,
    )


def _counts(moments: Moments, recipe: Recipe) -> Counter[str]:
    quality = np.bincount(moments.quality, minlength=4)
    is_unsure = moments.told & SWAPPABLE > 0
    return Counter(
        {
            "local_times": int(quality[AS_LOCAL] + quality[AMBIGUOUS] + quality[MOVED]),
            "ambiguous_times": int(quality[AMBIGUOUS]),
            "moved_times": int(quality[MOVED]),
            "ambiguous_dates": 0 if recipe.is_order_sure else int(is_unsure.sum()),
        }
    )


def renumber(built: Built, repeats: Ints, recipe: Recipe) -> None:
    """Give rows that came before new identities; ``repeats``: (rows,) how often each came before."""
    places = np.flatnonzero(repeats)
    if len(places):
        cells = [column.at(places) for column in built.hashed]
        again = row_digests(recipe.prefix, cells, repeats[places], len(places))
        built.identities.replace(places, identities(again, recipe.prefix))


def _when(moments: Moments, recipe: Recipe) -> dict[str, Column]:
    rows = len(moments.utc)
    return {
        "occurred_at": times(moments.utc),
        "received_at": times(np.full(rows, recipe.received_us)),
        "client_at": pa.nulls(rows, EVENT_SCHEMA.field("client_at").type),
        "sent_at": pa.nulls(rows, EVENT_SCHEMA.field("sent_at").type),
        "time_quality": quality_column(moments.quality),
        "month": pa.array(_MONTHS[moments.utc // _DAY_US - _FIRST_DAY]),
    }


def _constants(recipe: Recipe, rows: int) -> dict[str, Column]:
    values: dict[str, Any] = {
        "source": recipe.source,
        "context": "{}",
        "consent": 0,
        "flags": 0,
        "protocol": f"file:{recipe.mapping.format}" if recipe.mapping.format else "frame",
        "schema_version": SCHEMA_VERSION,
    }
    return {name: constant(value, EVENT_SCHEMA.field(name).type, rows) for name, value in values.items()}
