"""Bytes of a file, unpacked and in UTF-8, a piece at a time."""

from __future__ import annotations

import codecs
import os
import stat
import zlib
from pathlib import Path
from typing import IO, Final, Protocol

from trodden.collect.importers.limits import Limits
from trodden.model.errors import RefusedFileError, UnreadableFileError

GZIP_MAGIC: Final = b"\x1f\x8b"
_PIECE: Final = 1 << 20
_MARK: Final = "\ud800"
"""Stands for bytes the encoding does not have; as UTF-8 it is invalid, so its row is found and rejected."""


class ByteStream(Protocol):
    """A file to be read once, from its beginning."""

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none only at the end."""
        ...

    def position(self) -> int:
        """Return how many bytes of the file itself have been read."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def size_of(path: Path) -> int:
    """Return the size of a regular file.

    Raises
    ------
    UnreadableFileError
        If there is none, or it is a folder, a device or a pipe.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _cannot(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError(
            f"{path} is not a plain file.",
            hint="Name files one by one; a pipe or a folder cannot be read twice.",
        )
    return status.st_size


def open_stream(path: Path, limits: Limits) -> ByteStream:
    """Open a file, unpacking gzip on the way (told by its first bytes, not by its name).

    Raises
    ------
    UnreadableFileError
        If the file cannot be opened.
    """
    size_of(path)
    try:
        plain = PlainStream(path)
        head = plain.read(len(GZIP_MAGIC))
        plain.rewind()
    except OSError as error:
        raise _cannot(path, error) from error
    return Gunzip(plain, path, limits) if head == GZIP_MAGIC else plain


def read_head(path: Path, size: int, limits: Limits) -> bytes:
    """Return the first bytes of a file, unpacked; fewer where it is damaged further on."""
    stream = open_stream(path, limits)
    head = bytearray()
    try:
        while len(head) < size and (piece := stream.read(size - len(head))):
            head += piece
    except UnreadableFileError:
        if not head:
            raise
    finally:
        stream.close()
    return bytes(head)


def _cannot(path: Path, error: OSError) -> UnreadableFileError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return UnreadableFileError(
        f"{path} cannot be read: {reason}.", hint="Check the name and your right to read it."
    )


class PlainStream:
    """A file as it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("rb", buffering=0)

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none only at the end."""
        try:
            return self._file.read(size)
        except OSError as error:
            raise _cannot(self._path, error) from error

    def rewind(self) -> None:
        """Go back to the beginning."""
        self._file.seek(0)

    def position(self) -> int:
        """Return how many bytes have been read."""
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Gunzip:
    """A gzip file of one or more members, unpacked within bounds of size and ratio."""

    def __init__(self, packed: PlainStream, path: Path, limits: Limits) -> None:
        self._packed = packed
        self._path = path
        self._limits = limits
        self._member = zlib.decompressobj(wbits=31)
        self._waiting = b""
        self._unpacked = 0

    def read(self, size: int) -> bytes:
        """Return up to ``size`` unpacked bytes, none only at the end.

        Raises
        ------
        RefusedFileError
            If the file unpacks to more than the limits allow.
        UnreadableFileError
            If it is damaged or ends early.
        """
        piece = b""
        while not piece and self._has_more():
            piece = self._inflate(size)
        self._unpacked += len(piece)
        self._check()
        return piece

    def _has_more(self) -> bool:
        """Make sure there is packed data to go on with; say whether there is."""
        if self._member.eof and not self._next_member():
            return False
        if not self._waiting and not self._member.unconsumed_tail:
            self._waiting = self._packed.read(_PIECE)
            if not self._waiting:
                raise UnreadableFileError(
                    f"{self._path} ends in the middle of its packed data.", hint="Copy the file again."
                )
        return True

    def _next_member(self) -> bool:
        rest = self._member.unused_data or self._waiting or self._packed.read(_PIECE)
        self._member, self._waiting = zlib.decompressobj(wbits=31), rest.lstrip(b"\0")
        if not self._waiting:
            self._member = _finished()
        return bool(self._waiting)

    def _inflate(self, size: int) -> bytes:
        packed, self._waiting = self._member.unconsumed_tail + self._waiting, b""
        try:
            return self._member.decompress(packed, size)
        except zlib.error as error:
            raise UnreadableFileError(
                f"{self._path} is damaged: {error}.", hint="Copy the file again."
            ) from error

    def _check(self) -> None:
        limits, packed = self._limits, max(1, self._packed.position())
        is_bomb = self._unpacked > limits.inflated_floor and self._unpacked > limits.inflated_ratio * packed
        if is_bomb or self._unpacked > limits.inflated_bytes:
            raise RefusedFileError(
                f"{self._path} unpacks to more than {self._unpacked // packed} times its size.",
                hint="Unpack it yourself if you trust it, and import the result.",
            )

    def position(self) -> int:
        """Return how many packed bytes have been read."""
        return self._packed.position()

    def close(self) -> None:
        """Let go of the file."""
        self._packed.close()


def _finished() -> zlib._Decompress:  # pyright: ignore[reportPrivateUsage] -- the type has no public name
    """Return a decompressor that is at its end."""
    member = zlib.decompressobj(wbits=31)
    packer = zlib.compressobj(wbits=31)
    member.decompress(packer.compress(b"") + packer.flush())
    return member


class Recoded:
    """A stream in another encoding, read as UTF-8; bytes that do not fit spoil their row only."""

    def __init__(self, stream: ByteStream, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="trodden_mark")
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return some bytes of UTF-8, none only at the end.

        Raises
        ------
        UnreadableFileError
            If the whole cannot be in this encoding: its byte order mark is missing.
        """
        while not self._ended:
            piece = self._stream.read(size)
            self._ended = not piece
            text = self._decoded(piece)
            if text:
                return text.encode("utf-8", "surrogatepass")
        return b""

    def _decoded(self, piece: bytes) -> str:
        try:
            return self._decoder.decode(piece, final=self._ended)
        except UnicodeError as error:
            raise UnreadableFileError(
                f"The file cannot be read as {self._encoding}: {error}.",
                hint=f"Try {self._encoding}-le or {self._encoding}-be, or let the encoding be found out.",
            ) from error

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._stream.position()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


class WithoutMark:
    """A stream without the byte order mark at its beginning."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._is_first = True

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none only at the end."""
        piece = self._stream.read(size)
        if self._is_first:
            while 0 < len(piece) < len(codecs.BOM_UTF8) and (more := self._stream.read(size)):
                piece += more
            self._is_first = False
            piece = piece.removeprefix(codecs.BOM_UTF8) or self._stream.read(size)
        return piece

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._stream.position()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


def in_utf8(stream: ByteStream, encoding: str) -> ByteStream:
    """Read a stream as UTF-8 without a byte order mark; bytes that are not text stay invalid."""
    return WithoutMark(
        stream if codecs.lookup(encoding).name in {"utf-8", "ascii"} else Recoded(stream, encoding)
    )


def _mark_error(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _MARK, error.end
    raise error


codecs.register_error("trodden_mark", _mark_error)
