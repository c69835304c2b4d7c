"""Compaction: the same events in fewer files, nothing lost on the way, nothing reported anew."""

from pathlib import Path

import pytest

from tests.support.events import events
from trodden.store.compact import checkpoint, compact, sweep
from trodden.store.delta import LOG
from trodden.store.events import EventStore
from trodden.store.folder import Workspace


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    store = EventStore(Workspace.create(tmp_path))
    for start in range(0, 50, 10):
        store.append(events(range(start, start + 10)))
    return store


def names(store: EventStore) -> set[str]:
    return {path.name for path in (store.workspace.events / LOG).iterdir()}


def test_small_files_become_one_with_the_same_events(store: EventStore) -> None:
    before = store.read().sort_by("seq")
    done = compact(store)
    assert (done.joined, done.written) == (5, 1)
    assert len(store.live()) == 1
    assert store.read().sort_by("seq").equals(before)
    assert EventStore(store.workspace).read().sort_by("seq").equals(before)


def test_few_files_are_left_alone(tmp_path: Path) -> None:
    store = EventStore(Workspace.create(tmp_path))
    for start in range(0, 30, 10):
        store.append(events(range(start, start + 10)))
    assert compact(store).joined == 0


def test_a_replaced_file_stays_for_a_while(store: EventStore) -> None:
    old = store.files()
    assert compact(store).removed == 0
    assert all(path.exists() for path in old)
    assert compact(store, grace_seconds=-1).removed == 5
    assert not any(path.exists() for path in old)


def test_a_file_of_an_append_that_never_committed_goes_in_the_end(store: EventStore) -> None:
    with store.writing():
        orphan = store.write_file(202601, events([99]))
        assert sweep(store, grace_seconds=3600) == 0
        assert sweep(store, grace_seconds=-1) == 1
    assert not (store.workspace.events / orphan.path).exists()
    assert store.count() == 50


def test_compaction_is_not_reported_as_new_events(store: EventStore) -> None:
    version = store.durable_version
    compact(store)
    assert store.added_since(version) == []


def test_readers_far_behind_are_told_to_start_over(store: EventStore) -> None:
    compact(store, grace_seconds=-1)
    assert store.added_since(0) is None


def test_a_checkpoint_stands_for_the_entries_before_it(store: EventStore) -> None:
    with store.writing():
        checkpoint(store, kept_entries=0)
    version = store.durable_version
    assert names(store) == {f"{version:020d}.json", f"{version:020d}.checkpoint.parquet", "_last_checkpoint"}
    later = EventStore(store.workspace)
    assert later.count() == 50
    assert later.append(events(range(60))).stored == 10
    assert EventStore(store.workspace).count() == 60


def test_an_old_checkpoint_goes_when_a_new_one_stands(store: EventStore) -> None:
    with store.writing():
        checkpoint(store)
        store.append(events(range(60)))
        checkpoint(store)
    assert len([name for name in names(store) if "checkpoint.parquet" in name]) == 1
    assert EventStore(store.workspace).count() == 60


def test_the_application_of_an_append_is_remembered_beyond_the_log(store: EventStore) -> None:
    store.append(events(range(60)), "spool-0", 5)
    with store.writing():
        checkpoint(store, kept_entries=0)
    assert EventStore(store.workspace).append(events(range(70)), "spool-0", 5).is_repeat


@pytest.mark.parametrize("name", ["_last_checkpoint", "00000000000000000005.checkpoint.parquet", "stray.tmp"])
def test_a_checkpoint_nobody_vouches_for_is_removed(store: EventStore, name: str) -> None:
    (store.workspace.events / LOG / name).write_bytes(b"torn")
    assert EventStore(store.workspace).count() == 50
    assert name not in names(store)


def test_a_hint_that_was_torn_is_dropped(store: EventStore) -> None:
    with store.writing():
        checkpoint(store, kept_entries=0)
    (store.workspace.events / LOG / "_last_checkpoint").write_bytes(b"{")
    later = EventStore(store.workspace)
    assert later.append(events(range(60))).stored == 10
    assert later.count() == 60
