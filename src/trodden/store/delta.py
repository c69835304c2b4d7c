"""The Delta table as a log of files: the one place that calls `deltalake`.

We write the Parquet files ourselves and hand `deltalake` only what to add and remove, because it
never flushes anything: files are on disk before the log names them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Transaction,
)
from deltalake._internal import RemoveAction  # the one public constructor of a remove action
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction

from trodden.model.errors import DamagedFileError, StoreError
from trodden.store._arrow import pa
from trodden.store.schema import EVENT_SCHEMA

LOG: Final = "_delta_log"
KIND: Final = "trodden.kind"
"""Key under which each commit says what it was: ``append``, ``compact`` or ``erase``."""

_CONFIGURATION: Final = {
    # Statistics go to the log, which outlives files: a time is fine, an identifier never.
    "delta.dataSkippingStatsColumns": "occurred_at",
    # Checkpoints and log clean-up are ours: only below the durable version.
    "delta.checkpointInterval": "1000000000",
    "delta.enableExpiredLogCleanup": "false",
}
_NO_HOOKS: Final = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)

TABLE_SCHEMA: Final = EVENT_SCHEMA.set(0, pa.field("event_id", pa.binary(), nullable=False))
"""`EVENT_SCHEMA` as Delta can say it: it has no binary of fixed length."""


class DataFile(msgspec.Struct, frozen=True):
    """One Parquet file of the table: its path below the table's folder, and what the log says of it.

    ``first, last``: the extremes of ``occurred_at``, microseconds since the epoch.
    """

    path: str
    bytes: int
    month: int
    rows: int
    first: int = 0
    last: int = 0


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One commit: files to add and to remove, what kind of change, and on whose behalf."""

    kind: str
    add: tuple[DataFile, ...] = ()
    remove: tuple[DataFile, ...] = ()
    app_id: str = ""
    app_version: int = 0


def create(folder: Path) -> DeltaTable:
    """Make the empty table; its log has one entry."""
    return DeltaTable.create(
        str(folder),
        schema=TABLE_SCHEMA,
        partition_by=["month"],
        configuration=_CONFIGURATION,
        name="events",
    )


def load(folder: Path, version: int | None = None) -> DeltaTable:
    """Open the table at a version, or at the newest one the log has.

    Raises
    ------
    DamagedFileError
        If the log cannot be read.
    """
    try:
        return DeltaTable(str(folder), version=version)
    except (DeltaError, OSError, ValueError) as error:
        raise DamagedFileError(
            f"{folder / LOG} cannot be read: {_first_line(error)}.",
            hint="Run `trodden doctor`.",
        ) from error


def commit(table: DeltaTable, change: Change) -> int:
    """Append one entry to the log; return its version.

    An error leaves the outcome unknown, so the log is read again: the commit counts if it stands
    there. Data files are never deleted on this path.

    Raises
    ------
    StoreError
        If the entry does not stand in the log.
    """
    version = table.version() + 1
    try:
        _write_entry(table, change)
    except (DeltaError, OSError) as error:
        if not is_committed(Path(table.table_uri.removeprefix("file://")), version, change):
            raise StoreError(
                f"Version {version} of the events table was not committed: {_first_line(error)}.",
                hint="Nothing of this batch was stored; run the import again.",
            ) from error
    table.update_incremental()
    return version


def is_committed(folder: Path, version: int, change: Change) -> bool:
    """Say whether a version of the log is this very change: its files are named in it."""
    try:
        actions = read_entry(entry_path(folder, version))
    except (FileNotFoundError, DamagedFileError):
        return False
    added = {action["add"]["path"] for action in actions if "add" in action}
    removed = {action["remove"]["path"] for action in actions if "remove" in action}
    return added == {one.path for one in change.add} and removed == {one.path for one in change.remove}


def live_files(table: DeltaTable) -> list[DataFile]:
    """Return the files of the table's version, by path."""
    actions: Any = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    files = [
        DataFile(row["path"], row["size_bytes"], int(row["partition.month"]), row["num_records"])
        for row in actions
    ]
    return sorted(files, key=lambda one: one.path)


def entry_path(folder: Path, version: int) -> Path:
    """Return the log entry of a version."""
    return folder / LOG / f"{version:020d}.json"


def read_entry(path: Path) -> list[dict[str, Any]]:
    """Return the actions of one log entry.

    Raises
    ------
    DamagedFileError
        If it is empty or is not one JSON object a line.
    """
    data = path.read_bytes()
    try:
        lines = [line for line in data.splitlines() if line.strip()]
        actions = [msgspec.json.decode(line, type=dict[str, Any]) for line in lines]
    except msgspec.DecodeError as error:
        raise DamagedFileError(f"{path} is not a log entry: {error}.") from error
    if not actions:
        raise DamagedFileError(f"{path} is empty; a log entry says what changed.")
    return actions


def kind_of(actions: Iterable[dict[str, Any]]) -> str:
    """Return what kind of change a log entry was, empty when it does not say."""
    return next((str(one["commitInfo"].get(KIND, "")) for one in actions if "commitInfo" in one), "")


def added_files(actions: Iterable[dict[str, Any]]) -> list[DataFile]:
    """Return the files a log entry added."""
    return [_data_file(action["add"]) for action in actions if "add" in action]


def _data_file(add: dict[str, Any]) -> DataFile:
    stats = msgspec.json.decode(add["stats"], type=dict[str, Any])
    return DataFile(add["path"], add["size"], int(add["partitionValues"]["month"]), stats["numRecords"])


def _write_entry(table: DeltaTable, change: Change) -> None:
    transactions = [Transaction(change.app_id, change.app_version)] if change.app_id else None
    adds = _adds(change.add, moves_data=change.kind == "append")
    removes = _removes(change.remove, moves_data=change.kind == "erase")
    table.create_write_transaction(
        [*adds, *removes],
        "append",
        TABLE_SCHEMA,
        partition_by=["month"],
        commit_properties=CommitProperties(
            custom_metadata={KIND: change.kind}, max_commit_retries=0, app_transactions=transactions
        ),
        post_commithook_properties=_NO_HOOKS,
    )


def _adds(files: Sequence[DataFile], *, moves_data: bool) -> list[AddAction]:
    now = time.time_ns() // 1_000_000
    return [
        AddAction(one.path, one.bytes, {"month": str(one.month)}, now, moves_data, _stats(one))
        for one in files
    ]


def _removes(files: Sequence[DataFile], *, moves_data: bool) -> list[RemoveAction]:
    now = time.time_ns() // 1_000_000
    return [RemoveAction(one.path, moves_data, now, one.bytes, {"month": str(one.month)}) for one in files]


def _stats(file: DataFile) -> str:
    first, last = ({"occurred_at": _iso(moment)} for moment in (file.first, file.last))
    nulls = {"occurred_at": 0}
    stats = {"numRecords": file.rows, "minValues": first, "maxValues": last, "nullCount": nulls}
    return msgspec.json.encode(stats).decode()


def _iso(microseconds: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")
