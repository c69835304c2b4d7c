"""Parquet and spreadsheets are read in a process of their own, which may fall without taking us along."""

from __future__ import annotations

import os
import random
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from trodden.collect.importers import ImportOptions, child, plan_import, sandbox
from trodden.collect.importers.chunks import ROWS
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.sandbox import SandboxReader
from trodden.collect.importers.screen import REASONS, screened
from trodden.collect.importers.zips import check_zip
from trodden.collect.tests.helpers import parquet, properties, read, reasons, walk, write
from trodden.model.errors import RefusedFileError, TroddenError, UnreadableFileError

EVENT = {"customer": ["a", "b"], "event": ["x", "y"], "time": ["2024-01-01", "2024-01-02"]}


def sheet(folder: Path, rows: list[list[object]], name: str = "log.xlsx") -> Path:
    book = xlsxwriter.Workbook(str(folder / name), {"remove_timezone": True})
    page = book.add_worksheet("Events")
    dates = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                page.write_datetime(place, column, cell, dates)
            elif isinstance(cell, str):
                page.write_string(place, column, cell)
            elif cell is not None:
                page.write(place, column, cell)
    book.close()
    return folder / name


def test_every_type_of_parquet_becomes_a_property(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        **EVENT,
        whole=pa.array([1, None], pa.int8()),
        big=pa.array([2**64 - 1, 0], pa.uint64()),
        real=[1.5, float("nan")],
        truth=[True, None],
        day=[date(2024, 1, 1), None],
        money=[Decimal("1.50"), None],
        code=pa.array(["u", "v"]).dictionary_encode(),
        raw=[b"ab", b"\xff"],
        inner=[{"x": 1, "y": {"z": [1, 2]}}, None],
        pairs=pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
        lasted=pa.array([1_500, None], pa.duration("ms")),
        nothing=pa.nulls(2),
    )
    events, _ = read(path)
    assert walk(events) == [("a", "x", "2024-01-01 00:00:00"), ("b", "y", "2024-01-02 00:00:00")]
    first, second = properties(events)
    assert first == {
        "whole": 1,
        "big": 2**64 - 1,
        "real": 1.5,
        "truth": True,
        "day": "2024-01-01",
        "money": 1.5,
        "code": "u",
        "raw": "6162",
        "inner.x": 1,
        "inner.y.z": [1, 2],
        "pairs": [["k", 1]],
        "lasted": 1.5,
    }
    assert second == {"big": 0, "code": "v", "raw": "ff"}


def test_the_same_rows_of_parquet_are_repeats(tmp_path: Path) -> None:
    path = parquet(tmp_path, customer=["a"] * 3, event=["x"] * 3, time=["2024-01-01"] * 3, n=[1, 1, 2])
    events, report = read(path, customer="customer", touchpoint="event", time=("time",))
    assert report.repeated_rows == 1
    assert len({event["message_id"] for event in events}) == 3


def test_spreadsheets_are_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Customer", "Event", "Time", "Count", "Flag", "Share", "Note"],
        [1001, "view", datetime(2024, 1, 1, 10, 5, tzinfo=UTC), 3, True, 0.5, "x"],
        ["0012", "buy", datetime(2024, 1, 2, tzinfo=UTC), None, False, 2.0, None],
    ]
    events, _ = read(sheet(tmp_path, rows))
    assert walk(events) == [("1001", "view", "2024-01-01 10:05:00"), ("0012", "buy", "2024-01-02 00:00:00")]
    assert [event["properties"] for event in events] == [
        '{"Count":3,"Flag":true,"Note":"x","Share":0.5}',
        '{"Flag":false,"Share":2}',
    ]


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Calls of January", None, None],
        [None, None, None],
        ["customer", "event", "time"],
        ["a", "x", "2024-01-01"],
    ]
    events, _ = read(sheet(tmp_path, rows))
    assert len(events) == 1


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["customer", "event", "time"], ["a", "x", "2024-01-01"]])
    assert len(read(path, sheet="Events")[0]) == 1
    with pytest.raises(UnreadableFileError, match="no sheet 'Other'"):
        read(path, sheet="Other")


