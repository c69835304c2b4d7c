"""Look a workspace over: each finding says what was found and, where something is amiss, how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from trodden.model.errors import TroddenError
from trodden.store import doctor_events, doctor_machine, doctor_rest
from trodden.store.findings import Finding, wrong
from trodden.store.folder import Workspace

Check = Callable[[Workspace], Finding]

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("layout", doctor_machine.layout),
    ("permissions", doctor_machine.permissions),
    ("file system", doctor_machine.file_system),
    ("disk", doctor_machine.disk),
    ("clock", doctor_machine.clock),
    ("lock", doctor_machine.lock),
    ("flushes", doctor_machine.flushes),
    ("sql", doctor_machine.sql),
    ("databases", doctor_events.databases),
    ("recovery", doctor_events.recovery),
    ("table log", doctor_events.table_log),
    ("table", doctor_events.table),
    ("event files", doctor_events.event_files),
    ("stray files", doctor_events.stray_files),
    ("compaction", doctor_events.compaction),
    ("walks", doctor_rest.walks),
    ("walks up to date", doctor_rest.walks_up_to_date),
    ("touchpoint rules", doctor_rest.rules),
    ("maps", doctor_rest.maps),
    ("imports", doctor_rest.imports),
    ("erasures", doctor_rest.erasures),
    ("quarantine", doctor_rest.quarantine),
)
"""What is looked at, in this order; none of it changes anything."""


def check_workspace(workspace: Workspace) -> list[Finding]:
    """Run every check; a check that cannot be carried out is a finding itself.

    Every byte of events and walks is read and compared with its checksum.
    """
    return list(_findings(workspace))


def _findings(workspace: Workspace) -> Iterator[Finding]:
    for name, check in CHECKS:
        try:
            yield check(workspace)
        except TroddenError as error:
            yield wrong(name, error.message, error.hint or "Mend what is named there.")
        except OSError as error:
            yield wrong(name, f"{error.filename}: {error.strerror}.", "See that this user may read it.")
