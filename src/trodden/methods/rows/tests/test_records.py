"""Text is cut into records where Arrow cuts it, and where it cannot be, the record says why."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.csv as pacsv
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.rows.records import (
    BLANK,
    HAS_NUL,
    TOO_WIDE,
    UNCLOSED,
    Dialect,
    Records,
    split_records,
)

PLAIN = Dialect()


def split(
    text: bytes, dialect: Dialect = PLAIN, *, most: int = 100, widest: int = 50, whole: bool = True
) -> Records:
    return split_records(text, dialect, most=most, widest=widest, whole=whole)


def texts(records: Records) -> list[bytes]:
    return [records.text(number) for number in range(len(records.spots))]


def faults(records: Records) -> list[int]:
    return records.spots[:, 3].tolist()


def cells(records: Records) -> list[int]:
    return records.spots[:, 2].tolist()


def test_every_newline_ends_a_record() -> None:
    assert texts(split(b"a\nb\r\nc\rd")) == [b"a", b"b", b"c", b"d"]


def test_a_newline_in_quotes_belongs_to_its_cell() -> None:
    records = split(b'"a\nb",c\nd,e\n')
    assert texts(records) == [b'"a\nb",c', b"d,e"]
    assert cells(records) == [2, 2]


def test_a_quote_inside_a_plain_cell_is_a_quote() -> None:
    assert cells(split(b'5" pipe,2\n6" pipe,3\n')) == [2, 2]


def test_two_quotes_in_quotes_are_one() -> None:
    assert cells(split(b'"a""b,c",d\n')) == [2]


def test_a_closed_cell_goes_on_as_plain_text() -> None:
    assert cells(split(b'"a"b"c,d\n')) == [2]


def test_faults_are_told_per_record() -> None:
    records = split(b"a\x00,b\n\n" + b"w" * 51 + b",c\nok,d\n")
    assert faults(records) == [HAS_NUL, BLANK, TOO_WIDE, 0]


def test_an_unclosed_quote_is_told_at_the_end() -> None:
    assert faults(split(b'a,b\n"c,d\ne,f\n')) == [0, UNCLOSED]


def test_without_multiline_cells_a_newline_always_ends_the_record() -> None:
    records = split(b'a,"b\nc,d\n', Dialect(multiline=False))
    assert texts(records) == [b'a,"b', b"c,d"]
    assert faults(records) == [UNCLOSED, 0]


def test_an_unfinished_record_is_left_for_later() -> None:
    records = split(b"a,b\nc,", whole=False)
    assert texts(records) == [b"a,b"]
    assert records.end == 4


def test_no_more_records_than_asked_for() -> None:
    records = split(b"a\nb\nc\n", most=2)
    assert texts(records) == [b"a", b"b"]
    assert records.end == 4


def test_clean_fills_short_records_and_leaves_out_what_is_not_kept() -> None:
    records = split(b"a,b,c\nd\nbad\ne,f\r\n")
    keep = records.spots[:, 0] != 8
    assert bytes(records.clean(keep, 3, ",")) == b"a,b,c\nd,,\ne,f,\n"


def test_clean_copies_nothing_where_all_is_well() -> None:
    text = b"a,b\nc,d\n"
    records = split(text)
    assert bytes(records.clean(records.spots[:, 3] == 0, 2, ",")) == text


@given(st.text(st.sampled_from('ab,"\n\r'), max_size=40))
def test_arrow_finds_the_same_cells(text: str) -> None:
    records = split(text.encode() + b"\n")
    good = [
        records.text(number)
        for number, (count, fault) in enumerate(zip(cells(records), faults(records), strict=True))
        if count == 2 and not fault
    ]
    parsed = [arrow_rows(record + b"\n") for record in good]
    keep = (records.spots[:, 2] == 2) & (records.spots[:, 3] == 0)
    assert arrow_rows(bytes(records.clean(keep, 2, ","))) == [row for rows in parsed for row in rows]
    assert all(len(rows) == 1 for rows in parsed)


def arrow_rows(text: bytes) -> list[dict[str, bytes]]:
    if not text:
        return []
    table = pacsv.read_csv(
        pa.py_buffer(text),
        read_options=pacsv.ReadOptions(column_names=["a", "b"], use_threads=False),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types={"a": pa.binary(), "b": pa.binary()}),
    )
    return table.to_pylist()


@given(st.text(st.sampled_from('ab,"\n\r'), max_size=60), st.integers(1, 5))
def test_cutting_the_text_in_pieces_changes_nothing(text: str, most: int) -> None:
    data = text.encode()
    whole = texts(split(data))
    found: list[bytes] = []
    rest = data
    while rest:
        records = split(rest, most=most)
        found += texts(records)
        rest = rest[records.end :]
    assert [record for record in found if record] == [record for record in whole if record]