def test_a_formula_is_its_value_and_never_run(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["customer", "event", "time"], ["=1+1", "x", "2024-01-01"]])
    assert read(path)[0][0]["ids"][0]["value"] == "=1+1"


def test_cells_that_are_no_text_cost_their_row_only(tmp_path: Path) -> None:
    raw = pa.array([b"fine", b"\xff", b"a\0b", b"x" * ((1 << 20) + 1), None], pa.binary())
    text = pa.StringArray.from_buffers(5, *raw.buffers()[1:], raw.buffers()[0])
    path = parquet(
        tmp_path,
        customer=["a", "b", "c", "d", "e"],
        event=["x", "y"] * 2 + ["x"],
        time=["2024-01-01"] * 5,
        label=text,
    )
    events, report = read(path)
    assert [event["ids"][0]["value"] for event in events] == ["a", "e"]
    assert reasons(report) == {2: "bad-encoding", 3: "zero-byte", 4: "cell-too-large"}


def test_names_that_meet_are_told_apart(tmp_path: Path) -> None:
    path = parquet(tmp_path, **EVENT, a=[{"b": 1}, None], **{"a.b": [2, 3]})
    assert properties(read(path)[0]) == [{"a.b": 1, "a.b (2)": 2}, {"a.b (2)": 3}]


def test_large_rows_come_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_BATCH_BYTES", 1_000)
    batch = pa.record_batch({"text": ["x" * 400] * 10})
    pieces = list(child._pieces(batch))
    assert [piece.num_rows for piece in pieces] == [2] * 5
    assert [piece.num_rows for piece in child._pieces(pa.record_batch({"text": ["x" * 4_000]}))] == [1]


def refused(path: Path, limits: Limits | None = None) -> Exception:
    with pytest.raises((UnreadableFileError, RefusedFileError)) as caught:
        plan_import([path], ImportOptions(limits=limits or Limits()))
    return caught.value


def big_parquet(folder: Path, rows: int = 4_000) -> Path:
    return parquet(
        folder,
        customer=[f"c{number % 97}" for number in range(rows)],
        event=pa.array([f"e{number % 7}" for number in range(rows)]).dictionary_encode(),
        time=pa.array([1_700_000_000 + number for number in range(rows)], pa.timestamp("s")),
        note=[f"note {number * number}" for number in range(rows)],
    )


@pytest.mark.parametrize("seed", range(6))
def test_damaged_parquet_is_an_error_or_fewer_rows(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(big_parquet(tmp_path).read_bytes())
    for _ in range(chance.choice([1, 3, 40])):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    path = write(tmp_path, bytes(data), "damaged.parquet")
    try:
        events, report = read(path, customer="customer", touchpoint="event", time=("time",))
    except TroddenError:
        return
    assert len(events) + sum(report.rejected.values()) == report.rows


@pytest.mark.parametrize("keep", [0, 3, 4, 11, 200])
def test_cut_parquet_is_unreadable(tmp_path: Path, keep: int) -> None:
    data = big_parquet(tmp_path).read_bytes()
    assert isinstance(
        refused(write(tmp_path, data[:keep] + b"PAR1" * (keep > 3), "cut.parquet")), UnreadableFileError
    )


def test_a_parquet_that_claims_more_rows_than_it_has_is_no_danger(tmp_path: Path) -> None:
    data = big_parquet(tmp_path).read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - length : -8]
    claimed = footer.replace(b"\xc0\x3e", b"\xfe\x7f")
    assert claimed != footer
    path = write(tmp_path, data[: -8 - length] + claimed + data[-8:], "claims.parquet")
    try:
        events, _ = read(path, customer="customer", touchpoint="event", time=("time",))
    except UnreadableFileError:
        return
    assert len(events) <= 4_000


