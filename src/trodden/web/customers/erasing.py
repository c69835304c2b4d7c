"""Erasures asked for on pages: done beside them, one at a time, and recorded with their proof."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from trodden.model.errors import TroddenError
from trodden.store.erasure import erase_customer
from trodden.store.folder import Workspace
from trodden.store.lock import PATIENCE_S
from trodden.web.audit.log import pseudonym, write
from trodden.web.customers.models import Erasing
from trodden.web.customers.wishes import forget_wishes
from trodden.web.shield import without
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    import uuid

log = logging.getLogger("trodden.web")

_POOL: Final = ThreadPoolExecutor(1, thread_name_prefix="trodden-erasure")
_UNDER_WAY: Final[set[uuid.UUID]] = set()


def begin(customer: str, asked_by: str) -> Erasing:
    """Note that a customer is to be erased, and erase them beside the pages; who they are is kept nowhere."""
    made = Erasing(workspace=workspace_name(), customer=pseudonym(customer), asked_by=asked_by)
    made.save(force_insert=True)
    _UNDER_WAY.add(made.id)
    _POOL.submit(copy_context().run, _run, made, customer)
    return made


def is_under_way(made: Erasing) -> bool:
    """Say whether this process is at it."""
    return made.id in _UNDER_WAY


def _run(made: Erasing, customer: str) -> None:
    try:
        erase(made, customer)
    except Exception:  # the outermost frame of this thread
        log.exception("erasure.failed key=%s", made.id)
    finally:
        _UNDER_WAY.discard(made.id)
        connection.close()


def erase(made: Erasing, customer: str) -> None:
    """Erase a customer from the workspace and from the records, and record the proof."""
    workspace = Workspace.open(settings.TRODDEN_HOME, made.workspace)
    try:
        with workspace.lock(PATIENCE_S):
            done = erase_customer(workspace, customer)
    except TroddenError as error:
        made.failed = without(error.message, customer, made.customer)[:500]
    else:
        made.events, made.lines, made.cached = done.events, done.lines, done.cached
        made.traces = without("\n".join(done.traces), customer, made.customer)
    made.wishes = forget_wishes(customer)
    made.finished_at = timezone.now()
    made.save()
    write(made.asked_by, "customer.erased", f"customer {made.customer}: {_outcome(made)}")


def _outcome(made: Erasing) -> str:
    if made.failed:
        return "failed"
    return f"{made.events} events, {len(made.traces.splitlines())} traces left"
