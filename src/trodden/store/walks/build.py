"""From encoded events to walks: settle codes, sort, index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trodden.store.walks.customers import ranks
from trodden.store.walks.order import in_walk_order, tie_flags
from trodden.store.walks.segment import Block, Index, offsets_of
from trodden.store.walks.vocabulary import MOST_TOUCHPOINTS, OVERFLOW, Vocabulary, codes_in, extended, read_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trodden.store._arrow import Column
    from trodden.store.walks.encode import Encoder
    from trodden.store.walks.promotion import Chosen
    from trodden.store.walks.rows import Rows


@dataclass(frozen=True, slots=True)
class Settled:
    """What the codes of an encoder become, and the vocabulary that says what they mean.

    ``names`` are the promoted properties, sorted; ``properties[i]`` is the encoder's column of the i-th
    (-1: none) and what its codes become, 0 where a value did not parse.
    """

    vocabulary: Vocabulary
    names: tuple[str, ...]
    touchpoints: NDArray[np.int32]
    properties: Sequence[tuple[int, NDArray[np.uint16]]]

    def rows(self, rows: Rows) -> Rows:
        """Give encoded rows their codes, and their properties in the order of ``names``."""
        codes = np.zeros((len(self.names), len(rows)), np.uint16)
        for place, (column, becomes) in enumerate(self.properties):
            if 0 <= column < len(rows.properties):
                codes[place] = becomes[rows.properties[column]]
        return replace(
            rows,
            touchpoint=self.touchpoints[rows.touchpoint],
            properties=codes,
        )


def settle(encoder: Encoder, known: Vocabulary, chosen: Chosen, time_zone: str) -> Settled:
    """Settle what codes become once all events are encoded; new names follow the known ones, sorted.

    Sources keep the codes they have: side files hold them already.
    """
    touchpoints = extended(known.touchpoints, encoder.touchpoints.names)
    if len(touchpoints) > MOST_TOUCHPOINTS:
        touchpoints = (*touchpoints[: MOST_TOUCHPOINTS - 1], OVERFLOW)
    return Settled(
        vocabulary=Vocabulary(touchpoints, tuple(encoder.sources.names), chosen.texts),
        names=tuple(chosen.kinds),
        touchpoints=codes_in(touchpoints, encoder.touchpoints.names, MOST_TOUCHPOINTS - 1).astype(np.int32),
        properties=[_becomes(encoder, name, chosen, time_zone) for name in chosen.kinds],
    )


def _becomes(encoder: Encoder, name: str, chosen: Chosen, time_zone: str) -> tuple[int, NDArray[np.uint16]]:
    column = encoder.reader.columns.get(name, -1)
    texts = read_as(encoder.reader.texts(name), chosen.kinds[name], time_zone) if column >= 0 else []
    codes = np.concatenate(([0], codes_in(chosen.texts[name], texts, -1) + 1))
    return column, codes.astype(np.uint16)


@dataclass(frozen=True, slots=True)
class Walks:
    """Complete walks in order: block and index, both counting rows from 0, and the rows themselves."""

    block: Block
    index: Index
    rows: Rows


@dataclass(frozen=True, slots=True)
class Customers:
    """Customers by hash, then key: ``place[code]`` is where the customer of a code stands among them."""

    keys: Column
    hashes: NDArray[np.uint64]
    place: NDArray[np.int64]

    def between(self, first: int, last: int) -> tuple[int, int]:
        """Return the places of the customers of buckets ``first`` up to ``last``."""
        offsets = offsets_of(self.hashes)
        return int(offsets[first]), int(offsets[last])


def customers_of(keys: Column, hashes: NDArray[np.uint64]) -> Customers:
    """Put customers in order; their position is their code."""
    place = ranks(hashes, keys)
    order = np.empty_like(place)
    order[place] = np.arange(len(place))
    return Customers(keys.take(order), hashes[order], place)


def sort_into_walks(rows: Rows, keys: Column, hashes: NDArray[np.uint64], names: Sequence[str]) -> Walks:
    """Sort settled rows into walks.

    Parameters
    ----------
    rows
        Settled rows; ``customer`` is a position in ``keys`` and ``hashes``.
    keys, hashes
        Customers by hash, then key. One without a row gets no walk.
    names
        The promoted properties, in the order of the rows' columns.
    """
    ordered = in_walk_order(rows, len(hashes))
    properties = dict(zip(names, ordered.properties, strict=True))
    block = Block(
        base=0,
        occurred_at=ordered.occurred_at,
        touchpoint=ordered.touchpoint.astype(np.uint16),
        channel_outcome=ordered.channel_outcome,
        flags=tie_flags(ordered),
        row=lambda: ordered.row,
        properties=lambda: properties,
    )
    return Walks(block, _index(ordered, keys, hashes), ordered)


def _index(ordered: Rows, keys: Column, hashes: NDArray[np.uint64]) -> Index:
    is_first = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered.customer[1:] != ordered.customer[:-1]
    starts = np.flatnonzero(is_first)
    who = ordered.customer[starts]
    lengths = np.diff(np.append(starts, len(ordered))).astype(np.int32)
    return Index(hashes[who], keys.take(who), starts.astype(np.int64), lengths, offsets_of(hashes[who]))
