"""The ledger of imports and the load that writes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.events import event, events
from tests.support.rows import events_table
from trodden.model.errors import DataError, LockedError
from trodden.store import loader
from trodden.store._arrow import Table, pa
from trodden.store.erased import ErasedIds
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import Batch, ImportLedger
from trodden.store.loader import gathered, store_events
from trodden.store.schema import empty_events


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "BATCH_ROWS", 10)


def test_the_ledger_knows_a_file_once_it_is_finished(workspace: Workspace) -> None:
    ledger = ImportLedger(workspace.imports_db)
    number = ledger.begin("web.csv", "abc")
    ledger.acknowledge(number, Batch(0, 10, 2, 1, 1))
    assert not ledger.has_finished("web.csv", "abc")
    ledger.finish(number)
    later = ImportLedger(workspace.imports_db)
    assert later.has_finished("web.csv", "abc")
    assert not later.has_finished("web.csv", "abd")
    assert not later.has_finished("app.csv", "abc")
    assert later.batches(number) == [Batch(0, 10, 2, 1, 1)]


def test_a_file_without_a_hash_is_never_known(workspace: Workspace) -> None:
    ledger = ImportLedger(workspace.imports_db)
    ledger.finish(ledger.begin("web.csv", ""))
    assert not ledger.has_finished("web.csv", "")


def test_the_ledger_sums_up_each_import(workspace: Workspace) -> None:
    ledger = ImportLedger(workspace.imports_db)
    first = ledger.begin("web.csv", "abc")
    for position in range(3):
        ledger.acknowledge(first, Batch(position, 10, 2, 1, position))
    ledger.begin("app.csv", "def")
    done, begun = ledger.imports()
    assert (done.batches, done.stored, done.duplicates, done.refused) == (3, 30, 6, 3)
    assert (begun.source, begun.batches, begun.stored, begun.finished_at) == ("app.csv", 0, 0, "")


@pytest.mark.usefixtures("small_batches")
def test_a_load_is_stored_batch_by_batch(workspace: Workspace) -> None:
    seen: list[int] = []
    parts = [events(range(start, start + 5)) for start in range(0, 25, 5)]
    report = store_events(workspace, "web.csv", parts, file_hash="abc", progress=seen.append)
    assert (report.stored, report.duplicates, report.batches) == (25, 0, 3)
    assert seen == [10, 20, 25]
    ledger = ImportLedger(workspace.imports_db)
    assert [batch.stored for batch in ledger.batches(1)] == [10, 10, 5]
    assert EventStore(workspace).count() == 25


def test_a_load_of_a_known_file_reads_nothing(workspace: Workspace) -> None:
    def unread() -> Iterator[Table]:
        pytest.fail("the file was read")
        yield empty_events()

    store_events(workspace, "web.csv", [events(range(5))], file_hash="abc")
    report = store_events(workspace, "web.csv", unread(), file_hash="abc")
    assert report.is_repeat
    assert report.stored == 0


def test_a_load_of_the_same_events_adds_nothing(workspace: Workspace) -> None:
    store_events(workspace, "web.csv", [events(range(5))], file_hash="abc")
    report = store_events(workspace, "web.csv", [events(range(7))], file_hash="abd")
    assert (report.stored, report.duplicates) == (2, 5)


@pytest.mark.usefixtures("small_batches")
def test_an_interrupted_load_can_be_run_again(workspace: Workspace) -> None:
    def broken() -> Iterator[Table]:
        yield events(range(10))
        yield events(range(10, 20))
        raise DataError("the rest cannot be read")

    with pytest.raises(DataError):
        store_events(workspace, "web.csv", broken(), file_hash="abc")
    ledger = ImportLedger(workspace.imports_db)
    assert sum(batch.stored for batch in ledger.batches(1)) == EventStore(workspace).count() == 20
    report = store_events(workspace, "web.csv", [events(range(30))], file_hash="abc")
    assert (report.stored, report.duplicates, report.is_repeat) == (10, 20, False)


def test_a_load_waits_for_nobody(workspace: Workspace) -> None:
    import threading

    refused: list[LockedError] = []

    def load() -> None:
        try:
            store_events(workspace, "web.csv", [events(range(5))])
        except LockedError as error:
            refused.append(error)

    with workspace.lock():
        thread = threading.Thread(target=load)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_a_load_of_nothing_is_finished(workspace: Workspace) -> None:
    report = store_events(workspace, "web.csv", [empty_events()], file_hash="abc")
    assert (report.stored, report.batches, report.version) == (0, 0, 0)
    assert ImportLedger(workspace.imports_db).has_finished("web.csv", "abc")


@pytest.mark.usefixtures("small_batches")
def test_small_tables_are_gathered_and_a_large_one_is_passed_on() -> None:
    sizes = [table.num_rows for table in gathered(events(range(n)) for n in (4, 4, 4, 30, 1, 0))]
    assert sizes == [12, 30, 1]


def test_somebody_who_was_erased_does_not_come_back(workspace: Workspace) -> None:
    ErasedIds(workspace.erased_db).note("C1")
    report = store_events(workspace, "web.csv", [events(range(14))])
    assert (report.stored, report.refused) == (12, 2)
    assert "C1" not in str(EventStore(workspace).read(["ids"]).to_pylist())


def test_an_erased_identifier_is_known_wherever_it_stands_among_the_ids(workspace: Workspace) -> None:
    import msgspec

    from trodden.model.event import Identifier

    erased = ErasedIds(workspace.erased_db)
    erased.note("0012")
    one = msgspec.structs.replace(event(1), ids=(Identifier("device", "d1"), Identifier("user", "0012")))
    assert erased.keep(events_table([one, event(2)])).column("seq").to_pylist() == [2]


def test_the_ledger_of_the_erased_holds_no_identifier(workspace: Workspace) -> None:
    erased = ErasedIds(workspace.erased_db)
    erased.note("customer-4711")
    assert erased.pending() == ["customer-4711"]
    erased.settle("customer-4711")
    erased.close()
    assert b"4711" not in b"".join(path.read_bytes() for path in workspace.root.glob("erased.db*"))
    assert ErasedIds(workspace.erased_db).among(["customer-4711", "customer-4712"]) == ["customer-4711"]


def test_where_nobody_was_erased_no_ledger_is_made(workspace: Workspace) -> None:
    table = events(range(5))
    assert ErasedIds(workspace.erased_db).keep(table) is table
    assert not workspace.erased_db.exists()


def test_two_workspaces_hash_the_same_person_differently(tmp_path: Path) -> None:
    stores = [ErasedIds(Workspace.create(tmp_path, name).erased_db) for name in ("a", "b")]
    hashes: list[bytes] = []
    for store in stores:
        store.note("C1")
        hashes.append(store._open().execute("SELECT hash FROM erased").fetchone()[0])
    assert hashes[0] != hashes[1]


def test_ids_without_any_name_bear_nobody(workspace: Workspace) -> None:
    table = events(range(2)).set_column(10, "ids", pa.array([[], []], events([]).schema.field("ids").type))
    erased = ErasedIds(workspace.erased_db)
    erased.note("C1")
    assert erased.keep(table).num_rows == 2
