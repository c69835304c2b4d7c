"""Whatever bytes a file holds, an import ends with rows, rejects or an error of ours, in bounded memory."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trodden.collect.importers import EXPLANATIONS
from trodden.collect.tests.helpers import read, read_text, reasons, walk, write
from trodden.model.errors import TroddenError

HEADER = b"customer,event,time,label\n"
GOOD = b"ana,view,2024-01-01 10:00,x\n"
KNOWN = {"customer": "customer", "touchpoint": "event", "time": ("time",)}


def test_one_bad_row_of_every_kind_stops_nothing(tmp_path: Path) -> None:
    bad = [
        b"ana,view,2024-01-01 10:00",
        b"ana,view,2024-01-01 10:00,x,y",
        b"ana,view,2024-01-01 10:00,\xff",
        b"ana,view,2024-01-01 10:00,\x00",
        b"ana,view,2024-01-01 10:00,\xed\xa0\x80",
        b"ana,view,2024-13-01 10:00,x",
        b"ana,view,,x",
        b",view,2024-01-01 10:00,x",
        b"ana,,2024-01-01 10:00,x",
        b"ana,view,9999-12-31 10:00,x",
        b'ana,"view,2024-01-01 10:00,x',
        b"ana,view,2024-01-01 10:00," + b"y" * ((1 << 20) + 1),
    ]
    text = HEADER + b"".join(GOOD + line + b"\n" for line in bad) + GOOD
    events, report = read_text(tmp_path, text, **KNOWN, short_rows="reject", encoding="utf-8")
    assert len(events) == len(bad) + 1
    assert list(reasons(report).items()) == [
        (2, "too-few-cells"),
        (4, "too-many-cells"),
        (6, "bad-encoding"),
        (8, "zero-byte"),
        (10, "bad-encoding"),
        (12, "bad-time"),
        (14, "no-time"),
        (16, "no-customer"),
        (18, "no-touchpoint"),
        (20, "time-out-of-range"),
        (22, "unclosed-quote"),
        (24, "cell-too-large"),
    ]


def test_marks_of_byte_order_in_the_middle_cost_one_row_each(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + HEADER + GOOD + b"\xef\xbb\xbf" + HEADER + GOOD
    events, report = read_text(tmp_path, text, **KNOWN)
    assert len(events) == 2
    assert reasons(report) == {2: "bad-time"}


def test_a_cell_of_a_hundred_megabytes_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(HEADER + GOOD)
        for _ in range(100):
            file.write(b"z" * (1 << 20))
        file.write(b"\n" + GOOD)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    events, report = read(path, **KNOWN)
    assert len(events) == 2
    assert reasons(report) == {2: "row-too-large"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10


def test_formulas_are_text_like_any_other(tmp_path: Path) -> None:
    events, _ = read_text(tmp_path, HEADER + b"=cmd|' /C calc'!A0,+1+1,2024-01-01,@SUM(1)\n", **KNOWN)
    assert walk(events) == [("=cmd|' /C calc'!A0", "+1+1", "2024-01-01 00:00:00")]


def test_every_reason_has_words() -> None:
    source = Path(__file__).parent.parent / "importers"
    text = "\n".join(path.read_text() for path in source.glob("*.py"))
    assert {f'"{reason}"' for reason in EXPLANATIONS if f'"{reason}"' not in text} == set()


LOG = (
    b'<log><trace><string key="concept:name" value="c"/><event><string key="concept:name" value="v"/>'
    b'<date key="time:timestamp" value="2024-01-01"/></event></trace></log>'
)
SEEDS = [
    HEADER + GOOD * 3,
    b'{"customer": "a", "event": "b", "time": 1700000000}\n{"customer": "c"}\n',
    LOG,
    "customer;event;time\n".encode("utf-16") + "ä;ö;2024-01-01\n".encode("utf-16-le"),
]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Draw a small file with some bytes changed, cut out or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 3))] = draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b"\0", b","])
        )
    return bytes(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mangled() | st.binary(max_size=200))
def test_any_bytes_end_in_rows_rejects_or_an_error(tmp_path: Path, data: bytes) -> None:
    try:
        events, report = read(write(tmp_path, data))
    except TroddenError:
        return
    assert len(events) == report.kept
    assert report.rows == report.kept + sum(report.rejected.values())
    assert set(report.rejected) <= set(EXPLANATIONS)
    assert len({event["event_id"] for event in events}) == len(events)


@pytest.mark.parametrize("name", ["../../evil.csv", "a\nb.csv", "💥.csv", "x" * 200 + ".csv"])
def test_names_of_files_are_names_only(tmp_path: Path, name: str) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    path = tmp_path / "a" / "b" / name
    path.write_bytes(HEADER + GOOD)
    events, _ = read(path)
    assert events[0]["source"] == path.name
