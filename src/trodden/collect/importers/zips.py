"""How much a zip archive unpacks to, found out before anything is unpacked for use."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO, Final

from trodden.collect.importers.limits import Limits
from trodden.model.errors import RefusedFileError, UnreadableFileError

_MOST_ENTRIES: Final = 10_000
_PIECE: Final = 1 << 20
_LOCAL_HEADER: Final = 30


def check_zip(path: Path, limits: Limits) -> list[str]:
    """Make sure an archive is harmless; return the names of its entries.

    Sizes a zip declares may be lies, so every entry is inflated once and counted, and thrown away.

    Raises
    ------
    UnreadableFileError
        If it is no zip, or is encrypted or packed in an unusual way.
    RefusedFileError
        If it has too many entries, entries that overlap, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            _check_directory(path, entries)
            _check_inflated(path, file, entries, limits)
            return [entry.filename for entry in entries]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(
            f"{path} is no sound archive: {error}.", hint="Save the file again."
        ) from error


def _check_directory(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise RefusedFileError(f"{path} holds {len(entries)} parts; a spreadsheet has a few dozen.")
    packed = sum(entry.compress_size + _LOCAL_HEADER for entry in entries)
    if packed > path.stat().st_size:
        raise RefusedFileError(f"{path} holds parts that overlap, as no spreadsheet does.")
    odd = [entry for entry in entries if entry.flag_bits & 1 or entry.compress_type not in {0, 8}]
    if odd:
        raise UnreadableFileError(
            f"{path} is encrypted, or packed in a way spreadsheets are not.",
            hint="Save it without a password.",
        )


def _check_inflated(path: Path, file: IO[bytes], entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    size, total = path.stat().st_size, 0
    for entry in entries:
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER)
        file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        room = limits.sheet_bytes - total
        total += _inflated(file, entry, room) if entry.compress_type else entry.compress_size
        is_bomb = total > limits.inflated_floor and total > limits.inflated_ratio * size
        if is_bomb or total > limits.sheet_bytes:
            raise RefusedFileError(
                f"{path} unpacks to more than {total // size} times its size.",
                hint="Save it as CSV if you trust it, and import that.",
            )


def _inflated(file: IO[bytes], entry: zipfile.ZipInfo, room: int) -> int:
    """Return how many bytes an entry inflates to; counting stops just past ``room``."""
    member, left, total = zlib.decompressobj(wbits=-15), entry.compress_size, 0
    while not member.eof and total <= room:
        packed = member.unconsumed_tail
        if not packed:
            packed = file.read(min(_PIECE, left))
            left -= len(packed)
            if not packed:
                break
        total += len(member.decompress(packed, _PIECE))
    return total
