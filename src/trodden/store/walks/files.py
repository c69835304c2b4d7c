"""Files of the walks: written once, flushed, never changed; checked by length and CRC before they count."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any, Final

import google_crc32c
import msgspec

from trodden.model.errors import DamagedFileError, DiskFullError, DurabilityError
from trodden.store._arrow import pa
from trodden.store.harden import crc32c

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_crc: Final[Any] = google_crc32c
_MODE: Final = 0o600
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REBUILD: Final = (
    "Walks are made from events: they are built anew at the next import, or by `trodden rebuild`."
)


class Stored(msgspec.Struct, frozen=True):
    """A file as it was written: its name in the folder, length and CRC-32C."""

    file: str
    bytes: int
    crc32c: int


class NewFile:
    """A file being written, for Arrow and for us; its length and checksum are known at the end.

    Raises
    ------
    DiskFullError
        From `write` or `finish`, if the disk has no room.
    DurabilityError
        From `finish`, if the flush fails.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0
        self._crc = 0
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    @property
    def closed(self) -> bool:
        """Tell whether nothing more can be written."""
        return self._file.closed

    def tell(self) -> int:
        """Return how many bytes have been written."""
        return self._size

    def write(self, data: Any) -> int:  # noqa: ANN401 -- bytes or an Arrow buffer
        """Write bytes at the end."""
        view = memoryview(data).cast("B")
        self._crc = int(_crc.extend(self._crc, pa.py_buffer(data)))
        self._size += len(view)
        try:
            while view:
                view = view[self._file.write(view) or 0 :]
        except OSError as error:
            raise refusal(self.path, error) from error
        return self._size

    def flush(self) -> None:
        """Do nothing: `finish` flushes."""

    def close(self) -> None:
        """Let go of the file without saying that it is whole."""
        self._file.close()

    def finish(self) -> Stored:
        """Flush the file to disk, close it and describe it."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise DurabilityError(
                f"{self.path} could not be flushed to disk: {error.strerror}.",
                hint="Stop, look at the disk, and start again: walks are made from events.",
            ) from error
        finally:
            self._file.close()
        return Stored(self.path.name, self._size, self._crc)


def refusal(path: Path, error: OSError) -> Exception:
    """Return the error to raise where writing failed: no room, or the error itself."""
    if error.errno not in _NO_ROOM:
        return error
    return DiskFullError(
        f"{path.parent} has no room for walks: {os.strerror(error.errno)}. They are as they were before.",
        hint="Free some room; walks are brought up to date at the next import.",
    )


def write_bytes(path: Path, data: bytes) -> Stored:
    """Write a small file and flush it."""
    file = NewFile(path)
    try:
        file.write(data)
        return file.finish()
    finally:
        file.close()


class Folder:
    """The files of one workspace's walks, each checked once by this process.

    A file that is not there raises FileNotFoundError: a newer manifest may name others.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._checked: set[Stored] = set()

    def open(self, stored: Stored) -> Any:  # noqa: ANN401 -- an Arrow buffer
        """Map a file whose bytes are those that were written.

        Raises
        ------
        DamagedFileError
            If length or checksum are others.
        """
        return self.later(stored)()

    def later(self, stored: Stored) -> Callable[[], Any]:
        """Map a file now, so that it stays readable, and return what checks and gives it.

        Raises
        ------
        DamagedFileError
            If the length is another; when called, if the checksum is.
        """
        buffer = self.map(stored)

        def checked() -> Any:  # noqa: ANN401 -- an Arrow buffer
            if stored not in self._checked:
                if int(_crc.value(buffer)) != stored.crc32c:
                    raise damaged(
                        self.path / stored.file, "its bytes do not have the checksum that was written"
                    )
                self._checked.add(stored)
            return buffer

        return checked

    def map(self, stored: Stored) -> Any:  # noqa: ANN401 -- an Arrow buffer
        """Map a file that has the length that was written; what is read of it is checked by the caller."""
        path = self.path / stored.file
        size = path.stat().st_size
        if size != stored.bytes:
            raise damaged(path, f"it has {size:,} bytes and {stored.bytes:,} were written")
        if not size:
            return pa.py_buffer(b"")
        with pa.memory_map(str(path)) as mapped:
            return mapped.read_buffer()

    def read(self, stored: Stored) -> bytes:
        """Read a small file whose bytes are those that were written."""
        data = (self.path / stored.file).read_bytes()
        if len(data) != stored.bytes or crc32c(data) != stored.crc32c:
            raise damaged(self.path / stored.file, "its bytes are not those that were written")
        return data

    def forget(self, names: set[str]) -> None:
        """Forget what was checked of files that are gone."""
        self._checked = {stored for stored in self._checked if stored.file not in names}


def damaged(path: Path, what: str) -> DamagedFileError:
    """Return the error that names a damaged file."""
    return DamagedFileError(f"{path} is damaged: {what}.", hint=_REBUILD)
