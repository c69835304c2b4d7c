import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.charts import Bar, Bars, Column, Table
from trodden.charts.export import csv_of, xlsx_of
from trodden.charts.html import figure
from trodden.charts.tests.samples import charts
from trodden.charts.text import cells_wide, safe, text_of

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|x", "\uff1d1", "  =1"]


def one_column(*cells: str) -> Table:
    return Table(title="t", columns=(Column(cells[0]),), rows=tuple((cell,) for cell in cells[1:]))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_csv_cell_nor_head_begins_like_a_formula(text: str) -> None:
    lines = list(csv.reader(io.StringIO(csv_of(one_column(text, text)), newline="")))
    assert lines == [[f"'{text}"], [f"'{text}"]]


def test_csv_keeps_figures_as_they_are_and_names_their_unit() -> None:
    head, first, second = csv.reader(io.StringIO(csv_of(charts()["table"]), newline=""))
    assert head == ["Quote", "share", "wait (s)", "at"]
    assert first == ["Quote", "0.463", "855360.0", "2026-06-30T12:00:00+00:00"]
    assert second == ["Buy", "", "", ""]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_csv_never_holds_a_formula(texts: list[str]) -> None:
    for (cell,) in csv.reader(io.StringIO(csv_of(one_column("head", *texts)), newline="")):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "|", "\t", "\r", "\n"))


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    table = one_column("head", *FORMULAS, "http://example.org", "mailto:a@b.c")
    with zipfile.ZipFile(io.BytesIO(xlsx_of(table))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert not [name for name in book.namelist() if "rels/sheet" in name]


@pytest.mark.parametrize("kind", charts())
def test_a_workbook_is_made_of_every_chart(kind: str) -> None:
    assert zipfile.is_zipfile(io.BytesIO(xlsx_of(charts()[kind])))


@pytest.mark.parametrize("kind", charts())
@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_terminal_gets_the_sentence_and_lines_that_fit(kind: str, width: int) -> None:
    chart = charts()[kind]
    lines = text_of(chart, width=width).splitlines()
    assert lines[0] == chart.title
    if width >= 80:
        assert max(map(cells_wide, lines)) <= width


def test_nothing_from_outside_steers_a_terminal() -> None:
    for chart in charts("red \x1b[31m\u202e\x07\n").values():
        said = text_of(chart)
        assert "\x1b" not in said
        assert "\x07" not in said
        assert "\u202e" not in said


def test_wide_letters_take_two_cells_and_accents_none() -> None:
    assert cells_wide("\u6f22e\u0301") == 3
    assert safe("a\n\n b") == "a b"


def test_rows_left_out_are_counted() -> None:
    said = text_of(charts()["overlay"], rows=3)
    assert "and 8 more" in said


@pytest.mark.parametrize("kind", charts())
def test_a_figure_stands_alone_and_escapes_what_it_says(kind: str) -> None:
    markup = figure(charts("<script>x</script>")[kind])
    assert "<script" not in markup
    assert markup.startswith("<figure>")
    assert "<table>" in markup


def test_differences_of_shares_are_points_in_files() -> None:
    chart = Bars(title="t", axis="in points", kind="points", bars=(Bar(label="a", value=-0.125),))
    assert csv_of(chart).splitlines() == ["what,in points", "a,-12.5"]
