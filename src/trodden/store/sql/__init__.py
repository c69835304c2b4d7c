"""SQL for people: read-only, over one pinned snapshot, in a child process that can do nothing else.

Analyses never use it: two engines would disagree. What a person typed runs in a disposable process that
has no network, may read only the workspace's walks and events, holds a bounded amount of memory and time,
and whose database is locked before the statement is looked at (see :mod:`trodden.store.sql.child`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.model.errors import CancelledError, QuestionError, StoreError, TooLargeError
from trodden.store._arrow import Table, ipc
from trodden.store.events import EventStore

if TYPE_CHECKING:
    from trodden.store.folder import Workspace

LONGEST_SQL: Final = 100_000
"""Characters a statement may have."""

FAILED: Final = 3
"""Exit status of a child that wrote its error as JSON."""


class SqlLimits(msgspec.Struct, frozen=True):
    """What one statement may use.

    ``seconds`` of wall clock and of processor time; ``memory_mb`` of address space beyond what the walks
    themselves take; ``rows`` returned at most.
    """

    seconds: int = 30
    memory_mb: int = 4_096
    rows: int = 10_000


class SqlJob(msgspec.Struct, frozen=True):
    """What the child is told on its standard input; ``files`` are those of the events table, if named."""

    home: str
    workspace: str
    statement: str
    limits: SqlLimits
    files: tuple[str, ...] = ()


class SqlFault(msgspec.Struct, frozen=True):
    """What the child says on its standard error when a statement cannot be run."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SqlResult:
    """The rows of a statement; ``cut`` tells that there were more than the limit allows."""

    table: Table
    cut: bool


def run_sql(workspace: Workspace, statement: str, limits: SqlLimits | None = None) -> SqlResult:
    """Run one SELECT over the workspace's newest snapshot.

    Tables are ``events`` (the live walks, one row an event), ``customers``, ``touchpoints`` and
    ``raw_events`` (as they arrived).

    Raises
    ------
    QuestionError
        It is not one SELECT, or the database refused it.
    TooLargeError
        It needed more time or memory than the limits allow.
    """
    limits = limits or SqlLimits()
    if len(statement) > LONGEST_SQL:
        raise QuestionError(f"The statement has {len(statement)} characters; {LONGEST_SQL} are read.")
    home = str(workspace.home.absolute())
    job = SqlJob(home, workspace.name, statement, limits, _event_files(workspace, statement))
    return _read(_run(job), limits)


def _event_files(workspace: Workspace, statement: str) -> tuple[str, ...]:
    """Name the files of ``raw_events``, which the child cannot look up once it is restricted."""
    if "raw_events" not in statement.lower():
        return ()
    return tuple(str(path.absolute()) for path in EventStore(workspace).files())


def _run(job: SqlJob) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", "-m", "trodden.store.sql.child"]
    environment = {"PATH": os.defpath, "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(
            command,
            input=msgspec.json.encode(job),
            capture_output=True,
            env=environment,
            timeout=job.limits.seconds + 10,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large(job.limits) from error


def _read(done: subprocess.CompletedProcess[bytes], limits: SqlLimits) -> SqlResult:
    if done.returncode == 0:
        table: Table = ipc.open_stream(done.stdout).read_all()
        return SqlResult(table.slice(0, limits.rows), cut=table.num_rows > limits.rows)
    if done.returncode == FAILED:
        raise _error(msgspec.json.decode(done.stderr.splitlines()[-1], type=SqlFault))
    if done.returncode < 0:
        raise _too_large(limits)
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
    raise StoreError(f"The process that runs SQL failed; it said: {said[-1][:500]}")


def _error(fault: SqlFault) -> StoreError | QuestionError:
    kinds = {"question": QuestionError, "too-large": TooLargeError, "cancelled": CancelledError}
    return kinds.get(fault.code, StoreError)(fault.message, hint=fault.hint)


def _too_large(limits: SqlLimits) -> TooLargeError:
    return TooLargeError(
        f"The statement needed more than {limits.seconds} s or {limits.memory_mb} MB.",
        hint="Ask for less at once: a shorter period, fewer columns, a LIMIT inside the joins.",
    )
