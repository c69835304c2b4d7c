"""Ask the registry's analyses of every designed journey, and keep what somebody should know.

Standing matters are sought in the whole record: how every way off the map ends, waits, changes of mind,
forecasts. Moves lay the last full period beside the one before; groups lay everybody with one value of a
property beside all others.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import accumulate, chain
from time import process_time
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trodden.analyses.changes_of_mind.answer import ChangesOfMindQuestion
from trodden.analyses.compare.answer import CompareQuestion
from trodden.analyses.customers.answer import CustomersQuestion
from trodden.analyses.departures.answer import DeparturesQuestion
from trodden.analyses.overview.answer import OverviewQuestion
from trodden.analyses.pauses.answer import PausesQuestion
from trodden.analyses.predictions.answer import PredictionsQuestion
from trodden.analyses.success.answer import SuccessQuestion
from trodden.analyses.verdicts.answer import VerdictsQuestion
from trodden.analyses.worth.answer import WorthQuestion
from trodden.asking import cache_key
from trodden.insights.findings.beside import Beside, joined, of_departures, of_success, with_beside
from trodden.insights.findings.candidates import Places
from trodden.insights.findings.deciding import against_each_other, ignored, merged, told
from trodden.insights.findings.forecasts import forecast_candidates
from trodden.insights.findings.minds import mind_candidates
from trodden.insights.findings.model import Finding, Findings
from trodden.insights.findings.moves import ASKED, Group, group_candidate, move_candidates
from trodden.insights.findings.periods import periods_of
from trodden.insights.findings.ranking import dated, per_month, ranked
from trodden.insights.findings.waits import wait_candidates
from trodden.insights.findings.ways import way_candidates
from trodden.insights.findings.worth import met_need, one_in_of, with_worth
from trodden.methods.journeys.verdicts_like import BY_DEFAULT, VALUES_BY_DEFAULT
from trodden.model.errors import CallerError
from trodden.model.question import FEWEST_CUSTOMERS
from trodden.questions import read_question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trodden.insights.findings.candidates import Candidate
    from trodden.insights.findings.model import MetNeed
    from trodden.insights.findings.periods import Periods
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Answer, Question
    from trodden.model.walks import Dictionaries

    Ask = Callable[[Question], Answer]
    Told = Callable[[int, int], None]


def state_of(catalog: Catalog) -> str:
    """Return the name of the state findings rest on: walks, published maps, zone, and the code that looks.

    Drafts and saved segments are not among it: nothing is sought in them.
    """
    return cache_key("findings", (maps_of(catalog), catalog.time_zone, catalog.currency), catalog.snapshot)


def find_findings(
    ask: Ask,
    catalog: Catalog,
    before: Findings | None = None,
    told_so_far: Told | None = None,
    first: Callable[[Findings], object] | None = None,
) -> Findings:
    """Look for findings in one state of the walks.

    Parameters
    ----------
    ask
        Answers questions about that state.
    catalog
        What they may refer to by name.
    before
        What was found last: it says since when a finding is known.
    told_so_far
        Told how many questions were answered, and of how many.
    first
        Given what stands in the whole record, map by map, before groups and periods are compared; not while
        there is nothing.
    """
    begun_at, begun = datetime.now(UTC), process_time()
    search = Search(ask, catalog, told_so_far)

    def found(state: str) -> Findings:
        return Findings(
            state=state,
            as_of=catalog.as_of,
            time_zone=catalog.time_zone,
            findings=tuple(search.found(before)),
            ignored=ignored(search.candidates),
            tried=sum(1 + len(one.others) for one in search.candidates),
            unanswered=search.unanswered,
            begun_at=begun_at,
            seconds=process_time() - begun,
        )

    def tell_first() -> None:
        if first and (so_far := found("")).findings:
            first(so_far)

    search.run(tell_first)
    return found(state_of(catalog))


class Search:
    """One search: the questions, and what their answers hold."""

    def __init__(self, ask: Ask, catalog: Catalog, told_so_far: Told | None = None) -> None:
        self._ask = ask
        self._catalog = catalog
        self._told_so_far = told_so_far
        self._days = 1.0
        self._events = 0
        self._periods: dict[str, Periods] = {}
        self.candidates: list[Candidate] = []
        self.beside: Beside = {}
        self.worth: dict[str, MetNeed] = {}
        self._customers: dict[tuple[tuple[str, str], ...], int] = {}
        self.unanswered = 0

    def run(self, after_standing: Callable[[], object] | None = None) -> None:
        """Ask everything; what cannot be asked of this data is counted and left out.

        ``after_standing`` is called each time the whole record was asked about one more map.
        """
        first_at = self._span()
        if first_at is None:
            return
        maps = maps_of(self._catalog)
        standing = [tuple(self._standing(Places(one))) for one in maps]
        compared = [task for one in maps for task in self._compared(one, first_at)]
        of = sum(map(len, standing)) + len(compared)
        are_asked = set(accumulate(map(len, standing)))
        for done, task in enumerate((*chain.from_iterable(standing), *compared)):
            if done in are_asked and after_standing is not None:
                after_standing()
            self._tell(done, of)
            try:
                task()
            except CallerError:
                self.unanswered += 1
        self._tell(of, of)

    def found(self, before: Findings | None) -> Iterator[Finding]:
        """Yield what the answers so far are enough for, the most important first.

        Of fewer than `FEWEST_CUSTOMERS` nothing is told, not even as evidence of something else: everybody
        in a workspace reads findings, and who those few are could be told from it.
        """
        counted = [self.counted(one) for one in told(self.candidates)]
        standing = [per_month(one, self.days_of(one)) for one in counted if is_of_enough(one)]
        apart = against_each_other(merged(standing))
        weighed = (with_worth(with_beside(one, self.beside), self.worth) for one in apart)
        yield from ranked(dated(one, self._catalog.as_of, before) for one in weighed)

    def _tell(self, done: int, of: int) -> None:
        if self._told_so_far is not None:
            self._told_so_far(done, of)

    def days_of(self, finding: Finding) -> float:
        """Return how many days the journeys of a finding began in."""
        periods = self._periods.get(finding.map)
        return periods.days if periods and finding.kind == "move" else self._days

    def counted(self, finding: Finding) -> Finding:
        """Return a finding with the number of customers it touches."""
        behind = tuple(sorted(finding.behind.items()))
        if behind not in self._customers:
            self._customers[behind] = self._count(finding.behind)
        return msgspec.structs.replace(finding, customers=self._customers[behind])

    def _count(self, behind: dict[str, str]) -> int:
        """Count customers; who cannot be counted may be nobody."""
        question = read_question(CustomersQuestion, {**behind, "limit": "1"})
        try:
            return self._ask(question).about.customers
        except CallerError:
            self.unanswered += 1
            return 0

    def _span(self) -> datetime | None:
        """Find when the record begins, and how long it is; None where there is nothing."""
        overview = cast("Any", self._ask(OverviewQuestion(top=1)))
        if overview.first_at is None:
            return None
        self._events = overview.about.events
        self._days = max((self._catalog.as_of - overview.first_at).total_seconds() / 86_400, 1.0)
        return overview.first_at

    def _standing(self, places: Places) -> Iterator[Callable[[], None]]:
        """Yield the questions about the whole record."""
        key = places.key
        yield lambda: self._add(way_candidates, VerdictsQuestion(map=key), places)
        yield lambda: self._add(wait_candidates, PausesQuestion(map=key), places)
        yield lambda: self._add(mind_candidates, ChangesOfMindQuestion(map=key), places)
        yield lambda: self._add(forecast_candidates, PredictionsQuestion(map=key), places)
        yield lambda: self._stand_beside(places)
        yield lambda: self._weigh(places)

    def _compared(self, journey_map: JourneyMap, first_at: datetime) -> Iterator[Callable[[], None]]:
        """Yield the comparisons of groups, and those of the last two periods where there are two."""
        places, groups = Places(journey_map), groups_of(self._catalog.dictionaries)
        for group in groups:
            yield lambda group=group: self._compare_groups(places, group)
        periods = periods_of(
            journey_map, first_at, self._catalog.as_of, self._catalog.time_zone, self._catalog.week_begins
        )
        if periods is not None:
            self._periods[places.key] = periods
            for group in (None, *groups):
                yield lambda group=group: self._compare_periods(places, periods, group)

    def _add(
        self, read: Callable[[Any, Places], list[Candidate]], question: Question, places: Places
    ) -> None:
        self.candidates += read(self._ask(question), places)

    def _stand_beside(self, places: Places) -> None:
        departures = cast("Any", self._ask(DeparturesQuestion(map=places.key)))
        success = cast("Any", self._ask(SuccessQuestion(map=places.key)))
        found = of_departures(departures, places), of_success(success, places)
        self.beside = joined((self.beside, *found))

    def _weigh(self, places: Places) -> None:
        question = WorthQuestion(map=places.key, one_in=one_in_of(self._events))
        found = met_need(cast("Any", self._ask(question)), self._catalog.currency)
        self.worth |= {places.key: found} if found else {}

    def _compare_groups(self, places: Places, group: Group) -> None:
        question = CompareQuestion(map=places.key, segment=group.segment, **ASKED)
        found = group_candidate(cast("Any", self._ask(question)), question, places, group)
        self.candidates += [found] if found else []

    def _compare_periods(self, places: Places, periods: Periods, group: Group | None) -> None:
        question = CompareQuestion(
            map=places.key,
            segment=group.segment if group else None,
            period=periods.later,
            other_period=periods.earlier,
            **ASKED,
        )
        answer = cast("Any", self._ask(question))
        self.candidates += move_candidates(answer, question, places, periods, group)


def is_of_enough(finding: Finding) -> bool:
    """Say whether so many customers are counted behind a finding that everybody may read it."""
    return (finding.customers or 0) >= FEWEST_CUSTOMERS


def maps_of(catalog: Catalog) -> list[JourneyMap]:
    """Return the published maps as they stand, each in its newest version; drafts are not sought in."""
    newest: dict[str, JourneyMap] = {}
    for one in sorted(catalog.maps.values(), key=lambda found: found.version):
        if one.published_at is not None:
            newest[one.name] = one
    return list(newest.values())


def groups_of(dictionaries: Dictionaries) -> list[Group]:
    """Return customers by each value of the properties that verdicts match on."""
    usable = [
        one
        for one in dictionaries.properties
        if one.type == "string" and len(one.values) in VALUES_BY_DEFAULT
    ]
    chosen = sorted(usable, key=lambda one: (one.nulls, len(one.values), one.name))[:BY_DEFAULT]
    return [Group(one.name, str(value)) for one in chosen for value in one.values]
