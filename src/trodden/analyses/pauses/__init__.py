"""Where customers pause, for how long, what they do then, and whether the plan foresaw it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from trodden.analyses.pauses.answer import (
    PauseReference,
    PauseReferenceQuestion,
    Pauses,
    PausesQuestion,
)
from trodden.analyses.pauses.chart import pauses_chart
from trodden.analyses.pauses.finish import Plan, State, pauses_of
from trodden.analyses.pauses.moves import PauseMovesAnalysis
from trodden.analyses.pauses.reference import PauseReferenceAnalysis
from trodden.charts.formats import format_count
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest
from trodden.methods.journeys.hours import Clock, find_clock
from trodden.methods.journeys.patterns_write import write_mark
from trodden.methods.journeys.pauses import (
    Gaps,
    Moment,
    beyond_ms,
    count_gaps,
    measure_gaps,
    paused_gaps,
)
from trodden.methods.journeys.pauses_limits import Limits, learn_limits
from trodden.methods.journeys.pauses_places import design_for, place_names, place_steps, step_labels
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.units import Units, count_units, has_any
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.model.words import keep
from trodden.registry import Asks, Mergeable, analysis

__all__ = ["PauseMovesAnalysis", "PauseReferenceAnalysis", "PausesAnalysis"]

_ONE_IN_TEN = keep(
    "Of the gaps that ended where no wait was promised, about one in ten is a pause by construction: compare "
    "places, and what came next."
)
_PROMISED = keep(
    "What the map promises is elapsed time: of what lies beyond it, only the time of opening counts."
)
_NOT_JOURNEYS = keep("The map's steps and waits count only where journeys are the unit.")


@analysis(
    "pauses",
    asks=Asks("Where do people wait longer than they should?", "time"),
    example=PausesQuestion(),
    answer=Pauses,
    chart=pauses_chart,
)
class PausesAnalysis(Mergeable[PausesQuestion, Plan, State, Pauses]):
    """Find where customers wait longer than they should, and what they do then.

    A pause is a gap between successive steps longer than ``max(floor, w)``: w is the map's longest expected
    wait of the step the gap leads to, else the 0.9 quantile of completed gaps of that move in the reference
    (all units before filters, or those of ``baseline``); under 30 gaps, of the step it leaves; under 30
    again, of all. For each place: how many paused, for how long, and what came next after a pause against
    without one. A gap after the last step of a unit that did not reach its goal is censored at
    ``min(as_of - step, silence limit)``; a reached goal has no gap. Places are ranked by time beyond the
    limit, by a clear difference in reaching the goal, and by share only of waits the map promised. With a
    ``calendar``, a gap is as long as the calendar was open meanwhile, and so are the limits that are learned.
    """

    def needs(self, question: PausesQuestion, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - the same for all
        """Ask how long gaps are in the reference: the same map and unit, no filters."""
        reference = PauseReferenceQuestion(
            map=question.map,
            unit=question.unit,
            period=question.baseline,
            as_of=question.limits_as_of or question.as_of,
            calendar=question.calendar,
        )
        return {"reference": reference}

    def plan(self, question: PausesQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Resolve the selection, compile the map, settle the limits."""
        selection = resolve_selection(question, catalog, "customer")
        design = design_for(selection, catalog)
        names = place_names(design, catalog.dictionaries.touchpoints)
        reference = msgspec.convert(needs["reference"], PauseReference)
        everywhere = reference.gaps, reference.p90_s
        limits = learn_limits(
            microseconds(question.floor), design, names, reference.moves, reference.places, everywhere
        )
        clock = find_clock(catalog, question.calendar, catalog.as_of)
        kept = np.ones(len(names), dtype=np.bool_)
        if reference.hidden_places:
            measured = {place.place for place in reference.places}
            kept = np.array([name in measured for name in names], dtype=np.bool_)
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            design=design,
            names=names,
            labels={} if design is None else step_labels(catalog.maps[selection.map]),
            limits=limits,
            kept=kept,
            top=question.top,
            reference_gaps=reference.gaps,
            notes=(
                *_clock_notes(clock, limits),
                *_learned(question, limits),
                *_notes(selection.map, selection.unit, reference),
            ),
            clock=clock,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Measure and count the gaps of one bucket."""
        units = select(bucket, plan.selection)
        gaps = _measure(plan, bucket, units)
        states = 1 if plan.design is None else plan.design.automaton.states
        counts = count_gaps(units, gaps, plan.kept, states)
        return State(counts, count_units(units), _examples(bucket, units, gaps))

    def merge(self, a: State, b: State) -> State:
        """Add counts, keep the best examples."""
        return State(a.counts + b.counts, a.counted + b.counted, best((*a.examples, *b.examples)))

    def finish(self, plan: Plan, state: State | None) -> Pauses:
        """Name, rank and show."""
        return pauses_of(plan, state)

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:
        """Find the units that paused at a place."""
        gaps = _measure(plan, bucket, units)
        code = code_of(mark, [write_mark(one.kind, one.name) for one in plan.names])
        return has_any(units, paused_gaps(gaps) & (gaps.source == code))


def _measure(plan: Plan, bucket: Bucket, units: Units) -> Gaps:
    placed = place_steps(plan.design, bucket, units)
    moment = Moment(plan.selection.as_of, plan.selection.silence)
    return measure_gaps(units, placed, plan.design, plan.limits, moment, plan.clock)


def _examples(bucket: Bucket, units: Units, gaps: Gaps) -> tuple[Candidate, ...]:
    """Return those who went on after the longest time beyond the limit; the cost is that time in ms."""
    paused = np.flatnonzero(gaps.paused & (gaps.target >= 0))
    unit = np.searchsorted(units.offsets, paused, side="right") - 1
    source = gaps.source[paused].astype(np.int64)
    cases = Cases(source, beyond_ms(gaps, paused), units.rows[paused], units.customer[unit])
    return costliest(bucket, cases)


def _learned(question: PausesQuestion, limits: Limits) -> tuple[str, ...]:
    """Say how many pauses mean nothing: where limits are learned from the very gaps they are held against.

    That is so where the reference is the units asked about, and no learned limit is cut by the floor.
    """
    of_all = PausesQuestion(
        map=question.map,
        unit=question.unit,
        as_of=question.as_of,
        floor=question.floor,
        calendar=question.calendar,
        top=question.top,
    )
    learned = (limits.moves, limits.steps[limits.step_gaps > 0], np.array([limits.everywhere]))
    is_cut = bool((np.concatenate(learned) <= limits.floor).any())
    return () if question != of_all or is_cut else (_ONE_IN_TEN,)


def _clock_notes(clock: Clock | None, limits: Limits) -> tuple[str, ...]:
    """Say by which clock waits were measured."""
    if clock is None:
        return ()
    calendar = clock.calendar
    said = keep(
        "Times are opening time: only hours of {calendar} count ({zone}).",
        calendar=calendar.name,
        zone=calendar.now.time_zone,
    )
    return (said, _PROMISED) if bool((limits.longest >= 0).any()) else (said,)


def _notes(map_key: str, unit: str, reference: PauseReference) -> tuple[str, ...]:
    notes = [_NOT_JOURNEYS] if map_key and unit != "journey" else []
    if reference.hidden_moves:
        notes.append(
            keep(
                "{hidden_moves} rarely walked moves take the limit of the step they "
                "leave, {hidden_places} rarely left places that of all moves; the latter "
                "are not shown.",
                hidden_moves=format_count(reference.hidden_moves),
                hidden_places=format_count(reference.hidden_places),
            )
        )
    return tuple(notes)
