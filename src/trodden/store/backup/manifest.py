"""What a backup holds, file by file, sealed so that a changed word in it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import msgspec

from trodden.model.errors import DamagedFileError, NotAWorkspaceError

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
HOME: Final = "home"
"""The folder of a backup that holds what a home folder held."""

RECORDS_DUMP: Final = "records.pgdump"
"""The records of a PostgreSQL server, as ``pg_dump`` writes them."""


class BackedUpFile(msgspec.Struct, frozen=True):
    """A file of a backup: its path below it, its size and the SHA-256 of its bytes."""

    path: str
    bytes: int
    sha256: str


class BackedUpWorkspace(msgspec.Struct, frozen=True):
    """A workspace as it was: the durable version, its events, and how many people had been erased."""

    name: str
    version: int
    events: int
    erased: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, and of when.

    ``key`` tells the key that signs and encrypts from others, and behind a blank that of pseudonyms where it
    is another; empty where there was none. ``has_secrets`` says whether they are among the files. ``seal``
    is the SHA-256 of all the rest.
    """

    format: int = FORMAT
    made_at: datetime
    made_by: str
    records: Literal["none", "sqlite", "postgresql"]
    key: str = ""
    has_secrets: bool = False
    workspaces: tuple[BackedUpWorkspace, ...]
    files: tuple[BackedUpFile, ...]
    seal: str = ""

    @property
    def bytes(self) -> int:
        """Return the size of all files."""
        return sum(file.bytes for file in self.files)


def sealed(manifest: Manifest) -> bytes:
    """Return the text of a manifest with its seal."""
    whole = msgspec.structs.replace(manifest, seal=_seal_of(manifest))
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)


def read_manifest(backup: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises
    ------
    NotAWorkspaceError
        The folder holds no backup, or one of a later version.
    DamagedFileError
        The manifest is not as it was written.
    """
    path = backup / MANIFEST
    try:
        text = path.read_bytes()
        found = msgspec.json.decode(text, type=Manifest)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotAWorkspaceError(
            f"There is no backup at {backup}.", hint="`trodden backup FOLDER` makes one."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedFileError(f"{path} is damaged: {error}.", hint=_OTHER) from error
    if found.format > FORMAT:
        raise NotAWorkspaceError(f"{path} has format {found.format}.", hint="Update Trodden.")
    if text != sealed(found):
        raise DamagedFileError(f"{path} is damaged: it does not read as it was written.", hint=_OTHER)
    return found


def check_files(backup: Path, manifest: Manifest) -> None:
    """Read every byte of a backup and compare it with the manifest.

    Raises
    ------
    DamagedFileError
        A file is missing, changed, or there is one more; the message names it.
    """
    expected = {file.path: file for file in manifest.files}
    found = set(paths_in(backup)) - {MANIFEST}
    for path in sorted(found ^ set(expected)):
        state = "is missing from the backup" if path in expected else "is no part of the backup"
        raise DamagedFileError(f"{backup / path} {state}.", hint=_OTHER)
    for path, file in expected.items():
        if described(backup, path) != file:
            raise DamagedFileError(
                f"{backup / path} is damaged: its bytes are not those that were backed up.", hint=_OTHER
            )


def paths_in(folder: Path) -> Iterator[str]:
    """Give what is below a folder and is no folder, as the manifest writes paths."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


def described(backup: Path, path: str) -> BackedUpFile:
    """Describe a file that lies below the folder of a backup.

    Raises
    ------
    DamagedFileError
        It leads elsewhere.
    """
    place = backup / path
    if place.is_symlink() or ".." in PurePosixPath(path).parts or PurePosixPath(path).is_absolute():
        raise DamagedFileError(f"{place} leads out of the backup.", hint=_OTHER)
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return BackedUpFile(path, file.tell(), digest.hexdigest())


def _seal_of(manifest: Manifest) -> str:
    bare = msgspec.structs.replace(manifest, seal="")
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()


_OTHER: Final = "Nothing was restored. Use another backup."
