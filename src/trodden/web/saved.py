"""Copies of the records made before upgrades: they hold what people wrote then, so they are kept for a month.

No erasure reaches them. Its proof says how many there are, and until when.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

KEPT: Final = timedelta(days=30)
FOLDER: Final = "backups"
_NAMED: Final = "records-%Y%m%dT%H%M%S%fZ.sqlite3"


class Copies(msgspec.Struct, frozen=True):
    """How many copies there are, and when the last of them is removed."""

    number: int
    until: datetime


def place_of_copy(home: str | Path, at: datetime) -> Path:
    """Return where a copy made at a time is kept."""
    return Path(home) / FOLDER / at.astimezone(UTC).strftime(_NAMED)


def copies_made(home: str | Path, before: datetime | None = None) -> Copies | None:
    """Return how many copies there are, made before a time if one is given; None where none is."""
    made = [at for at in _copies(home).values() if before is None or at <= before]
    return Copies(len(made), max(made) + KEPT) if made else None


def remove_old_copies(home: str | Path, now: datetime | None = None) -> int:
    """Remove the copies that are older than they are kept; return how many."""
    oldest = (now or datetime.now(UTC)) - KEPT
    old = [path for path, at in _copies(home).items() if at < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _copies(home: str | Path) -> dict[Path, datetime]:
    found = ((path, _made_at(path)) for path in (Path(home) / FOLDER).glob("records-*.sqlite3"))
    return {path: at for path, at in found if at is not None}


def _made_at(path: Path) -> datetime | None:
    """Return when a copy was made, as its name says; None where the file is somebody else's."""
    try:
        return datetime.strptime(path.name, _NAMED).replace(tzinfo=UTC)
    except ValueError:
        return None
