"""Pauses with a map on random logs of the sample firm: everything but the alignment by plain loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings

from tests.oracles import pauses as oracle
from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton_graph import build_graph
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.methods.journeys.kernels_pauses import NO_GAP
from trodden.methods.journeys.pauses import Moment, measure_gaps
from trodden.methods.journeys.pauses_limits import learn_limits
from trodden.methods.journeys.pauses_places import design_for, design_of, place_names, place_steps
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.units import REACHED
from trodden.model.question import Question

if TYPE_CHECKING:
    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.pauses_places import Design
    from trodden.methods.journeys.units import Units
    from trodden.model.event import Event

FLOOR = 60_000_000
STEPS = steps_in_order(SAMPLE)
LONGEST = [
    None if step.wait.longest is None else round(step.wait.longest.total_seconds() * 1e6) for step in STEPS
]
STAGES = [SAMPLE.stages.index(step.stage) for step in STEPS]
MOVES = build_graph(SAMPLE.flow).moves


def stage_of(place: int, touchpoints: tuple[str, ...]) -> int:
    """Return the stage of a step, or the last stage of the steps a touchpoint stands for."""
    if place < len(STEPS):
        return STAGES[place]
    name = touchpoints[place - len(STEPS)]
    return max((STAGES[at] for at, step in enumerate(STEPS) if name in touchpoints_of(step)), default=-1)


def states_of(aligned: Alignments, units: Units, unit: int) -> list[int]:
    """Replay the run and give the state at the last matched event not after each event."""
    runs = slice(int(aligned.run_offsets[unit]), int(aligned.run_offsets[unit + 1]))
    first, last = int(units.offsets[unit]), int(units.offsets[unit + 1])
    state, at = 0, {}
    for step, event in zip(aligned.run_step[runs].tolist(), aligned.run_event[runs].tolist(), strict=True):
        state = MOVES[state][step]
        if event >= 0:
            at[event] = state
    found, current = [], 0
    for event in range(first, last):
        current = at.get(event, current)
        found.append(current)
    return found


def units_of(units: Units, aligned: Alignments) -> list[dict[str, Any]]:
    found = []
    for unit in range(len(units)):
        states = states_of(aligned, units, unit)
        steps = [
            {
                "at": int(units.occurred_at[at]),
                "touchpoint": int(units.touchpoint[at]),
                "channel": int(units.channel_outcome[at]) & 15,
                "place": int(aligned.event_step[at])
                if aligned.event_step[at] >= 0
                else len(STEPS) + int(units.touchpoint[at]),
                "allowed": set(MOVES[state]),
                "state": state,
            }
            for at, state in zip(
                range(int(units.offsets[unit]), int(units.offsets[unit + 1])), states, strict=True
            )
        ]
        found.append({"state": int(units.state[unit]), "steps": steps})
    return found


def expected(
    unit: dict[str, Any], touchpoints: tuple[str, ...], as_of: int, silence: int
) -> list[tuple[int, int, bool, int]]:
    """Return length, limit, paused and kind of every gap of a unit, as nothing was learned."""
    learned = {"floor": FLOOR, "moves": {}, "steps": {}, "all": None}
    stage = {place: stage_of(place, touchpoints) for place in range(len(STEPS) + len(touchpoints))}
    on_map = {
        code for code, name in enumerate(touchpoints) if any(name in touchpoints_of(step) for step in STEPS)
    }
    found = []
    for here, target, length in oracle.gaps_of(unit, as_of, silence):
        limit, _, _ = oracle.limit_of(
            unit["steps"][here]["place"], target, learned, stated_for(unit["steps"][here], target)
        )
        paused = length > limit
        found.append((length, limit, paused, oracle.what_next(unit, here, stage, on_map, is_pause=paused)))
    return found


def stated_for(step: dict[str, Any], target: int | None) -> int | None:
    if target is not None:
        return LONGEST[target] if target < len(STEPS) else None
    return max((LONGEST[one] for one in step["allowed"] if LONGEST[one] is not None), default=None)


@given(log=logs())
@settings(max_examples=200, deadline=None)
def test_gaps_of_journeys_equal_plain_loops(log: list[Event]) -> None:
    snapshot = walks_of(log)
    catalog = catalog_of(snapshot)
    selection = resolve_selection(Question(map=SAMPLE.key), catalog)
    design = design_for(selection, catalog)
    assert design is not None
    touchpoints = catalog.dictionaries.touchpoints
    limits = learn_limits(FLOOR, design, place_names(design, touchpoints), [], [], (0, None))
    for bucket in snapshot.buckets():
        units = select(bucket, selection)
        gaps = measure_gaps(
            units,
            place_steps(design, bucket, units),
            design,
            limits,
            Moment(selection.as_of, selection.silence),
        )
        is_gap = gaps.next_kind != NO_GAP
        columns = (gaps.length, gaps.limit, gaps.paused, gaps.next_kind)
        found = list(zip(*(column[is_gap].tolist() for column in columns), strict=True))
        loops = units_of(units, align_units(design.automaton, bucket, units))
        assert found == [
            gap for unit in loops for gap in expected(unit, touchpoints, selection.as_of, selection.silence)
        ]
        ends = np.repeat(units.state == REACHED, np.diff(units.offsets))
        assert not is_gap[units.offsets[1:] - 1][units.state == REACHED].any()
        assert is_gap[~ends].all()


def designed(touchpoints: tuple[str, ...] = ("Plan page", "Order", "nowhere")) -> Design:
    from trodden.model.walks import Dictionaries

    snapshot = walks_of([])
    catalog = catalog_of(snapshot)
    catalog = type(catalog)(
        snapshot="",
        as_of=snapshot.as_of,
        dictionaries=Dictionaries(touchpoints=touchpoints),
        maps=catalog.maps,
    )
    return design_of(SAMPLE, catalog)


def test_a_touchpoint_has_the_stage_of_its_step_and_others_have_none() -> None:
    design = designed()
    assert design.stage[len(STEPS) :].tolist() == [0, 2, -1]
    assert design.on_map.tolist() == [True, True, False]


def test_a_journey_that_may_still_take_either_branch_is_late_when_both_are() -> None:
    """After the plan page come the configurator or the sales call, both within two days."""
    design = designed()
    after_plans = MOVES[MOVES[0][0]][1]
    assert design.longest_next[after_plans] == 2 * 86_400_000_000
    assert design.longest_next[0] == -1
