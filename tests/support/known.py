"""A workspace in which a property says who each customer is, as addresses of people do."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trodden.collect.importers import ImportOptions, import_files
from trodden.model.touchpoints import Promoted, TouchpointRules
from trodden.store.folder import Workspace
from trodden.store.touchpoints import save_rules

FIRST = datetime(2026, 3, 2, 10, tzinfo=UTC)
CUSTOMERS = 40
MAILS = 20
"""Customers of whom the address is known: few enough for a property to count as groups."""
KNOWN = "ada@example.org"
UNKNOWN = "eve@example.org"
"""Nobody has this address."""
COLUMNS = ("customer", "touchpoint", "time", "outcome", "mail", "region", "age")


def fill_known(home: Path) -> Workspace:
    """Import the events of forty customers, one of whom is ninety years old and was at Rare."""
    workspace = Workspace.create(home)
    promote = (Promoted("mail", "string"), Promoted("region", "string"), Promoted("age", "number"))
    save_rules(workspace.touchpoints_file, TouchpointRules(promote=promote))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "known.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *(row for n in range(CUSTOMERS) for row in _walk(n))])
        import_files(workspace, [path], ImportOptions())
    return workspace


def _walk(number: int) -> list[tuple[str, ...]]:
    at = FIRST + timedelta(days=number // 10, minutes=number)
    names = ["Look", "Rare" if number == 0 else "Buy" if number % 2 else "Leave"]
    names += ["call c1@example.org"] if number == 1 else []
    mail = KNOWN if number == 0 else f"c{number}@example.org" if number < MAILS else ""
    who = (mail, "north" if number % 2 else "south")
    age = "90" if number == 0 else str(30 + number % 3)
    return [
        (f"K{number:05}", name, (at + timedelta(hours=step)).isoformat(), "ok", *who, age)
        for step, name in enumerate(names)
    ]
