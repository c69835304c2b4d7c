"""What a writer that ended anyhow leaves, and what the next one makes of it."""

from pathlib import Path

import pytest

from tests.support.events import events
from trodden.model.errors import DamagedFileError
from trodden.store import delta, harden
from trodden.store.compact import checkpoint
from trodden.store.delta import LOG
from trodden.store.disk import ballast_path
from trodden.store.durable import DurableState
from trodden.store.events import EventStore
from trodden.store.folder import Workspace


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    store = EventStore(Workspace.create(tmp_path))
    store.append(events(range(10)))
    return store


def reopened(store: EventStore) -> EventStore:
    store.close()
    return EventStore(store.workspace)


def step_back(store: EventStore, version: int) -> None:
    """Forget that versions after this one were made durable, as if the process had died before."""
    names = [f"{number:020d}.json" for number in range(version + 1, store.durable_version + 1)]
    store.durable.advance(version, [], names)


def test_a_whole_commit_nobody_acknowledged_is_kept(store: EventStore) -> None:
    store.append(events(range(20)))
    step_back(store, 1)
    later = reopened(store)
    assert later.count() == 20
    assert later.durable_version == 2
    assert later.append(events(range(20))).stored == 0


@pytest.mark.parametrize(
    "tail", [b"", b'{"add":{"pa', b"\x00" * 300, b'{"add":{"path":"month=1/x-0.parquet"}}\n']
)
def test_a_broken_tail_is_set_aside(store: EventStore, tail: bytes) -> None:
    entry = delta.entry_path(store.workspace.events, 2)
    entry.write_bytes(tail)
    later = reopened(store)
    assert later.append(events(range(20))).stored == 10
    assert later.count() == 20
    assert (store.workspace.quarantine / entry.name).read_bytes() == tail


def test_a_commit_whose_file_is_torn_is_set_aside(store: EventStore) -> None:
    store.append(events(range(20)))
    step_back(store, 1)
    [path] = [path for path in store.workspace.events.glob("month=*/*") if path not in reopened_files(store)]
    path.write_bytes(path.read_bytes()[:100])
    later = reopened(store)
    assert later.count() == 10
    assert later.append(events(range(20))).stored == 10


def reopened_files(store: EventStore) -> list[Path]:
    table = delta.load(store.workspace.events, 1)
    return [store.workspace.events / file.path for file in delta.live_files(table)]


def test_what_follows_a_broken_entry_is_set_aside_too(store: EventStore) -> None:
    store.append(events(range(20)))
    store.append(events(range(30)))
    step_back(store, 1)
    delta.entry_path(store.workspace.events, 2).write_bytes(b"")
    later = reopened(store)
    assert later.count() == 10
    assert later.durable_version == 1
    assert later.append(events(range(30))).stored == 20


def test_a_reader_recovers_when_nobody_writes(store: EventStore) -> None:
    delta.entry_path(store.workspace.events, 2).write_bytes(b"{")
    assert reopened(store).count() == 10
    assert list(store.workspace.quarantine.iterdir())


def test_a_reader_leaves_a_writer_in_peace(store: EventStore) -> None:
    entry = delta.entry_path(store.workspace.events, 2)
    with store.writing():
        entry.write_bytes(b"{")
        counted: list[int] = []
        import threading

        reader = threading.Thread(target=lambda: counted.append(EventStore(store.workspace).count()))
        reader.start()
        reader.join()
        assert counted == [10]
        assert entry.exists()


def test_recovering_twice_changes_nothing(store: EventStore) -> None:
    delta.entry_path(store.workspace.events, 2).write_bytes(b"{")
    first = reopened(store)
    first.count()
    state = {
        path: path.stat().st_mtime_ns
        for path in store.workspace.root.rglob("*")
        if path.suffix in {".json", ".parquet"}
    }
    reopened(first).count()
    assert state == {path: path.stat().st_mtime_ns for path in state}


def test_two_broken_tails_of_one_version_are_both_kept(store: EventStore) -> None:
    for tail in (b"{", b"["):
        delta.entry_path(store.workspace.events, 2).write_bytes(tail)
        store = reopened(store)
        store.count()
    assert sorted(path.read_bytes() for path in store.workspace.quarantine.iterdir()) == [b"[", b"{"]


def test_a_table_that_was_never_finished_is_made_again(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    (workspace.events / LOG).mkdir()
    delta.entry_path(workspace.events, 0).write_bytes(b"")
    store = EventStore(workspace)
    assert store.append(events(range(10))).stored == 10
    assert reopened(store).count() == 10


def test_a_table_whose_making_nobody_noted_is_adopted(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    delta.create(workspace.events)
    assert EventStore(workspace).append(events(range(10))).version == 1


@pytest.mark.parametrize("damage", ["missing", "changed", "empty"])
def test_a_durable_entry_that_changed_is_named(store: EventStore, damage: str) -> None:
    entry = delta.entry_path(store.workspace.events, 1)
    if damage == "missing":
        entry.unlink()
    else:
        entry.write_bytes(b"" if damage == "empty" else entry.read_bytes().replace(b"month", b"Month"))
    with pytest.raises(DamagedFileError, match=entry.name):
        reopened(store).count()
    with pytest.raises(DamagedFileError, match=entry.name):
        reopened(store).append(events(range(20)))


@pytest.mark.parametrize("kept_entries", [0, 100])
def test_a_table_whose_database_was_lost_is_taken_as_it_is(store: EventStore, kept_entries: int) -> None:
    with store.writing():
        checkpoint(store, kept_entries=kept_entries)
        store.append(events(range(20)))
    lose_database(store)
    later = EventStore(store.workspace)
    assert later.count() == 20
    assert later.append(events(range(25))).stored == 5
    assert not list(store.workspace.quarantine.iterdir())


def test_a_table_that_lost_its_database_and_a_file_is_not_taken(store: EventStore) -> None:
    store.append(events(range(20)))
    [path, _] = store.files()
    path.unlink()
    lose_database(store)
    with pytest.raises(DamagedFileError, match=path.name):
        EventStore(store.workspace).append(events(range(25)))
    assert len(list((store.workspace.events / LOG).glob("*.json"))) == 3


def lose_database(store: EventStore) -> None:
    store.close()
    for path in store.workspace.root.glob("loader.db*"):
        path.unlink()


def test_recovery_gives_up_the_ballast_when_the_disk_is_full(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(events(range(20)))
    step_back(store, 1)
    ballast = ballast_path(store.workspace.root)
    ballast.write_bytes(b"")
    write = harden.write_new

    def full_until_given_up(path: Path, data: bytes) -> None:
        if ballast.exists():
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(harden, "write_new", full_until_given_up)
    assert reopened(store).append(events(range(20))).stored == 0
    assert not ballast.exists()


def test_the_durable_version_is_in_the_database_alone(store: EventStore) -> None:
    assert DurableState(store.workspace.loader_db).version == store.durable_version == 1
