"""Trodden from Python: open a workspace or read a frame, then ask."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from trodden.asking import Asker, Cache, NoCache
from trodden.display import show_answers_in_notebooks
from trodden.engines.threads import Cancel, ThreadEngine
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.question import Answer, Question
from trodden.model.touchpoints import TouchpointRules
from trodden.questions import question_from
from trodden.registry import find, registrations
from trodden.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.model.calendars import Calendar
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot
    from trodden.store.answers import AnswerCache
    from trodden.store.folder import Workspace

show_answers_in_notebooks()


class Walks:
    """The walks of one workspace or one frame, and the maps laid over them: ask them anything.

    Safe to share between threads. A snapshot never changes; :meth:`refresh` looks for a newer one, and a
    question rests on one snapshot with the catalog that belongs to it, whatever is refreshed meanwhile.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        catalog: Catalog,
        *,
        cache: Cache | None = None,
        threads: int | None = None,
    ) -> None:
        self._state: tuple[Snapshot, Catalog, Cache] = (snapshot, catalog, cache or NoCache())
        self._threads = threads

    @property
    def snapshot(self) -> Snapshot:
        """Return the state of the walks that answers rest on."""
        return self._state[0]

    @property
    def catalog(self) -> Catalog:
        """Return what questions may refer to by name."""
        return self._state[1]

    @property
    def maps(self) -> Mapping[str, JourneyMap]:
        """Return the designed journeys by ``name@version``."""
        return self.catalog.maps

    @property
    def calendars(self) -> Mapping[str, Calendar]:
        """Return the opening hours questions may be asked by, by name."""
        return self.catalog.calendars

    @property
    def touchpoints(self) -> tuple[str, ...]:
        """Return the names of all touchpoints, in order of their codes."""
        return self.catalog.dictionaries.touchpoints

    def analyses(self) -> dict[str, str]:
        """Return what can be asked: the first line about each analysis, by name."""
        return {name: found.summary for name, found in registrations().items()}

    def ask(self, question: Question | str, *, cancel: Cancel | None = None, **fields: Any) -> Answer:  # noqa: ANN401 - each analysis has its own fields
        """Answer a question.

        Parameters
        ----------
        question
            A question struct, or the name of an analysis with its fields given beside it. Fields
            are values (``within=timedelta(days=7)``) or the texts a command line takes (``"7d"``).
        cancel
            Ask it, from another thread, to stop before the next bucket.

        Raises
        ------
        QuestionError, UnknownNameError
            The question cannot be asked as it stands.
        CancelledError
            Somebody asked to stop.
        """
        if isinstance(question, str):
            question = question_from(find(question).question, fields)
        elif fields:
            raise QuestionError("Give a question, or a name with fields, not both.")
        engine = ThreadEngine(self._threads, cancel)
        snapshot, catalog, cache = self._state
        return Asker(snapshot, catalog, engine=engine, cache=cache).ask(question)

    def with_map(self, journey_map: JourneyMap | str | Path) -> Walks:
        """Return the same walks with one more map in the catalog.

        Parameters
        ----------
        journey_map
            A map, the path of a map file, or its text in YAML.

        Raises
        ------
        MapError
            The file or text is no map.
        """
        from msgspec.structs import replace

        found = _map_of(journey_map)
        snapshot, catalog, cache = self._state
        catalog = replace(catalog, maps={**catalog.maps, found.key: found})
        return Walks(snapshot, catalog, cache=cache, threads=self._threads)

    def with_calendar(self, calendar: Calendar) -> Walks:
        """Return the same walks with one more calendar questions may be asked by.

        Raises
        ------
        CallerError
            It says what cannot be: a zone or a region nobody knows, no hours at all.
        """
        from msgspec.structs import replace

        from trodden.methods.journeys.hours_check import check_calendar

        snapshot, catalog, cache = self._state
        calendars = {**catalog.calendars, calendar.name: check_calendar(calendar)}
        return Walks(snapshot, replace(catalog, calendars=calendars), cache=cache, threads=self._threads)


def _map_of(given: JourneyMap | str | Path) -> JourneyMap:
    from trodden.methods.journeys.maps import decode_map, parse_map

    if isinstance(given, Path) or (isinstance(given, str) and "\n" not in given):
        path = Path(given)
        return decode_map(path.read_bytes(), str(path))
    return parse_map(given) if isinstance(given, str) else given


