"""The walks of a workspace: when they are brought up to date, and when they are built anew."""

from __future__ import annotations

import logging
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.events import event, events
from tests.support.rows import events_table
from tests.support.walks import table_from_text
from trodden.model.errors import DamagedFileError, DiskFullError, LockedError, RulesError, StoreError
from trodden.model.touchpoints import Promoted, TouchpointRule, TouchpointRules
from trodden.store.compact import compact
from trodden.store.erasure import erase_customer
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.tests.walks_bench import quick_folder
from trodden.store.touchpoints import save_rules
from trodden.store.walks import WalkStore, build_snapshot, timeline_rows
from trodden.store.walks.canonical import fingerprint
from trodden.store.walks.manifest import CURRENT


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """Give an empty workspace."""
    with quick_folder() as folder:
        yield Workspace.create(folder)


def append(workspace: Workspace, first: int, last: int) -> None:
    """Store the events of these numbers."""
    store = EventStore(workspace)
    store.append(events(range(first, last)))
    store.close()


def expected(first: int, last: int, rules: TouchpointRules | None = None) -> str:
    """Return what walks of these events say."""
    return fingerprint(build_snapshot(events(range(first, last)), rules))


def walked(workspace: Workspace) -> str:
    """Return what the walks on disk say, every file checked anew."""
    return fingerprint(WalkStore(workspace).open())


def test_a_workspace_without_events_has_walks_of_nobody(workspace: Workspace) -> None:
    store = WalkStore(workspace)
    assert store.open().buckets() == []
    assert store.open().name == "empty"
    store.refresh()
    assert store.open().buckets() == []


def test_refreshing_brings_in_what_was_appended_and_nothing_else(workspace: Workspace) -> None:
    store = WalkStore(workspace)
    append(workspace, 0, 200)
    assert store.refresh().rebuilt == "no walks yet"
    append(workspace, 200, 250)
    append(workspace, 230, 260)
    done = store.refresh()
    assert (done.events, done.rebuilt) == (60, "")
    assert store.refresh().events == 0
    assert walked(workspace) == expected(0, 260)


def test_an_open_state_is_the_same_object_until_there_is_a_newer_one(workspace: Workspace) -> None:
    store = WalkStore(workspace)
    append(workspace, 0, 20)
    store.refresh()
    first = store.open()
    assert store.open() is first
    append(workspace, 20, 30)
    WalkStore(workspace).refresh()
    assert store.open().name != first.name
    assert sum(len(bucket.occurred_at) for bucket in first.buckets()) == 20


def test_other_rules_rewrite_walks_and_no_events(workspace: Workspace) -> None:
    append(workspace, 0, 50)
    WalkStore(workspace).refresh()
    version = EventStore(workspace).durable_version
    rules = TouchpointRules(rules=(TouchpointRule(touchpoint="first", name=("step 0",)),))
    save_rules(workspace.touchpoints_file, rules)
    assert WalkStore(workspace).refresh().rebuilt == "other rules"
    assert walked(workspace) == expected(0, 50, rules)
    assert EventStore(workspace).durable_version == version
    assert WalkStore(workspace).refresh().rebuilt == ""


def test_faulty_rules_are_told_with_their_line_and_walks_stay(workspace: Workspace) -> None:
    append(workspace, 0, 20)
    WalkStore(workspace).refresh()
    before = walked(workspace)
    workspace.touchpoints_file.write_text("rules:\n- touchpoint: a\n  url_pattern: '('\n")
    append(workspace, 20, 30)
    with pytest.raises(RulesError, match=r"touchpoints\.yaml:3: rule 1"):
        WalkStore(workspace).refresh()
    assert walked(workspace) == before


def test_another_time_zone_builds_walks_anew(workspace: Workspace) -> None:
    rules = TouchpointRules(promote=(Promoted("since", "time"),))
    save_rules(workspace.touchpoints_file, rules)
    store = EventStore(workspace)
    store.append(table_from_text('a x{since="2026-01-02T00:00"} 10:00'))
    store.close()
    WalkStore(workspace).refresh()
    before = WalkStore(workspace).open().dictionaries.properties[0].values[0]
    there = msgspec.structs.replace(workspace.mark, time_zone="America/New_York")
    moved = Workspace(workspace.home, workspace.name, there)
    assert WalkStore(moved).refresh().rebuilt == "another time zone"
    after = WalkStore(moved).open().dictionaries.properties[0].values[0]
    assert after - before == 5 * 3_600 * 1_000_000


