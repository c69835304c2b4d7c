"""Files of the walks: aligned, checked, and named where they are damaged."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.support.events import event, events
from tests.support.walks import events_from_text
from trodden.model.errors import DamagedFileError
from trodden.store.tests.walks_bench import WalkBench, quick_folder
from trodden.store.walks import timeline_rows
from trodden.store.walks.canonical import dump
from trodden.store.walks.cleanup import GRACE, remove_all_but, remove_expired, remove_orphans
from trodden.store.walks.files import Folder
from trodden.store.walks.manifest import CURRENT, Manifest, read_current
from trodden.store.walks.segment_files import open_segment
from trodden.store.walks.snapshot import WalkSnapshot
from trodden.store.walks.state import newest_state, open_state


@pytest.fixture
def bench() -> Iterator[WalkBench]:
    """Give walks of two segments, one with dead customers, and of two side files."""
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([event(number, customer=f"K{number % 300}", text=f"t{number}") for number in range(3_000)])
        bench.add(events_from_text("K1 new{plan=basic} 10:00 | K2 new{plan=plus} 10:05 | N new 10:05"))
        yield bench


def said(snapshot: WalkSnapshot) -> bytes:
    """Read everything a snapshot can say."""
    keys = [key for bucket in snapshot.buckets() for key in bucket.keys]
    texts = [row.event.text for key in sorted(keys) for row in timeline_rows(snapshot, key)]
    return b"".join(dump(snapshot)) + "".join(texts).encode()


def test_core_columns_take_twelve_bytes_an_event_and_begin_at_multiples_of_64(bench: WalkBench) -> None:
    (large, _small) = bench.state().manifest.segments
    assert large.core.bytes < 12 * 3_064 + 4_096
    segment = open_segment(bench.folder, large, ())
    for block in segment.blocks:
        columns = [block.occurred_at, block.touchpoint, block.channel_outcome, block.flags]
        assert sum(column.itemsize for column in columns) == 12
        assert all(column.ctypes.data % 64 == 0 for column in [*columns, block.row()])
        assert not any(column.flags.writeable for column in columns)


def test_the_index_is_sorted_by_hash_and_knows_where_buckets_begin(bench: WalkBench) -> None:
    (large, _) = bench.state().manifest.segments
    index = open_segment(bench.folder, large, ()).index
    assert (np.diff(index.hashes.astype(object)) >= 0).all()
    buckets = (index.hashes >> np.uint64(58)).astype(int)
    for bucket in range(64):
        assert (buckets[index.offsets[bucket] : index.offsets[bucket + 1]] == bucket).all()


def _cut(data: bytes, place: float) -> bytes:
    return data[: int(len(data) * place)]


def _flipped(data: bytes, place: float) -> bytes:
    at = min(int(len(data) * place), len(data) - 1)
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def _zeroed(data: bytes, place: float) -> bytes:
    at = int(len(data) * place) & ~4_095
    return data[:at] + bytes(min(4_096, len(data) - at)) + data[at + 4_096 :]


@pytest.mark.parametrize("damage", [_cut, _flipped, _zeroed])
def test_a_damaged_file_is_named_and_never_gives_another_answer(
    bench: WalkBench, damage: Callable[[bytes, float], bytes]
) -> None:
    truth = said(bench.open())
    chance = random.Random(3)
    names = [stored.file for stored in bench.state().manifest.files]
    named = read_current(bench.folder)
    assert named is not None
    kinds = {name.partition("-")[2].rstrip("0123456789") for name in names}
    assert len(kinds) >= 9
    for name in [*names, named.stored.file, CURRENT]:
        path = bench.folder.path / name
        sound = path.read_bytes()
        for place in (0.0, 0.999, *(chance.random() for _ in range(4))):
            broken = damage(sound, place)
            if broken == sound:
                continue
            _put(path, broken)
            with pytest.raises(DamagedFileError, match=path.name):
                said(WalkBench.open(bench))
        _put(path, sound)
    assert said(bench.open()) == truth


def _put(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


def test_a_missing_file_is_named(bench: WalkBench) -> None:
    for stored in bench.state().manifest.files:
        path = bench.folder.path / stored.file
        sound = path.read_bytes()
        path.unlink()
        with pytest.raises(DamagedFileError, match=stored.file):
            bench.open()
        path.write_bytes(sound)


def test_manifests_without_current_are_damage(bench: WalkBench) -> None:
    (bench.folder.path / CURRENT).unlink()
    with pytest.raises(DamagedFileError, match=CURRENT):
        bench.open()


def test_a_reader_keeps_what_it_has_opened_when_files_are_unlinked(bench: WalkBench) -> None:
    truth = said(bench.open())
    opened = bench.open()
    bench.add(events_from_text("K3 later 11:00 id=later"))
    named = read_current(bench.folder)
    assert named is not None
    remove_all_but(bench.folder, named)
    assert said(opened) == truth


def test_a_reader_that_comes_too_late_for_a_state_takes_the_newer_one(bench: WalkBench) -> None:
    old = read_current(bench.folder)
    bench.compact()
    new = read_current(bench.folder)
    assert old is not None
    assert new is not None
    remove_all_but(bench.folder, new)
    with pytest.raises(FileNotFoundError):
        open_state(Folder(bench.folder.path), old)
    state = newest_state(Folder(bench.folder.path))
    assert state is not None
    assert state.name == new.name


def test_files_outlive_the_last_manifest_that_names_them_by_a_minute(bench: WalkBench) -> None:
    gone = {stored.file for stored in bench.state().manifest.segments[1].files}
    bench.compact()
    manifest = bench.state().manifest
    since = {one.file: one.at for one in manifest.retired}
    assert gone <= since.keys()
    remove_expired(bench.folder, manifest, max(since.values()) + GRACE - 1)
    assert all((bench.folder.path / file).exists() for file in gone)
    remove_expired(bench.folder, manifest, max(since.values()) + GRACE)
    assert not any((bench.folder.path / file).exists() for file in gone)
    assert said(bench.open())


def test_the_time_a_file_was_retired_is_kept_from_manifest_to_manifest(bench: WalkBench) -> None:
    bench.compact()
    before = {one.file: one.at for one in bench.state().manifest.retired}
    bench.add(events_from_text("K3 later 11:00 id=later"))
    after = {one.file: one.at for one in bench.state().manifest.retired}
    assert {file: after[file] for file in before} == before


def test_what_an_unfinished_writer_left_is_removed_and_nothing_else(bench: WalkBench) -> None:
    named = read_current(bench.folder)
    assert named is not None
    before = {path.name for path in bench.folder.path.iterdir()}
    for name in ("000009-core.arrow", "000009-side.arrows", "manifest-9.json", "part-3.tmp", "CURRENT.new"):
        (bench.folder.path / name).write_bytes(b"half")
    (bench.folder.path / "notes.txt").write_bytes(b"not ours")
    remove_orphans(bench.folder, named)
    assert {path.name for path in bench.folder.path.iterdir()} == before | {"notes.txt"}


def test_a_failed_refresh_leaves_the_walks_as_they_were(bench: WalkBench, tmp_path: Path) -> None:
    truth = said(bench.open())
    before = {path.name for path in bench.folder.path.iterdir()}
    broken = tmp_path / "broken.parquet"
    pq.write_table(events([1, 2, 3]), broken)
    sound = broken.read_bytes()
    broken.write_bytes(sound[:4] + bytes(200) + sound[204:])
    with pytest.raises(OSError, match=r"thrift|page|Couldn't"):
        bench._run(bench.state(), [broken])
    assert {path.name for path in bench.folder.path.iterdir()} == before
    assert said(bench.open()) == truth


def test_a_manifest_lists_every_file_there_is(bench: WalkBench) -> None:
    bench.compact()
    manifest: Manifest = bench.state().manifest
    listed = {stored.file for stored in manifest.files} | {one.file for one in manifest.retired}
    there = {path.name for path in bench.folder.path.iterdir()}
    assert there - listed == {CURRENT, f"manifest-{manifest.snapshot}.json"}


def test_a_copied_folder_is_the_same_state(bench: WalkBench, tmp_path: Path) -> None:
    shutil.copytree(bench.folder.path, tmp_path / "walks")
    state = newest_state(Folder(tmp_path / "walks"))
    assert state is not None
    assert state.name == bench.state().name
    assert said(state.snapshot()) == said(bench.open())
