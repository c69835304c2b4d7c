"""Where everything of one workspace lies on disk."""

from __future__ import annotations

import contextlib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from trodden.model.errors import CallerError, NotAWorkspaceError
from trodden.model.words import LANGUAGES
from trodden.store.harden import make_folder, write_file
from trodden.store.lock import lock_of

FORMAT: Final = 1
"""Version of the folder's layout; a folder of a later one is refused, never guessed at."""

FOLDERS: Final = ("events", "walks", "rejects", "maps", "segments", "cache", "quarantine")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MARK: Final = "workspace.json"
LONGEST_TITLE: Final = 60
WEEK_BEGINS: Final = ("monday", "saturday", "sunday")
LONGEST_KEPT: Final = 600
"""Months; fifty years."""
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Mark(msgspec.Struct, frozen=True):
    """What ``workspace.json`` says: that this is a workspace, and of which layout.

    ``time_zone`` is where days, weeks and periods begin; ``currency`` that of amounts that do not say
    theirs, ``language`` that of pages where a reader chose none, empty where that is left to browsers.
    ``title`` is what pages call it, empty where that is its name. ``keep_months``: so many whole months of
    events are kept beside the present one, 0 for ever. ``week_begins`` is one of `WEEK_BEGINS`.
    """

    format: int
    name: str
    created_at: datetime
    time_zone: str = "UTC"
    currency: str = ""
    language: str = ""
    title: str = ""
    keep_months: int = 0
    week_begins: str = "monday"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: ``<home>/workspaces/<name>``. Only paths; opening one reads no data."""

    home: Path
    name: str
    mark: Mark

    @classmethod
    def create(cls, home: Path | str, name: str = "default", *, time_zone: str = "UTC") -> Workspace:
        """Make the folder of a workspace, or open it where it is there already.

        Folders are for their owner alone (mode 0700) and stand on disk when this returns.

        Raises
        ------
        CallerError
            If the name is not lower-case letters, digits, ``-`` and ``_``.
        """
        root = _root(Path(home), name)
        if (root / _MARK).exists():
            return cls.open(home, name)
        for folder in (root, *(root / one for one in FOLDERS)):
            make_folder(folder)
        mark = Mark(FORMAT, name, datetime.now(UTC), _known_zone(time_zone))
        _write_mark(root / _MARK, mark)
        return cls(Path(home), name, mark)

    @classmethod
    def open(cls, home: Path | str, name: str = "default") -> Workspace:
        """Open a workspace that is there.

        Raises
        ------
        NotAWorkspaceError
            If the folder holds no workspace, or one of a later layout.
        """
        root = _root(Path(home), name)
        mark = _read_mark(root / _MARK)
        if mark.format > FORMAT:
            raise NotAWorkspaceError(
                f"{root} has layout {mark.format}; this version of Trodden reads up to {FORMAT}.",
                hint="Update Trodden.",
            )
        return cls(Path(home), name, mark)

    def changed(
        self, *, time_zone: str | None = None, currency: str | None = None, language: str | None = None
    ) -> Workspace:
        """Write another zone, currency or language down and return the workspace as it is then.

        Walks know the zone they were made in: the next refresh makes them anew.

        Raises
        ------
        CallerError
            The zone is not one of the IANA database, or the currency no code of three capitals,
            or there is no such language.
        """
        checked = {
            "time_zone": None if time_zone is None else _known_zone(time_zone),
            "currency": None if currency is None else _known_currency(currency),
            "language": None if language is None else _known_language(language),
        }
        return self._marked(**{name: value for name, value in checked.items() if value is not None})

    def keeping(self, months: int) -> Workspace:
        """Write down how many whole months events are kept, 0 for ever; return the workspace as it is then.

        Raises
        ------
        CallerError
            It is no number of months up to `LONGEST_KEPT`.
        """
        if not 0 <= months <= LONGEST_KEPT:
            raise CallerError(
                f"Events cannot be kept for {months} months.",
                hint=f"Name 1 to {LONGEST_KEPT} months, or 0 to keep them for ever.",
            )
        return self._marked(keep_months=months)

    def with_weeks_from(self, day: str) -> Workspace:
        """Write down on which day weeks begin, and return the workspace as it is then.

        Raises
        ------
        CallerError
            It is none of `WEEK_BEGINS`.
        """
        if day not in WEEK_BEGINS:
            raise CallerError(f"Weeks do not begin on {day!r}.", hint="Use monday, saturday or sunday.")
        return self._marked(week_begins=day)

    def titled(self, title: str) -> Workspace:
        """Write down what pages call the workspace, and return it as it is then.

        Raises
        ------
        CallerError
            The title is too long.
        """
        check_title(title)
        return self._marked(title=title)

    def _marked(self, **fields: object) -> Workspace:
        """Write fields into the mark as it stands on disk: others may have changed the rest meanwhile."""
        path = self.root / _MARK
        mark = msgspec.structs.replace(_read_mark(path), **fields)
        _write_mark(path, mark)
        return Workspace(self.home, self.name, mark)

    @property
    def root(self) -> Path:
        """Return the workspace's folder."""
        return self.home / "workspaces" / self.name

    @property
    def events(self) -> Path:
        """Return the folder of the Delta table."""
        return self.root / "events"

    @property
    def walks(self) -> Path:
        """Return the folder of the walks: segments, manifests, ``CURRENT``."""
        return self.root / "walks"

    @property
    def rejects(self) -> Path:
        """Return the folder of rows that were refused, with the reasons."""
        return self.root / "rejects"

    @property
    def maps(self) -> Path:
        """Return the folder of journey maps, one YAML file each."""
        return self.root / "maps"

    @property
    def segments(self) -> Path:
        """Return the folder of saved segments."""
        return self.root / "segments"

    @property
    def calendars(self) -> Path:
        """Return the folder of calendars, one YAML file each, made when the first is kept."""
        return self.root / "calendars"

    @property
    def cache(self) -> Path:
        """Return the folder of what can be computed again."""
        return self.root / "cache"

    @property
    def quarantine(self) -> Path:
        """Return the folder of files a recovery set aside."""
        return self.root / "quarantine"

    @property
    def uploads(self) -> Path:
        """Return the folder of files people brought by a page, made when the first one comes."""
        return self.root / "uploads"

    @property
    def jobs(self) -> Path:
        """Return the folder of what is noted of long work, made when the first is begun."""
        return self.root / "jobs"

    @property
    def touchpoints_file(self) -> Path:
        """Return the file of touchpoint rules."""
        return self.root / "touchpoints.yaml"

    @property
    def imports_db(self) -> Path:
        """Return the ledger of imports (SQLite)."""
        return self.root / "imports.db"

    @property
    def loader_db(self) -> Path:
        """Return what is durable in the events table (SQLite)."""
        return self.root / "loader.db"

    @property
    def erased_db(self) -> Path:
        """Return the salted hashes of who was erased (SQLite)."""
        return self.root / "erased.db"

    @property
    def retention_db(self) -> Path:
        """Return what was removed for its age (SQLite)."""
        return self.root / "retention.db"

    @property
    def spool_db(self) -> Path:
        """Return the collector's spool (SQLite; the collector is its sole writer)."""
        return self.root / "spool.db"

    @property
    def lock_file(self) -> Path:
        """Return the file whose lock is the right to write."""
        return self.root / "lock"

    def lock(self, patience_s: float = 0.0) -> contextlib.AbstractContextManager[None]:
        """Hold the right to write; the same thread may hold it more than once.

        Raises
        ------
        LockedError
            On entering, if anyone else holds it and does not let go within ``patience_s`` seconds.
        """
        return lock_of(self.lock_file).hold(patience_s)


