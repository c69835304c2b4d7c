"""The records of a PostgreSQL server as a file, by its own programs where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

from trodden.model.errors import CallerError, StoreError
from trodden.store.harden import flush
from trodden.web.database import VARIABLE, database_of

if TYPE_CHECKING:
    from pathlib import Path

_VARIABLES: Final = {
    "NAME": "PGDATABASE",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "HOST": "PGHOST",
    "PORT": "PGPORT",
}
_OPTIONS: Final = {"connect_timeout": "PGCONNECT_TIMEOUT"}


def dump_records(home: Path, target: Path) -> None:
    """Write the records of the server that ``DATABASE_URL`` names into a file, as they are at one moment.

    Raises
    ------
    CallerError
        ``pg_dump`` is not installed.
    StoreError
        It failed.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    _run(home, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    flush(target)


def load_records(home: Path, dump: Path) -> None:
    """Read records from such a file into the server's database, which is empty, all or none of them.

    Raises
    ------
    CallerError
        The database holds something, or ``pg_restore`` is not installed.
    StoreError
        It failed; the database is as it was.
    """
    _refuse_filled(home)
    options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run(home, "pg_restore", *options, f"--dbname={_environment(home)['PGDATABASE']}", str(dump))


def _refuse_filled(home: Path) -> None:
    said = _run(
        home,
        "psql",
        "--no-psqlrc",
        "-Atc",
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()",
    )
    if said.strip() != "0":
        raise CallerError(
            f"The database that {VARIABLE} names holds {said.strip()} tables; nothing is written over.",
            hint="Make a new one with createdb, and name that.",
        )


def _run(home: Path, program: str, *arguments: str) -> str:
    path = shutil.which(program)
    if path is None:
        hint = "Install PostgreSQL's client programs"
        leaves_out = ", or leave records out: `trodden backup --without-records`."
        raise CallerError(
            f"The records are in PostgreSQL, and {program} is not installed here.",
            hint=f"{hint}{leaves_out if program == 'pg_dump' else '.'}",
        )
    done = subprocess.run(
        [path, *arguments], capture_output=True, text=True, check=False, env=_environment(home)
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise StoreError(f"{program} failed: {said[-1] if said else done.returncode}.")
    return done.stdout


def _environment(home: Path) -> dict[str, str]:
    """Return what the programs read the address from: no password stands among their arguments."""
    found: dict[str, Any] = database_of(home)
    address = {variable: str(found[name]) for name, variable in _VARIABLES.items() if found[name]}
    options = {
        _OPTIONS.get(name, f"PG{name.upper()}"): str(value) for name, value in found["OPTIONS"].items()
    }
    return {**os.environ, **address, **options}
