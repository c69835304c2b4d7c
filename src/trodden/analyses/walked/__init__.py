"""The designed map as it was walked: journeys at every step, on every move, off every road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from trodden.analyses.walked.answer import Walked, WalkedMove, WalkedQuestion, WalkedRoute, WalkedStep
from trodden.analyses.walked.chart import walked_chart
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.journeys.walked import Codes, Found, count_bucket
from trodden.methods.stats.logbins import BINS, quantile
from trodden.methods.stats.medians import Counted as Values
from trodden.methods.stats.medians import median_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.journey_map import Step
from trodden.model.question import Answer, Estimate
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """The compiled map and whose journeys are laid over it."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    automaton: Automaton
    steps: tuple[Step, ...]
    top: int

    @property
    def codes(self) -> Codes:
        """Return how places become numbers."""
        return Codes(len(self.steps), len(self.touchpoints))


@dataclass(frozen=True, slots=True)
class State:
    """What was selected and what was counted of it."""

    counted: Counted
    found: Found


@analysis("walked", example=WalkedQuestion(map="Getting connected"), answer=Walked, chart=walked_chart)
class WalkedAnalysis(Mergeable[WalkedQuestion, Plan, State, Walked]):
    """Lay the journeys of a map over it: who was at each designed step, on each move, off which road.

    Every journey is aligned with the map (see ``conformance``). A closed journey counts once at every step
    an event of it matches, once on every move between two steps matched one after the other (whatever lay
    between), and once for every deviation of one kind at one place. A journey's first matched step is moved
    to from its start, its last one leaves to the reached goal. Open journeys are counted only where they
    stand: at their last matched step. Waits run from the matched step before; their median and 0.9 quantile
    are over all moves into a step. Flags lie between the matched step before and the step itself. Where
    customers or sessions are the units, they are aligned and counted in the place of journeys.
    """

    def plan(self, question: WalkedQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and compile the map."""
        if question.map is None:
            raise QuestionError("There is no map to lay the journeys over.", hint="Give `map`.")
        selection = resolve_selection(question, catalog, "journey")
        journey_map = catalog.maps[selection.map]
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            automaton=compile_map(journey_map, catalog),
            steps=steps_in_order(journey_map),
            top=question.top,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Align and count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_units(units), count_bucket(plan.automaton, bucket, units, len(plan.touchpoints)))

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
    return Found(0, 0, none, none, none, none_counted(), none_counted(), none_counted())


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
        wait_p90_s=quantile(waits.counts, 0.9, waits.keys),
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
    codes, designed = plan.codes, _designed(plan)
    listed: list[tuple[tuple[int, int], WalkedMove]] = []
    for move, journeys in found.moves.items():
        source, target = divmod(move, codes.places)
        if target == codes.gone:
            continue
        waits = found.waits.within(move * BINS, (move + 1) * BINS)
        median = quantile(waits.counts, 0.5, waits.keys - move * BINS)
        order = (-1 if source == codes.start else source, target)
        named = WalkedMove(
            source=_name(plan, source),
            target=_name(plan, target),
            journeys=journeys,
            is_designed=(source, target) in designed,
            median_s=median,
        )
        listed.append((order, named))
    return [move for _, move in sorted(listed, key=lambda pair: pair[0])]


def _name(plan: Plan, place: int) -> str:
    """Return a step's id; the ends have none."""
    return plan.steps[place].id if 0 <= place < len(plan.steps) else ""


def _designed(plan: Plan) -> frozenset[tuple[int, int]]:
    """Return the pairs of steps of which the second may directly follow the first in some run."""
    codes, tables = plan.codes, plan.automaton.tables
    states = len(tables.to_end)
    begins: list[int] = tables.move_from.tolist()
    leads: list[int] = tables.move_step.tolist()
    incoming: list[set[int]] = [set[int]() for _ in range(states)]
    incoming[0].add(codes.start)
    reaches: list[int] = tables.move_to.tolist()
    for step, to in zip(leads, reaches, strict=True):
        incoming[to].add(step)
    pairs: set[tuple[int, int]] = set()
    for state, (first, last) in enumerate(pairwise(begins)):
        pairs.update(product(incoming[state], leads[first:last]))
        if tables.to_end[state] == 0:
            pairs.update((step, codes.reached) for step in incoming[state])
    return frozenset(pairs)


def _routes(plan: Plan, found: Found) -> list[WalkedRoute]:
    """List the routes, most journeys first, then by kind and names."""
    listed = [_route(plan, code, journeys) for code, journeys in found.routes.items()]
    return sorted(
        listed, key=lambda one: (-one.journeys, one.kind, one.step, one.touchpoint, one.source, one.target)
    )


def _route(plan: Plan, code: int, journeys: int) -> WalkedRoute:
    kind, step, touchpoint, source, target = plan.codes.split_route(code)
    return WalkedRoute(
        kind=KINDS[kind - 1],
        step=_name(plan, step),
        touchpoint=plan.touchpoints[touchpoint] if touchpoint >= 0 else "",
        source=_name(plan, source),
        target=_name(plan, target),
        journeys=journeys,
    )
