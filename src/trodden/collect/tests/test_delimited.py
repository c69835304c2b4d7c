"""Delimited files are read however they are written; a bad row is told apart and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.collect.importers.delimited import DelimitedReader, Layout
from trodden.collect.importers.encodings import guess_encoding
from trodden.collect.importers.formats import find_opening, guess_delimiter
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.mapping import Mapping
from trodden.collect.importers.naming import distinct_names
from trodden.collect.importers.streams import in_utf8
from trodden.collect.tests.helpers import properties, read_text, reasons, walk
from trodden.methods.rows.records import Dialect

HEADER = "customer,event,time,label\n"
FEW = Limits(cell_bytes=40, record_bytes=200)


class Memory:
    """Bytes in memory as a stream, a few at a time."""

    def __init__(self, data: bytes, step: int = 1 << 20) -> None:
        self.data, self.step, self.at = data, step, 0

    def read(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + min(size, self.step)]
        self.at += len(piece)
        return piece

    def position(self) -> int:
        return self.at

    def close(self) -> None:
        self.data = b""


def cells_of(
    data: bytes, *, columns: int = 2, limits: Limits = FEW, fill: bool = False, step: int = 1 << 20
) -> tuple[list[tuple[int, ...]], dict[int, str]]:
    """Return (row, cells...) of what is read, and why the others are not, by row."""
    layout = Layout(tuple(f"c{number}" for number in range(columns)), Dialect(), skip=0, fill_short=fill)
    reader = DelimitedReader(in_utf8(Memory(data, step), "utf-8"), layout, limits)
    rows: list[tuple[int, ...]] = []
    rejects: dict[int, str] = {}
    for task in reader.tasks():
        chunk = task()
        columns_ = [cells.values.to_pylist() for cells in chunk.cells]
        rows += list(zip(chunk.rows.tolist(), *columns_, strict=True))
        rejects |= {reject.row: reject.reason for reject in chunk.rejects}
    return rows, rejects


def test_quoted_cells_may_hold_anything() -> None:
    rows, rejects = cells_of(b'"a,b","c ""d"""\n"e\nf",g\r\nh,"i"\n')
    assert rows == [(1, "a,b", 'c "d"'), (2, "e\nf", "g"), (3, "h", "i")]
    assert rejects == {}


def test_blank_lines_are_no_rows() -> None:
    assert cells_of(b"\na,b\n\r\n\nc,d\n\n") == ([(1, "a", "b"), (2, "c", "d")], {})


def test_bad_rows_keep_their_numbers() -> None:
    rows, rejects = cells_of(b"a,b\nc\nd,e\nf,g,h\ni\x00,j\n\xff,k\nl,m\n")
    assert rows == [(1, "a", "b"), (3, "d", "e"), (7, "l", "m")]
    assert rejects == {2: "too-few-cells", 4: "too-many-cells", 5: "zero-byte", 6: "bad-encoding"}


def test_short_rows_are_filled_up_where_that_is_the_custom() -> None:
    assert cells_of(b"a,b\nc\n\n", fill=True) == ([(1, "a", "b"), (2, "c", "")], {})


def test_a_large_cell_costs_its_row_only() -> None:
    rows, rejects = cells_of(b"a," + b"x" * 41 + b"\nb," + b"y" * 40 + b"\n")
    assert rows == [(2, "b", "y" * 40)]
    assert rejects == {1: "cell-too-large"}


@pytest.mark.parametrize("step", [7, 50, 1 << 20])
def test_a_row_larger_than_memory_costs_itself_only(step: int) -> None:
    data = b"a,b\n" + b"z" * 5_000 + b"\nc,d\n"
    rows, rejects = cells_of(data, step=step)
    assert [row[1:] for row in rows] == [("a", "b"), ("c", "d")]
    assert set(rejects.values()) <= {"row-too-large", "cell-too-large"}
    assert len(rejects) == 1


@pytest.mark.parametrize("step", [7, 50, 1 << 20])
def test_a_quote_never_closed_costs_its_line_only(step: int) -> None:
    data = b'a,"b\nc,d\ne,f\n'
    rows, rejects = cells_of(data, step=step)
    assert rows == [(2, "c", "d"), (3, "e", "f")]
    assert rejects == {1: "unclosed-quote"}


def test_a_quote_that_swallows_rows_up_to_the_next_one_costs_its_line_only() -> None:
    rows, rejects = cells_of(b'a,"b\nc,d\ne,f\ng,"h,i"\n')
    assert rows == [(2, "c", "d"), (3, "e", "f"), (4, "g", "h,i")]
    assert rejects == {1: "unclosed-quote"}


def test_many_open_quotes_do_not_take_for_ever() -> None:
    data = b'"a""\n' * 3_000 + b"x,y\n"
    rows, rejects = cells_of(data, limits=Limits())
    assert rows[-1][1:] == ("x", "y")
    assert len(rows) + len(rejects) == 3_001


