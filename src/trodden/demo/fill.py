"""Put a demo world into a workspace, and let it go on."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.demo.designed import designed_maps
from trodden.demo.generate import tables
from trodden.demo.places import names_of
from trodden.store._arrow import Table, pa, pc
from trodden.store.catalog import add_map, load_maps
from trodden.store.folder import Workspace
from trodden.store.loader import store_events
from trodden.store.lock import PATIENCE_S
from trodden.store.schema import TIME
from trodden.store.walks import WalkStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trodden.demo.world import Plan

SOURCE: Final = "demo"
AHEAD: Final = timedelta(days=1)
"""How far a world that goes on is made in advance."""


class Filled(msgspec.Struct, frozen=True):
    """How many events a run added, and how long it took in seconds."""

    events: int
    seconds: float


def fill_workspace(home: Path, plan: Plan) -> Filled:
    """Make a world and store it; a run that was interrupted is taken up, a further one adds nothing.

    Raises
    ------
    LockedError
        Somebody else is writing the workspace.
    DiskFullError, DurabilityError, StoreError
        As `trodden.store.loader.store_events`.
    """
    begun = time.monotonic()
    workspace = Workspace.create(home)
    with workspace.lock(PATIENCE_S):
        loaded = store_events(workspace, SOURCE, tables(plan), file_hash=hash_of(plan))
        WalkStore(workspace).refresh()
    _save_maps(workspace, plan)
    return Filled(loaded.stored, time.monotonic() - begun)


def hash_of(plan: Plan) -> str:
    """Return what the ledger of imports knows a world by."""
    text = msgspec.json.encode(
        (plan.seed, plan.customers, plan.months, sorted(plan.without), plan.renamed, plan.until)
    )
    return blake2b(text, digest_size=16).hexdigest()


def _save_maps(workspace: Workspace, plan: Plan) -> None:
    """Save the maps that are not there; what somebody made of them since stays."""
    there = load_maps(workspace.maps, [])
    for one in designed_maps(names_of(plan.seed, renamed=plan.renamed)):
        if one.key not in there:
            add_map(workspace, one)


def batches(plan: Plan, since: datetime, now: Callable[[], datetime]) -> Iterator[Table]:
    """Yield what happens in a world from a moment on, as time passes: each batch up to the present.

    A batch may be empty. The world is made some time ahead, and made anew when the present has caught up.
    """
    while True:
        ahead = now() + AHEAD
        coming = [_between(table, since, ahead) for table in tables(replace(plan, until=ahead))]
        while (present := now()) < ahead:
            yield pa.concat_tables([_between(table, since, present) for table in coming])
            since = present


def _between(table: Table, since: datetime, until: datetime) -> Table:
    at = table.column("occurred_at")
    is_later = pc.greater_equal(at, pa.scalar(since, TIME))
    return table.filter(pc.and_(is_later, pc.less(at, pa.scalar(until, TIME))))


def go_on(home: Path, plan: Plan, told: Callable[[int, datetime], None], *, every_s: float = 5.0) -> None:
    """Let a world go on in real time until interrupted: first up to now, then as things happen.

    Every batch is on disk before the next is made, like that of any import; after an interruption the next
    run goes on where the record ends.
    """
    workspace = Workspace.open(home)
    since = WalkStore(workspace).open().as_of or plan.ends
    for batch in batches(plan, max(since, plan.ends), lambda: datetime.now(UTC)):
        if batch.num_rows:
            with workspace.lock(PATIENCE_S):
                loaded = store_events(workspace, SOURCE, [batch])
                WalkStore(workspace).refresh()
            told(loaded.stored, datetime.now(UTC))
        time.sleep(every_s)
