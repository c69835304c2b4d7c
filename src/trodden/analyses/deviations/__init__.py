"""Where walked journeys part from a map, and how those that did went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trodden.analyses.deviations.answer import DeviationRow, Deviations, DeviationsQuestion, Elapsed, Reached
from trodden.analyses.deviations.chart import deviations_chart
from trodden.analyses.deviations.counting import COST, JOURNEYS, OPENED, REACHED, TIMES, State, count, nothing
from trodden.analyses.deviations.wanted import wanted_keys
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.deviations_rows import Keys, accepted_keys
from trodden.methods.journeys.examples import best, examples_of
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.stats.logbins import BINS
from trodden.methods.stats.medians import Counted, median_interval, price_bonett
from trodden.methods.stats.rates import newcombe, wilson
from trodden.methods.stats.tally import Tally
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.journey_map import Step
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """The compiled map, which deviations are asked about, and how to show them."""

    selection: Selection
    snapshot: str
    steps: tuple[Step, ...]
    touchpoints: tuple[str, ...]
    automaton: Automaton
    keys: Keys
    wanted: bytes
    """A byte for each key, 1 where it is asked about."""
    accepted: frozenset[int]
    at_least: int
    order: str
    top: int


@analysis(
    "deviations",
    asks=Asks("How do people part from the design?", "design"),
    example=DeviationsQuestion(map="Getting connected"),
    answer=Deviations,
    chart=deviations_chart,
)
class DeviationsAnalysis(Mergeable[DeviationsQuestion, Plan, State, Deviations]):
    """List where journeys part from a map: each kind at each place, with how many did and how they went on.

    Every journey is aligned with the map (see ``conformance``) and each of its unmatched moves given exactly
    one kind: departed, out of order, missing, wrong branch, repeated, ad hoc. Failing, paused and forced
    switch are flags on matched events. Rows count closed journeys that have the deviation at least once;
    journeys still open are told beside. Times and shares reached are compared with closed journeys that do
    not have it, unadjusted: a deviation is not yet a fault, and those who deviate may differ in other ways.
    Rows of equal rank stand in the order of kinds, then of the map, then of touchpoint names.

    References
    ----------
    Halvorsrud, R., Kvale, K., Folstad, A. (2016). Improving service quality through customer journey
    analysis. Journal of Service Theory and Practice 26, 840-867.
    """

    def plan(self, question: DeviationsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection, compile the map and find out what is asked about."""
        if question.map is None:
            raise QuestionError("There is no map to part from.", hint="Give `map`.")
        selection = resolve_selection(question, catalog, "journey")
        found = catalog.maps[selection.map]
        touchpoints = catalog.dictionaries.touchpoints
        automaton = compile_map(found, catalog)
        keys = Keys(len(automaton.steps), len(touchpoints))
        accepted = accepted_keys(found, keys, touchpoints)
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            steps=steps_in_order(found),
            touchpoints=touchpoints,
            automaton=automaton,
            keys=keys,
            wanted=wanted_keys(question, found, catalog, keys, accepted),
            accepted=accepted,
            at_least=question.at_least,
            order=question.order,
            top=question.top,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Align, classify and count one bucket."""
        return count(plan.automaton, plan.keys, plan.wanted, bucket, select(bucket, plan.selection))

    def merge(self, a: State, b: State) -> State:
        """Add counts, keep the best examples."""
        return State(
            a.counted + b.counted,
            a.counts + b.counts,
            a.deviating + b.deviating,
            a.closed + b.closed,
            a.reached + b.reached,
            a.elapsed + b.elapsed,
            a.elapsed_with + b.elapsed_with,
            best((*a.examples, *b.examples)),
        )

    def finish(self, plan: Plan, state: State | None) -> Deviations:
        """Rank, name and compare."""
        state = state or nothing(len(plan.keys))
        found = [int(key) for key in np.flatnonzero(state.counts[JOURNEYS] >= plan.at_least)]
        row = {"journeys": JOURNEYS, "times": TIMES, "cost": COST}[plan.order]
        found.sort(key=lambda key: (-int(state.counts[row, key]), _place(plan, key)))
        return Deviations(
            about=tell_about("deviations", plan.snapshot, plan.selection, state.counted),
            map=plan.selection.map,
            journeys=wilson(state.deviating, state.closed),
            cost=int(state.counts[COST].sum()),
            rows=tuple(_row(plan, state, key) for key in found[: plan.top]),
            hidden=max(len(found) - plan.top, 0),
        )


def _place(plan: Plan, key: int) -> tuple[int, str]:
    """Return the order of kinds and steps; touchpoints by name, whatever their codes."""
    steps = min(key, len(plan.keys) - plan.keys.touchpoints)
    _, _, touchpoint = plan.keys.split(key)
    return steps, "" if touchpoint is None else plan.touchpoints[touchpoint]


def _row(plan: Plan, state: State, key: int) -> DeviationRow:
    kind, number, touchpoint = plan.keys.split(key)
    step = None if number is None else plan.steps[number]
    name = "" if touchpoint is None else plan.touchpoints[touchpoint]
    counts = [int(count) for count in state.counts[:, key]]
    return DeviationRow(
        kind=kind,
        step=step.id if step else "",
        touchpoint=name,
        label=(step.label or step.id) if step else name,
        stage=step.stage if step else "",
        journeys=wilson(counts[JOURNEYS], state.closed),
        times=counts[TIMES],
        cost=counts[COST],
        open=counts[OPENED],
        accepted=key in plan.accepted,
        elapsed=_elapsed(state, key),
        reached=_reached(state, counts),
        examples=examples_of(state.examples, key),
    )


def _elapsed(state: State, key: int) -> Elapsed:
    """Compare the binned times of those who have it with those of all others."""
    found = state.elapsed_with.within(key * BINS, (key + 1) * BINS)
    having = Tally(found.keys - key * BINS, found.counts)
    others = state.elapsed.copy()
    others[having.keys] -= having.counts
    sides = Counted(having.counts, having.keys), Counted(others)
    return Elapsed(
        having=median_interval(sides[0]),
        without=median_interval(sides[1]),
        difference=price_bonett(*sides),
    )


def _reached(state: State, counts: list[int]) -> Reached:
    having = wilson(counts[REACHED], counts[JOURNEYS])
    without = wilson(state.reached - counts[REACHED], state.closed - counts[JOURNEYS])
    return Reached(having=having, without=without, difference=newcombe(having, without))
