"""Bring the records up to date: made where they are new, saved before they change, never half-way."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trodden.model.errors import CallerError
from trodden.store.harden import flush_all
from trodden.web.database import records_path
from trodden.web.keys import keep_key
from trodden.web.saved import place_of_copy

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

HOME_VARIABLE: Final = "TRODDEN_SERVE_HOME"
WORKSPACE_VARIABLE: Final = "TRODDEN_WORKSPACE"


def open_records(home: str | Path, workspace: str, url: str) -> None:
    """Set Django up over a home folder and bring its records up to date; links begin with ``url`` if need be.

    Raises
    ------
    CallerError
        The records were written by a newer version, or no database answers.
    """
    connect(home, workspace)
    upgrade()
    from django.conf import settings

    settings.TRODDEN_PUBLIC_URL = settings.TRODDEN_PUBLIC_URL or url


def connect(home: str | Path, workspace: str, *, makes_key: bool = True) -> None:
    """Set Django up over a home folder, whose key is made where it has none; the records stay as they are."""
    place = Path(home).resolve()
    place.mkdir(parents=True, exist_ok=True)
    if makes_key:
        keep_key(place)
    os.environ[HOME_VARIABLE] = str(place)
    os.environ[WORKSPACE_VARIABLE] = workspace
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trodden.web.settings")
    import django

    django.setup()


def upgrade() -> Path | None:
    """Apply what is missing, each step whole or not at all; return the copy that was saved before, if any.

    A step that was interrupted has not happened; the next call goes on from there. A SQLite file that holds
    something is copied to ``backups/`` first; of a PostgreSQL database the operator keeps copies.

    Raises
    ------
    CallerError
        The records were written by a newer version, or no database answers.
    """
    from django.core.management import call_command

    executor = _executor()
    _refuse_newer(executor)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    saved = _saved() if executor.loader.applied_migrations else None
    call_command("migrate", verbosity=0, interactive=False)
    return saved


def is_up_to_date() -> bool:
    """Say whether nothing is missing from the records."""
    executor = _executor()
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _executor() -> MigrationExecutor:
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    _make_file()
    try:
        return MigrationExecutor(connection)
    except OperationalError as error:
        raise CallerError(
            "The database of the records does not answer.",
            hint="See that DATABASE_URL is right and its server runs, or leave it out for a file.",
        ) from error


def _make_file() -> None:
    """Make the SQLite file before SQLite does, so that from the first byte only its owner reads it."""
    path = _file()
    if path and not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _file() -> Path | None:
    """Return the file of the records; None where they are in a server or, in tests, in memory."""
    from django.conf import settings
    from django.db import connection

    path = records_path(settings.TRODDEN_HOME)
    return path if str(connection.settings_dict["NAME"]) == str(path) else None


def _refuse_newer(executor: MigrationExecutor) -> None:
    unknown = sorted(set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations))
    ours = [f"{app}.{name}" for app, name in unknown if app in executor.loader.migrated_apps]
    if ours:
        raise CallerError(
            f"The records were written by a newer version: {', '.join(ours)}.",
            hint="Install that version, or restore a copy from backups/.",
        )


def _saved() -> Path | None:
    """Copy a SQLite file; the copy is whole, on disk and its owner's alone."""
    path = _file()
    if path is None:
        return None
    copy = place_of_copy(path.parent, datetime.now(UTC))
    copy.parent.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    flush_all([copy, copy.parent])
    return copy
