"""Every error a caller can meet, as one tree.

::

    TroddenError
    ├── CallerError            the caller's fault: mend the call            exit 2
    │   ├── QuestionError      a question that cannot be asked as it stands
    │   ├── MapError           a journey map, with file and line
    │   ├── RulesError         touchpoint rules, with file and line
    │   ├── MappingError       which column means what
    │   └── UnknownNameError   a touchpoint, map, property, analysis nobody knows
    ├── DataError              the data's fault: the file says something else  exit 1
    │   ├── UnreadableFileError   cannot be read at all
    │   ├── RefusedFileError      could be read, but would not be safe
    │   ├── KnownFileError        its contents were imported before, under another name
    │   └── DamagedFileError      a stored file whose bytes are not those written
    └── StoreError             ours or the machine's                        exit 1
        ├── LockedError        another process writes this workspace
        ├── NotAWorkspaceError the folder holds no workspace, or a newer one
        ├── DiskFullError      nothing was accepted; room is needed
        ├── DurabilityError    a flush to disk failed: stop, restart, recover
        ├── TooLargeError      a bound was met before the work was done
        ├── OutsideError       another machine may not be asked, or did not answer as it should
        └── CancelledError     somebody asked to stop
"""

from __future__ import annotations

from trodden.model.words import say


class TroddenError(Exception):
    """Say what was found, what was expected and how to mend it.

    Parameters
    ----------
    message
        What was found and what was expected, in one or two sentences.
    hint
        What to do next; empty when there is nothing to add.
    """

    code = "error"
    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self._message = message
        self._hint = hint

    @property
    def message(self) -> str:
        """Return what was found and expected, in the language of who reads it."""
        return say(self._message)

    @property
    def hint(self) -> str:
        """Return what to do next, in the language of who reads it."""
        return say(self._hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class CallerError(TroddenError):
    """The call cannot be carried out as it stands."""

    code = "caller"
    exit_status = 2


class QuestionError(CallerError):
    """A question that cannot be asked as it stands."""

    code = "question"


class PlacedError(CallerError):
    """A fault in a file somebody edits: the line where it stands, and what it is about.

    ``place`` is a path within what the file holds (``steps[2].wait``), as far as it is known.
    """

    def __init__(
        self, message: str, *, hint: str = "", file: str = "", line: int = 0, place: str = ""
    ) -> None:
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(f"{where}{message}", hint=hint)
        self.file = file
        self.line = line
        self.place = place
        self._where = where

    @property
    def message(self) -> str:
        """Return where, and then what was found and expected, in the language of who reads it."""
        return f"{self._where}{say(self._message.removeprefix(self._where))}"


class MapError(PlacedError):
    """A journey map that does not follow its schema or cannot be compiled."""

    code = "map"


class RulesError(PlacedError):
    """Touchpoint rules that do not follow their schema."""

    code = "rules"


class MappingError(PlacedError):
    """Columns could not be matched to what an event needs."""

    code = "mapping"


class UnknownNameError(CallerError):
    """A name nobody knows; the hint lists the nearest known ones."""

    code = "unknown-name"


class DataError(TroddenError):
    """The data says something else than it should."""

    code = "data"


class UnreadableFileError(DataError):
    """A file that cannot be read at all."""

    code = "unreadable-file"


class RefusedFileError(DataError):
    """A file that could be read but would not be safe to read."""

    code = "refused-file"


class KnownFileError(DataError):
    """A file whose very contents were imported under another name: its events would count twice."""

    code = "known-file"


class DamagedFileError(DataError):
    """A stored file whose bytes are not the bytes that were written."""

    code = "damaged-file"


class StoreError(TroddenError):
    """The store or the machine under it could not do what was asked."""

    code = "store"


class LockedError(StoreError):
    """Another process is writing this workspace."""

    code = "locked"


class NotAWorkspaceError(StoreError):
    """The folder holds no workspace, or one this version cannot read."""

    code = "not-a-workspace"


class DiskFullError(StoreError):
    """Nothing was accepted because there is no room for it."""

    code = "disk-full"


class DurabilityError(StoreError):
    """A flush to disk failed: nothing after it may be acknowledged by this process."""

    code = "durability"


class TooLargeError(StoreError):
    """A stated bound was met before the work was done."""

    code = "too-large"


class CancelledError(StoreError):
    """Somebody asked to stop."""

    code = "cancelled"


class OutsideError(StoreError):
    """Another machine may not be asked, or did not answer as it should."""

    code = "outside"
