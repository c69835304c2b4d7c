"""The events table: what is stored once, what a reader sees, what an interrupted writer leaves."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.events import events
from trodden.model.errors import DamagedFileError, DurabilityError, StoreError
from trodden.store import delta, files, harden
from trodden.store.delta import LOG, Change
from trodden.store.events import EventStore, is_broken
from trodden.store.folder import Workspace
from trodden.store.schema import EVENT_SCHEMA


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return EventStore(Workspace.create(tmp_path))


def numbers(store: EventStore) -> list[int]:
    return sorted(store.read(["seq"]).column("seq").to_pylist())


def test_no_events_are_an_empty_table(store: EventStore) -> None:
    assert store.durable_version == -1
    assert store.read().schema == EVENT_SCHEMA
    assert (store.count(), store.files(), store.added_since(-1)) == (0, [], [])


def test_events_come_back_as_they_were_stored(store: EventStore) -> None:
    given_ = events(range(400))
    appended = store.append(given_)
    assert (appended.stored, appended.duplicates, appended.version) == (400, 0, 1)
    assert EventStore(store.workspace).read().sort_by("seq").equals(given_)


def test_storing_again_adds_nothing(store: EventStore) -> None:
    store.append(events(range(400)))
    again = store.append(events(range(300, 500)))
    assert (again.stored, again.duplicates) == (100, 100)
    assert numbers(store) == list(range(500))


def test_storing_again_in_a_later_process_adds_nothing(store: EventStore) -> None:
    store.append(events(range(400)))
    again = EventStore(store.workspace).append(events(range(300, 500)))
    assert (again.stored, again.duplicates) == (100, 100)


def test_an_id_given_twice_in_one_table_is_stored_once(store: EventStore) -> None:
    twice = pa.concat_tables([events([1, 2]), events([2, 3])])
    appended = store.append(twice)
    assert (appended.stored, appended.duplicates) == (3, 1)


def test_the_same_message_of_another_source_is_another_event(store: EventStore) -> None:
    store.append(events([1]))
    assert store.append(events([1], source="app.csv")).stored == 1


def test_a_source_added_by_somebody_else_meanwhile_is_not_taken_for_new(store: EventStore) -> None:
    other = EventStore(store.workspace)
    store.append(events([1]))
    other.append(events([2]))
    assert store.append(events([2])).duplicates == 1


@given(st.lists(st.lists(st.integers(0, 60), max_size=20), max_size=6))
def test_any_batching_stores_the_same_events(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    store = EventStore(Workspace.create(tmp_path_factory.mktemp("w")))
    appended = [store.append(events(batch)) for batch in batches]
    wanted = {number for batch in batches for number in batch}
    assert numbers(store) == sorted(wanted)
    assert sum(one.stored for one in appended) == len(wanted)
    assert sum(one.duplicates for one in appended) == sum(map(len, batches)) - len(wanted)


def test_an_application_goes_forward_only(store: EventStore) -> None:
    assert not store.append(events([1]), "spool-0", 7).is_repeat
    assert store.append(events([2]), "spool-0", 7).is_repeat
    assert store.append(events([2]), "spool-0", 6).is_repeat
    assert store.append(events([2]), "spool-1", 7).stored == 1
    assert EventStore(store.workspace).append(events([3]), "spool-0", 7).is_repeat
    assert store.append(events([3]), "spool-0", 8).stored == 1


def test_each_month_has_its_own_files(store: EventStore) -> None:
    store.append(events(range(700)))
    assert [file.month for file in store.live()] == [202601, 202602, 202603]
    assert store.dataset([202602]).count_rows() == 280
    assert store.dataset([202602]).to_table(filter=ds.field("month") == 202601).num_rows == 0


def test_the_log_never_holds_an_identifier(store: EventStore) -> None:
    store.append(events(range(50)))
    log = b"".join(path.read_bytes() for path in (store.workspace.events / LOG).iterdir())
    assert b"C1" not in log
    assert b"step" not in log
    assert b"2026-01-05T" in log  # times are fine


def test_what_was_added_since_a_version_is_told_file_by_file(store: EventStore) -> None:
    first = store.append(events(range(10))).version
    store.append(events(range(20)))
    store.append(events(range(400)))
    added = store.added_since(first)
    assert added is not None
    assert sorted(pa.concat_tables(map(read_file, added)).column("seq").to_pylist()) == list(range(10, 400))
    assert store.added_since(store.durable_version) == []


def test_what_was_added_can_no_longer_be_told_after_an_erasure(store: EventStore) -> None:
    store.append(events(range(10)))
    with store.writing():
        store.commit(Change(kind="erase", remove=tuple(store.live())))
    assert store.added_since(0) is None
    assert store.added_since(store.durable_version) == []


def read_file(path: Path) -> pa.Table:
    return ds.dataset(path).to_table()


def test_duckdb_reads_the_files(store: EventStore) -> None:
    import duckdb

    store.append(events(range(400)))
    query = f"SELECT month, count(*) FROM read_parquet({list(map(str, store.files()))}) GROUP BY 1 ORDER BY 1"  # noqa: S608
    assert duckdb.sql(query).fetchall() == [(202601, 310), (202602, 90)]


def test_deltalake_reads_the_table(store: EventStore) -> None:
    store.append(events(range(400)))
    table = delta.load(store.workspace.events)
    assert table.count() == 400
    assert pa.table(table.scan(columns=["seq"])).num_rows == 400


@given(st.lists(st.integers(0, 11), unique=True).map(sorted), st.booleans(), st.sampled_from([2, 5, 12]))
def test_rows_are_picked_in_order_whatever_their_columns_hold(
    rows: list[int],
    is_chunked: bool,  # noqa: FBT001
    block: int,
) -> None:
    table = pa.concat_tables([events(range(6)), events(range(6, 12))])
    table = table if is_chunked else table.combine_chunks()
    constant = files.constant_columns(table)
    assert {"source", "client_at", "channel"} <= constant
    assert not {"seq", "ids", "name", "event_id"} & constant
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_BLOCK", block)
        picked = files.rows_of(table, np.array(rows, dtype=np.intp), constant)
    assert picked.equals(table.take(pa.array(rows, pa.int64())))


# What goes wrong


def test_a_failed_flush_ends_writing_for_this_process(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(events(range(10)))

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(harden.os, "fsync", fail)
        with pytest.raises(DurabilityError, match="could not be flushed"):
            store.append(events(range(20)))
    assert is_broken(store.workspace)
    for one in (store, EventStore(store.workspace)):
        with pytest.raises(DurabilityError, match="earlier in this process"):
            one.append(events(range(20)))
    assert numbers(store) == list(range(10))


def test_a_commit_that_fails_but_stands_in_the_log_counts(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(events(range(10)))
    write = delta._write_entry

    def write_and_fail(table: object, change: Change) -> None:
        write(table, change)  # type: ignore[arg-type]
        raise OSError(5, "connection lost after the entry was written")

    monkeypatch.setattr(delta, "_write_entry", write_and_fail)
    assert store.append(events(range(20))).stored == 10
    assert numbers(EventStore(store.workspace)) == list(range(20))


def test_a_commit_that_fails_and_does_not_stand_leaves_nothing(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(events(range(10)))

    def fail(*_: object) -> None:
        raise OSError(5, "the entry was not written")

    with monkeypatch.context() as patch:
        patch.setattr(delta, "_write_entry", fail)
        with pytest.raises(StoreError, match="was not committed"):
            store.append(events(range(20)))
    assert numbers(store) == list(range(10))
    assert store.append(events(range(20))).stored == 10


def test_a_damaged_file_is_named_and_never_read(store: EventStore) -> None:
    store.append(events(range(10)))
    path = store.files()[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match=path.name):
        EventStore(store.workspace).read()


def test_a_missing_file_is_named(store: EventStore) -> None:
    store.append(events(range(10)))
    path = store.files()[0]
    path.unlink()
    with pytest.raises(DamagedFileError, match=path.name):
        EventStore(store.workspace).read()
