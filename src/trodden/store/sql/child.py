"""The process a person's SQL runs in: import, restrict, open, lock, and only then look at the statement.

The order matters. Restrictions bind threads started after them, so everything is imported first and no
table is opened before. ``temp_directory`` is emptied before anything else is set: otherwise the working
folder would silently be one the database may write to. What is typed must be one SELECT; that is checked
by the database's own parser, and a locked database in a restricted process is what holds where a parser
is fooled.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import msgspec
import numpy as np

from trodden.model.errors import TroddenError
from trodden.store._arrow import ipc, pa, pq
from trodden.store._dataset import ds
from trodden.store.folder import Workspace
from trodden.store.sql import FAILED, SqlFault, SqlJob, SqlLimits
from trodden.store.sql.landlock import restrict
from trodden.store.sql.tables import Tables, load_zones

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADED: Final = (np, pa, ds, pq)
"""Imported before the restriction, because nothing can be after it."""

SETTINGS: Final = (
    "SET temp_directory=''",
    "SET allow_community_extensions=false",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET python_enable_replacements=false",
    "SET threads=1",
    "SET max_expression_depth=250",
    "SET TimeZone='UTC'",
)


MACHINE: Final = (
    Path("/proc/self/cgroup"),
    Path("/sys/fs/cgroup"),
    Path("/sys/devices/system/cpu/online"),
)
"""What the database reads to learn how much of the machine it may use; it ends where it cannot."""


def main() -> int:
    """Run the job on standard input; write rows as an Arrow stream, or a fault as JSON."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=SqlJob)
    try:
        _run(job)
    except TroddenError as error:
        return _fault(SqlFault(error.code, error.message, error.hint))
    except duckdb.OutOfMemoryException as error:
        return _fault(SqlFault("too-large", f"The statement needed too much memory: {_first_line(error)}"))
    except duckdb.Error as error:
        return _fault(SqlFault("question", f"The database refused it: {_first_line(error)}", _TABLES))
    except MemoryError:
        return _fault(SqlFault("too-large", f"The statement needed more than {job.limits.memory_mb} MB."))
    return 0


_TABLES: Final = "Tables: events, customers, touchpoints, raw_events; DESCRIBE events lists columns."


def _run(job: SqlJob) -> None:
    workspace = Workspace.open(job.home, job.workspace)
    load_zones(workspace)
    restrict([workspace.walks, workspace.events, *(path for path in MACHINE if path.exists())])
    tables = Tables.open(workspace)
    _limit(job.limits, tables.mapped_bytes)
    database = duckdb.connect(":memory:")
    _lock(database, job.limits)
    _check(database, job.statement)
    tables.register(database, job)
    database.execute("SET lock_configuration=true")
    _write(database.sql(job.statement), job.limits.rows)


def _limit(limits: SqlLimits, mapped: int) -> None:
    memory = limits.memory_mb * 1_048_576 + mapped
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lock(database: Any, limits: SqlLimits) -> None:  # noqa: ANN401 - as above
    for setting in SETTINGS:
        database.execute(setting)
    database.execute(f"SET memory_limit='{limits.memory_mb // 2}MB'")
    database.execute("SET enable_external_access=false")


def _check(database: Any, statement: str) -> None:  # noqa: ANN401 - as above
    found = database.extract_statements(statement)
    kinds = [str(one.type).rpartition(".")[2] for one in found]
    if kinds != ["SELECT"]:
        said = " and ".join(kinds) or "nothing"
        raise duckdb.ProgrammingError(f"expected one SELECT, found {said}")


def _write(rows: Any, most: int) -> None:  # noqa: ANN401 - as above
    """Write at most one row more than asked, so that the reader knows it was cut."""
    reader = rows.to_arrow_reader(min(most + 1, 65_536))
    left = most + 1
    with ipc.new_stream(sys.stdout.buffer, reader.schema) as stream:
        for batch in _batches(reader):
            stream.write_batch(batch.slice(0, left))
            left -= batch.num_rows
            if left <= 0:
                return


def _batches(reader: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Yield batches; Arrow hands on as OSError what the database says once it has begun to answer."""
    try:
        yield from reader
    except OSError as error:
        is_memory = str(error).startswith("Out of Memory Error")
        kind = duckdb.OutOfMemoryException if is_memory else duckdb.DatabaseError
        raise kind(str(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:500]


def _fault(fault: SqlFault) -> int:
    sys.stderr.write(msgspec.json.encode(fault).decode() + "\n")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