def test_compacting_events_leaves_walks_as_they_are(workspace: Workspace) -> None:
    for first in range(0, 60, 20):
        append(workspace, first, first + 20)
    WalkStore(workspace).refresh()
    store = EventStore(workspace)
    compact(store, grace_seconds=-1)
    store.close()
    append(workspace, 60, 70)
    WalkStore(workspace).refresh()
    assert walked(workspace) == expected(0, 70)


@pytest.mark.parametrize("part", ["core", "index", "dead", "ties", "names", CURRENT, "manifest"])
def test_damaged_walks_are_built_anew_at_the_next_refresh_and_it_is_said(
    workspace: Workspace, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = EventStore(workspace)
    many = [event(number, customer=f"K{number % 90}") for number in range(500)]
    store.append(events_table(many))
    WalkStore(workspace).refresh()
    few = [event(number, customer="K1") for number in range(900, 903)]
    store.append(events_table(few))
    WalkStore(workspace).refresh()
    more = [event(number, customer="K1") for number in range(910, 913)]
    store.append(events_table(more))
    store.close()
    for path in workspace.walks.glob(f"*{part}*"):
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DamagedFileError):
        walked(workspace)
    with caplog.at_level(logging.INFO, "trodden.store.walks"):
        done = WalkStore(workspace).refresh()
    assert part in done.rebuilt
    assert part in caplog.text
    assert walked(workspace) == fingerprint(build_snapshot(events_table([*many, *few, *more])))


def test_nothing_of_the_erased_is_left_in_any_file(workspace: Workspace) -> None:
    log = [event(number, customer=f"K{number % 30}") for number in range(300)]
    canary = [
        msgspec.structs.replace(
            event(1_000 + number, customer="canary-person"),
            name="canary-place",
            text="canary-text",
            properties='{"nick":"canary-value","plan":"basic"}',
        )
        for number in range(3)
    ]
    store = EventStore(workspace)
    store.append(events_table([*log, *canary]))
    store.close()
    WalkStore(workspace).refresh()
    assert _holds(workspace.walks, b"canary-person")
    assert _holds(workspace.walks, b"canary-value")
    erase_customer(workspace, "canary-person")
    snapshot = WalkStore(workspace).open()
    assert not _holds(workspace.walks, b"canary")
    assert "canary-place" not in snapshot.dictionaries.touchpoints
    texts = {row.event.text for key in ("K1", "K2") for row in timeline_rows(snapshot, key)}
    assert texts == {""}
    assert fingerprint(snapshot) == fingerprint(build_snapshot(events_table(log)))


def _holds(folder: Path, word: bytes) -> bool:
    return any(word in path.read_bytes() for path in folder.iterdir())


def test_erasing_walks_before_events_is_refused(workspace: Workspace) -> None:
    append(workspace, 0, 20)
    WalkStore(workspace).refresh()
    with pytest.raises(StoreError, match="still holds events"):
        WalkStore(workspace).erase("C3")


def test_one_writer_at_a_time(workspace: Workspace) -> None:
    append(workspace, 0, 20)
    refused: list[BaseException] = []

    def other() -> None:
        try:
            WalkStore(workspace).refresh()
        except LockedError as error:
            refused.append(error)

    with workspace.lock():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_a_full_disk_leaves_the_walks_as_they_were(workspace: Workspace) -> None:
    append(workspace, 0, 50)
    WalkStore(workspace).refresh()
    before, files = walked(workspace), set(workspace.walks.iterdir())
    append(workspace, 50, 5_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(DiskFullError, match="no room for walks"):
            WalkStore(workspace).refresh()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert walked(workspace) == before
    assert set(workspace.walks.iterdir()) == files
    WalkStore(workspace).refresh()
    assert walked(workspace) == expected(0, 5_000)


def test_a_reader_sees_one_whole_state_while_a_writer_makes_others(workspace: Workspace) -> None:
    append(workspace, 0, 40)
    WalkStore(workspace).refresh()
    whole = {WalkStore(workspace).open().name: expected(0, 40)}
    failures: list[BaseException] = []
    seen: list[tuple[str, str]] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                snapshot = WalkStore(workspace).open()
                seen.append((snapshot.name, fingerprint(snapshot)))
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the test tells it
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    writer = WalkStore(workspace)
    for last in range(60, 200, 20):
        append(workspace, last - 20, last)
        writer.refresh()
        whole[writer.open().name] = expected(0, last)
        if last % 40 == 0:
            writer.compact()
            whole[writer.open().name] = expected(0, last)
    done.set()
    reader.join()
    assert not failures
    assert len(seen) > 1
    assert [said for name, said in seen if whole[name] != said] == []
