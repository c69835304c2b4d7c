"""What `trodden doctor` finds of the records: whether they are whole, up to date, and their log unbroken."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from trodden.store.findings import Finding, fine, warning, wrong
from trodden.web.database import VARIABLE, has_records, records_path
from trodden.web.keys import NAMING_VARIABLE, is_naming_kept
from trodden.web.keys import VARIABLE as SECRET
from trodden.web.records import connect, is_up_to_date
from trodden.web.rekeying import unfinished

if TYPE_CHECKING:
    from pathlib import Path


def check_records(home: str | Path, workspace: str) -> list[Finding]:
    """Look the records of a home folder over, changing nothing. Where none are, there is no finding."""
    if not has_records(home):
        return []
    damage = "" if os.environ.get(VARIABLE) else _damage(records_path(home))
    if damage:
        said = f"{records_path(home)} is damaged: {damage}."
        return [wrong("records", said, "Restore a copy from backups/.")]
    connect(home, workspace)
    if not is_up_to_date():
        return [warning("records", "The records are of an earlier version.", "Run `trodden upgrade`.")]
    return [fine("records", "They are whole and up to date."), log_finding(), *_key_findings(home)]


def _key_findings(home: str | Path) -> list[Finding]:
    """Tell of a key that is being replaced, or whose replacement would change every pseudonym."""
    found: list[Finding] = []
    if unfinished(home):
        said = "A replacement of the key was begun and not finished: the one before is still believed."
        found.append(warning("key", said, "Run `trodden key replace` once more."))
    if not is_naming_kept(home):
        said = f"{SECRET} gives the key, and pseudonyms rest on it: replaced, all of them would change."
        hint = f"Set {NAMING_VARIABLE} to the key the records began with; it stays as it is."
        found.append(warning("pseudonyms", said, hint))
    return found


def _damage(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if verdict == "ok" else str(verdict)


def log_finding() -> Finding:
    """Prove that no entry of the log was altered, removed or put in between; say how it ends."""
    from trodden.web.audit.log import first_break
    from trodden.web.audit.models import Entry

    broken = first_break(Entry.objects.order_by("number").iterator())
    if broken is not None:
        message = f"Its chain is broken at entry {broken}: it or one before was altered or removed."
        return wrong(
            "log", message, "Compare it with a file of it exported before; keep the records as they are."
        )
    last = Entry.objects.order_by("-number").first()
    said = f"{last.number} entries, the last sealed {last.seal[:12]}." if last else "Nothing was logged yet."
    return fine("log", said)