def check_title(title: str) -> None:
    """Refuse what is too long to be a title.

    Raises
    ------
    CallerError
        It is.
    """
    if len(title) > LONGEST_TITLE:
        raise CallerError(f"A title has at most {LONGEST_TITLE} letters, not {len(title)}.")


def check_name(name: str) -> None:
    """Refuse what cannot name a workspace.

    Raises
    ------
    CallerError
        It cannot.
    """
    if not _NAME.fullmatch(name):
        raise CallerError(
            f"{name!r} cannot name a workspace.",
            hint="Use lower-case letters, digits, '-' and '_', at most 64 of them.",
        )


def _root(home: Path, name: str) -> Path:
    check_name(name)
    return home / "workspaces" / name


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of all time zones, by name; the machine's folders are walked through for them once."""
    return tuple(sorted(zoneinfo.available_timezones()))


def _known_zone(name: str) -> str:
    known = zone_names()
    if name in known:
        return name
    near = get_close_matches(name, known, n=3)
    raise CallerError(
        f"{name!r} is no time zone.",
        hint=f"Did you mean {', '.join(near)}?" if near else "Use a name such as Europe/Berlin or UTC.",
    )


def _known_currency(code: str) -> str:
    if code and not _CURRENCY.fullmatch(code):
        raise CallerError(f"{code!r} is no currency.", hint="Use a code of ISO 4217 such as EUR or JPY.")
    return code


def _known_language(code: str) -> str:
    if code and code not in LANGUAGES:
        raise CallerError(f"{code!r} is none of the languages there are.", hint="Use en, de or nothing.")
    return code


def _write_mark(path: Path, mark: Mark) -> None:
    write_file(path, msgspec.json.format(msgspec.json.encode(mark)))


def _read_mark(path: Path) -> Mark:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Mark)
    except FileNotFoundError as error:
        raise NotAWorkspaceError(
            f"There is no workspace at {path.parent}.",
            hint="`trodden import FILE` makes one, and so does `trodden demo`.",
        ) from error
    except msgspec.MsgspecError as error:
        raise NotAWorkspaceError(f"{path} does not describe a workspace: {error}.") from error
