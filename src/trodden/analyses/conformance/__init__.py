"""How well the journeys that were walked fit a map, and the map them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trodden.analyses.conformance.answer import (
    BranchTaken,
    Conformance,
    ConformanceQuestion,
    OpenJourneys,
    StepConformance,
)
from trodden.analyses.conformance.chart import conformance_chart
from trodden.analyses.conformance.counting import State, count, nothing
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.automaton_gates import BranchSpan, branches_of
from trodden.methods.journeys.deviations_rows import (
    ALL,
    CLOSED,
    COST,
    DESIGNED,
    EVENTS,
    FITS,
    OPENED,
    Keys,
    accepted_keys,
)
from trodden.methods.journeys.examples import best, examples_of
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.kernels_align_structs import (
    CLOSED_UNITS,
    FAILED,
    LATE,
    MATCHED,
    MEASURED,
    OPEN_UNITS,
)
from trodden.methods.journeys.precision import MOST_RUNS, merge_runs, precision
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.stats.logbins import BINS, quantile
from trodden.methods.stats.medians import Counted, median_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.journey_map import JourneyMap
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.model.words import keep
from trodden.registry import Asks, Mergeable, analysis

_TOO_MANY_RUNS = keep("More than {n} different runs: precision is not told.", n=f"{MOST_RUNS:,}")


@dataclass(frozen=True, slots=True)
class Plan:
    """The compiled map, and whose journeys are aligned with it."""

    selection: Selection
    snapshot: str
    map: JourneyMap
    automaton: Automaton
    keys: Keys
    accepted: frozenset[int]
    branches: tuple[BranchSpan, ...]
    examples: int


@analysis(
    "conformance",
    asks=Asks("How many went as designed?", "design"),
    example=ConformanceQuestion(map="Getting connected"),
    answer=Conformance,
    chart=conformance_chart,
)
class ConformanceAnalysis(Mergeable[ConformanceQuestion, Plan, State, Conformance]):
    """Tell how well journeys fit a map, by exact alignment of every one of them.

    A journey's cost is that of its cheapest alignment with a complete run: events no step of the run matches
    and steps of the run no event matches cost 1 each; ties are decided as `align_units` says. It *fits* at
    cost 0, and went *as designed* where it has no deviation of any kind, flags included and accepted
    variations aside. Fitness of the set: 1 - sum of costs / sum of (events + steps of the cheapest run).
    Precision is over prefixes of the chosen runs. Journeys still open are aligned with prefixes of runs and
    stand apart. Where customers or sessions are the units, they are aligned in the place of journeys, and
    none of them reaches the goal.

    References
    ----------
    van der Aalst, W., Adriansyah, A., van Dongen, B. (2012). Replaying history on process models for
    conformance checking and performance analysis. WIREs Data Mining and Knowledge Discovery 2, 182-192.
    """

    def plan(self, question: ConformanceQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and compile the map."""
        if question.map is None:
            raise QuestionError("There is no map to hold the journeys against.", hint="Give `map`.")
        selection = resolve_selection(question, catalog, "journey")
        found = catalog.maps[selection.map]
        touchpoints = catalog.dictionaries.touchpoints
        automaton = compile_map(found, catalog)
        keys = Keys(len(automaton.steps), len(touchpoints))
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            map=found,
            automaton=automaton,
            keys=keys,
            accepted=accepted_keys(found, keys, touchpoints),
            branches=tuple(branches_of(found.flow)),
            examples=question.examples,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Align and count one bucket."""
        units = select(bucket, plan.selection)
        return count(plan.automaton, plan.keys, plan.accepted, plan.branches, (bucket, units), plan.examples)

    def merge(self, a: State, b: State) -> State:
        """Add counts, keep the costliest."""
        kept = max(a.kept, b.kept)
        return State(
            a.counted + b.counted,
            a.totals + b.totals,
            a.reached + b.reached,
            a.steps + b.steps,
            a.missing + b.missing,
            a.waits + b.waits,
            a.branches + b.branches,
            merge_runs(a.runs, b.runs),
            best((*a.examples, *b.examples), kept),
            kept,
        )

    def finish(self, plan: Plan, state: State | None) -> Conformance:
        """Form rates, fitness and precision."""
        state = state or nothing(plan.keys.steps, len(plan.branches), plan.examples)
        closed = [int(total) for total in state.totals[CLOSED]]
        notes = () if state.runs is not None else (_TOO_MANY_RUNS,)
        least = closed[EVENTS] + closed[ALL] * plan.automaton.cheapest_run
        return Conformance(
            about=tell_about("conformance", plan.snapshot, plan.selection, state.counted, notes),
            map=plan.selection.map,
            states=plan.automaton.states,
            fits=wilson(closed[FITS], closed[ALL]),
            as_designed=wilson(closed[DESIGNED], closed[ALL]),
            fitness=_fitness(closed[COST], least),
            precision=None if state.runs is None else precision(plan.automaton, state.runs),
            cost=closed[COST],
            reached=wilson(state.reached, closed[ALL]),
            expected=plan.map.forecast.reached,
            steps=tuple(_steps(plan, state)),
            branches=tuple(_branches(plan, state)),
            open=_open(state),
            examples=examples_of(state.examples, 0),
        )


def _fitness(cost: int, most: int) -> float | None:
    return 1 - cost / most if most else None


def _open(state: State) -> OpenJourneys:
    found = [int(total) for total in state.totals[OPENED]]
    return OpenJourneys(
        journeys=found[ALL],
        fits=wilson(found[FITS], found[ALL]),
        as_designed=wilson(found[DESIGNED], found[ALL]),
        fitness=_fitness(found[COST], found[EVENTS]),
    )


def _steps(plan: Plan, state: State) -> Iterator[StepConformance]:
    closed = int(state.totals[CLOSED, ALL])
    for number, step in enumerate(steps_in_order(plan.map)):
        counts = [int(count) for count in state.steps[:, number]]
        waits = state.waits.within(number * BINS, (number + 1) * BINS)
        waits = Tally(waits.keys - number * BINS, waits.counts)
        has_longest = plan.automaton.places.longest_wait[number] >= 0
        yield StepConformance(
            step=step.id,
            label=step.label or step.id,
            stage=step.stage,
            journeys=wilson(counts[CLOSED_UNITS], closed),
            missing=wilson(int(state.missing[number]), closed),
            wait=median_interval(Counted(waits.counts, waits.keys)),
            wait_p90_s=quantile(waits.counts, 0.9, waits.keys),
            paused=wilson(counts[LATE], counts[MEASURED]) if has_longest else None,
            failing=wilson(counts[FAILED], counts[MATCHED]),
            open=counts[OPEN_UNITS],
        )


def _branches(plan: Plan, state: State) -> Iterator[BranchTaken]:
    steps = steps_in_order(plan.map)
    for branch, (taken, came) in zip(plan.branches, state.branches.reshape(-1, 2).tolist(), strict=True):
        step = steps[branch.first]
        yield BranchTaken(
            branch=step.id,
            label=step.label or step.id,
            journeys=wilson(taken, came),
            expected=branch.share,
        )
