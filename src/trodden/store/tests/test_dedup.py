"""Duplicates by event id: held against plain sets, with first halves that collide on purpose."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.store import dedup
from trodden.store.dedup import Halves, MonthIds, SeenIds, first_rows, halves

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30)
"""Ids from a tiny space: many are equal, and many share a first half only."""


def as_halves(pairs: list[tuple[int, int]]) -> Halves:
    return np.array(pairs, dtype=np.uint64).reshape(-1, 2)


@given(PAIRS)
def test_the_first_row_of_each_id_counts(pairs: list[tuple[int, int]]) -> None:
    seen: set[tuple[int, int]] = set()
    expected = [not (pair in seen or seen.add(pair)) for pair in pairs]
    assert first_rows(as_halves(pairs)).tolist() == expected


@given(PAIRS, PAIRS)
def test_an_id_is_found_only_when_both_halves_agree(
    there: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    known = MonthIds(as_halves(sorted(set(there))))
    assert known.has(as_halves(asked)).tolist() == [pair in set(there) for pair in asked]


@given(st.lists(PAIRS, max_size=4), PAIRS)
def test_ids_added_bit_by_bit_are_all_there(
    parts: list[list[tuple[int, int]]], asked: list[tuple[int, int]]
) -> None:
    known, everything = MonthIds(as_halves([])), set[tuple[int, int]]()
    for part in parts:
        new = sorted(set(part) - everything)
        known.add(as_halves(new))
        everything.update(new)
    assert len(known) == len(everything)
    assert known.has(as_halves(asked)).tolist() == [pair in everything for pair in asked]


def test_halves_are_the_sixteen_bytes_whatever_the_chunks() -> None:
    ids = [bytes([i]) * 8 + bytes([i + 1]) * 8 for i in range(5)]
    column = pa.chunked_array([pa.array(ids[:2], pa.binary(16)), pa.array(ids, pa.binary(16)).slice(2)])
    found = halves(column)
    assert [row.astype("<u8").tobytes() for row in found] == ids


def test_ids_beyond_the_limit_are_read_from_the_table_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[int, list[Halves]] = {1: [], 2: []}
    seen = SeenIds(lambda month: table[month])
    for month, pair in ((1, (1, 1)), (2, (2, 2))):
        assert seen.new_rows(month, as_halves([pair]), is_fresh=True).all()
        table[month].append(as_halves([pair]))
        seen.add(month, as_halves([pair]))
    monkeypatch.setattr(dedup, "KEPT_IDS", 1)
    seen.add(2, as_halves([(2, 3)]))
    assert not seen.new_rows(1, as_halves([(1, 1)]), is_fresh=True).any()


def test_a_source_that_is_not_new_makes_the_month_be_read() -> None:
    seen = SeenIds(lambda month: [as_halves([(9, month)])])
    assert seen.new_rows(7, as_halves([(9, 7)]), is_fresh=True).all()
    assert not seen.new_rows(7, as_halves([(9, 7)]), is_fresh=False).any()