def test_a_reader_that_crashes_is_an_error_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = tmp_path / "crash"
    crash.write_text("#!/bin/sh\nkill -SEGV $$\n")
    crash.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(crash))
    reader = SandboxReader(parquet(tmp_path, **EVENT), "parquet", "", Limits())
    with pytest.raises(UnreadableFileError, match="stopped"):
        list(reader.tasks())
    reader.close()


def test_a_reader_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hang = tmp_path / "hang"
    hang.write_text("#!/bin/sh\nexec sleep 1000\n")
    hang.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(hang))
    reader = SandboxReader(parquet(tmp_path, **EVENT), "parquet", "", Limits(sandbox_stall=0.2))
    with pytest.raises(UnreadableFileError, match="stopped"):
        list(reader.tasks())
    reader.close()


def test_a_reader_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    rows = 3_000_000
    path = parquet(
        tmp_path,
        **{name: pa.array([cells[0]] * rows) for name, cells in EVENT.items()},
        text=["x" * 50] * rows,
    )
    error = refused(path, Limits(sandbox_bytes=320 << 20))
    assert isinstance(error, (RefusedFileError, UnreadableFileError))


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, **EVENT, **{f"c{number}": [1, 2] for number in range(4_000)})
    assert "columns" in str(refused(path))
    wide = write(
        tmp_path, ",".join(f"c{number}" for number in range(10_000)) + "\n" + ",".join("x" * 10_000) + "\n"
    )
    assert "10000 columns" in str(refused(wide))


def zipped(folder: Path, parts: dict[str, bytes], name: str = "bomb.xlsx") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return folder / name


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * (80 << 20)})
    assert "unpacks" in str(refused(path))


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"xl/workbook.xml": b" " * (80 << 20)})
    data = bytearray(path.read_bytes())
    honest = (80 << 20).to_bytes(4, "little")
    assert honest in data
    lying = bytes(data.replace(honest, (100).to_bytes(4, "little")))
    assert isinstance(refused(write(tmp_path, lying, "liar.xlsx")), RefusedFileError)


def test_overlapping_parts_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a": os.urandom(5_000), "b": os.urandom(5_000), "c": os.urandom(5_000)})
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        offsets = [entry.header_offset for entry in archive.infolist()]
        start = archive.start_dir
    directory = bytearray(data[start:])
    for offset in offsets[1:]:
        at = directory.find(offset.to_bytes(4, "little"), 42)
        directory[at : at + 4] = bytes(4)
    moved = data[:5_100] + bytes(directory)
    end = moved.rfind(b"PK\x05\x06")
    whole = moved[: end + 16] + (5_100).to_bytes(4, "little") + moved[end + 20 :]
    with pytest.raises((RefusedFileError, UnreadableFileError)):
        check_zip(write(tmp_path, whole, "quine.xlsx"), Limits())


def test_a_zip_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {f"p{number}": b"" for number in range(10_001)})
    assert "parts" in str(refused(path))


def test_an_archive_that_is_no_spreadsheet_is_unreadable(tmp_path: Path) -> None:
    assert "no spreadsheet" in str(refused(zipped(tmp_path, {"../../etc/passwd": b"x"})))
    assert isinstance(
        refused(write(tmp_path, b"PK\x03\x04" + os.urandom(300), "odd.xlsx")), UnreadableFileError
    )


def test_a_sheet_of_one_far_away_cell_takes_no_memory_of_ours(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["customer", "event", "time"], ["a", "x", "2024-01-01"]])
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write_row(0, 0, ["customer", "event", "time"])
    page.write_string(1_048_575, 16_383, "far")
    book.close()
    assert isinstance(refused(path, Limits(sandbox_bytes=1 << 30)), (RefusedFileError, UnreadableFileError))


