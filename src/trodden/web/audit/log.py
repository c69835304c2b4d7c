"""Write entries, each sealed with the one before, and prove that none was touched."""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection, transaction

from trodden.web.audit.models import Entry
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

FIRST: Final = "0" * 64
"""What the first entry is sealed with."""

_LOCK: Final = 7_220_418_265_113_001
"""Names, in PostgreSQL, the lock that lets one writer at a time continue the chain."""

_LONGEST: Final = {"actor": 254, "action": 60, "what": 500, "address": 45}


def write(actor: str, action: str, what: str = "", address: str = "") -> Entry:
    """Append an entry. What makes no letter, such as a line break, is written as its code.

    Where it cannot be written the error is the caller's, so that nothing happens unrecorded.
    """
    texts = {"actor": actor, "action": action, "what": what, "address": address}
    fields = {name: _plain(text)[: _LONGEST[name]] for name, text in texts.items()}
    with transaction.atomic():
        _wait_for_turn()
        last = Entry.objects.order_by("-number").first()
        entry = Entry(
            number=last.number + 1 if last else 1,
            at=datetime.now(UTC),
            workspace=workspace_name(),
            **fields,
        )
        entry.seal = seal_of(entry, last.seal if last else FIRST)
        entry.save(force_insert=True)
    return entry


@contextmanager
def logged(actor: str, action: str, what: str = "") -> Generator[None]:
    """Write an entry before something is done: what cannot be logged is not done, nor what fails logged."""
    with transaction.atomic():
        write(actor, action, what)
        yield


def _wait_for_turn() -> None:
    """Let one writer at a time go on: SQLite's transactions begin so, PostgreSQL is asked for a lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _plain(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def seal_of(entry: Entry, before: str) -> str:
    """Return the seal of an entry: the SHA-256 of its fields as JSON, in order, and of the seal before."""
    said = [
        *(before, entry.number, entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.actor),
        *(entry.workspace, entry.action, entry.what, entry.address),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


End = tuple[int, str]
"""Where a chain ends: how many entries it has, and the seal of the last."""


def follow(entries: Iterable[Entry], since: End = (0, FIRST)) -> tuple[int | None, End]:
    """Return the number at which the chain is broken, None where it holds, and how far it holds.

    Entries are given in order from the one after ``since``. Cutting off the end leaves a chain that holds:
    compare the last seal with one that was exported before.
    """
    number, seal = since
    for entry in entries:
        if entry.number != number + 1 or entry.seal != seal_of(entry, seal):
            return number + 1, (number, seal)
        number, seal = entry.number, entry.seal
    return None, (number, seal)


def first_break(entries: Iterable[Entry]) -> int | None:
    """Return the number at which the chain of all entries is broken, None where it holds."""
    return follow(entries)[0]


def pseudonym(customer: str) -> str:
    """Return what a customer is called in the log: the same each time, and nothing to be read back from it.

    The log outlives the customer's erasure, so it never holds an identifier.
    """
    said = f"{workspace_name()}\0{customer}".encode()
    return hmac.new(settings.TRODDEN_NAMING_KEY.encode(), b"audit\0" + said, hashlib.sha256).hexdigest()[:20]
