"""Erasing a person: found everywhere before, nowhere after, and refused when they come back."""

import gzip
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from tests.support.events import event, events, load_events
from tests.support.rows import events_table
from trodden.model.event import Event, Identifier
from trodden.store import erasure
from trodden.store._arrow import Table, ipc, pq
from trodden.store.delta import LOG
from trodden.store.erased import ErasedIds
from trodden.store.erasure import erase_customer, resume_erasures
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger
from trodden.store.proof import traces
from trodden.store.values import Wanted
from trodden.store.walks import WalkStore

LONG = "canary-4711-ünal"
SHORT = "K7"

# The proof, format by format


def parquet(path: Path, value: str) -> None:
    pq.write_table(pa.table({"ids": [[{"value": value}], []]}), path, compression="zstd")


def parquet_metadata(path: Path, value: str) -> None:
    schema = pa.schema([pa.field("n", pa.int64())], metadata={"who": json.dumps({"id": value})})
    pq.write_table(pa.table({"n": [1]}, schema=schema), path)


def arrow(path: Path, value: str) -> None:
    unused = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array(["a", value]))
    with ipc.new_file(
        path, pa.schema([("n", unused.type)]), options=ipc.IpcWriteOptions(compression="zstd")
    ) as file:
        file.write_table(pa.table({"n": unused}))


def arrow_streams(path: Path, value: str) -> None:
    options = ipc.IpcWriteOptions(compression="lz4")
    with path.open("wb") as file:
        for text in ("a", value):
            table = pa.table({"n": [text, text]})
            with ipc.new_stream(file, table.schema, options=options) as stream:
                stream.write_table(table)


def sqlite(path: Path, value: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE one (id TEXT)")
        connection.execute("INSERT INTO one VALUES (?)", (value,))
    connection.close()


def sqlite_log(path: Path, value: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=wal").fetchall()
    connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()
    connection.execute("CREATE TABLE one (id TEXT)")
    connection.execute("INSERT INTO one VALUES (?)", (value,))
    KEPT_OPEN.append(connection)


KEPT_OPEN: list[sqlite3.Connection] = []
"""Closing a connection would fold its log in."""


@pytest.fixture(autouse=True)
def _close() -> object:
    yield
    while KEPT_OPEN:
        KEPT_OPEN.pop().close()


def json_escaped(path: Path, value: str) -> None:
    path.write_text(json.dumps({"rows": [{"who": value}]}))


def json_in_json(path: Path, value: str) -> None:
    path.write_text(json.dumps({"properties": json.dumps({"who": value})}))


def json_lines(path: Path, value: str) -> None:
    path.write_text('{"n": 1}\n' + json.dumps({"who": value}) + "\n")


def csv_in_json_lines(path: Path, value: str) -> None:
    path.write_text('{"n": 1}\n' + json.dumps({"row": f"a,{value},b"}) + "\n")


def csv_file(path: Path, value: str) -> None:
    path.write_text(f'n;who\n1;"{value}"\n')


def yaml_file(path: Path, value: str) -> None:
    path.write_text(f"who: {value}\n")


def gzipped(path: Path, value: str) -> None:
    path.write_bytes(gzip.compress(gzip.compress(f"a,{value}\n".encode())))


def zstandard(path: Path, value: str) -> None:
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(f"a,{value}\n".encode())


def zipped(path: Path, value: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.csv", f"a,{value}\n")


def named(path: Path, value: str) -> None:
    path.with_name(f"{value}.csv").write_text("n\n1\n")


FORMATS = (
    parquet,
    parquet_metadata,
    arrow,
    arrow_streams,
    sqlite,
    sqlite_log,
    json_escaped,
    json_in_json,
    json_lines,
    csv_in_json_lines,
    csv_file,
    yaml_file,
    gzipped,
    zstandard,
    zipped,
    named,
)


@pytest.mark.parametrize("value", [LONG, SHORT])
@pytest.mark.parametrize("written", FORMATS)
def test_a_person_is_found_in_every_format(
    written: Callable[[Path, str], None], value: str, tmp_path: Path
) -> None:
    written(tmp_path / "file", value)
    assert traces(tmp_path, value), f"{written.__name__} hides {value}"


@pytest.mark.parametrize("written", FORMATS)
def test_a_short_identifier_inside_a_longer_value_is_somebody_else(
    written: Callable[[Path, str], None], tmp_path: Path
) -> None:
    written(tmp_path / "file", f"AB{SHORT}9")
    assert traces(tmp_path, SHORT) == []


@pytest.mark.parametrize("written", FORMATS)
def test_nobody_is_found_where_they_are_not(written: Callable[[Path, str], None], tmp_path: Path) -> None:
    written(tmp_path / "file", "somebody else")
    assert traces(tmp_path, LONG) == []


def test_a_deleted_row_is_found_until_the_database_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    sqlite(path, LONG)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA secure_delete=0").fetchall()
    connection.execute("DELETE FROM one")
    connection.close()
    assert [trace.place for trace in traces(tmp_path, LONG)] == ["raw bytes"]


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        (SHORT, True),
        (f"x{SHORT}", False),
        (f'{{"id":"{SHORT}"}}', True),
        (f'["{SHORT}", 1]', True),
        ("[7", False),
    ],
)
def test_a_text_names_a_short_identifier_only_as_a_whole_value(text: str, is_there: bool) -> None:  # noqa: FBT001
    assert Wanted(SHORT).in_text(text) is is_there


def test_a_short_number_is_an_amount_and_not_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"age": 7, "of": [7], "text": "7 of 9"}')
    pq.write_table(pa.table({"n": [7]}), tmp_path / "b.parquet")
    assert traces(tmp_path, "7") == []
    (tmp_path / "c.json").write_text('{"who": "7"}')
    assert [trace.path.name for trace in traces(tmp_path, "7")] == ["c.json"]


