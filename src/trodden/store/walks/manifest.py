"""The manifest: every file a state of the walks consists of; ``CURRENT`` names the newest.

A manifest is never changed. ``CURRENT`` is one line, ``<file> <bytes> <crc32c> <crc32c of the line so far>``,
and is replaced by rename, so a reader sees the old state or the new one and nothing between.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import crc32c, flush
from trodden.store.walks.files import Folder, Stored, damaged, refusal, write_bytes
from trodden.store.walks.promotion import PropertyState
from trodden.store.walks.segment_files import SegmentEntry
from trodden.store.walks.side_files import SideEntry

if TYPE_CHECKING:
    from pathlib import Path

declare("walks.before_manifest", "walks.after_manifest", "walks.before_current", "walks.after_current")

FORMAT: Final = 1
CURRENT: Final = "CURRENT"
_BESIDE: Final = "CURRENT.new"


class Retired(msgspec.Struct, frozen=True):
    """A file no manifest since ``at`` (seconds since the epoch) has named; removed a minute later."""

    file: str
    at: float


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One state of the walks.

    ``as_of`` is microseconds since the epoch, null before any event can be believed. ``durable_version`` is
    the version of the events table it was made from; ``spool_rowid`` the last row of the spool beyond it, 0
    while walks are made from the table alone. ``rules`` is the hash of the touchpoint rules. ``dictionaries``
    are read one after the other, each adding names. ``next_row`` is the place of the next side row.
    ``nameless`` events have no customer, ``dropped`` ones were kept out by a rule.
    """

    format: int = FORMAT
    snapshot: int
    as_of: int | None
    durable_version: int
    spool_rowid: int = 0
    time_zone: str
    rules: str
    segments: tuple[SegmentEntry, ...] = ()
    sides: tuple[SideEntry, ...] = ()
    dictionaries: tuple[Stored, ...] = ()
    properties: dict[str, PropertyState] = {}
    promoted: dict[str, str] = {}
    """Promoted properties by name: the type asked for, "" for the one their texts have."""
    values: dict[str, int] = {}
    """How many live rows have a value of each promoted property."""
    next_row: int = 0
    nameless: int = 0
    dropped: int = 0
    retired: tuple[Retired, ...] = ()

    @property
    def files(self) -> list[Stored]:
        """Return every file this state consists of, but the manifest itself."""
        parts = [*self.segments, *self.sides]
        return [file for part in parts for file in part.files] + list(self.dictionaries)

    @property
    def events(self) -> int:
        """Count the events that count."""
        return sum(segment.live_events for segment in self.segments)

    @property
    def customers(self) -> int:
        """Count the customers that count."""
        return sum(segment.live_customers for segment in self.segments)


class Named(msgspec.Struct, frozen=True):
    """A manifest and the file it stands in."""

    manifest: Manifest
    stored: Stored

    @property
    def name(self) -> str:
        """Name the snapshot: equal names mean equal bytes."""
        return f"{self.manifest.snapshot}-{self.stored.crc32c:08x}"


def manifest_file(number: int) -> str:
    """Return the name of a manifest's file."""
    return f"manifest-{number}.json"


def read_current(folder: Folder) -> Named | None:
    """Read the newest manifest; None where there has never been one.

    Raises
    ------
    DamagedFileError
        If ``CURRENT`` or the manifest are not as written, or ``CURRENT`` is gone while manifests are there.
    FileNotFoundError
        If the manifest is gone: ``CURRENT`` names a newer one by now.
    """
    path = folder.path / CURRENT
    try:
        line = path.read_bytes()
    except FileNotFoundError:
        if any(folder.path.glob("manifest-*.json")):
            raise damaged(path, "it is missing although manifests are there") from None
        return None
    stored = _stored_in(path, line)
    data = folder.read(stored)
    manifest = msgspec.json.decode(data, type=Manifest)
    if manifest.format > FORMAT:
        raise damaged(folder.path / stored.file, f"its format {manifest.format} is of a later version")
    return Named(manifest, stored)


def publish(folder: Folder, manifest: Manifest) -> Named:
    """Write a manifest and make it the current one; its files must have been flushed before.

    Raises
    ------
    DiskFullError
        If there is no room; the state before stays current.
    DurabilityError
        If a flush fails.
    """
    fault_point("walks.before_manifest")
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    stored = write_bytes(folder.path / manifest_file(manifest.snapshot), data)
    flush(folder.path)
    fault_point("walks.after_manifest")
    beside = folder.path / _BESIDE
    beside.unlink(missing_ok=True)
    write_bytes(beside, _line(stored))
    fault_point("walks.before_current")
    _replace(beside, folder.path / CURRENT)
    fault_point("walks.after_current")
    return Named(manifest, stored)


def _replace(beside: Path, path: Path) -> None:
    try:
        os.replace(beside, path)  # noqa: PTH105 -- one system call, named as the specification names it
    except OSError as error:
        raise refusal(path, error) from error
    flush(path.parent)


def _line(stored: Stored) -> bytes:
    said = f"{stored.file} {stored.bytes} {stored.crc32c:08x}"
    return f"{said} {crc32c(said.encode()):08x}\n".encode()


def _stored_in(path: Path, line: bytes) -> Stored:
    said, _, check = line.removesuffix(b"\n").rpartition(b" ")
    if f"{crc32c(said):08x}".encode() != check or not line.endswith(b"\n"):
        raise damaged(path, "its line does not have the checksum it states")
    file, size, crc = said.decode().split(" ")
    return Stored(file, int(size), int(crc, 16))
