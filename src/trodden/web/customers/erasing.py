"""Erasures, from pages and by command: a person goes from the workspace and from the records, with a proof.

One asked for on a page is noted for good before the page says so: who they are stands in the workspace's list
of erasures until it is done, as for any erasure that is under way. It is done beside the pages, at once where
nobody else writes the workspace, else by the worker.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from trodden.model.errors import LockedError, TroddenError
from trodden.store.erasure import note_erasure, pending_erasures, settle_erasure, take_away
from trodden.store.folder import Workspace
from trodden.store.lock import PATIENCE_S
from trodden.web.audit.log import pseudonym, write
from trodden.web.customers.forgetting import forget_in_records, traces_in_records
from trodden.web.customers.models import LONGEST_REASON, Erasing
from trodden.web.shield import without
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

log = logging.getLogger("trodden.web")

_POOL: Final = ThreadPoolExecutor(1, thread_name_prefix="trodden-erasure")
_UNDER_WAY: Final[set[uuid.UUID]] = set()


@dataclass(frozen=True, slots=True)
class Erased:
    """What went from the workspace and the records, and what a look into both still found; none is the proof.

    ``texts``: sentences of records that were removed, or in which they are no longer named.
    """

    events: int
    lines: int
    cached: int
    texts: int
    traces: tuple[str, ...]


def begin(customer: str, asked_by: str) -> Erasing:
    """Note for good that a customer is to be erased, and erase them beside the pages.

    The records forget them before this returns.
    """
    workspace = Workspace.open(settings.TRODDEN_HOME, workspace_name())
    with transaction.atomic():
        made = Erasing(workspace=workspace.name, customer=pseudonym(customer), asked_by=asked_by)
        made.wishes = forget_in_records(customer)
        made.save(force_insert=True)
        note_erasure(workspace, customer)
    _UNDER_WAY.add(made.id)
    _POOL.submit(copy_context().run, _run, made, workspace, customer)
    return made


def is_under_way(made: Erasing) -> bool:
    """Say whether this process is at it."""
    return made.id in _UNDER_WAY


def is_waiting(made: Erasing) -> bool:
    """Say whether it is noted, and will be done as soon as nobody else writes the workspace."""
    pending = pending_erasures(Workspace.open(settings.TRODDEN_HOME, made.workspace))
    return made.customer in map(pseudonym, pending)


def _run(made: Erasing, workspace: Workspace, customer: str) -> None:
    try:
        finish(workspace, customer)
    except LockedError:
        log.info("erasure.waiting key=%s", made.id)  # for the worker
    except Exception:  # the outermost frame of this thread
        log.exception("erasure.failed key=%s", made.id)
    finally:
        _UNDER_WAY.discard(made.id)
        connection.close()


def finish(workspace: Workspace, customer: str) -> None:
    """Do an erasure that was noted; nothing if it is done already.

    Raises
    ------
    LockedError
        Somebody else goes on writing the workspace; it stays noted.
    """
    with workspace.lock(PATIENCE_S):
        if customer not in pending_erasures(workspace):
            return
        try:
            erase_as("the worker", workspace, customer)
        except TroddenError as error:
            _note_failure(customer, without(error.message, customer, pseudonym(customer))[:LONGEST_REASON])
        except DatabaseError as error:  # the others are to be erased all the same
            log.error("erasure.failed error=%s", type(error).__name__)  # noqa: TRY400 - it may quote who they are
            _note_failure(customer, "The records could not be changed.")


def erase_as(actor: str, workspace: Workspace, customer: str) -> Erased:
    """Erase somebody from a workspace and its records, which are those of `workspace_name`.

    The proof is noted where a page asked for it, and who asked, or did it, is logged. Only then it counts as
    finished: whatever ends it before, it goes on when it is called again.

    Raises
    ------
    TroddenError
        As `erase_customer`.
    """
    with workspace.lock(PATIENCE_S):
        note_erasure(workspace, customer)
        texts = forget_in_records(customer)
        gone = take_away(workspace, customer)
        with transaction.atomic():
            texts += forget_in_records(customer)  # what was written meanwhile
            traces = (*gone.traces, *traces_in_records(customer))
            done = Erased(gone.events, gone.lines, gone.cached, texts, traces)
            asked = _prove(actor, customer, done)
        left = settle_erasure(workspace, customer)
        if left:
            done = replace(done, traces=(*traces, *left))
            _note_traces(asked, customer, done.traces)
    return done


def _prove(actor: str, customer: str, done: Erased) -> list[Erasing]:
    """Note what went and what a look still found in the erasures asked for, and log them; return them."""
    asked = list(_asked_for(customer))
    for made in asked:
        made.events, made.lines, made.cached = done.events, done.lines, done.cached
        made.wishes += done.texts
        made.failed, made.finished_at = "", timezone.now()
        made.save()
    _note_traces(asked, customer, done.traces)
    said = f"customer {pseudonym(customer)}: {done.events} events, {len(done.traces)} traces left"
    for name in [made.asked_by for made in asked] or [actor]:
        write(name, "customer.erased", said)
    return asked


def _note_traces(asked: list[Erasing], customer: str, traces: tuple[str, ...]) -> None:
    for made in asked:
        made.traces = without("\n".join(traces), customer, made.customer)
        made.save(update_fields=["traces"])


def _asked_for(customer: str) -> QuerySet[Erasing]:
    return Erasing.here.filter(customer=pseudonym(customer), finished_at=None)


def _note_failure(customer: str, message: str) -> None:
    """Record why an erasure failed; it stays noted in the workspace, and is tried again."""
    for made in _asked_for(customer).exclude(failed=message):
        made.failed = message
        made.save(update_fields=["failed"])
        write(made.asked_by, "customer.erased", f"customer {made.customer}: failed")
