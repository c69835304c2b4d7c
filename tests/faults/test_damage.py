"""Files that rot: every reader either sees the truth or names the file, and never a wrong number."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.harness import ROUNDS, Bench
from tests.faults.oracle import Expectation
from trodden.model.errors import DamagedFileError
from trodden.store.compact import checkpoint
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.walks import WalkStore

SENT = 100


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace with every kind of file: Parquet, log entries, a checkpoint, segments, manifests."""
    folder = tmp_path_factory.mktemp("sound")
    bench = Bench(folder)
    assert bench.do("load", 0, 60) == 0
    store = EventStore(Workspace.open(bench.home))
    with store.writing():
        checkpoint(store)
    store.close()
    assert bench.do("load", 60, SENT) == 0
    assert not bench.judge(Expectation(SENT, [(0, SENT)], has_walks=True)).faults
    return bench.home


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Turn one bit."""
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def truncated(data: bytes, chance: random.Random) -> bytes:
    """Lose the end."""
    return data[: chance.randrange(len(data))]


def zeroed(data: bytes, chance: random.Random) -> bytes:
    """Lose a block of 4 KiB to zeros."""
    place = chance.randrange(len(data)) // 4096 * 4096
    block = data[place : place + 4096]
    return data[:place] + bytes(len(block)) + data[place + 4096 :]


def lengthened(data: bytes, chance: random.Random) -> bytes:
    """Gain what was never written."""
    return data + chance.randbytes(chance.randint(1, 64))


DAMAGE: tuple[Callable[[bytes, random.Random], bytes], ...] = (flipped, truncated, zeroed, lengthened)


def stored_files(home: Path) -> list[Path]:
    """Return every file of events and walks."""
    root = home / "workspaces/default"
    found = [path for name in ("events", "walks") for path in (root / name).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.stat().st_size)


def read_events(home: Path) -> list[dict[str, object]]:
    """Read every event as any reader does."""
    store = EventStore(Workspace.open(home))
    try:
        return store.read().sort_by("seq").to_pylist()
    finally:
        store.close()


def read_walks(home: Path) -> list[tuple[object, ...]]:
    """Read every step of every walk, side columns included."""
    return list(_steps(home))


def _steps(home: Path) -> Iterator[tuple[object, ...]]:
    snapshot = WalkStore(Workspace.open(home)).open()
    names = snapshot.dictionaries.touchpoints
    for bucket in snapshot.buckets():
        for key, start, end in zip(bucket.keys, bucket.starts, bucket.ends, strict=True):
            rows = range(int(start), int(end))
            taken = bucket.side.take("seq", list(rows)) if bucket.side else []  # type: ignore[arg-type]
            for row, seq in zip(rows, taken, strict=True):
                touchpoint = names[bucket.touchpoint[row]]
                yield key, int(bucket.occurred_at[row]), touchpoint, int(bucket.channel_outcome[row]), seq


def told(read: Callable[[Path], object], home: Path) -> tuple[object, str]:
    """Read; return what was read, or None with the words of the error that named a file."""
    try:
        return read(home), ""
    except DamagedFileError as error:
        return None, error.message


def check_damaged(home: Path, path: Path, truth: dict[Callable[[Path], object], object]) -> bool:
    """Hold both readers to the rule on a damaged workspace; return whether any of them noticed."""
    noticed = False
    for read, right in truth.items():
        found, words = told(read, home)
        if words:
            assert path.name in words, f"{path.name} is damaged, but the error says: {words}"
            noticed = True
        else:
            assert found == right, f"{read.__name__} is wrong and did not notice that {path.name} is damaged"
    return noticed


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_named_and_never_believed(
    damage: Callable[[bytes, random.Random], bytes], sound: Path, tmp_path: Path
) -> None:
    truth = {read: read(sound) for read in (read_events, read_walks)}
    chance = random.Random(damage.__name__)
    files = stored_files(sound)
    noticed = 0
    for number, original in enumerate(files):
        home = tmp_path / str(number)
        shutil.copytree(sound, home)
        path = home / original.relative_to(sound)
        data = path.read_bytes()
        changed = damage(data, chance)
        if changed != data:
            path.unlink()
            path.write_bytes(changed)
            noticed += check_damaged(home, path, truth)
        shutil.rmtree(home)
    assert noticed > len(files) // 2


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_turned_bit_anywhere_is_named_and_never_believed(sound: Path, tmp_path: Path) -> None:
    truth = {read: read(sound) for read in (read_events, read_walks)}
    chance = random.Random(ROUNDS)
    files = stored_files(sound)
    for number in range(ROUNDS * 4):
        home = tmp_path / str(number)
        shutil.copytree(sound, home)
        path = home / chance.choice(files).relative_to(sound)
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(chance.choice(DAMAGE)(data, chance))
        check_damaged(home, path, truth)
        shutil.rmtree(home)
