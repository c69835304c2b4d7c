"""Where records are: a file of the home folder, or the PostgreSQL server that ``DATABASE_URL`` names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from trodden.model.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "DATABASE_URL"
FILE: Final = "records.sqlite3"
PATIENCE_S: Final = 20
"""How long a writer waits for another."""

PRAGMAS: Final = {"journal_mode": "wal", "synchronous": "FULL", "secure_delete": "ON", "foreign_keys": "ON"}
"""A commit that returned is on disk, and what was deleted is gone."""

_SCHEMES: Final = {"postgres", "postgresql"}
_POSTGRESQL_OPTIONS: Final = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout"})


def records_path(home: str | Path) -> Path:
    """Return the file of the records of a home folder."""
    return Path(home) / FILE


def has_records(home: str | Path) -> bool:
    """Say whether a home folder has records, or a server is named that holds them."""
    return bool(os.environ.get(VARIABLE)) or records_path(home).exists()


def database_of(home: str | Path, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return Django's description of the database.

    Raises
    ------
    CallerError
        ``DATABASE_URL`` is not ``postgresql://user:password@host:port/name``.
    """
    given = (os.environ if environ is None else environ).get(VARIABLE, "")
    return _postgresql(given) if given else _sqlite(records_path(home))


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": PATIENCE_S,
            "transaction_mode": "IMMEDIATE",
            "init_command": "".join(f"PRAGMA {name}={value};" for name, value in PRAGMAS.items()),
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in _SCHEMES or not name or set(options) - _POSTGRESQL_OPTIONS:
        known = ", ".join(sorted(_POSTGRESQL_OPTIONS))
        raise CallerError(
            f"{VARIABLE} names no PostgreSQL database.",
            hint=f"postgresql://user:password@host:5432/name; options are {known}.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
