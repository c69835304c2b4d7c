"""A state of the walks, opened from the files its manifest names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trodden.model.walks import Dictionaries
from trodden.store.walks.files import damaged
from trodden.store.walks.manifest import Manifest, Named, read_current
from trodden.store.walks.segment_files import open_segment
from trodden.store.walks.side_files import SideFile, StoredSides
from trodden.store.walks.snapshot import WalkSnapshot, moment
from trodden.store.walks.vocabulary import Vocabulary, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trodden.model.walks import PropertyDictionary
    from trodden.store.walks.files import Folder, Stored
    from trodden.store.walks.segment import Segment

_TRIES = 100
"""How often a reader looks again because a writer has just removed what it was about to open."""


@dataclass(frozen=True, slots=True)
class State:
    """A manifest with everything it names, mapped."""

    name: str
    manifest: Manifest
    vocabulary: Vocabulary
    segments: Sequence[Segment]
    sides: StoredSides

    def snapshot(self) -> WalkSnapshot:
        """Return what readers see of the state."""
        manifest = self.manifest
        return WalkSnapshot(
            name=self.name,
            as_of=moment(manifest.as_of or 0),
            dictionaries=self._dictionaries(),
            segments=self.segments,
            sides=self.sides,
            time_zone=manifest.time_zone,
        )

    def _dictionaries(self) -> Dictionaries:
        return Dictionaries(self.vocabulary.touchpoints, tuple(map(self._dictionary, self.manifest.promoted)))

    def _dictionary(self, name: str) -> PropertyDictionary:
        manifest = self.manifest
        values = manifest.values.get(name, 0)
        found = typed(
            name, self.vocabulary.properties.get(name, ()), manifest.promoted[name], manifest.time_zone
        )
        seen = manifest.properties[name].seen if name in manifest.properties else 0
        return msgspec.structs.replace(found, nulls=manifest.events - values, unparsed=max(0, seen - values))


def empty_state(rules: str, time_zone: str, snapshot: int = 0) -> State:
    """Return the state of walks that have never been built."""
    manifest = Manifest(snapshot=snapshot, as_of=None, durable_version=-1, time_zone=time_zone, rules=rules)
    return State("empty", manifest, Vocabulary(), (), StoredSides((), ()))


def open_state(folder: Folder, named: Named) -> State:
    """Map what a manifest names.

    Raises
    ------
    DamagedFileError
        If a file is not as written.
    FileNotFoundError
        If a file is gone: a newer manifest names others.
    """
    manifest = named.manifest
    vocabulary = read_vocabulary(folder, manifest.dictionaries)
    return State(
        name=named.name,
        manifest=manifest,
        vocabulary=vocabulary,
        segments=[open_segment(folder, entry, tuple(manifest.promoted)) for entry in manifest.segments],
        sides=StoredSides([SideFile(folder, entry) for entry in manifest.sides], vocabulary.sources),
    )


def newest_state(folder: Folder) -> State | None:
    """Open the newest state; None where walks have never been built.

    A file that is gone means that a newer manifest has come: the reader begins anew with that.

    Raises
    ------
    DamagedFileError
        If a file is not as written, or one that the newest manifest names is missing.
    """
    before = None
    for _ in range(_TRIES):
        named = read_current(folder)
        if named is None:
            return None
        try:
            return open_state(folder, named)
        except FileNotFoundError as error:
            if before == named.name:
                raise damaged(Path(str(error.filename)), "it is missing") from error
            before = named.name
    raise damaged(folder.path, f"its files were replaced {_TRIES} times while they were being opened")


def read_vocabulary(folder: Folder, files: Iterable[Stored]) -> Vocabulary:
    """Read dictionaries, each file adding to those before."""
    found = Vocabulary()
    for stored in files:
        found = found.plus(msgspec.json.decode(folder.read(stored), type=Vocabulary))
    return found
