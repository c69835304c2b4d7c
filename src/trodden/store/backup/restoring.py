"""Workspaces of a backup made fit for use: whoever was erased stays erased, and walks are built."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from trodden.model.errors import DamagedFileError, RulesError
from trodden.store._arrow import pc, pq
from trodden.store.backup.copying import copy_file
from trodden.store.backup.manifest import HOME, Manifest, described
from trodden.store.erased import ErasedIds
from trodden.store.erasure import erase_customer, text_files
from trodden.store.events import EventStore
from trodden.store.faultpoints import declare, fault_point
from trodden.store.folder import FOLDERS, Workspace
from trodden.store.harden import make_folder
from trodden.store.retention import remove_old
from trodden.store.undo import resume_undos
from trodden.store.values import fields_of, is_json, values_in
from trodden.store.walks import WalkStore

declare("restore.before_files", "restore.after_files", "restore.after_erasures", "restore.after_walks")


def copy_back(backup: Path, manifest: Manifest, home: Path) -> None:
    """Copy what a backup holds of a home folder into one, and compare what arrived with the manifest.

    Raises
    ------
    DamagedFileError
        What arrived is not what was backed up.
    DiskFullError, DurabilityError
        It cannot be written.
    """
    fault_point("restore.before_files")
    for file in manifest.files:
        top, _, path = file.path.partition("/")
        if top != HOME:
            continue
        copy_file(backup / file.path, home / path)
        arrived = described(home, path)
        if (arrived.bytes, arrived.sha256) != (file.bytes, file.sha256):
            raise DamagedFileError(f"{backup / file.path} changed while it was read.", hint="Try again.")
    fault_point("restore.after_files")


def make_fit(home: Path, name: str, since: Workspace | None = None) -> list[str]:
    """Erase again who was erased, finish what was interrupted, build the walks; return who was erased.

    Parameters
    ----------
    since
        The same workspace as it went on after the backup, whose erasures are made again, and by whose word on
        how long events are kept older ones are removed again.

    Raises
    ------
    CallerError
        ``since`` is another workspace.
    DamagedFileError, DiskFullError, DurabilityError
        As for any erasure.
    """
    workspace = Workspace.open(home, name)
    for folder in FOLDERS:
        make_folder(workspace.root / folder)
    with workspace.lock():
        ledgers = [since.erased_db] if since and since.erased_db.exists() else []
        erased = _erase_again(workspace, ledgers)
        fault_point("restore.after_erasures")
        resume_undos(workspace)
        with contextlib.suppress(
            RulesError
        ):  # faulty rules were faulty before; the doctor and the pages name them
            remove_old(workspace.keeping((since or workspace).mark.keep_months))
            WalkStore(workspace).rebuild("restored")
        fault_point("restore.after_walks")
    return erased


def _erase_again(workspace: Workspace, ledgers: Iterable[Path]) -> list[str]:
    with closing(ErasedIds(workspace.erased_db)) as erased:
        for ledger in ledgers:
            erased.join(ledger)
        named = set(erased.among(_identifiers(workspace))) if len(erased) else set[str]()
        again = sorted(named.union(erased.pending()))
    for customer in again:
        erase_customer(workspace, customer)
    return again


def _identifiers(workspace: Workspace) -> set[str]:
    """Return every text that may be an identifier: those of events, and fields of lines kept beside them."""
    with closing(EventStore(workspace)) as store:
        paths = store.files()
    found: set[str] = set()
    for path in paths:
        values = pc.struct_field(
            pc.list_flatten(pq.read_table(path, columns=["ids"], partitioning=None).column("ids")), "value"
        )
        found.update(value for value in pc.unique(values).to_pylist() if value is not None)
    for path in text_files(workspace):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            found.update(_texts_of(line.strip()))
    return found


def _texts_of(line: str) -> Iterator[str]:
    for text in values_in(json.loads(line)) if is_json(line) else (line,):
        yield from fields_of(text)
