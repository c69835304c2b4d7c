"""Digests of rows are those of the standard library, whatever the rows hold."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.rows.columns import NumberColumn, TextColumn
from trodden.methods.rows.digests import fixed_digests, hexadecimal, row_digests, text_digests

CELLS = st.one_of(st.none(), st.binary(max_size=300))
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=70)
)


def text_column(cells: list[bytes | None]) -> TextColumn:
    lengths = [len(cell or b"") for cell in cells]
    data = np.frombuffer(b"".join(cell or b"" for cell in cells), np.uint8)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return TextColumn(data, offsets, np.array([cell is not None for cell in cells], np.bool_))


def by_hand(prefix: bytes, row: list[bytes | None], repeat: int) -> bytes:
    state = hashlib.blake2b(prefix, digest_size=16)
    for number, cell in enumerate(row):
        if cell is not None:
            state.update(number.to_bytes(2, "little") + cell + b"\x1f")
    state.update(repeat.to_bytes(8, "little"))
    return state.digest()


@given(ROWS, st.binary(max_size=200), st.integers(0, 2**40))
def test_rows_are_hashed_as_the_definition_says(
    rows: list[list[bytes | None]], prefix: bytes, repeat: int
) -> None:
    columns = [text_column(list(cells)) for cells in zip(*rows, strict=True)]
    found = row_digests(prefix, columns, np.full(len(rows), repeat, np.int64), len(rows))
    assert found.tobytes() == b"".join(by_hand(prefix, row, repeat) for row in rows)


@given(ROWS)
def test_no_repeats_are_repeats_of_zero(rows: list[list[bytes | None]]) -> None:
    columns = [text_column(list(cells)) for cells in zip(*rows, strict=True)]
    zeros = row_digests(b"f", columns, np.zeros(len(rows), np.int64), len(rows))
    assert np.array_equal(row_digests(b"f", columns, None, len(rows)), zeros)


def test_a_column_that_comes_later_leaves_earlier_rows_as_they_were() -> None:
    first = text_column([b"a", b"b"])
    absent = text_column([None, None])
    alone = row_digests(b"", [first], None, 2)
    assert np.array_equal(row_digests(b"", [first, absent], None, 2), alone)


def test_numbers_count_by_their_eight_bytes() -> None:
    column = NumberColumn(np.array([-1, 7]), np.array([True, False]))
    expected = [by_hand(b"p", [(-1).to_bytes(8, "little", signed=True)], 0), by_hand(b"p", [None], 0)]
    assert row_digests(b"p", [column], None, 2).tobytes() == b"".join(expected)


def test_rows_that_cross_a_tile_keep_their_order() -> None:
    cells = [str(number).encode() for number in range(10_000)]
    found = row_digests(b"x", [text_column(list(cells))], None, len(cells))
    expected = b"".join(by_hand(b"x", [cell], 0) for cell in cells)
    assert found.tobytes() == expected


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=70), st.sampled_from([8, 16, 32, 64]))
def test_texts_are_hashed_behind_their_prefix(texts: list[bytes], size: int) -> None:
    found = text_digests(b"source\x1f", text_column(list(texts)), size)
    assert found.tobytes() == b"".join(
        hashlib.blake2b(b"source\x1f" + text, digest_size=size).digest() for text in texts
    )


@pytest.mark.parametrize("width", [1, 32, 113, 114, 200])
@pytest.mark.parametrize("rows", [0, 1, 4_096, 9_000])
def test_texts_of_one_width_are_hashed_as_any(rows: int, width: int) -> None:
    cells = np.random.default_rng(rows + width).integers(0, 256, (rows, width), np.uint8)
    column = text_column([cell.tobytes() for cell in cells])
    assert fixed_digests(b"a source\x1f", cells).tolist() == text_digests(b"a source\x1f", column).tolist()


def test_no_rows_have_no_digests() -> None:
    assert row_digests(b"p", [text_column([])], None, 0).shape == (0, 2)
    assert text_digests(b"p", text_column([])).shape == (0, 2)


def test_hexadecimal_digits_are_those_of_the_digests() -> None:
    digests = text_digests(b"", text_column([b"one", b"two"]))
    assert hexadecimal(digests).tobytes() == digests.tobytes().hex().encode()


@given(ROWS, st.data())
def test_rows_picked_out_are_hashed_as_among_the_others(
    rows: list[list[bytes | None]], data: st.DataObject
) -> None:
    columns = [text_column(list(cells)) for cells in zip(*rows, strict=True)]
    numbers = NumberColumn(np.arange(len(rows)), np.arange(len(rows)) % 3 > 0)
    places = np.array(sorted(data.draw(st.sets(st.integers(0, len(rows) - 1)))), np.intp)
    every = row_digests(b"f", [*columns, numbers], None, len(rows))
    picked = [column.at(places) for column in (*columns, numbers)]
    assert np.array_equal(row_digests(b"f", picked, None, len(places)), every[places])
