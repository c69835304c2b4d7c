"""Saved segments of a workspace: one small file each, written by one at a time, never lost silently."""

from __future__ import annotations

import hashlib
import re
from itertools import chain, count
from typing import TYPE_CHECKING, Final

import msgspec
import yaml

from trodden.methods.journeys.segments import named_otherwise, names_in
from trodden.model.errors import CallerError, PlacedError, UnknownNameError
from trodden.store.harden import flush, make_folder, write_file
from trodden.store.lock import PATIENCE_S, lock_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from trodden.store.folder import Workspace

LARGEST: Final = 64 * 1024
LONGEST_NAME: Final = 60
MOST_BYTES: Final = 180
_NAME: Final = re.compile(r"\w[\w.-]*")
_ASIDE: Final = ".yaml.deleted"


class SavedSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as it is kept: the expression, what it is for, whose it is.

    ``stamp`` says which state of the file this is; it is no part of the file, and empty for one not kept yet.
    """

    name: str
    where: str
    description: str = ""
    owner: str = ""
    stamp: str = ""


class SegmentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a file."""

    where: str
    description: str = ""
    owner: str = ""


class ChangedError(CallerError):
    """Somebody changed or deleted it meanwhile; nothing was written."""

    code = "changed"


def read_segment(path: Path) -> SavedSegment:
    """Read the file of a saved segment.

    Raises
    ------
    PlacedError
        It is none.
    """
    if path.stat().st_size > LARGEST:
        raise PlacedError("A segment file holds one short expression.", file=str(path))
    data = path.read_bytes()
    try:
        found = msgspec.convert(yaml.safe_load(data.decode("utf-8")), SegmentFile)
    except msgspec.ValidationError as error:
        raise PlacedError(f"Expected `where: <expression>`: {error}.", file=str(path)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # days there are not, numbers of any length
        raise PlacedError(f"This is not YAML: {error}.", file=str(path)) from error
    name = path.name.partition(".yaml")[0]
    stamp = hashlib.sha256(data).hexdigest()[:16]
    return SavedSegment(name=name, stamp=stamp, **msgspec.structs.asdict(found))


def find_segment(workspace: Workspace, name: str) -> SavedSegment:
    """Return the segment saved under a name.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    path = _place(workspace, name) if _is_name(name) else None
    if path is None or not path.exists():
        raise UnknownNameError(f"There is no saved segment called {name!r}.")
    return read_segment(path)


def add_segment(workspace: Workspace, segment: SavedSegment) -> SavedSegment:
    """Keep a segment under a name that is free; return it as it is kept.

    Raises
    ------
    CallerError
        The name cannot name one, or is taken.
    """
    check_name(segment.name)
    with _alone(workspace):
        _refuse_taken(workspace, segment.name)
        return _write(workspace, segment)


def change_segment(workspace: Workspace, before: SavedSegment, after: SavedSegment) -> SavedSegment:
    """Write the next state of a segment; under a new name every other that refers to it follows.

    Raises
    ------
    ChangedError
        What is kept is not ``before`` any more.
    CallerError
        The new name cannot name one, or is taken.
    """
    check_name(after.name)
    with _alone(workspace):
        _refuse_changed(workspace, before)
        if after.name == before.name:
            return _write(workspace, after)
        _refuse_taken(workspace, after.name)
        kept = _write(workspace, after)
        for other in _referring(workspace, before.name):
            text = named_otherwise(other.where, before.name, after.name)
            _write(workspace, msgspec.structs.replace(other, where=text))
        _place(workspace, before.name).unlink()
        flush(workspace.segments)
        return find_segment(workspace, kept.name)


def delete_segment(workspace: Workspace, before: SavedSegment) -> str:
    """Put a segment aside under a name that is not read, which is returned: `restore_segment` takes it.

    Raises
    ------
    ChangedError
        What is kept is not ``before`` any more.
    CallerError
        Other segments refer to it.
    """
    with _alone(workspace):
        _refuse_changed(workspace, before)
        others = ", ".join(f"@{one.name}" for one in _referring(workspace, before.name))
        if others:
            raise CallerError(
                f"@{before.name} is part of {others}.", hint="Change or delete what refers to it first."
            )
        place = _place(workspace, before.name)
        names = (place.with_name(f"{before.name}{_ASIDE}{number}") for number in chain(("",), count(2)))
        aside = next(path for path in names if not path.exists())
        place.rename(aside)
        flush(workspace.segments)
    return aside.name


def deleted_segments(workspace: Workspace) -> dict[str, SavedSegment]:
    """Return what was put aside and can be read, by the name `restore_segment` takes."""
    found: dict[str, SavedSegment] = {}
    for path in sorted(workspace.segments.glob(f"*{_ASIDE}*")):
        try:
            found[path.name] = read_segment(path)
        except (PlacedError, OSError, UnicodeDecodeError):
            continue
    return found


def restore_segment(workspace: Workspace, aside: str) -> SavedSegment:
    """Bring back what was put aside.

    Raises
    ------
    UnknownNameError
        There is nothing of this name.
    CallerError
        Another segment has its name by now.
    """
    with _alone(workspace):
        if aside not in deleted_segments(workspace):
            raise UnknownNameError("There is nothing to bring back under this name.")
        path = workspace.segments / aside
        found = read_segment(path)
        _refuse_taken(workspace, found.name)
        path.rename(_place(workspace, found.name))
        flush(workspace.segments)
    return found


def check_name(name: str) -> None:
    """Refuse what cannot be written behind an ``@``.

    Raises
    ------
    CallerError
        It is no word of letters, digits, ``-``, ``_`` and ``.``.
    """
    if not _is_name(name):
        raise CallerError(
            f"{name!r} cannot name a segment." if name else "A segment needs a name.",
            hint=f"Use letters, digits, - and _, without blanks, at most {LONGEST_NAME} of them.",
        )


def _is_name(name: str) -> bool:
    """Say whether files can bear the name: those of file systems are bounded in bytes."""
    is_short = len(name) <= LONGEST_NAME and len(name.encode()) <= MOST_BYTES
    return is_short and _NAME.fullmatch(name) is not None and ".yaml" not in name


def _alone(workspace: Workspace) -> AbstractContextManager[None]:
    """Keep every other process and thread from changing segments."""
    return lock_of(workspace.root / "segments.lock").hold(PATIENCE_S)


def _place(workspace: Workspace, name: str) -> Path:
    return workspace.segments / f"{name}.yaml"


def _refuse_taken(workspace: Workspace, name: str) -> None:
    if _place(workspace, name).exists():
        raise CallerError(f"There is a segment called {name!r} already.", hint="Choose another name.")


def _refuse_changed(workspace: Workspace, before: SavedSegment) -> None:
    place = _place(workspace, before.name)
    if not place.exists():
        raise ChangedError(f"@{before.name} was deleted or renamed meanwhile.", hint="Look at the list.")
    if read_segment(place).stamp != before.stamp:
        raise ChangedError(
            f"Somebody changed @{before.name} meanwhile.", hint="Compare what it says now, then save again."
        )


def _referring(workspace: Workspace, name: str) -> list[SavedSegment]:
    """Return the segments that name one, by name; faulty files name nothing."""
    found: list[SavedSegment] = []
    for path in sorted(workspace.segments.glob("*.yaml")):
        try:
            one = read_segment(path)
        except (PlacedError, OSError, UnicodeDecodeError):
            continue
        found += [one] if name in names_in(one.where) else []
    return found


def _write(workspace: Workspace, segment: SavedSegment) -> SavedSegment:
    make_folder(workspace.segments)
    said = SegmentFile(segment.where, segment.description, segment.owner)
    fields = {name: text for name, text in msgspec.structs.asdict(said).items() if text}
    place = _place(workspace, segment.name)
    write_file(place, yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=110).encode())
    return read_segment(place)
