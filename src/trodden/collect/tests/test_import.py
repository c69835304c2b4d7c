"""Importing stores every event once, whatever is done again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trodden.collect.importers import ImportOptions, Mapping, Progress, engine, import_files
from trodden.collect.importers.limits import Limits
from trodden.collect.tests.helpers import NOW, options, properties, read_text, store, stored, walk, write
from trodden.model.errors import (
    CallerError,
    KnownFileError,
    MappingError,
    RefusedFileError,
    UnreadableFileError,
)
from trodden.store.erasure import erase_customer
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger
from trodden.store.proof import traces
from trodden.store.schema import EVENT_SCHEMA, event_id
from trodden.store.undo import undo_import
from trodden.store.walks import WalkStore

LOG = "customer,event,time\nana,view,2024-01-01 10:00\nben,view,2024-01-01 11:00\nana,buy,2024-02-03 12:00\n"


def test_rows_become_events(workspace: Workspace, tmp_path: Path) -> None:
    report = store(workspace, write(tmp_path, LOG))
    assert (report.rows, report.kept, report.stored, report.customers) == (3, 3, 3, 2)
    assert walk(stored(workspace)) == [
        ("ana", "view", "2024-01-01 10:00:00"),
        ("ben", "view", "2024-01-01 11:00:00"),
        ("ana", "buy", "2024-02-03 12:00:00"),
    ]


def test_a_file_read_again_in_another_zone_adds_nothing_even_across_a_month(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = write(tmp_path, "customer,event,time\nana,view,2024-01-31 23:30\nana,buy,2024-02-01 00:30\n")
    store(workspace, path)
    for zone in ("Asia/Tokyo", "America/Lima"):
        report = store(workspace, path, timezone=zone)
        assert (report.stored, report.duplicates) == (0, 2)
        assert "stay as they were first read" in report.notes[-1]
    assert [at for _, _, at in walk(stored(workspace))] == ["2024-01-31 23:30:00", "2024-02-01 00:30:00"]


def test_an_event_has_every_column_of_the_schema(tmp_path: Path) -> None:
    events, _ = read_text(tmp_path, LOG)
    assert list(events[0]) == EVENT_SCHEMA.names
    plain = {key: value for key, value in events[2].items() if not key.endswith("_id")}
    assert plain == {
        "source": "log.csv",
        "seq": 3,
        "occurred_at": datetime(2024, 2, 3, 12, tzinfo=UTC),
        "received_at": NOW,
        "client_at": None,
        "sent_at": None,
        "time_quality": "local",
        "month": 202402,
        "ids": [{"kind": "customer", "value": "ana"}],
        "channel": "other",
        "kind": "track",
        "name": "buy",
        "url": "",
        "outcome": "unknown",
        "duration_ms": None,
        "value_minor": None,
        "currency": "",
        "text": "",
        "properties": "{}",
        "context": "{}",
        "consent": 0,
        "flags": 0,
        "protocol": "file:csv",
        "schema_version": 1,
    }


def message(source: str, cells: list[str], repeat: int) -> str:
    state = hashlib.blake2b(source.encode() + b"\x1f", digest_size=16)
    for number, cell in enumerate(cells):
        state.update(number.to_bytes(2, "little") + cell.encode() + b"\x1f")
    state.update(repeat.to_bytes(8, "little"))
    return state.hexdigest()


def test_messages_are_named_by_source_row_and_repeat(tmp_path: Path) -> None:
    row = ["ana", "view", "2024-01-01 10:00"]
    text = (
        "customer,event,time\n"
        + f"{','.join(row)}\n" * 2
        + "ben,view,2024-01-01 10:00\n"
        + f"{','.join(row)}\n"
    )
    events, report = read_text(tmp_path, text)
    mine = [event["message_id"] for event in events if event["ids"][0]["value"] == "ana"]
    assert mine == [message("log.csv", row, repeat) for repeat in range(3)]
    assert [event["event_id"] for event in events] == [
        event_id("log.csv", event["message_id"]) for event in events
    ]
    assert report.repeated_rows == 2


def test_importing_a_file_again_adds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG)
    store(workspace, path)
    again = store(workspace, path)
    assert (again.is_repeat, again.stored) == (True, 0)
    assert len(stored(workspace)) == 3


def test_a_grown_file_adds_its_new_rows(workspace: Workspace, tmp_path: Path) -> None:
    store(workspace, write(tmp_path, LOG))
    grown = store(workspace, write(tmp_path, LOG + "ben,buy,2024-02-04 12:00\n"))
    assert (grown.is_repeat, grown.stored, grown.duplicates) == (False, 1, 3)
    assert len(stored(workspace)) == 4


def test_two_true_duplicates_stay_two(workspace: Workspace, tmp_path: Path) -> None:
    doubled = LOG + "ana,buy,2024-02-03 12:00\n"
    assert store(workspace, write(tmp_path, doubled)).stored == 4
    assert store(workspace, write(tmp_path, doubled + "ana,buy,2024-02-03 12:00\n")).stored == 1
    assert [event["seq"] for event in stored(workspace) if event["name"] == "buy"] == [3, 4, 5]


def test_the_folder_of_a_file_does_not_matter(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    store(workspace, write(tmp_path, LOG))
    moved = store(workspace, write(tmp_path / "elsewhere", LOG))
    assert moved.is_repeat


def test_another_source_name_makes_other_events(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG)
    store(workspace, path)
    other = import_files(workspace, [path], ImportOptions(source="second", received_at=NOW, again=True))
    assert (other.stored, other.duplicates) == (3, 0)


def test_the_same_contents_under_another_name_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    first = store(workspace, write(tmp_path, LOG))
    copy = write(tmp_path, LOG, "copy.csv")
    with pytest.raises(KnownFileError, match=r"holds the very bytes of 'log\.csv', which import 1 brought"):
        store(workspace, copy)
    with pytest.raises(KnownFileError):
        store(workspace, copy, timezone="Europe/Berlin")
    assert len(stored(workspace)) == 3
    undo_import(workspace, first.import_id)
    assert store(workspace, copy).stored == 3


def test_a_file_that_was_stored_twice_on_purpose_is_known_by_both_names(
    workspace: Workspace, tmp_path: Path
) -> None:
    store(workspace, write(tmp_path, LOG))
    copy = write(tmp_path, LOG, "copy.csv")
    import_files(workspace, [copy], ImportOptions(again=True))
    found = import_files(workspace, [copy], ImportOptions(mapping=Mapping(nulls=("?",)))).files[0]
    assert (found.stored, found.duplicates) == (0, 3)


def test_two_files_that_are_equal_are_told_apart_before_the_second_is_stored(
    workspace: Workspace, tmp_path: Path
) -> None:
    first, second = write(tmp_path, LOG), write(tmp_path, LOG, "copy.csv")
    with pytest.raises(KnownFileError, match=r"copy\.csv"):
        import_files(workspace, [first, second], options())
    assert len(stored(workspace)) == 3
    assert WalkStore(workspace).open().customer("ana") is not None


def test_files_that_brought_nothing_are_not_held_against_others(workspace: Workspace, tmp_path: Path) -> None:
    text = "customer,event,time\nana,view,soon\n"
    for name in ("log.csv", "copy.csv"):
        report = store(workspace, write(tmp_path, text, name), time=("time",))
        assert (report.rows, report.kept, report.import_id > 0) == (1, 0, True)


def test_an_interrupted_import_can_be_run_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"c{number},view,2024-01-01 10:{number // 60:02}:{number % 60:02}" for number in range(3_000)]
    path = write(tmp_path, "customer,event,time\n" + "\n".join(lines))
    original = engine.Run.tables

    def stopped(self: engine.Run) -> Iterator[Any]:
        tables = original(self)
        yield next(tables)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("trodden.store.loader.BATCH_ROWS", 1)
        patch.setattr("trodden.collect.importers.delimited.ROWS", 1_000)
        patch.setattr(engine.Run, "tables", stopped)
        with pytest.raises(KeyboardInterrupt):
            store(workspace, path)
    part = len(stored(workspace))
    assert 0 < part < 3_000
    copy = tmp_path / "copy.csv"
    copy.write_bytes(path.read_bytes())
    with pytest.raises(KnownFileError) as caught:
        store(workspace, copy)
    assert "--source log.csv" in caught.value.hint
    rest = store(workspace, path)
    with pytest.raises(KnownFileError) as caught:
        store(workspace, copy)
    assert "Nothing needs doing" in caught.value.hint
    assert (rest.duplicates, rest.stored) == (part, 3_000 - part)
    assert len(stored(workspace)) == 3_000


def test_walks_are_brought_up_to_date(workspace: Workspace, tmp_path: Path) -> None:
    store(workspace, write(tmp_path, LOG))
    snapshot = WalkStore(workspace).open()
    assert sorted(key for bucket in snapshot.buckets() for key in bucket.keys) == ["ana", "ben"]


def test_a_dry_run_counts_and_stores_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG + "cem,view,soon\n")
    report = import_files(workspace, [path], ImportOptions(dry_run=True))
    assert (report.is_dry_run, report.rows, report.kept, report.stored) == (True, 4, 3, 0)
    assert report.files[0].rejected == {"bad-time": 1}
    assert list(workspace.rejects.iterdir()) == []
    assert not workspace.imports_db.exists()


def test_a_dry_run_refuses_what_would_be_refused(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG)
    store(workspace, path)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(path.read_bytes())
    with pytest.raises(KnownFileError):
        import_files(workspace, [copy], ImportOptions(dry_run=True))
    assert import_files(workspace, [copy], ImportOptions(dry_run=True, again=True)).kept == 3
    assert import_files(workspace, [path], ImportOptions(dry_run=True)).kept == 3


def test_an_import_is_told_from_events_that_no_import_noted(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG)
    store(workspace, path)
    with closing(sqlite3.connect(workspace.imports_db)) as ledger, ledger:
        ledger.execute("UPDATE imports SET received_us = NULL")
    grown = write(tmp_path, LOG + "cem,view,2024-01-05 10:00\n")
    assert undo_import(workspace, store(workspace, grown).import_id).events == 1


def test_every_row_is_kept_or_rejected(workspace: Workspace, tmp_path: Path) -> None:
    text = (
        LOG + ",view,2024-01-01\ncem,,2024-01-01\ndan,view,\neve,view,2024-01-01,odd\nfay,view,1700-01-01\n"
    )
    report = store(workspace, write(tmp_path, text))
    assert report.rejected == {
        "no-customer": 1,
        "no-touchpoint": 1,
        "no-time": 1,
        "too-many-cells": 1,
        "time-out-of-range": 1,
    }
    assert report.rows == report.kept + sum(report.rejected.values()) == 8
    assert report.stored == 3


def test_rejected_rows_are_kept_in_a_file(workspace: Workspace, tmp_path: Path) -> None:
    report = store(workspace, write(tmp_path, LOG + "eve,view,2024-01-01,odd\ncem,view,soon\n"))
    lines = [json.loads(line) for line in Path(report.rejects_file).read_text().splitlines()]
    assert lines == [
        {"file": "log.csv", "row": 4, "reason": "too-many-cells", "text": "eve,view,2024-01-01,odd"},
        {"file": "log.csv", "row": 5, "reason": "bad-time", "text": "cem,view,soon"},
    ]
    assert Path(report.rejects_file).parent == workspace.rejects
    assert Path(report.rejects_file).stat().st_mode & 0o077 == 0


def test_a_mended_file_takes_its_rejects_away(workspace: Workspace, tmp_path: Path) -> None:
    first = store(workspace, write(tmp_path, LOG + "cem,view,soon\n"))
    second = store(workspace, write(tmp_path, LOG + "cem,view,2024-01-01\n"))
    assert first.rejects_file
    assert second.rejects_file == ""
    assert list(workspace.rejects.iterdir()) == []


def test_what_follows_damage_is_one_reject(workspace: Workspace, tmp_path: Path) -> None:
    whole = gzip.compress((LOG + "cem,view,soon\n").encode())
    report = store(workspace, write(tmp_path, whole + b"\x1f\x8b\x08broken", "log.csv.gz"))
    assert report.damage
    assert report.rejected == {"bad-time": 1, "damaged-file": 1}
    assert [file.suffix for file in workspace.rejects.iterdir()] == [".jsonl"]


def test_a_source_name_is_no_novel(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="300 characters is too long"):
        import_files(workspace, [write(tmp_path, LOG)], ImportOptions(source="x" * 300))


def test_another_file_of_the_same_name_leaves_the_rejects_of_the_first(
    workspace: Workspace, tmp_path: Path
) -> None:
    for place, rows in (
        ("one", "ana,view,2024-01-01 10:00\nben,view,never\n"),
        ("two", "eve,view,2024-01-02 10:00\n"),
    ):
        (tmp_path / place).mkdir()
        (tmp_path / place / "log.csv").write_text(f"customer,event,time\n{rows}")
    first, second = (store(workspace, tmp_path / place / "log.csv") for place in ("one", "two"))
    assert (first.stored, second.stored, second.rejects_file) == (1, 1, "")
    assert "ben,view,never" in Path(first.rejects_file).read_text()


@pytest.mark.parametrize("customer", ["C:7", "(abc)", "x=1", 'a"b', 'Lisa "Z" Mueller', "a;b", "Jörg, Anna"])
def test_an_erased_customer_is_gone_from_rejected_rows_however_they_are_quoted(
    customer: str, workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["customer", "event", "time"])
        rows.writerows(
            [[customer, "view", "2024-01-01 10:00"], [customer, "view", "never"], ["ben", "view", "never"]]
        )
    rejects = Path(store(workspace, file).rejects_file)
    assert len(rejects.read_text().splitlines()) == 2
    assert any(trace.path == rejects for trace in traces(workspace.root, customer))
    erased = erase_customer(workspace, customer)
    assert (erased.events, erased.lines, erased.traces) == (1, 1, ())
    assert [json.loads(line)["text"] for line in rejects.read_text().splitlines()] == ["ben,view,never"]


def test_a_failed_import_leaves_the_rejects_of_the_one_before(workspace: Workspace, tmp_path: Path) -> None:
    report = store(workspace, write(tmp_path, LOG + "cem,view,soon\n"))
    before = Path(report.rejects_file).read_bytes()
    bomb = gzip.compress((LOG + "cem,view,soon\n" * 9 + "\n" * (1 << 20)).encode())
    limits = Limits(inflated_ratio=10, inflated_floor=1000)
    path = write(tmp_path, bomb, "log.csv")
    with pytest.raises(RefusedFileError):
        import_files(workspace, [path], ImportOptions(limits=limits, received_at=NOW))
    assert Path(report.rejects_file).read_bytes() == before
    assert len(list(workspace.rejects.iterdir())) == 1


def test_a_file_that_ends_early_gives_what_it_holds(workspace: Workspace, tmp_path: Path) -> None:
    rows = "".join(f"c{number},view,2024-01-01 10:00:{number % 60:02}\n" for number in range(30_000))
    whole = gzip.compress(("customer,event,time\n" + rows).encode())
    part = store(workspace, write(tmp_path, whole[: len(whole) // 2], "log.csv.gz"))
    assert "ends in the middle" in part.damage
    assert 0 < part.stored < 30_000
    rest = store(workspace, write(tmp_path, whole, "log.csv.gz"))
    assert (rest.damage, rest.duplicates, rest.stored) == ("", part.stored, 30_000 - part.stored)


def test_several_files_are_sources_of_their_own(workspace: Workspace, tmp_path: Path) -> None:
    first, second = write(tmp_path, LOG), write(tmp_path, LOG.upper(), "other.csv")
    report = import_files(workspace, [first, second], options())
    assert [file.stored for file in report.files] == [3, 3]
    assert {event["source"] for event in stored(workspace)} == {"log.csv", "other.csv"}


def test_nothing_is_stored_if_one_file_is_not_understood(workspace: Workspace, tmp_path: Path) -> None:
    good, bad = write(tmp_path, LOG), write(tmp_path, "a,b\n1,2\n", "bad.csv")
    with pytest.raises(MappingError):
        import_files(workspace, [good, bad], options())
    assert not workspace.imports_db.exists()


def test_a_missing_file_is_said_to_be_missing(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        import_files(workspace, [tmp_path / "none.csv"])


def test_no_files_and_a_name_for_several_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="No file"):
        import_files(workspace, [])
    paths = [write(tmp_path, LOG), write(tmp_path, LOG, "b.csv")]
    with pytest.raises(CallerError, match="one file only"):
        import_files(workspace, paths, ImportOptions(source="x"))


def test_progress_ends_with_the_whole_file(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG)
    seen: list[Progress] = []
    import_files(workspace, [path], options(), seen.append)
    assert [(one.rows, one.read, one.size) for one in seen[-1:]] == [(3, len(LOG), len(LOG))]
    assert seen[-1].seconds_left == 0
    assert seen[-1].file == str(path)


def test_batches_and_threads_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(
        f"c{number % 50},step {number % 7},2024-01-01 10:{number % 60:02}\n" for number in range(3_000)
    )
    path = write(tmp_path, "customer,event,time\n" + rows)
    whole, _ = read_text(tmp_path, path.read_bytes())
    for name, value in (("ROWS", 100), ("BLOCK", 777)):
        monkeypatch.setattr(f"trodden.collect.importers.delimited.{name}", value)
        cut, _ = read_text(tmp_path, path.read_bytes())
        assert cut == whole


def test_rows_of_one_customer_at_one_time_are_counted(tmp_path: Path) -> None:
    text = LOG + "ana,pay,2024-02-03 12:00\nben,pay,2024-02-03 12:00\nana,rate,2024-02-03 12:00\n"
    _, report = read_text(tmp_path, text)
    assert report.equal_times == 2


@pytest.mark.parametrize(
    ("file", "events", "customers", "equal"),
    [
        ("journeys/helpdesk.csv", 13_710, 3_804, 91),
        ("journeys/sepsis.csv.gz", 15_214, 1_050, None),
        ("journeys/helpdesk_full.xes.gz", 21_348, 4_580, None),
        ("journeys/ecom.csv.gz", 31_106, 600, None),
        ("journeys/receipt.csv.gz", 8_577, 1_434, None),
        ("service/incident_event_log.csv.gz", 5_998, 890, None),
    ],
)
def test_real_files_lose_nothing(
    workspace: Workspace, shared: Path, file: str, events: int, customers: int, equal: int | None
) -> None:
    report = store(workspace, shared / "data" / file)
    assert (report.rows, report.stored, report.customers, report.rejected) == (events, events, customers, {})
    assert equal is None or report.equal_times == equal
    assert store(workspace, shared / "data" / file).is_repeat


def test_the_case_called_na_survives(workspace: Workspace, shared: Path) -> None:
    store(workspace, shared / "data/journeys/sepsis.csv.gz")
    events = [event for event in stored(workspace) if event["ids"][0]["value"] == "NA"]
    assert len(events) == 24


def test_question_marks_and_day_first_dates_of_the_incident_log(workspace: Workspace, shared: Path) -> None:
    store(workspace, shared / "data/service/incident_event_log.csv.gz")
    first = stored(workspace)[0]
    assert walk([first]) == [("INC0000045", "New", "2016-02-29 01:23:00")]
    told = properties([first])[0]
    assert "assigned_to" not in told
    assert told["assignment_group"] == "Group 56"
    assert first["channel"] == "phone"


def test_what_the_mapping_says_is_done(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, "a;b;c;d\nx;1;03/04/2024;secret\n")
    mapping = Mapping(customer="a", touchpoint="b", time=("c",), skip=("d",), date_order="mdy")
    import_files(workspace, [path], ImportOptions(mapping=mapping))
    event = stored(workspace)[0]
    assert (walk([event]), event["properties"]) == ([("x", "1", "2024-03-04 00:00:00")], "{}")


def test_what_was_noticed_is_told_in_sentences(tmp_path: Path) -> None:
    text = (
        "customer,event,time,channel,amount\n"
        "ana,view,2024-10-27 02:30,Web,1\n"
        "ana,view,2024-10-27 02:30,Web,1\n"
        "ben,view,2024-03-31 02:30,Pigeon,x\n"
    )
    _, report = read_text(tmp_path, text, timezone="Europe/Berlin", value="amount")
    assert report.notes == (
        "Amounts of 'amount' have a currency only where they say it; --every-currency sets it.",
        "Times without a zone, read in Europe/Berlin: 3.",
        "Clocks that come twice in Europe/Berlin, when summer time ends (the first was taken): 2.",
        "Clocks that never come in Europe/Berlin, when summer time begins (moved forward): 1.",
        "Rows equal to an earlier one (all are kept): 1.",
        "Not understood as channel, so the channel `other` and kept as a property: 'Pigeon' (1).",
        "Not understood as value, so no amount and kept as a property: 'x' (1).",
    )


def test_only_so_many_rejected_rows_are_written(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, LOG + "cem,view,soon\n" * 9)
    limits = Limits(kept_rejects=3)
    mapping = Mapping(time=("time",))
    report = import_files(workspace, [path], ImportOptions(limits=limits, mapping=mapping)).files[0]
    assert report.rejected == {"bad-time": 9}
    assert len(Path(report.rejects_file).read_text().splitlines()) == 3
    assert "Only the first 3 rejected rows are written; the others are counted." in report.notes


def exported(rows: range, mark: str) -> str:
    """Return a log of some rows as one program writes it."""
    times = (f"2024-01-{1 + row // 1440:02} {row // 60 % 24:02}:{row % 60:02}" for row in rows)
    lines = (f"c{row % 40},step {row % 3},{time},{mark}" for row, time in zip(rows, times, strict=True))
    return "customer,event,time,program\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("rows", "is_told"), [(range(1_000), True), (range(30, 1_030), True), (range(500, 1_500), False)]
)
def test_a_log_that_another_source_brought_already_is_noticed(
    workspace: Workspace, tmp_path: Path, rows: range, *, is_told: bool
) -> None:
    store(workspace, write(tmp_path, exported(range(1_000), "old"), "old.csv"))
    report = store(workspace, write(tmp_path, exported(rows, "new"), "new.csv"))
    assert report.stored == 1_000
    notes = [note for note in report.notes if "the same log counts twice" in note]
    assert len(notes) == is_told
    if is_told:
        assert "from 'old.csv' as well" in notes[0]
        assert f"trodden imports undo {report.import_id}" in notes[0]


def test_another_log_of_the_same_customers_at_the_same_times_is_not_the_same(
    workspace: Workspace, tmp_path: Path
) -> None:
    store(workspace, write(tmp_path, exported(range(500), "old"), "old.csv"))
    other = exported(range(500), "new").replace("step", "screen")
    assert "counts twice" not in str(store(workspace, write(tmp_path, other, "new.csv")).notes)


def test_a_folder_whose_name_is_no_text_is_noted_as_far_as_it_is(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    assert store(workspace, write(folder, LOG)).stored == 3
    with closing(ImportLedger(workspace.imports_db)) as ledger:
        assert ledger.find(1).path.endswith(r"caf\xe9/log.csv")