def test_a_long_number_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"who": 1234567890}')
    assert traces(tmp_path, "1234567890")


@pytest.mark.parametrize("magic", [b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff", b"\x1f\x8b", b"PK\x03\x04"])
def test_what_cannot_be_opened_proves_nothing(magic: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(magic + b"\x07" * 40)
    assert ["cannot be opened" in trace.place for trace in traces(tmp_path, LONG)] == [True]


# A whole workspace


def told(customer: str) -> Table:
    """Make events of others and of one customer, who is also named second, in texts and in properties."""
    mine = [
        msgspec.structs.replace(
            event(number, customer=customer), text=f"I am {customer}", name=f"hello {customer}"
        )
        for number in range(200, 230)
    ]
    second = msgspec.structs.replace(
        event(300), ids=(Identifier("device", "d1"), Identifier("user", customer))
    )
    properties = msgspec.json.encode({"who": customer}).decode()
    return events_table(
        [*others(), *mine, second, msgspec.structs.replace(mine[0], message_id="p", properties=properties)]
    )


def others() -> list[Event]:
    return [event(number) for number in range(100)]


def furnished(home: Path, customer: str) -> Workspace:
    """Make a workspace in which every store names the customer."""
    workspace = Workspace.create(home)
    load_events(workspace, "web.csv", [told(customer)], file_hash="abc")
    load_events(
        workspace, f"{customer}.csv", [events(range(400, 410), source=f"{customer}.csv")], file_hash="def"
    )
    (workspace.rejects / "1.jsonl").write_text(
        f'{{"line":1,"who":"{customer}"}}\n{{"line":2,"who":"other"}}\n'
    )
    (workspace.rejects / f"{customer}.csv.jsonl").write_text('{"line":1}\n')
    (workspace.cache / "answers").mkdir()
    (workspace.cache / "answers/x.answer").write_text(json.dumps({"examples": [customer]}))
    (workspace.quarantine / "tail.json").write_text(json.dumps({"who": customer}))
    for name in ("logs", "exports"):
        (workspace.root / name).mkdir()
        (workspace.root / name / "one.csv").write_text(f"a,{customer}\nb,other\n")
    return workspace


def stores(workspace: Workspace, customer: str) -> set[str]:
    """Return the parts of the workspace that name the customer."""
    return {trace.path.relative_to(workspace.root).parts[0] for trace in traces(workspace.root, customer)}


@pytest.mark.parametrize("customer", [LONG, SHORT])
def test_a_person_is_everywhere_before_and_nowhere_after(customer: str, tmp_path: Path) -> None:
    workspace = furnished(tmp_path, customer)
    assert {"events", "walks", "rejects", "cache", "quarantine", "logs", "exports"} <= stores(
        workspace, customer
    )
    assert any(name.startswith("imports.db") for name in stores(workspace, customer))
    assert any(trace.path.suffix == ".arrows" for trace in traces(workspace.walks, customer))
    done = erase_customer(workspace, customer)
    assert (done.events, done.lines, done.traces) == (32, 4, ())
    assert traces(tmp_path, customer) == []


def test_everybody_else_stays(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    before = EventStore(workspace).read()
    erase_customer(workspace, LONG)
    left = EventStore(workspace).read()
    assert left.num_rows == before.num_rows - 32
    kept = {row["message_id"]: row for row in before.to_pylist()}
    for row in left.to_pylist():
        assert row | {"source": ""} == kept[row["message_id"]] | {"source": ""}
    assert (workspace.rejects / "1.jsonl").read_text() == '{"line":2,"who":"other"}\n'
    assert WalkStore(workspace).open().customer("C3") is not None
    assert WalkStore(workspace).open().customer(LONG) is None


def test_the_log_of_the_table_forgets_too(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    version = EventStore(workspace).durable_version
    erase_customer(workspace, LONG)
    entries = sorted(path.name for path in (workspace.events / LOG).glob("*.json"))
    assert len(entries) == 1
    assert entries[0] > f"{version:020d}.json"


def test_who_was_erased_is_refused_when_they_come_back(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    erase_customer(workspace, LONG)
    again = load_events(workspace, "web.csv", [told(LONG)], file_hash="another")
    assert (again.stored, again.refused, again.duplicates) == (0, 32, 100)
    assert traces(tmp_path, LONG) == []


def test_a_source_that_lost_its_name_is_not_stored_twice(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    erase_customer(workspace, LONG)
    again = load_events(workspace, f"{LONG}.csv", [events(range(400, 410), source=f"{LONG}.csv")])
    assert (again.stored, again.duplicates) == (0, 10)


def test_the_ledger_keeps_what_was_imported(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    before = ImportLedger(workspace.imports_db).imports()
    erase_customer(workspace, LONG)
    after = ImportLedger(workspace.imports_db).imports()
    assert [one.stored for one in after] == [one.stored for one in before]
    assert after[1].source.startswith("erased-")


def test_an_interrupted_erasure_is_finished_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = furnished(tmp_path, LONG)

    def fail(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "empty_folder", fail)
        with pytest.raises(KeyboardInterrupt):
            erase_customer(workspace, LONG)
    assert ErasedIds(workspace.erased_db).pending() == [LONG]
    assert resume_erasures(workspace) == 1
    assert ErasedIds(workspace.erased_db).pending() == []
    assert traces(tmp_path, LONG) == []


def test_erasing_somebody_unknown_changes_no_event(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    before = EventStore(workspace).read().sort_by("event_id")
    assert erase_customer(workspace, "nobody-at-all").events == 0
    assert EventStore(workspace).read().sort_by("event_id").equals(before)


def test_what_people_wrote_by_hand_is_told_and_left(tmp_path: Path) -> None:
    workspace = furnished(tmp_path, LONG)
    (workspace.segments / "vip.yaml").write_text(f"where: who = {LONG}\n")
    assert erase_customer(workspace, LONG).traces == (
        "segments/vip.yaml: raw bytes",
        "segments/vip.yaml: text",
    )


def test_a_whole_month_of_one_person_goes(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    mine = [event(number, customer=LONG) for number in range(400, 410)]
    load_events(workspace, "web.csv", [events_table([*others(), *mine])])
    erase_customer(workspace, LONG)
    assert {file.month for file in EventStore(workspace).live()} == {202601}
    assert traces(tmp_path, LONG) == []


def test_files_that_vanish_while_they_are_looked_at_name_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is gone between being listed and being opened, as those of SQLite and of rotated logs are."""
    workspace = Workspace.create(tmp_path)
    for folder in (workspace.cache, workspace.rejects):
        (folder / "one").write_text(LONG)
    walked = os.walk

    def vanishing(folder: Path) -> object:
        for parent, folders, files in list(walked(folder)):
            for name in files:
                if name == "one":
                    Path(parent, name).unlink()
            yield parent, folders, files

    monkeypatch.setattr(os, "walk", vanishing)
    assert traces(workspace.rejects, LONG) == []
    assert erasure.empty_folder(workspace.cache) == 1
    assert erasure._drop_lines(workspace.rejects / "one", Wanted(LONG)) == 0


def test_who_is_noted_is_refused_at_once_and_erased_by_who_tidies_next(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    load_events(workspace, "web.csv", [events_table([event(1, customer=LONG)])])
    with workspace.lock():
        erasure.note_erasure(workspace, LONG)
    assert erasure.pending_erasures(workspace) == [LONG]
    report = load_events(workspace, "web.csv", [events_table([event(2, customer=LONG)])])
    assert (report.stored, report.refused) == (0, 1)
    assert resume_erasures(workspace) == 1
    assert traces(workspace.root, LONG) == []


def test_what_is_computed_while_somebody_is_erased_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.create(tmp_path)
    settle = ErasedIds.settle

    def late(ledger: ErasedIds, value: str) -> None:
        (workspace.cache / "late.answer").write_text(LONG)
        settle(ledger, value)

    monkeypatch.setattr(ErasedIds, "settle", late)
    assert erase_customer(workspace, LONG).traces == ()
