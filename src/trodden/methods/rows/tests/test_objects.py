"""Properties are written as JSON that any reader takes, byte for byte as msgspec writes it."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.rows.objects import Member, write_objects
from trodden.methods.rows.tests.test_digests import text_column

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
ROW = st.dictionaries(st.sampled_from(["a", "B", "é", 'q"uote', "long name"]), TEXTS)


def members_of(rows: list[dict[str, str]]) -> list[Member]:
    keys = {key for row in rows for key in row}
    cells = {key: [row[key].encode() if key in row else None for row in rows] for key in keys}
    return [Member(key, text_column(column), None) for key, column in cells.items()]


def lines(members: list[Member], rows: int) -> list[bytes]:
    found = write_objects(members, rows)
    whole = found.data.tobytes()
    return [whole[start:end] for start, end in zip(found.offsets, found.offsets[1:], strict=False)]


@given(st.lists(ROW, min_size=1, max_size=20))
def test_texts_are_written_as_msgspec_writes_them(rows: list[dict[str, str]]) -> None:
    expected = [msgspec.json.encode(row, order="sorted") for row in rows]
    assert lines(members_of(rows), len(rows)) == expected


def test_every_control_character_is_escaped() -> None:
    rows = [{"a": "".join(map(chr, range(256)))}]
    assert lines(members_of(rows), 1) == [msgspec.json.encode(rows[0])]


def test_literals_stand_without_quotes() -> None:
    texts = text_column([b"1.50", b"1.50", None, b"[1,2]"])
    literal = np.array([True, False, True, True])
    assert lines([Member("n", texts, literal)], 4) == [b'{"n":1.50}', b'{"n":"1.50"}', b"{}", b'{"n":[1,2]}']


def test_no_members_make_empty_objects() -> None:
    assert lines([], 3) == [b"{}"] * 3
    assert lines([], 0) == []
