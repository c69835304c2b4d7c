"""How long events are kept: whole months that are older than a workspace says go, for good.

A month is the one an event occurred in, in UTC, as the table is partitioned: its files go as they are, and
no other is written anew. What goes is noted in ``retention.db`` before, so that what was interrupted is
finished.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from trodden.store._arrow import Table, pa, pc
from trodden.store._sqlite import Ledger, rows, transaction
from trodden.store.compact import checkpoint, sweep
from trodden.store.delta import Change
from trodden.store.erasure import empty_folder
from trodden.store.events import EventStore
from trodden.store.faultpoints import declare, fault_point
from trodden.store.folder import Workspace
from trodden.store.imports import imports_in
from trodden.store.schema import month_moved, month_of

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS removals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    begun_at TEXT NOT NULL,
    before INTEGER NOT NULL,
    events INTEGER NOT NULL,
    stage TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT ''
) STRICT
"""

Stage = Literal["events", "walks", "files", "done"]
"""What is being done: events are removed, walks built anew, what was worked out from them is removed."""

declare("retention.before_note", "retention.after_note", "retention.before_events", "retention.after_events")
declare("retention.after_walks", "retention.after_files", "retention.before_done", "retention.after_done")


class MonthCount(msgspec.Struct, frozen=True):
    """A month as yyyymm, in UTC, and how many events it holds."""

    month: int
    events: int


class Plan(msgspec.Struct, frozen=True):
    """What keeping events for so many months removes: ``months``, all before the month ``before``."""

    before: int
    months: tuple[MonthCount, ...] = ()

    @property
    def events(self) -> int:
        """Return how many events go."""
        return sum(one.events for one in self.months)


class Removal(msgspec.Struct, frozen=True):
    """Events that were removed for their age, or are being removed; ``finished_at`` is empty until then."""

    id: int
    begun_at: str
    before: int
    events: int
    stage: Stage
    finished_at: str


def first_kept(months: int, now: datetime) -> int:
    """Return the first month, as yyyymm, that is kept where this one and ``months`` before it are.

    Examples
    --------
    >>> first_kept(3, datetime(2026, 2, 7, tzinfo=UTC))
    202511
    """
    return month_moved(month_of(now), -months)


def plan_removal(workspace: Workspace, months: int, now: datetime | None = None) -> Plan:
    """Say what keeping events for so many months would remove now, 0 for ever; nothing is changed."""
    if not months:
        return Plan(before=0)
    before = first_kept(months, now or datetime.now(UTC))
    with contextlib.closing(EventStore(workspace)) as store:
        counts: Counter[int] = Counter()
        for file in store.live():
            if file.month < before:
                counts[file.month] += file.rows
    return Plan(before, tuple(MonthCount(*one) for one in sorted(counts.items())))


def due(workspace: Workspace, now: datetime | None = None) -> Plan | None:
    """Return what the workspace says is to be removed, or finished; None where nothing is."""
    plan = plan_removal(workspace, workspace.mark.keep_months, now)
    return plan if _is_due(workspace, plan) else None


def _is_due(workspace: Workspace, plan: Plan) -> bool:
    return plan.events > 0 or any(not one.finished_at for one in removals_of(workspace))


def remove_old(workspace: Workspace, now: datetime | None = None) -> int:
    """Remove the events that are older than the workspace keeps them; return how many.

    Their files, the log entries that named them, every file of walks they were in, answers, rejected rows of
    imports that old, and what a recovery set aside are gone when this returns. What was interrupted is
    finished by calling it again.

    Raises
    ------
    LockedError
        If somebody else is writing.
    RulesError
        If the touchpoint rules cannot be used; the events are gone, the walks follow with the next call.
    DurabilityError
        If a flush failed; it is then not finished.
    """
    with workspace.lock():
        plan = plan_removal(workspace, workspace.mark.keep_months, now)
        if not _is_due(workspace, plan):
            _remove_rejects(workspace, plan.before)
            return 0
        with contextlib.closing(Removals(workspace.retention_db)) as ledger:
            number = ledger.begin(plan)
            _remove(workspace, plan, ledger, number)
        return plan.events


