"""A kernel of rows with one character of its meaning changed no longer does what its tests ask of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from trodden.methods.rows import (
    digests,
    kernels_blake2b,
    kernels_cells,
    kernels_records,
    kernels_repeats,
    kernels_times,
    objects,
    records,
    repeats,
    times,
)
from trodden.methods.rows.columns import NumberColumn
from trodden.methods.rows.objects import Member
from trodden.methods.rows.records import BLANK, HAS_NUL, TOO_WIDE, UNCLOSED, Dialect
from trodden.methods.rows.repeats import Repeats
from trodden.methods.rows.tests.test_digests import text_column
from trodden.methods.tests.mutants import plain_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

Patch = pytest.MonkeyPatch


def holds(check: Callable[[], bool]) -> bool:
    """Say whether a check holds; one that cannot even be made does not. Words of 64 bits may run over."""
    with np.errstate(over="ignore"):
        try:
            return check()
        except (IndexError, ValueError, OverflowError, TypeError):
            return False


# Records

TEXTS: list[tuple[bytes, list[tuple[bytes, int, int]]]] = [
    (b"a\nb\r\nc\rd", [(b"a", 1, 0), (b"b", 1, 0), (b"c", 1, 0), (b"d", 1, 0)]),
    (b'"a\nb",c\nd,e\n', [(b'"a\nb",c', 2, 0), (b"d,e", 2, 0)]),
    (b'"a""b,c",d\n', [(b'"a""b,c",d', 2, 0)]),
    (b"a\x00,b\n\n", [(b"a\x00,b", 2, HAS_NUL), (b"", 1, BLANK)]),
    (b"12345678,b\n123456789,b\n", [(b"12345678,b", 2, 0), (b"123456789,b", 2, TOO_WIDE)]),
    (b"a,12345678\n", [(b"a,12345678", 2, 0)]),
    (b'a,b\n"c,d', [(b"a,b", 2, 0), (b'"c,d', 1, UNCLOSED)]),
]


def records_are_cut() -> bool:
    for text, expected in TEXTS:
        found = records.split_records(text, Dialect(), most=10, widest=8, whole=True)
        spots = [(found.text(number), int(spot[2]), int(spot[3])) for number, spot in enumerate(found.spots)]
        if spots != expected:
            return False
    found = records.split_records(b"a,b\nc\nd,e\n", Dialect(), most=10, widest=8, whole=True)
    return bytes(found.clean(np.array([True, True, False]), 2, ",")) == b"a,b\nc,\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("at - 1 - cell > widest, does", "at - 1 - cell >= widest, does"),
        ("BROKEN * (state == QUOTED)", "BROKEN * (state != QUOTED)"),
        ("for _ in range(spots[record, 2], cells):", "for _ in range(spots[record, 2], cells + 1):"),
        ("elif does != SWALLOW:", "else:"),
        ("BLANK * (stop == begin)", "BLANK * (stop != begin)"),
    ],
)
def test_records(monkeypatch: Patch, old: str, new: str) -> None:
    monkeypatch.setattr(records, "kernels", plain_module(kernels_records, old, new))
    assert holds(records_are_cut) == (old == "")


# Cells

ROWS = [
    {"a": "x", "q": 'say "no"\n'},
    {"q": "\x01\\"},
    {"a": '"'},
    {},
]


def cells_are_written() -> bool:
    keys = ("a", "q")
    members = [
        Member(key, text_column([row[key].encode() if key in row else None for row in ROWS]), None)
        for key in keys
    ]
    found = objects.write_objects(members, len(ROWS))
    whole = found.data.tobytes()
    texts = [whole[start:end] for start, end in zip(found.offsets, found.offsets[1:], strict=False)]
    if texts != [msgspec.json.encode(row, order="sorted") for row in ROWS]:
        return False
    column = NumberColumn(np.array([0x0102030405060708, 7]), np.array([True, False]))
    told = digests.row_digests(b"p", [text_column([b"one", None]), column], None, 2)
    first = b"p" + b"\0\0one\x1f" + b"\1\0" + bytes(range(8, 0, -1)) + b"\x1f" + bytes(8)
    expected = [hashlib.blake2b(row, digest_size=16).digest() for row in (first, b"p" + bytes(8))]
    return told.tobytes() == b"".join(expected) and digests.hexadecimal(told).tobytes() == (
        told.tobytes().hex().encode()
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("(byte < SPACE) | (byte == QUOTE)", "(byte < SPACE) & (byte == QUOTE)"),
        ("HEX[0], HEX[0], HEX[byte >> 4], HEX[byte & 15]", "HEX[0], HEX[0], HEX[byte & 15], HEX[byte >> 4]"),
        ("lengths[row] += extra + offsets[row + 1]", "lengths[row] += offsets[row + 1]"),
        ("word >>= np.uint64(8)", "word >>= np.uint64(4)"),
        ("out[max(at, start + 1)] = CLOSE", "out[at] = CLOSE"),
        ("out[2 * k + 1] = HEX[digests[k] & 15]", "out[2 * k + 1] = HEX[digests[k] & 7]"),
    ],
)
def test_cells(monkeypatch: Patch, old: str, new: str) -> None:
    plain = plain_module(kernels_cells, old, new)
    monkeypatch.setattr(digests, "cells", plain)
    monkeypatch.setattr(objects, "cells", plain)
    assert holds(cells_are_written) == (old == "")


def words_are_cleared_and_counted(plain: ModuleType) -> bool:
    column = text_column([b"NA", b"N", b" ", b"none", b"xx"])
    use = column.use.copy()
    nulls = np.frombuffer(b"NAnone", np.uint8)
    plain.drop_nulls(column.data, column.offsets, nulls, np.array([0, 2, 6]), use)
    widths = np.zeros(5, np.int64)
    plain.widths_of(column.data, column.offsets, use, widths)
    same, other = np.zeros(5, np.uint64), np.zeros(5, np.uint64)
    plain.fingerprints(column.data, column.offsets, same)
    plain.blend(same, np.arange(5), other)
    sure = np.zeros(5, np.uint64), np.zeros(5, np.uint64)
    kernels_cells.fingerprints(column.data, column.offsets, sure[0])
    kernels_cells.blend(sure[0], np.arange(5), sure[1])
    return (
        (use.tolist(), widths.tolist()) == ([False, True, True, False, True], [0, 1, 0, 0, 2])
        and same.tolist() == sure[0].tolist()
        and other.tolist() == sure[1].tolist()
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("ends[word + 1] - ends[word] == length", "ends[word + 1] - ends[word] >= length"),
        ("while at < end and data[at] <= SPACE:", "while at < end and data[at] < SPACE:"),
        ("same &= data", "same |= data"),
        ("word >> np.uint64(27)", "word >> np.uint64(26)"),
    ],
)
def test_cells_of_other_kinds(old: str, new: str) -> None:
    plain = plain_module(kernels_cells, old, new)
    assert holds(lambda: words_are_cleared_and_counted(plain)) == (old == "")


# Times

TIMES = [
    ("2012-04-03 16:55:38", "ymd", "2012-04-03T16:55:38"),
    ("2011-12-06 13:41:31.788000+01:00", "ymd", "2011-12-06T12:41:31.788000"),
    ("2024-01-01 12:05 am", "ymd", "2024-01-01T00:05:00"),
    ("2024-01-01T24:00:00", "ymd", "2024-01-02T00:00:00"),
    ("2024-02-29", "ymd", "2024-02-29T00:00:00"),
    ("2023-02-29", "ymd", None),
    ("2024-01-01 24:01", "ymd", None),
    ("03/04/2012", "dmy", "2012-04-03T00:00:00"),
    ("03/04/69", "mdy", "1969-03-04T00:00:00"),
    ("1330000000", "ymd", "2012-02-23T12:26:40"),
    ("1330000000123", "ymd", "2012-02-23T12:26:40.123000"),
    ("2012-04-03 16:5", "ymd", None),
]


def times_are_read() -> bool:
    for text, order, expected in TIMES:
        values, told = times.read_times(*text_column([text.encode()]), order)
        moment = str(np.datetime64(int(values[0]), "us")).removesuffix(".000000") if told[0] & 1 else None
        if moment != expected:
            return False
    return True


class _WithWideBytes:
    """A module of kernels that is given bytes as 64-bit numbers, as Numba would make them."""

    def __init__(self, plain: ModuleType) -> None:
        self._plain = plain

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever stands in the module
        return getattr(self._plain, name)

    def read_times(self, data: Any, *rest: Any) -> None:  # noqa: ANN401 - arrays
        self._plain.read_times(data.astype(np.int64), *rest)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("f[CLOCK_US] > DAY_US", "f[CLOCK_US] >= DAY_US"),
        ("year % 4 == 0 and", "year % 5 == 0 and"),
        ("HALF_DAY * (hour == HALF_DAY)", "HALF_DAY * (hour != HALF_DAY)"),
        ("year >= CENTURY_SPLIT", "year > CENTURY_SPLIT"),
        ("order == MDY else", "order != MDY else"),
        ("+ f[CLOCK_US] - f[OFFSET_US]", "+ f[CLOCK_US] + f[OFFSET_US]"),
    ],
)
def test_times(monkeypatch: Patch, old: str, new: str) -> None:
    monkeypatch.setattr(times, "kernels", _WithWideBytes(plain_module(kernels_times, old, new)))
    assert holds(times_are_read) == (old == "")


# BLAKE2b


def digests_are_those_of_the_library() -> bool:
    texts = [b"", b"abc", b"x" * 128, b"y" * 129, b"z" * 300]
    found = digests.text_digests(b"", text_column(list(texts)), 16)
    return found.tobytes() == b"".join(hashlib.blake2b(text, digest_size=16).digest() for text in texts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("lengths[lane] - done <= BLOCK", "lengths[lane] - done < BLOCK"),
        ("vb = _turn(vb ^ vc, 63)", "vb = _turn(vb ^ vc, 62)"),
        ("lengths[lane] > done or done == 0", "lengths[lane] >= done or done == 0"),
        ("(left + 7) // 8", "left // 8"),
    ],
)
def test_blake2b(monkeypatch: Patch, old: str, new: str) -> None:
    monkeypatch.setattr(digests, "digest_rows", plain_module(kernels_blake2b, old, new).digest_rows)
    assert holds(digests_are_those_of_the_library) == (old == "")


# Repeats


def repeats_are_counted() -> bool:
    keys = [1, 9, 1, 17, 0, 9, 0, 2**63, 1, 25, 17, *range(30, 60), 25, 1]
    counter, seen = Repeats(), Counter[int]()
    for number in range(0, len(keys), 4):
        chunk = keys[number : number + 4]
        told = counter.count(np.array(chunk, np.uint64)).tolist()
        for key, before in zip(chunk, told, strict=True):
            if before != seen[key or 1]:
                return False
            seen[key or 1] += 1
    return counter.distinct == len(seen)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("while table[slot] != 0 and table[slot] != key:", "while table[slot] != 0:"),
        ("max(keys[k], np.uint64(1))", "keys[k]"),
        ("counts[place] += np.uint32(1)", "counts[place] = np.uint32(1)"),
        ("wider[_slot_of(wider, table[place])] = table[place]", "wider[place] = table[place]"),
        ("wider_counts[slot] = counts[place]", "wider_counts[slot] = 1"),
    ],
)
def test_repeats(monkeypatch: Patch, old: str, new: str) -> None:
    plain = plain_module(kernels_repeats, old, new)
    monkeypatch.setattr(repeats, "SMALLEST", 8)
    for name in ("count_repeats", "move_keys", "move_counts"):
        monkeypatch.setattr(repeats, name, getattr(plain, name))
    assert holds(repeats_are_counted) == (old == "")
