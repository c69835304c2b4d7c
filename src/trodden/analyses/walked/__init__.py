"""The designed map as it was walked: journeys at every step, on every move, off every road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.walked.answer import (
    Compared,
    Walked,
    WalkedMove,
    WalkedQuestion,
    WalkedRoute,
    WalkedStep,
)
from trodden.analyses.walked.chart import walked_chart
from trodden.analyses.walked.compared import compare_all
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.examples import examples_of
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.outcomes import Outcome, no_outcomes
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.journeys.walked import Codes, Found, count_bucket, designed_moves
from trodden.methods.stats.logbins import BINS
from trodden.methods.stats.medians import Counted as Values
from trodden.methods.stats.medians import median_interval, quantile_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.journey_map import Step
from trodden.model.question import Answer, Estimate, Example
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """The compiled map and whose journeys are laid over it."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    automaton: Automaton
    steps: tuple[Step, ...]
    top: int
    is_designed: NDArray[np.bool_]

    @property
    def codes(self) -> Codes:
        """Return how places become numbers."""
        return Codes(len(self.steps), len(self.touchpoints))


@dataclass(frozen=True, slots=True)
class State:
    """What was selected and what was counted of it."""

    counted: Counted
    found: Found


@analysis(
    "walked",
    asks=Asks("How was the designed journey walked?", "design"),
    example=WalkedQuestion(map="Getting connected"),
    answer=Walked,
    chart=walked_chart,
)
class WalkedAnalysis(Mergeable[WalkedQuestion, Plan, State, Walked]):
    """Lay the journeys of a map over it: who was at each designed step, on each move, off which road.

    Every journey is aligned with the map (see ``conformance``). A closed journey counts once at every step
    an event of it matches, once on every move between two steps matched one after the other (whatever lay
    between), and once for every deviation of one kind at one place. A journey's first matched step is moved
    to from its start, its last one leaves to the reached goal. Open journeys are counted only where they
    stand: at their last matched step. Every deviation is judged by how it ended at its fork: the share that
    reached the goal, and the time from first to last step of those that did, against journeys that made the
    same move without it (for a skipped step: that came to the same next step without skipping), so that both
    sides have come equally far. The p-values are corrected over all (Benjamini and Hochberg); descriptive,
    not adjusted for who they were. Waits run from the matched step before; their median and 0.9 quantile are
    over all moves into a step. Flags lie between the matched step before and the step itself. Where customers
    or sessions are the units, they are aligned and counted in the place of journeys.
    """

    def plan(self, question: WalkedQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and compile the map."""
        if question.map is None:
            raise QuestionError("There is no map to lay the journeys over.", hint="Give `map`.")
        selection = resolve_selection(question, catalog, "journey")
        journey_map = catalog.maps[selection.map]
        automaton = compile_map(journey_map, catalog)
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            automaton=automaton,
            is_designed=designed_moves(automaton),
            steps=steps_in_order(journey_map),
            top=question.top,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Align and count one bucket."""
        units = select(bucket, plan.selection)
        found = count_bucket(plan.automaton, bucket, units, len(plan.touchpoints))
        return State(count_units(units), found)

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.counted + b.counted, a.found + b.found)

    def finish(self, plan: Plan, state: State | None) -> Walked:
        """Form rates, medians and names."""
        state = state or State(Counted(), _nothing(len(plan.steps)))
        found = state.found
        routes = _routes(plan, found)
        return Walked(
            about=tell_about("walked", plan.snapshot, plan.selection, state.counted),
            map=plan.selection.map,
            closed=found.closed,
            reached=wilson(found.reached, found.closed),
            steps=tuple(_step(plan, found, number) for number in range(len(plan.steps))),
            moves=tuple(_moves(plan, found)),
            routes=tuple(routes[: plan.top]),
            hidden=max(len(routes) - plan.top, 0),
        )


def _nothing(steps: int) -> Found:
    none = np.zeros(steps, dtype=np.int64)
    nobody = no_outcomes()
    return Found(0, 0, none, none, none, none_counted(), nobody, nobody, nobody)