def young(events: Table, months: int, now: datetime | None = None) -> Table:
    """Return the events that are not older than they would be kept; 0 months keeps all."""
    if not months:
        return events
    before = first_kept(months, now or datetime.now(UTC))
    return events.filter(pc.greater_equal(events.column("month"), pa.scalar(before, pa.int32())))


def removals_of(workspace: Workspace) -> list[Removal]:
    """Return what was removed for its age, the newest first."""
    if not workspace.retention_db.exists():
        return []
    with contextlib.closing(Removals(workspace.retention_db)) as ledger:
        return ledger.every()


class Removals(Ledger):
    """``retention.db``: one row for each time that events were removed for their age."""

    schema = _SCHEMA

    def begin(self, plan: Plan) -> int:
        """Note what is going to be removed; return the number of the row. An unfinished one goes on."""
        fault_point("retention.before_note")
        begun = _begun(self.every(), plan)
        if begun is not None:
            return begun.id
        connection = self._open()
        with transaction(connection, self.path):
            cursor = connection.execute(
                "INSERT INTO removals (begun_at, before, events, stage) VALUES (?, ?, ?, 'events')",
                (_now(), plan.before, plan.events),
            )
        fault_point("retention.after_note")
        return int(cursor.lastrowid or 0)

    def reach(self, number: int, stage: Stage) -> None:
        """Note what is done next; whoever looks is told."""
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute("UPDATE removals SET stage = ? WHERE id = ?", (stage, number))

    def finish(self) -> None:
        """Note that all that was to go has gone, by whatever row."""
        fault_point("retention.before_done")
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute(
                "UPDATE removals SET stage = 'done', finished_at = ? WHERE finished_at = ''", (_now(),)
            )
        fault_point("retention.after_done")

    def every(self) -> list[Removal]:
        """Return every row, the newest first."""
        query = "SELECT id, begun_at, before, events, stage, finished_at FROM removals ORDER BY id DESC"
        return [Removal(*row) for row in rows(self._open(), self.path, query)]


def is_begun(workspace: Workspace, plan: Plan) -> bool:
    """Say whether a removal was begun before and interrupted, so that it is noted already."""
    return _begun(removals_of(workspace), plan) is not None


def _begun(removals: Iterable[Removal], plan: Plan) -> Removal | None:
    """Return the unfinished removal that goes on: of the same events, or one whose events have gone."""
    unfinished = (one for one in removals if not one.finished_at)
    same = (plan.before, plan.events)
    return next((one for one in unfinished if not plan.events or (one.before, one.events) == same), None)


def _remove(workspace: Workspace, plan: Plan, ledger: Removals, number: int) -> None:
    from trodden.store.walks import WalkStore

    fault_point("retention.before_events")
    _remove_events(workspace, plan.before)
    fault_point("retention.after_events")
    ledger.reach(number, "walks")
    WalkStore(workspace).refresh_alone()
    fault_point("retention.after_walks")
    ledger.reach(number, "files")
    _remove_rejects(workspace, plan.before)
    for folder in (workspace.cache, workspace.quarantine):
        empty_folder(folder)
    fault_point("retention.after_files")
    ledger.finish()


def _remove_events(workspace: Workspace, before: int) -> None:
    """Take the files of old months out of the table in one commit, and then from the disk with their log."""
    with contextlib.closing(EventStore(workspace)) as store, store.writing():
        old = tuple(file for file in store.live() if file.month < before)
        if old:
            store.commit(Change(kind="erase", remove=old))
        sweep(store, grace_seconds=-1)
        checkpoint(store, kept_entries=0)


def _remove_rejects(workspace: Workspace, before: int) -> None:
    """Remove the rejected rows of imports made in months whose events go: nobody knows their own time."""
    for one in imports_in(workspace.imports_db):
        if one.rejects_file and month_of(datetime.fromisoformat(one.begun_at)) < before:
            (workspace.rejects / one.rejects_file).unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
