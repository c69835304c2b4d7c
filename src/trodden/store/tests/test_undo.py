"""An import taken back is as if it had never been."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import trodden
from tests.support.events import events, received
from trodden.model.errors import CallerError, DiskFullError, RulesError, StoreError, UnknownNameError
from trodden.store import disk
from trodden.store._arrow import Table
from trodden.store.compact import compact
from trodden.store.doctor import check_workspace
from trodden.store.erasure import erase_customer
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger, ImportRecord, Origin, Rejected, standing_of
from trodden.store.loader import LoadReport, store_events
from trodden.store.proof import traces
from trodden.store.tests.walks_bench import quick_folder
from trodden.store.undo import moments_since, plan_undo, resume_undos, undo_import
from trodden.store.walks import WalkStore
from trodden.store.walks.canonical import dump

RECEIVED_US = 1_798_700_000_000_000


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


def load(
    workspace: Workspace,
    numbers: range,
    *,
    source: str = "web.csv",
    file_hash: str = "",
    rejected: Rejected | None = None,
) -> LoadReport:
    """Import numbered events as a file is imported."""
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        moment = ledger.free_moment(source, RECEIVED_US)
    told = hashlib.blake2b(f"{source}{numbers}".encode(), digest_size=16).hexdigest()
    origin = Origin(f"/data/{source}", told, moment, lambda: rejected or Rejected())
    table = received(events(numbers, source=source), moment)
    report = store_events(workspace, source, [table], file_hash=file_hash or told, origin=origin)
    WalkStore(workspace).refresh()
    return report


def numbers_in(workspace: Workspace) -> list[int]:
    return sorted(EventStore(workspace).read(["seq"]).column("seq").to_pylist())


def walks_of(workspace: Workspace) -> bytes:
    """Return what the walks say, in one form."""
    return b"".join(dump(WalkStore(workspace).open()))


def answered(home: Path, question: str) -> bytes:
    """Return an answer but for the name of the snapshot, asked twice: the second comes from the cache."""
    walks = trodden.open(home)
    first, second = walks.ask(question), walks.ask(question)
    assert first == second
    return msgspec.json.encode(replace(first, about=replace(first.about, snapshot="")))


def record(workspace: Workspace, number: int) -> ImportRecord:
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        return ledger.find(number)


def test_what_an_import_added_goes_and_all_else_stays(workspace: Workspace) -> None:
    load(workspace, range(30), source="app.csv")
    load(workspace, range(20, 50))
    plan = plan_undo(workspace, 1)
    assert (plan.events, plan.customers, plan.left, plan.bereft) == (30, 7, 0, ())
    assert undo_import(workspace, 1) == plan
    assert numbers_in(workspace) == list(range(20, 50))


def test_walks_and_answers_are_those_of_a_store_without_the_import(tmp_path: Path) -> None:
    workspace, other = Workspace.create(tmp_path / "a"), Workspace.create(tmp_path / "b")
    load(workspace, range(30))
    load(workspace, range(200, 260), source="app.csv")
    load(workspace, range(20, 40), source="shop.csv")
    load(other, range(30))
    load(other, range(20, 40), source="shop.csv")
    before = answered(tmp_path / "a", "overview")
    undo_import(workspace, 2)
    assert walks_of(workspace) == walks_of(other)
    for question in ("overview", "transitions", "departures"):
        assert answered(tmp_path / "a", question) == answered(tmp_path / "b", question)
    assert answered(tmp_path / "a", "overview") != before


def test_events_of_several_months_go_in_one_commit(workspace: Workspace) -> None:
    load(workspace, range(200, 500), source="app.csv")
    load(workspace, range(250, 400))
    version = EventStore(workspace).durable_version
    undo_import(workspace, 2)
    assert EventStore(workspace).durable_version == version + 1
    assert numbers_in(workspace) == list(range(200, 500))


def test_the_last_import_undone_leaves_an_empty_store(workspace: Workspace) -> None:
    load(workspace, range(30))
    undo_import(workspace, 1)
    assert numbers_in(workspace) == []
    assert trodden.open(workspace.home).ask("overview").about.events == 0
    assert _imports_finding(workspace) == "ok"


def test_undone_twice_is_undone_once(workspace: Workspace) -> None:
    load(workspace, range(30))
    load(workspace, range(30, 40))
    undo_import(workspace, 1)
    version = EventStore(workspace).durable_version
    again = undo_import(workspace, 1)
    assert (again.is_repeat, again.events) == (True, 30)
    assert EventStore(workspace).durable_version == version
    assert numbers_in(workspace) == list(range(30, 40))


def test_a_file_that_was_taken_back_can_be_imported_again(workspace: Workspace) -> None:
    load(workspace, range(30))
    assert load(workspace, range(30)).is_repeat
    undo_import(workspace, 1)
    assert load(workspace, range(30)).stored == 30
    assert load(workspace, range(30)).is_repeat


def test_a_later_import_that_lost_rows_with_it_is_named_and_can_be_imported_again(
    workspace: Workspace,
) -> None:
    load(workspace, range(30))
    load(workspace, range(50))
    assert [one.id for one in plan_undo(workspace, 1).bereft] == [2]
    undo_import(workspace, 1)
    assert numbers_in(workspace) == list(range(30, 50))
    assert record(workspace, 2).bereft_by == 1
    assert not record(workspace, 2).is_whole
    assert _imports_finding(workspace) == "warning"
    again = load(workspace, range(50))
    assert (again.stored, again.duplicates) == (30, 20)
    assert _imports_finding(workspace) == "ok"
    assert load(workspace, range(50)).is_repeat


def test_an_import_made_good_by_a_third_is_bereft_again_when_that_goes(workspace: Workspace) -> None:
    load(workspace, range(30))
    load(workspace, range(50))
    undo_import(workspace, 1)
    load(workspace, range(50))
    undo_import(workspace, 3)
    assert numbers_in(workspace) == list(range(30, 50))
    assert load(workspace, range(50)).stored == 30


def test_an_interrupted_import_is_taken_back_by_itself(workspace: Workspace) -> None:
    def torn() -> Iterator[Table]:
        yield received(events(range(20)), RECEIVED_US)
        raise CallerError("torn")

    origin = Origin("/data/web.csv", "torn", RECEIVED_US, Rejected)
    with pytest.raises(CallerError, match="torn"):
        store_events(workspace, "web.csv", torn(), file_hash="x", origin=origin)
    assert numbers_in(workspace) == []
    load(workspace, range(30))
    plan = undo_import(workspace, 1)
    assert (plan.events, plan.left) == (0, 30)
    assert numbers_in(workspace) == list(range(30))


def test_events_that_were_compacted_together_are_told_apart(workspace: Workspace) -> None:
    for first in range(0, 60, 10):
        load(workspace, range(first, first + 10))
    assert compact(EventStore(workspace), grace_seconds=-1).joined == 6
    undo_import(workspace, 3)
    assert numbers_in(workspace) == [*range(20), *range(30, 60)]
    assert _imports_finding(workspace) == "ok"


def test_the_rejected_rows_of_the_import_go_with_it(workspace: Workspace) -> None:
    file = workspace.rejects / "ab.jsonl"
    file.write_text("{}\n")
    load(workspace, range(10), rejected=Rejected(2, "ab.jsonl"))
    load(workspace, range(20), rejected=Rejected(3, "ab.jsonl"))
    assert [record(workspace, number).rejected for number in (1, 2)] == [2, 3]
    undo_import(workspace, 1)
    assert file.exists()
    undo_import(workspace, 2)
    assert not file.exists()


def test_somebody_erased_stays_erased_and_the_rest_is_taken_back(workspace: Workspace) -> None:
    load(workspace, range(70), source="customer-4711.csv")
    load(workspace, range(100, 170))
    erase_customer(workspace, "customer-4711")
    assert traces(workspace.root, "customer-4711") == []
    erase_customer(workspace, "C3")
    plan = undo_import(workspace, 1)
    assert (plan.events, plan.customers) == (60, 6)
    assert numbers_in(workspace) == [number for number in range(100, 170) if number % 7 != 3]


def test_an_unknown_number_is_refused_with_those_there_are(workspace: Workspace) -> None:
    with pytest.raises(UnknownNameError, match="Nothing has been imported"):
        plan_undo(workspace, 1)
    load(workspace, range(10))
    with pytest.raises(UnknownNameError, match=r"There is no import 7\..*1 to 1"):
        undo_import(workspace, 7)


def test_a_load_that_noted_no_time_of_receipt_is_refused(workspace: Workspace) -> None:
    store_events(workspace, "live", [events(range(5))])
    with pytest.raises(CallerError, match="nobody noted which events"):
        undo_import(workspace, 1)
    assert numbers_in(workspace) == list(range(5))


def test_a_ledger_of_an_earlier_version_is_read_and_goes_on(workspace: Workspace) -> None:
    with contextlib.closing(sqlite3.connect(workspace.imports_db)) as old:
        old.executescript(
            """
            CREATE TABLE imports (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL,
                file_hash TEXT NOT NULL, begun_at TEXT NOT NULL, finished_at TEXT NOT NULL DEFAULT '') STRICT;
            CREATE TABLE batches (import_id INTEGER NOT NULL REFERENCES imports (id), number INTEGER NOT NULL,
                stored INTEGER NOT NULL, duplicates INTEGER NOT NULL, refused INTEGER NOT NULL,
                version INTEGER NOT NULL, PRIMARY KEY (import_id, number)) STRICT;
            INSERT INTO imports VALUES (1, 'web.csv', 'abc', '2026-01-01T00:00:00+00:00', '2026-01-02');
            """
        )
    assert record(workspace, 1).is_whole
    assert load(workspace, range(5), file_hash="abc").is_repeat
    assert load(workspace, range(5)).import_id == 2


def test_a_full_disk_leaves_everything_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(workspace, range(30))
    load(workspace, range(30, 60), source="app.csv")
    _join(workspace)
    files = set(workspace.events.glob("month=*/*"))
    monkeypatch.setattr(disk, "RESERVE_SHARE", 1.0)
    monkeypatch.setattr(disk, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(DiskFullError):
        undo_import(workspace, 1)
    assert set(workspace.events.glob("month=*/*")) == files
    assert len(numbers_in(workspace)) == 60
    assert record(workspace, 1).is_whole
    monkeypatch.undo()
    assert undo_import(workspace, 1).events == 30
    assert numbers_in(workspace) == list(range(30, 60))


def test_a_ledger_that_cannot_be_written_leaves_no_new_file(workspace: Workspace) -> None:
    load(workspace, range(30))
    load(workspace, range(30, 60), source="app.csv")
    _join(workspace)
    files = set(workspace.events.glob("month=*/*"))
    with contextlib.closing(sqlite3.connect(workspace.imports_db)) as ledger:
        ledger.execute("CREATE TRIGGER full BEFORE UPDATE ON imports BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises((sqlite3.Error, StoreError)):
        undo_import(workspace, 1)
    assert set(workspace.events.glob("month=*/*")) == files
    assert len(numbers_in(workspace)) == 60


def test_a_commit_that_cannot_be_made_leaves_no_new_file(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    load(workspace, range(30))
    load(workspace, range(30, 60), source="app.csv")
    _join(workspace)
    files = set(workspace.events.glob("month=*/*"))
    with monkeypatch.context() as patch:
        patch.setattr("trodden.store.delta.commit", full)
        with pytest.raises(OSError, match="No space left"):
            undo_import(workspace, 1)
    assert set(workspace.events.glob("month=*/*")) == files
    assert undo_import(workspace, 1).events == 30
    assert numbers_in(workspace) == list(range(30, 60))


def test_an_undo_that_was_begun_no_longer_counts_and_is_finished_later(workspace: Workspace) -> None:
    load(workspace, range(30))
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        ledger.begin_undo(1, 30)
    assert _imports_finding(workspace) == "warning"
    assert not load(workspace, range(30)).is_repeat
    assert resume_undos(workspace) == 1
    assert numbers_in(workspace) == []
    assert load(workspace, range(30)).stored == 30
    assert resume_undos(workspace) == 0


def test_rules_that_cannot_be_read_are_told_before_anything_is_changed(workspace: Workspace) -> None:
    load(workspace, range(30))
    workspace.touchpoints_file.write_text("rules: 7\n")
    with pytest.raises(RulesError):
        undo_import(workspace, 1)
    assert record(workspace, 1).is_whole
    assert len(numbers_in(workspace)) == 30


def test_times_of_receipt_that_no_import_noted_are_not_given_again(workspace: Workspace) -> None:
    store_events(workspace, "web.csv", [received(events(range(5)), RECEIVED_US)])
    found = moments_since(workspace, "web.csv", RECEIVED_US)
    assert found == {RECEIVED_US}
    assert moments_since(workspace, "web.csv", RECEIVED_US + 1) == moments_since(workspace, "x", 0) == set()
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        assert (ledger.has_untold("web.csv"), ledger.has_untold("app.csv")) == (True, False)
        assert ledger.free_moment("web.csv", RECEIVED_US, found) == RECEIVED_US + 1


def test_an_import_has_one_standing_and_everybody_says_it(workspace: Workspace) -> None:
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        ledger.begin("web.csv", "abc")
        assert [standing_of(one, ledger.imports()) for one in ledger.imports()] == ["interrupted"]
        assert _imports_finding(workspace) == "warning"
        ledger.finish(ledger.begin("web.csv", "abc"))
        assert [standing_of(one, ledger.imports()) for one in ledger.imports()] == ["made good", "whole"]
        assert _imports_finding(workspace) == "ok"
        ledger.begin_undo(2, 0)
        standings = [standing_of(one, ledger.imports()) for one in ledger.imports()]
    assert standings == ["interrupted", "undo interrupted"]


@given(st.data())
def test_any_imports_and_undos_leave_what_the_imports_left_would(data: st.DataObject) -> None:
    """An event belongs to the import that brought it; compared with a plain list of who brought what."""
    owners: dict[int, int] = {}
    with quick_folder() as folder:
        workspace = Workspace.create(folder)
        for number in range(1, data.draw(st.integers(1, 3)) + 1):
            first = data.draw(st.integers(0, 40))
            numbers = range(first, first + data.draw(st.integers(1, 40)))
            load(workspace, numbers, file_hash=str(number))
            for one in numbers:
                owners.setdefault(one, number)
            gone = data.draw(st.integers(0, number))
            if gone:
                undo_import(workspace, gone)
                owners = {one: owner for one, owner in owners.items() if owner != gone}
            assert numbers_in(workspace) == sorted(owners)
        grown = walks_of(workspace)
        WalkStore(workspace).rebuild()
        assert grown == walks_of(workspace)


def _join(workspace: Workspace) -> None:
    """Put all events of a month into one file."""
    load(workspace, range(100, 101), source="a.csv")
    load(workspace, range(101, 102), source="b.csv")
    assert compact(EventStore(workspace), grace_seconds=-1).joined == 4
    for number in (3, 4):
        undo_import(workspace, number)


def _imports_finding(workspace: Workspace) -> str:
    return next(one.state for one in check_workspace(workspace) if one.name == "imports")