class StoredWalks(Walks):
    """The walks of a workspace folder, kept up to date on demand."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        from trodden.store.catalog import load_catalog
        from trodden.store.walks import WalkStore

        self.workspace = workspace
        self.settings = settings
        self.segment = ""
        """The segment whose customers are all there is, where there is one."""
        self._store = WalkStore(workspace)
        self._lock = Lock()
        cache = self._new_cache()
        snapshot = self._store.open()
        super().__init__(
            snapshot, load_catalog(workspace, snapshot), cache=cache, threads=settings.threads or None
        )

    def _new_cache(self) -> AnswerCache:
        """Return a cache for answers that rest on walks opened from now on."""
        from trodden.store.answers import AnswerCache

        place, most = self.workspace.cache / "answers", self.settings.cached_answers
        return AnswerCache(place, most, self.workspace.erased_db)

    def refresh(self) -> StoredWalks:
        """Look for newer walks, maps, segments, calendars and settings; answers from now on rest on them."""
        from trodden.store.catalog import load_catalog
        from trodden.store.folder import Workspace

        with self._lock:
            self.workspace = Workspace.open(self.workspace.home, self.workspace.name)
            cache = self._new_cache()
            snapshot = self._store.open()
            self._state = self._limited((snapshot, load_catalog(self.workspace, snapshot), cache))
        return self

    def limited_to(self, segment: str) -> StoredWalks:
        """Return the walks of the customers for whom a segment holds, as if nobody else had ever come.

        Parameters
        ----------
        segment
            An expression, or ``@name`` of a saved one. What cannot be read holds for nobody.
        """
        found = object.__new__(StoredWalks)
        found.__dict__.update(self.__dict__, _lock=Lock(), segment=segment)
        found._state = found._limited(self._state)
        return found

    def _limited(self, state: tuple[Snapshot, Catalog, Cache]) -> tuple[Snapshot, Catalog, Cache]:
        """Return a state with no other customers than those of the segment, where there is one."""
        if not self.segment:
            return state
        from msgspec.structs import replace

        from trodden.methods.journeys.within import Within

        snapshot, catalog, cache = state
        within = cast("Snapshot", Within(snapshot, catalog, self.segment))
        return within, replace(catalog, snapshot=within.name), cache


def open(home: str | Path | None = None, workspace: str | None = None) -> StoredWalks:  # noqa: A001 - trodden.open reads as it should
    """Open the walks of a workspace folder.

    Parameters
    ----------
    home
        Folder that holds the workspaces; default ``TRODDEN_HOME`` or ``.trodden``.
    workspace
        Name of the workspace; default ``default``.

    Raises
    ------
    NotAWorkspaceError
        There is none, or one of a later layout.
    DamagedFileError
        A file of the walks is not as it was written; the message names it.
    """
    from trodden.store.folder import Workspace

    settings = load_settings(home)
    return StoredWalks(Workspace.open(settings.home, workspace or settings.workspace), settings)


def read(data: Any, *, rules: TouchpointRules | None = None, time_zone: str = "UTC", **columns: str) -> Walks:  # noqa: ANN401 - any frame narwhals or Arrow knows
    """Read a file or a frame into memory, without a folder.

    Parameters
    ----------
    data
        A path to a file ``trodden import`` reads, or a pandas, polars, Arrow or DuckDB frame.
    rules
        Touchpoint rules; by default every event is at the touchpoint its name says.
    time_zone
        Zone of times without one, and of days and weeks in answers.
    columns
        Which column means what where the guess would be wrong: ``customer="CaseID"``.

    Raises
    ------
    MappingError
        No column can be taken for the customer, the touchpoint or the time.
    UnreadableFileError
        The file cannot be read at all.
    """
    from trodden.collect.importers import events_of
    from trodden.store.schema import conform
    from trodden.store.walks import build_snapshot

    events = conform(events_of(data, time_zone=time_zone, columns=columns))
    snapshot = build_snapshot(events, rules or TouchpointRules(), time_zone=time_zone)
    catalog = Catalog(
        snapshot=snapshot.name, as_of=snapshot.as_of, time_zone=time_zone, dictionaries=snapshot.dictionaries
    )
    return Walks(snapshot, catalog)
