"""What callers give to an import and get from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import msgspec

from trodden.collect.importers.chunks import Reject
from trodden.collect.importers.guess import Guess
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.mapping import Mapping


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to import; everything has a default."""

    mapping: Mapping = Mapping()
    """What is known; the rest is guessed."""
    source: str = ""
    """Name of the source; the file's name without its folder where it is not given. For one file only."""
    dry_run: bool = False
    """Read and count everything, store nothing."""
    again: bool = False
    """Import a file although its very contents came in under another source name."""
    received_at: datetime | None = None
    """When the events came in; now where it is not given. Moved on by microseconds where an earlier import of
    the source has the very same, since an import's events are known by it."""
    called: str = ""
    """What the file is called where it lies under another name: noted instead of its path."""
    brought_by: str = ""
    """Who brought it by a page."""
    rejects_folder: str = ""
    """Where a dry run writes the rows it rejects; nowhere where it is empty."""
    threads: int = 0
    """Threads that read and hash; 0 is one a core."""
    limits: Limits = Limits()


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is.

    ``rows`` read so far; ``read`` and ``size`` bytes of the file; ``rate`` rows a second; ``seconds_left``
    is None as long as it cannot be told.
    """

    file: str
    rows: int
    read: int
    size: int
    rate: float
    seconds_left: float | None


OnProgress: TypeAlias = Callable[[Progress], None]


class ColumnSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a file as the sample shows it."""

    name: str
    examples: tuple[str, ...]
    """Up to three different values, the most frequent first."""
    distinct: int
    empty: int


class PlannedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the sample as it would be stored."""

    row: int
    customer: str
    touchpoint: str
    occurred_at: datetime
    channel: str
    outcome: str
    properties: str


class FilePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about one file.

    ``mapping`` is complete where ``problem`` is empty. ``rows``: the first 20 rows as they stand, in the
    order of ``columns``; ``events``: the same rows as events, those that would be rejected left out.
    """

    path: str
    source: str
    size: int
    mapping: Mapping
    columns: tuple[ColumnSummary, ...]
    guesses: dict[str, Guess]
    rows: tuple[tuple[str | None, ...], ...]
    events: tuple[PlannedEvent, ...] = ()
    rejects: tuple[Reject, ...] = ()
    """Rows of the sample that would be rejected, 20 at most."""
    notes: tuple[str, ...] = ()
    problem: str = ""
    """Why the file cannot be imported as it stands."""
    hint: str = ""


class ImportPlan(msgspec.Struct, frozen=True):
    """What was found out about the files."""

    files: tuple[FilePlan, ...]


class FileReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file.

    ``rows`` = ``kept`` + all of ``rejected``; without a dry run ``kept`` = ``stored`` + ``duplicates`` +
    ``refused``.
    """

    path: str
    source: str
    format: str
    mapping: Mapping
    import_id: int = 0
    """Its number in `trodden imports`; 0 for a dry run and a repeat."""
    rows: int = 0
    kept: int = 0
    customers: int = 0
    stored: int = 0
    """Events that are new."""
    duplicates: int = 0
    """Events that were there already; of a dry run, those that are."""
    refused: int = 0
    """Events of customers who were erased."""
    is_repeat: bool = False
    """Whether this very file was imported before, so that it was not read again."""
    repeated_rows: int = 0
    """Rows kept that are equal to an earlier one of the file."""
    equal_times: int = 0
    """Events at the same time as an earlier one of the same customer in this file, whose order they keep; so
    they are no ties, which are events of a walk whose order nothing tells."""
    rejected: dict[str, int] = {}
    """Rows not kept, by reason."""
    rejects_file: str = ""
    examples: tuple[Reject, ...] = ()
    local_times: int = 0
    """Times without a zone, read in the mapping's zone."""
    ambiguous_times: int = 0
    """Local times that came twice; the first was taken."""
    moved_times: int = 0
    """Local times that never came, moved forward."""
    ambiguous_dates: int = 0
    """Dates whose day and month could change places, where nothing in the file tells which is which."""
    unknown: dict[str, dict[str, int]] = {}
    """Texts that were not understood, by role; they are kept as properties. The 20 most frequent of each."""
    notes: tuple[str, ...] = ()
    damage: str = ""
    """What is wrong with the rest of the file, if it could not be read to its end."""
    seconds: float = 0.0


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all files."""

    files: tuple[FileReport, ...]
    is_dry_run: bool = False

    @property
    def rows(self) -> int:
        """Return how many rows were read."""
        return sum(file.rows for file in self.files)

    @property
    def kept(self) -> int:
        """Return how many rows became events."""
        return sum(file.kept for file in self.files)

    @property
    def stored(self) -> int:
        """Return how many events are new."""
        return sum(file.stored for file in self.files)

    @property
    def duplicates(self) -> int:
        """Return how many events were there already."""
        return sum(file.duplicates for file in self.files)

    @property
    def rejected(self) -> int:
        """Return how many rows were not kept."""
        return sum(count for file in self.files for count in file.rejected.values())
