"""Duplicates by event id: held against plain sets, with first halves that collide on purpose."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.tests.mutants import plain_module
from trodden.store import dedup, kernels_ids
from trodden.store.dedup import Ids, MonthIds, SeenIds, ids_of, sorted_order

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30)
"""Ids from a tiny space: many are equal, and many share a first half only."""


Pairs = list[tuple[int, int]]
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30)
"""Ids from a tiny space: many are equal, and many share a first half only."""


def ids(pairs: Pairs) -> Ids:
    halves = np.array(pairs, dtype=np.uint64).reshape(-1, 2)
    return Ids(halves[:, 0], halves[:, 1])


def in_order(pairs: Pairs) -> Ids:
    return ids(sorted(pairs))


def found(seen: SeenIds, month: int, pairs: Pairs, *, is_fresh: bool) -> list[int]:
    return seen.new_rows(month, ids(pairs), is_fresh=is_fresh).rows.tolist()


@given(PAIRS, PAIRS)
def test_a_row_is_new_when_its_id_is_neither_there_nor_before_it(there: Pairs, pairs: Pairs) -> None:
    seen, known = SeenIds(lambda _: [ids(there)]), set(there)
    expected = [row for row, pair in enumerate(pairs) if not (pair in known or known.add(pair))]
    new = seen.new_rows(1, ids(pairs), is_fresh=False)
    assert new.rows.tolist() == expected
    assert list(zip(*new.ids, strict=True)) == sorted(pairs[row] for row in expected)


@given(PAIRS, PAIRS)
def test_an_id_is_found_only_when_both_halves_agree(there: Pairs, asked: Pairs) -> None:
    known = MonthIds(ids(list(set(there))))
    assert known.has(in_order(asked)).tolist() == [pair in set(there) for pair in sorted(asked)]


@given(st.lists(PAIRS, max_size=12), PAIRS)
def test_ids_added_bit_by_bit_are_all_there(parts: list[Pairs], asked: Pairs) -> None:
    known, everything = MonthIds(ids([])), set[tuple[int, int]]()
    for part in parts:
        new = list(set(part) - everything)
        known.add(in_order(new))
        everything.update(new)
    assert len(known) == len(everything)
    assert known.has(in_order(asked)).tolist() == [pair in everything for pair in sorted(asked)]


def test_halves_are_the_sixteen_bytes_whatever_the_chunks() -> None:
    given_ = [bytes([i]) * 8 + bytes([i + 1]) * 8 for i in range(5)]
    column = pa.chunked_array([pa.array(given_[:2], pa.binary(16)), pa.array(given_, pa.binary(16)).slice(2)])
    high, low = ids_of(column)
    assert [a.tobytes() + b.tobytes() for a, b in zip(high, low, strict=True)] == given_


def test_ids_beyond_the_limit_are_read_from_the_table_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table: dict[int, list[Ids]] = {1: [], 2: []}
    seen = SeenIds(lambda month: table[month])
    for month, pair in ((1, (1, 1)), (2, (2, 2))):
        assert found(seen, month, [pair], is_fresh=True) == [0]
        table[month].append(ids([pair]))
        seen.add(month, ids([pair]))
    monkeypatch.setattr(dedup, "KEPT_IDS", 1)
    seen.add(2, ids([(2, 3)]))
    assert found(seen, 1, [(1, 1)], is_fresh=True) == []


def test_a_source_that_is_not_new_makes_the_month_be_read() -> None:
    seen = SeenIds(lambda month: [ids([(9, month)])])
    assert found(seen, 7, [(9, 7)], is_fresh=True) == [0]
    assert found(seen, 7, [(9, 7)], is_fresh=False) == []


def test_what_somebody_else_wrote_is_read_again() -> None:
    table: list[Ids] = []
    seen = SeenIds(lambda _: table)
    assert found(seen, 7, [(1, 1)], is_fresh=True) == [0]
    table.append(ids([(1, 1)]))
    seen.forget()
    assert found(seen, 7, [(1, 1)], is_fresh=True) == []


def hashes(count: int, seed: int = 3) -> Pairs:
    """Return ids as hashes are, a few of them equal and a few in their first half."""
    chance = np.random.default_rng(seed)
    highs = chance.integers(0, 2**64, count, np.uint64).tolist()
    pairs = list(zip(highs, chance.integers(0, 2**64, count, np.uint64).tolist(), strict=True))
    return [*pairs, *pairs[: count // 9], *((high, low ^ 1) for high, low in pairs[::7])]


def ordered(pairs: Pairs) -> list[int]:
    return sorted(range(len(pairs)), key=lambda row: (*pairs[row], row))


@pytest.mark.parametrize(
    "pairs", [hashes(5_000), hashes(1), [(0, 1)], [], [(7, -n % 900) for n in range(900)]]
)
def test_ids_are_put_in_order_and_equal_ones_by_row(pairs: Pairs) -> None:
    assert sorted_order(ids(pairs)).tolist() == ordered(pairs)


MUTANTS = (
    ("low[row] < low[held]", "low[row] <= low[held]"),
    ("one < other or", "one > other or"),
    ("starts[key] += 1", "starts[key] += 2"),
    ("at -= 1", "at -= 2"),
    ("known_low[place] == low[row]", "known_low[place] >= low[row]"),
    ("sorted_numbers[at + step - 1] < wanted:\n            at += step", "False:\n            at += step"),
    ("moves > MOST_MOVES * len(order)", "moves > 0"),
)


def kernels_agree(pairs: Pairs) -> bool:
    high, low = (np.ascontiguousarray(half) for half in ids(pairs))
    order = np.empty(len(pairs), np.int64)
    if not kernels_ids.order_ids(high, low, 4, order) or order.tolist() != ordered(pairs):
        return False
    known = MonthIds(ids(pairs[::3]))
    return known.has(in_order(pairs)).tolist() == [pair in set(pairs[::3]) for pair in sorted(pairs)]


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_faulty_kernel_would_be_noticed(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_ids, old, new)
    for name in ("order_ids", "mark_known"):
        monkeypatch.setattr(kernels_ids, name, getattr(plain, name))
    with np.errstate(all="ignore"):
        try:
            agree = kernels_agree(hashes(120))
        except IndexError:
            agree = False
    assert agree == (old == "")
