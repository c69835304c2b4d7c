"""Answers remembered on disk, each under a checksum: a damaged one is computed again, never believed."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.question import Answer

_DIGEST: Final = 16


class AnswerCache:
    """At most ``limit`` answers in one folder; the longest unused go first."""

    def __init__(self, folder: Path, limit: int = 500) -> None:
        self._folder = folder
        self._limit = limit

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
        if not self._limit:
            return
        payload = msgspec.json.encode(answer)
        scratch = self._folder / f".{key}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(_digest(key, payload) + payload)
            scratch.replace(self._folder / f"{key}.answer")
            self._forget_oldest()
        except OSError:
            scratch.unlink(missing_ok=True)

    def _forget_oldest(self) -> None:
        kept = sorted(self._folder.glob("*.answer"), key=_used_at, reverse=True)
        for path in kept[self._limit :]:
            path.unlink(missing_ok=True)


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _digest(key: str, payload: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + payload, digest_size=_DIGEST).digest()