def _step(plan: Plan, found: Found, number: int) -> WalkedStep:
    step = plan.steps[number]
    waits = _waits_into(plan.codes, found, number)
    has_longest = plan.automaton.places.longest_wait[number] >= 0
    return WalkedStep(
        step=step.id,
        label=step.label or step.id,
        stage=step.stage,
        journeys=wilson(int(found.steps[number]), found.closed),
        standing=int(found.standing[number]),
        wait=_median(waits),
        wait_p90=quantile_interval(Values(waits.counts, waits.keys), 0.9),
        late=wilson(int(found.late[number]), waits.total) if has_longest else None,
    )


def _waits_into(codes: Codes, found: Found, number: int) -> Tally:
    """Return the waits before a step, by bin, whatever step came before."""
    total = none_counted()
    for source in range(codes.steps):
        move = source * codes.places + number
        part = found.waits.within(move * BINS, (move + 1) * BINS)
        total += Tally(part.keys - move * BINS, part.counts)
    return total


def _median(waits: Tally) -> Estimate:
    return median_interval(Values(waits.counts, waits.keys))


def _moves(plan: Plan, found: Found) -> list[WalkedMove]:
    """List the moves in document order of source, then target; those out of the start first."""
    codes = plan.codes
    listed: list[tuple[tuple[int, int], WalkedMove]] = []
    for move, journeys in found.moves.units.within(0, codes.moves).items():
        source, target = divmod(move, codes.places)
        if target == codes.gone:
            continue
        waits = found.waits.within(move * BINS, (move + 1) * BINS)
        order = (-1 if source == codes.start else source, target)
        named = WalkedMove(
            source=_name(plan, source),
            target=_name(plan, target),
            journeys=journeys,
            is_designed=bool(plan.is_designed[move]),
            median=median_interval(Values(waits.counts, waits.keys - move * BINS)),
        )
        listed.append((order, named))
    return [move for _, move in sorted(listed, key=lambda pair: pair[0])]


def _name(plan: Plan, place: int) -> str:
    """Return a step's id; the ends have none."""
    return plan.steps[place].id if 0 <= place < len(plan.steps) else ""


def _routes(plan: Plan, found: Found) -> list[WalkedRoute]:
    """List the routes, most journeys first, then by kind and names."""
    codes = list(found.routes.units.keys.tolist())
    compared = compare_all([_sides(plan, found, code) for code in codes])
    examples = {code: tuple(run) for code, run in groupby(found.examples, key=lambda one: one.group)}
    listed = [
        _route(plan, (code, journeys), one, examples_of(examples.get(code, ()), code))
        for (code, journeys), one in zip(found.routes.units.items(), compared, strict=True)
    ]
    return sorted(
        listed, key=lambda one: (-one.journeys, one.kind, one.step, one.touchpoint, one.source, one.target)
    )


def _sides(plan: Plan, found: Found, code: int) -> tuple[Outcome, Outcome] | None:
    """Return how journeys with the deviation ended, and those without it at the same fork.

    None where there is no such fork: a departure is an end itself, and after the last matched step nothing
    is left to compare.
    """
    kind, _, _, _, target = plan.codes.split_route(code)
    if KINDS[kind - 1] == "departed" or target == plan.codes.gone:
        return None
    group = found.moves.of(plan.codes.group(code))
    return found.routes.of(code), group - found.compared.of(code)


def _route(
    plan: Plan, counted: tuple[int, int], compared: Compared | None, examples: tuple[Example, ...]
) -> WalkedRoute:
    code, journeys = counted
    kind, step, touchpoint, source, target = plan.codes.split_route(code)
    return WalkedRoute(
        kind=KINDS[kind - 1],
        step=_name(plan, step),
        touchpoint=plan.touchpoints[touchpoint] if touchpoint >= 0 else "",
        source=_name(plan, source),
        target=_name(plan, target),
        journeys=journeys,
        compared=compared,
        examples=examples,
    )
