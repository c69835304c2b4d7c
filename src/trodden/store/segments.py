"""Saved segments of a workspace: one small file each, written by one at a time, never lost silently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
import yaml

from trodden.methods.journeys.segments import named_otherwise, names_in
from trodden.model.errors import CallerError, PlacedError, UnknownNameError
from trodden.store.named import LONGEST_NAME, NamedFiles, decoded, is_name, name_of, stamp_of

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.store.folder import Workspace

LARGEST: Final = 64 * 1024
_NAME: Final = re.compile(r"\w[\w.-]*")


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
        found = decoded(data, SegmentFile, str(path))
    except msgspec.ValidationError as error:
        raise PlacedError(f"Expected `where: <expression>`: {error}.", file=str(path)) from error
    return SavedSegment(name=name_of(path), stamp=stamp_of(data), **msgspec.structs.asdict(found))


def find_segment(workspace: Workspace, name: str) -> SavedSegment:
    """Return the segment saved under a name.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    return _files(workspace).find(name)


def add_segment(workspace: Workspace, segment: SavedSegment) -> SavedSegment:
    """Keep a segment under a name that is free; return it as it is kept.

    Raises
    ------
    CallerError
        The name cannot name one, or is taken.
    """
    check_name(segment.name)
    files = _files(workspace)
    with files.alone():
        files.refuse_taken(segment.name)
        return _write(files, segment)


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
    files = _files(workspace)
    with files.alone():
        files.refuse_changed(before)
        if after.name == before.name:
            return _write(files, after)
        files.refuse_taken(after.name)
        _write(files, after)
        for other in _referring(files, before.name):
            text = named_otherwise(other.where, before.name, after.name)
            _write(files, msgspec.structs.replace(other, where=text))
        files.remove(before.name)
        return files.find(after.name)


def delete_segment(workspace: Workspace, before: SavedSegment) -> str:
    """Put a segment aside under a name that is not read, which is returned: `restore_segment` takes it.

    Raises
    ------
    ChangedError
        What is kept is not ``before`` any more.
    CallerError
        Other segments refer to it.
    """
    files = _files(workspace)
    with files.alone():
        files.refuse_changed(before)
        others = ", ".join(f"@{one.name}" for one in _referring(files, before.name))
        if others:
            raise CallerError(
                f"@{before.name} is part of {others}.", hint="Change or delete what refers to it first."
            )
        return files.put_aside(before.name)


def deleted_segments(workspace: Workspace) -> dict[str, SavedSegment]:
    """Return what was put aside and can be read, by the name `restore_segment` takes."""
    return _files(workspace).aside()


def restore_segment(workspace: Workspace, aside: str) -> SavedSegment:
    """Bring back what was put aside.

    Raises
    ------
    UnknownNameError
        There is nothing of this name.
    CallerError
        Another segment has its name by now.
    """
    files = _files(workspace)
    with files.alone():
        return files.bring_back(aside)


def _files(workspace: Workspace) -> NamedFiles[SavedSegment]:
    """Return the files of saved segments."""
    return NamedFiles(workspace.segments, _NAME, read_segment, _unknown, _taken, sign="@")


def _unknown(name: str) -> UnknownNameError:
    return UnknownNameError(f"There is no saved segment called {name!r}.")


def _taken(name: str) -> CallerError:
    return CallerError(f"There is a segment called {name!r} already.", hint="Choose another name.")


def check_name(name: str) -> None:
    """Refuse what cannot be written behind an ``@``.

    Raises
    ------
    CallerError
        It is no word of letters, digits, ``-``, ``_`` and ``.``.
    """
    if not is_name(name, _NAME):
        raise CallerError(
            f"{name!r} cannot name a segment." if name else "A segment needs a name.",
            hint=f"Use letters, digits, - and _, without blanks, at most {LONGEST_NAME} of them.",
        )


def _referring(files: NamedFiles[SavedSegment], name: str) -> list[SavedSegment]:
    """Return the segments that name one, by name; faulty files name nothing."""
    return [one for one in files.every([]) if name in names_in(one.where)]


def _write(files: NamedFiles[SavedSegment], segment: SavedSegment) -> SavedSegment:
    said = SegmentFile(segment.where, segment.description, segment.owner)
    fields = {name: text for name, text in msgspec.structs.asdict(said).items() if text}
    return files.write(
        segment.name, yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=110).encode()
    )
