"""Small YAML files that people name, a folder a kind: written by one at a time, never lost silently."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

import msgspec
import yaml

from trodden.model.errors import CallerError, PlacedError, UnknownNameError
from trodden.store.harden import flush, make_folder, write_file
from trodden.store.lock import PATIENCE_S, lock_of

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

LONGEST_NAME: Final = 60
MOST_BYTES: Final = 180
"""Of a name; those of file systems are bounded in bytes."""
_ASIDE: Final = ".yaml.deleted"


class ChangedError(CallerError):
    """Somebody changed or deleted it meanwhile; nothing was written."""

    code = "changed"


class Named(Protocol):
    """What a file holds; ``stamp`` says which state of the file was read, empty for what is not kept yet."""

    @property
    def name(self) -> str:
        """Return the name it is kept under."""
        ...

    @property
    def stamp(self) -> str:
        """Return which state of its file was read."""
        ...


T = TypeVar("T")
N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class NamedFiles(Generic[N]):
    """The files of one kind: ``<name>.yaml`` in a folder, where names are such as ``pattern`` has them.

    ``read`` reads one. ``unknown`` and ``taken`` say that nothing, or another one, has a name; ``sign``
    stands before names where people are told of them. What changes something is called while `alone`.
    """

    folder: Path
    pattern: re.Pattern[str]
    read: Callable[[Path], N]
    unknown: Callable[[str], UnknownNameError]
    taken: Callable[[str], CallerError]
    sign: str = ""

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other process and thread from changing files of this kind."""
        return lock_of(self.folder.with_name(f"{self.folder.name}.lock")).hold(PATIENCE_S)

    def find(self, name: str) -> N:
        """Return what is kept under a name.

        Raises
        ------
        UnknownNameError
            There is none.
        """
        place = self._place(name) if is_name(name, self.pattern) else None
        if place is None or not place.exists():
            raise self.unknown(name)
        return self.read(place)

    def every(self, faults: list[str]) -> list[N]:
        """Read every file, by name; those that cannot be read are told in ``faults``."""
        return list(read_each(self.folder, self.read, faults).values())

    def write(self, name: str, data: bytes) -> N:
        """Write the file of a name and return what it says."""
        make_folder(self.folder)
        place = self._place(name)
        write_file(place, data)
        return self.read(place)

    def remove(self, name: str) -> None:
        """Remove the file of a name once what follows it is kept under another."""
        self._place(name).unlink()
        flush(self.folder)

    def put_aside(self, name: str) -> str:
        """Give the file of a name one that is not read, which is returned: `bring_back` takes it."""
        place = self._place(name)
        aside = first_free(place, f"{name}{_ASIDE}")
        place.rename(aside)
        flush(self.folder)
        return aside.name

    def aside(self) -> dict[str, N]:
        """Return what was put aside and can be read, by the name `bring_back` takes."""
        found = read_each(self.folder, self.read, [], f"*{_ASIDE}*")
        return {path.name: one for path, one in found.items()}

    def bring_back(self, aside: str) -> N:
        """Bring back what was put aside.

        Raises
        ------
        UnknownNameError
            There is nothing of this name.
        CallerError
            Another one has its name by now.
        """
        found = self.aside().get(aside)
        if found is None:
            raise UnknownNameError("There is nothing to bring back under this name.")
        self.refuse_taken(found.name)
        (self.folder / aside).rename(self._place(found.name))
        flush(self.folder)
        return found

    def refuse_taken(self, name: str) -> None:
        """Refuse a name that another one has."""
        if self._place(name).exists():
            raise self.taken(name)

    def refuse_changed(self, before: Named) -> None:
        """Refuse to go on where what is kept is not what was seen any more.

        Raises
        ------
        ChangedError
            It is not.
        """
        name, place = f"{self.sign}{before.name}", self._place(before.name)
        if not place.exists():
            raise ChangedError(f"{name} was deleted or renamed meanwhile.", hint="Look at the list.")
        if self.read(place).stamp != before.stamp:
            raise ChangedError(
                f"Somebody changed {name} meanwhile.", hint="Compare what it says now, then save again."
            )

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}.yaml"


def is_name(name: str, pattern: re.Pattern[str]) -> bool:
    """Say whether a file can bear a name: one that is short enough, and such as the pattern has them."""
    is_short = len(name) <= LONGEST_NAME and len(name.encode()) <= MOST_BYTES
    return is_short and pattern.fullmatch(name) is not None and ".yaml" not in name


def decoded(data: bytes, kind: type[T], file: str) -> T:
    """Read the text of a file as a struct.

    Raises
    ------
    msgspec.ValidationError
        It says something else.
    PlacedError
        It is no YAML.
    """
    try:
        return msgspec.convert(yaml.safe_load(data.decode("utf-8")), kind)
    except msgspec.ValidationError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # days there are not, numbers of any length
        raise PlacedError(f"This is not YAML: {error}.", file=file) from error


def name_of(path: Path) -> str:
    """Return the name a file is kept under, also where it was put aside."""
    return path.name.partition(".yaml")[0]


def stamp_of(data: bytes) -> str:
    """Return which state of a file this is."""
    return hashlib.sha256(data).hexdigest()[:16]


def read_each(
    folder: Path, read: Callable[[Path], T], faults: list[str] | None, pattern: str = "*.yaml"
) -> dict[Path, T]:
    """Read every file of a folder; those that cannot be read are told in ``faults``.

    Raises
    ------
    PlacedError
        A file cannot be read, and there is no list to put that into.
    """
    found: dict[Path, T] = {}
    for path in sorted(folder.glob(pattern)):
        try:
            found[path] = read(path)
        except (PlacedError, OSError, UnicodeDecodeError) as error:
            tell_fault(error, faults)
    return found


def tell_fault(error: Exception, faults: list[str] | None) -> None:
    """Put what is wrong with a file into a list of faults; where there is none, raise it."""
    if faults is None:
        raise error
    faults.append(str(error))


def first_free(place: Path, stem: str) -> Path:
    """Return the first place beside a file, called by this stem and perhaps a number, that is free."""
    names = (place.with_name(f"{stem}{number}") for number in chain(("",), count(2)))
    return next(path for path in names if not path.exists())