def test_a_quote_inside_a_word_is_a_quote() -> None:
    assert cells_of(b'5" pipe,a\n6" pipe,b\n')[0] == [(1, '5" pipe', "a"), (2, '6" pipe', "b")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_newline_will_do(tmp_path: Path, newline: str) -> None:
    text = HEADER + "ana,view,2024-01-01,x\nben,buy,2024-01-02,y\n"
    events, report = read_text(tmp_path, text.replace("\n", newline))
    assert len(events) == 2
    assert report.rejected == {}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_told(tmp_path: Path, mark: str) -> None:
    text = (HEADER + "ana,view,2024-01-01,x\n").replace(",", mark)
    events, _ = read_text(tmp_path, text)
    assert walk(events) == [("ana", "view", "2024-01-01 00:00:00")]


def test_decimal_commas_do_not_cut_cells() -> None:
    assert guess_delimiter(b"a;b\n1,5;2,5\n3,5;4,5\n") == ";"


def test_a_line_that_names_the_delimiter_is_believed(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, "sep=|\ncustomer|event|time\nana|view|2024-01-01\n")
    assert (len(events), report.rows) == (1, 1)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "gb18030"])
def test_the_encoding_is_told(tmp_path: Path, code: str) -> None:
    note = "喜欢这个产品" if code == "gb18030" else "schön grün für Übergröße"
    text = HEADER + "".join(f"ana,view,2024-01-{day:02},{note}\n" for day in range(1, 20))
    events, report = read_text(tmp_path, text.encode(code))
    assert report.rejected == {}
    assert properties(events)[0] == {"label": note}


def test_a_few_bad_bytes_in_a_good_file_cost_their_rows(tmp_path: Path) -> None:
    good = "".join(f"ana,view,2024-01-{day:02},größe\n" for day in range(1, 29)).encode()
    events, report = read_text(tmp_path, HEADER.encode() + good + b"ben,view,2024-02-01,\xff\n")
    assert len(events) == 28
    assert reasons(report) == {29: "bad-encoding"}


def test_half_a_character_of_utf_16_costs_its_row(tmp_path: Path) -> None:
    text = (HEADER + "ana,view,2024-01-01,ok\n").encode("utf-16-le")
    bad = "ben,view,2024-01-01,".encode("utf-16-le") + b"\x00\xd8\n\x00"
    events, report = read_text(
        tmp_path, b"\xff\xfe" + text + bad + "cem,view,2024-01-02,ok\n".encode("utf-16-le")
    )
    assert [event["ids"][0]["value"] for event in events] == ["ana", "cem"]
    assert reasons(report) == {2: "bad-encoding"}


def test_one_character_of_the_west_is_enough() -> None:
    assert guess_encoding(b"amount\n12 \x80\n") == "cp1252"
    assert guess_encoding("größe".encode()[:-1]) == "utf-8"


def test_plain_text_of_the_west_is_no_other_encoding() -> None:
    assert guess_encoding("Kundin,schön\n".encode("cp1252") * 20) == "cp1252"


def test_short_rows_are_a_custom_if_many_do_it(tmp_path: Path) -> None:
    rows = "".join(f"c{number},view,2024-01-01" + ("\n" if number % 5 else ",x\n") for number in range(50))
    events, report = read_text(tmp_path, HEADER + rows)
    assert len(events) == 50
    assert any("end early" in note for note in report.notes)
    assert report.mapping.short_rows == "fill"


def test_a_header_is_told_from_a_first_row(tmp_path: Path) -> None:
    with_header = find_opening(write_text(tmp_path, HEADER + "a,b,2024-01-01,c\n"), Mapping(), Limits())
    without = find_opening(write_text(tmp_path, "a,b,2024-01-01,c\n"), Mapping(), Limits())
    assert (with_header.mapping.header, without.mapping.header) == (True, False)


def write_text(folder: Path, text: str) -> Path:
    path = folder / "told.csv"
    path.write_text(text)
    return path


def test_names_of_columns_are_distinct_and_never_empty() -> None:
    assert distinct_names([" a  b ", "", "a b", "a b (2)", "\n"]) == [
        "a b",
        "column 2",
        "a b (2)",
        "a b (2) (2)",
        "column 5",
    ]


def test_a_header_of_whole_questions_is_a_header(tmp_path: Path) -> None:
    text = (
        'customer,event,time,"How likely, on a scale, are you to ""recommend"" us?"\nana,rate,2024-01-01,9\n'
    )
    events, _ = read_text(tmp_path, text)
    assert properties(events) == [{'How likely, on a scale, are you to "recommend" us?': "9"}]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9), min_size=2, max_size=2
        )
    ),
    st.integers(1, 60),
)
def test_what_is_written_is_read(rows: list[list[str]], step: int) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows]
    found, rejects = cells_of("".join(quoted).encode(), limits=Limits(), step=step)
    assert rejects == {}
    assert [list(row[1:]) for row in found] == rows


@given(
    st.binary(max_size=300) | st.text(st.sampled_from('ab,"\n\r\0é'), max_size=80).map(str.encode),
    st.integers(1, 40),
)
def test_any_bytes_are_rows_or_rejects(data: bytes, step: int) -> None:
    rows, rejects = cells_of(data, limits=Limits(cell_bytes=20, record_bytes=60), step=step)
    numbers = [row[0] for row in rows]
    assert numbers == sorted(set(numbers))
    assert not set(numbers) & set(rejects)
    assert sorted([*numbers, *rejects]) == list(range(1, len(numbers) + len(rejects) + 1))