@pytest.mark.parametrize("seed", range(3))
def test_damaged_spreadsheets_are_an_error_or_fewer_rows(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows: list[list[object]] = [["customer", "event", "time"]]
    rows += [[f"c{number}", "x", "2024-01-01"] for number in range(50)]
    data = bytearray(sheet(tmp_path, rows).read_bytes())
    for _ in range(chance.choice([1, 5, 30])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        events, report = read(write(tmp_path, bytes(data), "damaged.xlsx"))
    except TroddenError:
        return
    assert len(events) + sum(report.rejected.values()) == report.rows


def test_times_of_spreadsheets_keep_their_clock(tmp_path: Path) -> None:
    moment = datetime(2024, 3, 31, 2, 30, tzinfo=UTC)
    rows: list[list[object]] = [
        ["customer", "event", "time"],
        ["a", "x", moment],
        ["a", "y", moment + timedelta(days=1)],
    ]
    events, report = read(sheet(tmp_path, rows), timezone="Europe/Berlin")
    assert [when for _, _, when in walk(events)] == ["2024-03-31 01:30:00", "2024-04-01 00:30:00"]
    assert report.moved_times == 1


def test_row_groups_are_read_one_after_another(tmp_path: Path) -> None:
    rows = 70_000
    table = pa.table(
        {
            "customer": [f"c{number}" for number in range(rows)],
            "event": ["x", "y"] * (rows // 2),
            "time": pa.array(range(rows), pa.timestamp("s")),
        }
    )
    pq.write_table(table, tmp_path / "groups.parquet", row_group_size=900)
    events, report = read(
        tmp_path / "groups.parquet", customer="customer", touchpoint="event", time=("time",)
    )
    assert [event["seq"] for event in events] == list(range(1, rows + 1))
    assert report.rows == rows


SHORT, LONG, GAPS = ["a", "bé", ""], ["c", "d" * 300], ["e", None]


@pytest.mark.parametrize(
    "parts", [(SHORT, LONG, GAPS), (LONG, SHORT), (GAPS, LONG, SHORT), (SHORT,), (LONG,)]
)
def test_dictionaries_are_the_texts_they_stand_for(
    tmp_path: Path, parts: tuple[list[str | None], ...]
) -> None:
    rows = ROWS + 100
    texts = [part[row % len(part)] for part in parts for row in range(rows)]
    column = pa.chunked_array(
        [pa.array(texts[first : first + rows]).dictionary_encode() for first in range(0, len(texts), rows)]
    )
    pq.write_table(pa.table({"text": column}), tmp_path / "coded.parquet", row_group_size=rows)
    reader = SandboxReader(tmp_path / "coded.parquet", "parquet", "", Limits())
    chunks = [task() for task in reader.tasks()]
    reader.close()
    assert {chunk.cells[0].values.type for chunk in chunks} == {pa.string()}
    assert [text for chunk in chunks for text in chunk.cells[0].values.to_pylist()] == texts


def test_a_text_of_a_dictionary_that_is_none_costs_its_rows_only() -> None:
    unsound = pa.DictionaryArray.from_arrays([0, 1, 0, None], pa.array(["fine", "zero\0"]))
    columns, codes = screened([unsound, pa.array([1, 2, 3, 4])], 100)
    assert columns[0].to_pylist() == ["fine", None, "fine", None]
    assert [REASONS[code] for code in codes.to_pylist()] == ["", "zero-byte", "", ""]


def test_texts_of_dictionaries_count_as_what_they_unpack_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = pa.array(["x" * 200] * ROWS).dictionary_encode()
    pq.write_table(pa.table({"text": column}), tmp_path / "bomb.parquet")
    monkeypatch.setattr(sandbox, "_FLOOR", 100 * ROWS)
    reader = SandboxReader(tmp_path / "bomb.parquet", "parquet", "", Limits())
    with pytest.raises(RefusedFileError, match="unpacks to more than"):
        list(reader.tasks())
    reader.close()
