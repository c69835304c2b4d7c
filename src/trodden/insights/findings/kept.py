"""The findings of a workspace, kept beside its walks until newer ones are.

They stand in the folder of what can be computed again: an erasure empties it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.insights.findings.find import find_findings, state_of
from trodden.insights.findings.model import Findings
from trodden.insights.findings.searching import end_search, note_failure, put_in_place, tell_progress
from trodden.model.words import SOURCE, speaking
from trodden.store.answers import erasures_seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trodden.model.catalog import Catalog
    from trodden.model.walks import Snapshot
    from trodden.store.answers import Seen
    from trodden.store.folder import Workspace


def kept(workspace: Workspace) -> Findings | None:
    """Return what was found last; None where nothing was, or it cannot be read any more."""
    try:
        return msgspec.json.decode(_file(workspace).read_bytes(), type=Findings)
    except (OSError, msgspec.MsgspecError):
        return None


def is_current(found: Findings | None, catalog: Catalog) -> bool:
    """Say whether findings rest on the walks and published maps as they stand now."""
    return found is not None and found.state == state_of(catalog)


def search(
    workspace: Workspace,
    snapshot: Snapshot,
    catalog: Catalog,
    told: Callable[[int, int], None] | None = None,
    seen: Seen | None = None,
) -> Findings:
    """Look for findings and keep them; meanwhile everybody can see how far the search has come.

    The very first search keeps what it has found as soon as the whole record was asked about a map.

    ``seen`` says who had been erased when the walks were opened: where somebody was since, nothing is kept.
    Answers on the way are not remembered: they would push out those that somebody asked for. They are worked
    out by one thread: so many small ones take a third less of the processors that pages need, too.
    """
    seen = erasures_seen(workspace.erased_db) if seen is None else seen

    def tell(done: int, of: int) -> None:
        tell_progress(workspace, done, of)
        if told:
            told(done, of)

    def keep(found: Findings) -> bool:
        put_in_place(_file(workspace), msgspec.json.encode(found))
        is_kept = erasures_seen(workspace.erased_db) == seen
        if not is_kept:
            _file(workspace).unlink(missing_ok=True)
        return is_kept

    before = kept(workspace)
    asker = Asker(snapshot, catalog, engine=ThreadEngine(threads=1))
    try:
        with speaking(SOURCE):  # what is kept is said again to each reader
            found = find_findings(asker.ask, catalog, before, tell, None if before else keep)
    finally:
        end_search(workspace)
    if keep(found):
        note_failure(workspace, None)
    return found


def _file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.json"
