"""The walks of one workspace: opened by readers, brought up to date by one writer."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.model.errors import DamagedFileError, StoreError
from trodden.store.touchpoints_files import load_rules, rules_hash
from trodden.store.walks.cleanup import numbers_used, remove_all_but, remove_orphans
from trodden.store.walks.files import Folder
from trodden.store.walks.manifest import Manifest, Named, read_current
from trodden.store.walks.refresh import NeedsHistoryError, Task, run
from trodden.store.walks.state import State, empty_state, newest_state, open_state

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store.events import EventStore
    from trodden.store.folder import Workspace
    from trodden.store.walks.refresh import Done
    from trodden.store.walks.snapshot import WalkSnapshot

_log = logging.getLogger(__name__)

_DEAD_SHARE: Final = 0.1
"""Share of dead rows a single segment may keep."""


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What bringing walks up to date did.

    ``events`` were read, ``rows`` and ``customers`` written. ``rebuilt`` says why everything was built anew:
    empty where it was not.
    """

    snapshot: str
    events: int = 0
    rows: int = 0
    customers: int = 0
    rebuilt: str = ""


class WalkStore:
    """Walks derived from the events of a workspace; lost or damaged ones are built anew.

    Opening never waits for a writer: a reader sees the last published state, whole. What writes takes the
    workspace's lock.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._folder = Folder(workspace.walks)
        self._opened: tuple[str, WalkSnapshot] | None = None

    def open(self) -> WalkSnapshot:
        """Open the newest state; one without customers where walks have never been built.

        Raises
        ------
        DamagedFileError
            If a file of the walks is not as written; the message names it. `refresh` then builds them anew.
        """
        named = read_current(self._folder)
        if self._opened is None or named is None or self._opened[0] != named.name:
            state = newest_state(self._folder) or self._empty()
            self._opened = state.name, state.snapshot()
        return self._opened[1]

    def refresh(self) -> Refreshed:
        """Bring walks up to the events on disk.

        Only customers with new events are written anew. Everything is built anew where there are no walks
        yet, a file of them is damaged (said in the log), rules or time zone have changed, events were erased,
        or a property gets a column only now.

        Raises
        ------
        LockedError
            If somebody else is writing the workspace.
        RulesError
            If the touchpoint rules cannot be used; the walks stay as they are.
        DamagedFileError
            If events are damaged.
        DiskFullError, DurabilityError
            If what was written cannot be kept; the walks stay as they are.
        """
        rules = load_rules(self.workspace.touchpoints_file)
        with self.workspace.lock():
            try:
                return self._add_new(rules)
            except _Anew as why:
                return self._rebuild(rules, why.reason)

    def rebuild(self, reason: str = "asked") -> Refreshed:
        """Build everything anew from events; codes are given anew as well.

        Raises
        ------
        LockedError, RulesError, DamagedFileError, DiskFullError, DurabilityError
            As `refresh`.
        """
        rules = load_rules(self.workspace.touchpoints_file)
        with self.workspace.lock():
            return self._rebuild(rules, reason)

    def compact(self) -> Refreshed:
        """Write every walk into one segment, dropping copies that no longer count.

        Raises
        ------
        LockedError, RulesError, DamagedFileError, DiskFullError, DurabilityError
            As `refresh`.
        """
        with self.workspace.lock():
            done = self.refresh()
            state = newest_state(self._folder)
            if state is None or _is_compact(state.manifest):
                return done
            rules = load_rules(self.workspace.touchpoints_file)
            return _said(run(self._task(state, rules, (), state.manifest.durable_version, everything=True)))

    def erase(self, customer: str) -> Refreshed:
        """Build everything anew once a customer was erased from events, and unlink all else at once.

        Names that only the erased had go with them. Readers that have files mapped keep them until they
        let go.

        Raises
        ------
        LockedError, RulesError, DamagedFileError, DiskFullError, DurabilityError
            As `refresh`.
        """
        with self.workspace.lock():
            done = self.rebuild("erasure")
            self._keep_newest_alone()
            snapshot = self.open()
            if snapshot.customer(customer) is not None:
                raise StoreError(
                    "The events table still holds events of the customer to be erased, so the walks do too.",
                    hint="Erase the events first.",
                )
            return done

    def refresh_alone(self) -> Refreshed:
        """Bring walks up to the events on disk, and unlink at once every file of states before.

        Readers that have files mapped keep them until they let go.

        Raises
        ------
        LockedError, RulesError, DamagedFileError, DiskFullError, DurabilityError
            As `refresh`.
        """
        with self.workspace.lock():
            done = self.refresh()
            self._keep_newest_alone()
            return done

    def _keep_newest_alone(self) -> None:
        named = read_current(self._folder)
        if named is not None:
            remove_all_but(self._folder, named)
        self._opened = None

    def _add_new(self, rules: TouchpointRules) -> Refreshed:
        named = self._current()
        if named is None:
            raise _Anew("no walks yet")
        remove_orphans(self._folder, named)
        version, paths = self._added(named.manifest, rules)
        if version == named.manifest.durable_version:
            return Refreshed(snapshot=named.name)
        try:
            return _said(run(self._task(open_state(self._folder, named), rules, paths, version)))
        except NeedsHistoryError as error:
            raise _Anew("a property gets a column") from error
        except FileNotFoundError as error:
            raise _Anew(f"missing {error.filename}") from error
        except DamagedFileError as error:
            raise _Anew(error.message) from error

    def _added(self, manifest: Manifest, rules: TouchpointRules) -> tuple[int, list[Path]]:
        """Return the durable version and the files of events that have come since a manifest's."""
        if manifest.rules != rules_hash(rules):
            raise _Anew("other rules")
        if manifest.time_zone != self.workspace.mark.time_zone:
            raise _Anew("another time zone")
        with self._events() as events:
            version, paths = events.durable_version, events.added_since(manifest.durable_version)
        if paths is None or version < manifest.durable_version:
            raise _Anew("events erased or rewritten")
        return version, paths

    def _rebuild(self, rules: TouchpointRules, reason: str) -> Refreshed:
        with self._events() as events:
            version, paths = events.durable_version, events.files()
        task = self._task(
            empty_state(rules_hash(rules), self.workspace.mark.time_zone), rules, paths, version
        )
        _log.info("walks.rebuilt reason=%r", reason)
        return _said(run(task), reason)

    def _task(
        self,
        state: State,
        rules: TouchpointRules,
        paths: Sequence[Path],
        version: int,
        *,
        everything: bool = False,
    ) -> Task:
        last = self._last_readable()
        return Task(
            folder=self._folder,
            state=state,
            last=last,
            number=max([last.snapshot if last else 0, *numbers_used(self._folder)]) + 1,
            rules=rules,
            rules_hash=rules_hash(rules),
            time_zone=self.workspace.mark.time_zone,
            paths=paths,
            durable_version=version,
            everything=everything,
        )

    def _current(self) -> Named | None:
        try:
            return read_current(self._folder)
        except DamagedFileError as error:
            raise _Anew(error.message) from error
        except FileNotFoundError as error:
            raise _Anew(f"missing {error.filename}") from error

    def _last_readable(self) -> Manifest | None:
        try:
            named = read_current(self._folder)
        except (DamagedFileError, FileNotFoundError):
            return None
        return named.manifest if named else None

    def _empty(self) -> State:
        return empty_state("", self.workspace.mark.time_zone)

    @contextmanager
    def _events(self) -> Generator[EventStore]:
        from trodden.store.events import EventStore

        events = EventStore(self.workspace)
        try:
            yield events
        finally:
            events.close()


class _Anew(Exception):  # noqa: N818 -- not an error: it says that, and why, everything is to be built anew
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _is_compact(manifest: Manifest) -> bool:
    dead = sum(segment.dead_events for segment in manifest.segments)
    return len(manifest.segments) <= 1 and dead <= manifest.events * _DEAD_SHARE


def _said(done: Done, rebuilt: str = "") -> Refreshed:
    return Refreshed(
        snapshot=done.named.name,
        events=done.new_events,
        rows=done.written,
        customers=done.customers,
        rebuilt=rebuilt,
    )
