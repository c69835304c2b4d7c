"""Back a home folder up and restore it: workspaces, records, settings; the key only if asked for."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

import trodden
from trodden.model.errors import CallerError, NotAWorkspaceError
from trodden.store.backup.manifest import (
    HOME,
    MANIFEST,
    RECORDS_DUMP,
    Manifest,
    check_files,
    described,
    paths_in,
    read_manifest,
    sealed,
)
from trodden.store.backup.restoring import copy_back, make_fit
from trodden.store.backup.staging import beside, refuse_taken
from trodden.store.backup.workspaces import back_up_workspace, copy_any, files_to_copy
from trodden.store.erasure import note_erasure
from trodden.store.faultpoints import declare, fault_point
from trodden.store.folder import Workspace
from trodden.store.harden import write_new
from trodden.web.database import FILE, VARIABLE, has_records
from trodden.web.keys import find_key, find_naming
from trodden.web.postgresql import dump_records, load_records
from trodden.web.records import connect, upgrade

Records = Literal["none", "sqlite", "postgresql"]

LEFT_OUT: Final = frozenset({"workspaces", "run", "incoming", "backups", "secrets"})
"""What lies in a home folder and is not copied, or in a way of its own. Anything else is copied."""

declare("backup.before_manifest", "backup.after_manifest", "restore.after_records")


class Restored(msgspec.Struct, frozen=True):
    """What a restoration made: from which backup, how many were erased again, whether its keys are there."""

    made_at: datetime
    workspaces: tuple[str, ...]
    events: int
    erased: int
    has_key: bool


def back_up(home: Path, target: Path, *, with_key: bool = False, without_records: bool = False) -> Manifest:
    """Make a backup of a home folder, in which servers and imports may go on; return what it holds.

    Raises
    ------
    NotAWorkspaceError
        There is no workspace.
    CallerError
        There is something at the target, or it lies in the home folder.
    DamagedFileError
        Something is damaged: no backup is made of what is not sound.
    StoreError
        It cannot be written, or changes too fast.
    """
    target, names = target.resolve(), _workspaces(home)
    if target.is_relative_to(home.resolve()):
        raise CallerError(
            f"{target} lies in the home folder, and would be lost with it.",
            hint="Name a folder outside, best on another disk.",
        )
    with beside(target) as folder:
        records: Records = "none" if without_records else _records_of(home)
        _copy_home(home, folder, records, with_key=with_key)
        copied = [
            back_up_workspace(Workspace.open(home, name), folder / HOME / "workspaces" / name)
            for name in names
        ]
        manifest = Manifest(
            made_at=datetime.now(UTC),
            made_by=trodden.__version__,
            records=records,
            key=fingerprints(home),
            has_secrets=with_key,
            workspaces=tuple(copied),
            files=tuple(described(folder, path) for path in paths_in(folder)),
        )
        fault_point("backup.before_manifest")
        write_new(folder / MANIFEST, sealed(manifest))
        fault_point("backup.after_manifest")
    return manifest


def check_backup(backup: Path) -> Manifest:
    """Read every byte of a backup and return what it holds.

    Raises
    ------
    NotAWorkspaceError
        There is no backup.
    DamagedFileError
        It is not as it was written.
    """
    manifest = read_manifest(backup)
    check_files(backup, manifest)
    return manifest


def restore(backup: Path, home: Path, workspace: str, erasures: Path | None = None) -> Restored:
    """Restore a backup into a home folder that is not there yet, whole or not at all.

    Whoever was erased stays erased: who stands in the backup's own ledgers, and in those of the home folder
    ``erasures``. Sessions, links and tokens of the backup are ended, and mailings held.

    Raises
    ------
    CallerError
        The home folder is not empty, or ``DATABASE_URL`` says otherwise than the backup where records are.
    DamagedFileError
        The backup is not as it was written.
    StoreError
        It cannot be written.
    """
    refuse_taken(home)
    manifest = check_backup(backup)
    _refuse_other_place(manifest.records)
    with beside(home) as folder:
        copy_back(backup, manifest, folder)
        erased = {
            one.name: make_fit(folder, one.name, Workspace.open(erasures, one.name) if erasures else None)
            for one in manifest.workspaces
        }
        if manifest.records != "none":
            _restore_records(backup, folder, workspace, manifest, erased)
        fault_point("restore.after_records")
        has_key = _has_key(folder, manifest)
    events = sum(one.events for one in manifest.workspaces)
    names = tuple(one.name for one in manifest.workspaces)
    return Restored(manifest.made_at, names, events, sum(map(len, erased.values())), has_key)


def fingerprints(home: Path) -> str:
    """Return what the key is known again by, and behind a blank that of pseudonyms where it is another.

    Nobody gets a key from it; empty where there is none.
    """
    keys = dict.fromkeys(key for key in (find_key(home), find_naming(home)) if key)
    return " ".join(hashlib.sha256(f"fingerprint\0{key}".encode()).hexdigest() for key in keys)


def _workspaces(home: Path) -> list[str]:
    found = sorted(path.parent.name for path in (home / "workspaces").glob("*/workspace.json"))
    if not found and not (home / FILE).exists():
        raise NotAWorkspaceError(f"There is nothing to back up at {home}.", hint="Name the home with --home.")
    return found


def _records_of(home: Path) -> Records:
    if not has_records(home):
        return "none"
    return "postgresql" if os.environ.get(VARIABLE) else "sqlite"


def _copy_home(home: Path, folder: Path, records: Records, *, with_key: bool) -> None:
    """Copy what belongs to no workspace."""
    kept = {"secrets"} if with_key else set[str]()
    more = set[str]() if records == "sqlite" else {FILE}
    for path in files_to_copy(home, frozenset(LEFT_OUT - kept | more)):
        copy_any(path, folder / HOME / path.relative_to(home))
    if records == "postgresql":
        dump_records(home, folder / RECORDS_DUMP)


def _refuse_other_place(records: Records) -> None:
    is_server = bool(os.environ.get(VARIABLE))
    if records == "postgresql" and not is_server:
        raise CallerError(
            "The records of this backup are PostgreSQL's.", hint=f"Set {VARIABLE} to an empty database."
        )
    if records == "sqlite" and is_server:
        raise CallerError("The records of this backup are a file.", hint=f"Unset {VARIABLE}.")


def _has_key(folder: Path, manifest: Manifest) -> bool:
    return fingerprints(folder) == manifest.key


def _restore_records(
    backup: Path, folder: Path, workspace: str, manifest: Manifest, erased: dict[str, list[str]]
) -> None:
    """Bring the records to this version, without whoever was erased again.

    Nobody comes in by what was valid when the backup was made, and no board goes out.
    """
    if manifest.records == "postgresql":
        load_records(folder, backup / RECORDS_DUMP)
    connect(folder, workspace, makes_key=False)
    upgrade()
    from django.db import connection, transaction

    from trodden.web.audit.log import write
    from trodden.web.people.staff import end_all_access

    with transaction.atomic():
        end_all_access()
        write("the command line", "restore", f"from a backup of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC")
    for name, customers in erased.items():
        _forget_again(Workspace.open(folder, name), customers, has_key=_has_key(folder, manifest))
    connection.close()


def _forget_again(workspace: Workspace, customers: list[str], *, has_key: bool) -> None:
    """Forget in the records who was erased again; what needs the key is done by the worker once it is there.

    Records call a customer by a pseudonym, which is made with the key.
    """
    from trodden.web.customers.forgetting import forget_in_records
    from trodden.web.workspaces import within

    with within(workspace.name):
        for customer in customers:
            forget_in_records(customer)
            if not has_key:
                note_erasure(workspace, customer)
