"""From encoded events to walks: settle codes, sort, index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.store._arrow import pa
from trodden.store.walks.customers import customer_hash
from trodden.store.walks.order import tie_flags, walk_order
from trodden.store.walks.segment import Block, Index, Segment
from trodden.store.walks.vocabulary import (
    MOST_TOUCHPOINTS,
    OVERFLOW,
    Vocabulary,
    codes_in,
    extended,
    read_as,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store.property_reader import PropertyReader
    from trodden.store.walks.rows import Rows

MOST_PROMOTED: Final = 64


@dataclass(frozen=True, slots=True)
class Promotion:
    """One promoted property: its column in the encoder's rows, what its local codes become, its texts.

    ``codes[local]`` is the code kept; 0 (null) where the value did not parse as ``type``.
    """

    name: str
    type: str
    column: int
    codes: NDArray[np.uint16]
    texts: tuple[str, ...]


def promotions(
    reader: PropertyReader, rules: TouchpointRules, vocabulary: Vocabulary, time_zone: str
) -> list[Promotion]:
    """Settle which properties get a column, and their codes; sorted by name.

    Listed ones are taken as listed. Otherwise those with a value and at most 65,535 different ones,
    the 64 found in most events (by powers of two, then by name).
    """
    kinds = {one.name: one.type for one in rules.promote} or dict.fromkeys(common(reader), "")
    known = vocabulary.properties
    return [
        promotion(reader, name, kinds[name], known.get(name, ()), time_zone)
        for name in sorted(kinds)
        if name not in reader.over
    ]


def common(reader: PropertyReader) -> list[str]:
    """Return the names automatic promotion takes."""
    able = [name for name, texts in zip(reader.names.names, reader.texts, strict=True) if len(texts)]
    ranked = sorted(set(able) - reader.over, key=lambda name: (-reader.seen[name].bit_length(), name))
    return ranked[:MOST_PROMOTED]


def promotion(
    reader: PropertyReader, name: str, kind: str, known: tuple[str, ...], time_zone: str
) -> Promotion:
    """Settle the codes of one property: new texts follow the known ones, sorted."""
    column = reader.names.code(name)
    texts = read_as(reader.texts[column].names, kind, time_zone)
    all_texts = extended(known, (text for text in texts if text is not None))
    codes = np.concatenate(([0], codes_in(all_texts, texts, missing=-1) + 1))
    return Promotion(name, kind, column, codes.astype(np.uint16), all_texts)


def touchpoint_codes(known: tuple[str, ...], names: list[str]) -> tuple[tuple[str, ...], NDArray[np.uint16]]:
    """Return the known names with the new ones appended, and the code of each of ``names``."""
    found = extended(known, names)
    if len(found) > MOST_TOUCHPOINTS:
        found = (*found[: MOST_TOUCHPOINTS - 1], OVERFLOW)
    return found, codes_in(found, names, missing=MOST_TOUCHPOINTS - 1).astype(np.uint16)


@dataclass(frozen=True, slots=True)
class Customers:
    """The customers of a build: key and hash by code, and each one's place by (hash, key)."""

    keys: list[str]
    hashes: NDArray[np.uint64]
    rank: NDArray[np.int64]


def customers_of(keys: list[str]) -> Customers:
    """Hash and rank customer keys."""
    hashes = np.array([customer_hash(key) for key in keys], np.uint64)
    order = sorted(range(len(keys)), key=lambda code: (hashes[code], keys[code]))
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys))
    return Customers(keys, hashes, rank)


@dataclass(frozen=True, slots=True)
class Codes:
    """What local codes of an encoder become."""

    touchpoints: NDArray[np.uint16]
    promotions: list[Promotion]


def segment_of(rows: Rows, customers: Customers, codes: Codes) -> tuple[Segment, Rows]:
    """Sort rows into walks; return the segment and its rows in walk order."""
    ordered = rows.take(walk_order(rows, customers.rank))
    block = Block(
        base=0,
        occurred_at=ordered.occurred_at,
        touchpoint=codes.touchpoints[ordered.touchpoint],
        channel_outcome=ordered.channel_outcome,
        flags=tie_flags(ordered),
        row=ordered.row,
        properties={one.name: one.codes[ordered.properties[:, one.column]] for one in codes.promotions},
    )
    return Segment(index_of(ordered, customers), [block]), ordered


def index_of(ordered: Rows, customers: Customers) -> Index:
    """Index rows in walk order by customer."""
    changes = np.flatnonzero(ordered.customer[1:] != ordered.customer[:-1]) + 1
    starts = np.concatenate(([0], changes)) if len(ordered) else np.zeros(0, np.int64)
    who = ordered.customer[starts]
    return Index(
        hashes=customers.hashes[who],
        keys=pa.array([customers.keys[code] for code in who], pa.large_string()),
        starts=starts.astype(np.int64),
        lengths=np.diff(np.append(starts, len(ordered))).astype(np.int32),
    )
