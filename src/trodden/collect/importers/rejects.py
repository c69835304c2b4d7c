"""The rows that were not imported: why, how many, and what they said."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

import msgspec

from trodden.collect.importers.chunks import Reject
from trodden.model.words import phrase
from trodden.store.imports import Rejected

EXPLANATIONS: Final = {
    "too-few-cells": phrase("fewer cells than the header has columns"),
    "too-many-cells": phrase("more cells than the header has columns"),
    "unclosed-quote": phrase("a quote that is opened and never closed"),
    "cell-too-large": phrase("a cell of more than 1 MiB"),
    "row-too-large": phrase("a row of more than 16 MiB"),
    "zero-byte": phrase("a zero byte, which no text has"),
    "bad-encoding": phrase("bytes that are no text in the file's encoding"),
    "bad-json": phrase("not JSON"),
    "not-an-object": phrase("JSON, but no object"),
    "duplicate-key": phrase("the same key twice"),
    "too-deep": phrase("nested too deeply"),
    "number-out-of-range": phrase("a number no computer holds"),
    "too-many-columns": phrase("more columns than are read"),
    "name-too-long": phrase("a name of more than 4 KiB"),
    "id-too-long": phrase("an identifier of more than 4 KiB"),
    "no-customer": phrase("no customer"),
    "no-touchpoint": phrase("neither a touchpoint nor an address"),
    "no-time": phrase("no time"),
    "bad-time": phrase("a time that cannot be read"),
    "time-out-of-range": phrase("a time before 1900 or after 2199"),
    "damaged-file": phrase("the file is damaged from here on"),
}
"""Every reason there is, in words."""

_EXAMPLES: Final = 20


class _Line(msgspec.Struct):
    file: str
    row: int
    reason: str
    text: str


class Rejects:
    """Counts rejected rows, keeps some as examples, and writes them to a file of the workspace.

    The file holds a JSON object a line: ``file``, ``row``, ``reason``, ``text``. It is written beside its
    place and moved there at the end, so that it is whole or absent. Without a folder nothing is written.
    A file is known by its source and by ``origin``, where it lay: mended there, it takes its rejected rows
    away; another one of the same name leaves them.
    """

    def __init__(self, source: str, folder: Path | None, most: int, origin: str = "") -> None:
        self.counts: Counter[str] = Counter()
        self.examples: list[Reject] = []
        self.file: Path | None = None
        self._source = source
        self._most = most
        self._path = None if folder is None else folder / f"{_name(f'{source} {origin}')}.jsonl"
        self._file: IO[bytes] | None = None

    def add(self, rejects: Iterable[Reject]) -> None:
        """Note rejected rows."""
        for reject in rejects:
            self.counts[reject.reason] += 1
            if len(self.examples) < _EXAMPLES:
                self.examples.append(reject)
            if self._path is not None and self.counts.total() <= self._most:
                self._write(self._path, reject)

    def told(self) -> Rejected:
        """Put the file in its place, and say what the ledger of imports notes of it."""
        self.finish()
        return Rejected(self.counts.total(), self.file.name if self.file else "")

    def finish(self) -> None:
        """Put the file in its place as ``file``, and take away that of an earlier import."""
        if self._path is None:
            return
        if self._file is None:
            self._path.unlink(missing_ok=True)
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        _beside(self._path).replace(self._path)
        self.file = self._path

    def abandon(self) -> None:
        """Throw away what was written; an earlier file stays."""
        if self._file is not None and self._path is not None:
            self._file.close()
            self._file = None
            _beside(self._path).unlink(missing_ok=True)

    def _write(self, path: Path, reject: Reject) -> None:
        if self._file is None:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._file = os.fdopen(os.open(_beside(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        line = _Line(self._source, reject.row, reject.reason, reject.text)
        self._file.write(msgspec.json.encode(line) + b"\n")


def _name(source: str) -> str:
    """Return a file name of our own for a source: what a user calls it never becomes a path."""
    return hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _beside(path: Path) -> Path:
    return path.with_suffix(".part")
