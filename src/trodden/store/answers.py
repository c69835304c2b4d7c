"""Answers remembered on disk, each under a checksum: a damaged one is computed again, never believed."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.question import Answer

_DIGEST: Final = 16

Seen = tuple[tuple[int, int], ...]
"""Times and sizes of files."""


def erasures_seen(erased: Path) -> Seen:
    """Return time and size of the files of the list of who was erased; whatever is noted there changes them.

    What was computed of walks that were opened before that may still hold somebody, and is not kept.
    """
    return tuple(_stamp(path) for path in (erased, erased.with_name(f"{erased.name}-wal")))


def forget_seen(erased: Path) -> None:
    """Let what was seen of the list of who was erased count as of before, though nothing is noted in it."""
    now = time.time_ns()
    os.utime(erased, ns=(now, now))


class AnswerCache:
    """At most ``limit`` answers in one folder; the longest unused go first.

    ``erased`` is the workspace's list of who was erased. Where it has changed since the cache was made,
    answers may rest on walks that still held somebody, and are not remembered.
    """

    def __init__(self, folder: Path, limit: int = 500, erased: Path | None = None) -> None:
        self._folder = folder
        self._limit = limit
        self._erased = erased
        self._known = self._state()

    def get(self, key: str, answer: type[Answer]) -> Answer | None:
        """Return the answer under ``key``, or None where there is none that is whole and readable."""
        path = self._folder / f"{key}.answer"
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        if _digest(key, stored[_DIGEST:]) != stored[:_DIGEST]:
            return None
        try:
            found = msgspec.json.decode(stored[_DIGEST:], type=answer)
        except msgspec.DecodeError:
            return None
        path.touch()
        return found

    def put(self, key: str, answer: Answer) -> None:
        """Remember an answer; a full disk or a read-only folder only costs time later."""
        if not self._limit or self._state() != self._known:
            return
        payload = msgspec.json.encode(answer)
        scratch = self._folder / f".{key}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(_digest(key, payload) + payload)
            written = scratch.replace(self._folder / f"{key}.answer")
            if self._state() != self._known:  # somebody is being erased just now
                written.unlink(missing_ok=True)
            self._forget_oldest()
        except OSError:
            scratch.unlink(missing_ok=True)

    def _state(self) -> Seen:
        return erasures_seen(self._erased) if self._erased else ()

    def _forget_oldest(self) -> None:
        """Forget down to the limit once there are a tenth too many: looking at every time of use is dear."""
        with os.scandir(self._folder) as found:
            names = [one.name for one in found if one.name.endswith(".answer")]
        if len(names) <= self._limit + self._limit // 10:
            return
        kept = sorted((self._folder / name for name in names), key=_used_at, reverse=True)
        for path in kept[self._limit :]:
            path.unlink(missing_ok=True)


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _digest(key: str, payload: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + payload, digest_size=_DIGEST).digest()


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
