"""The flow of a map as a tree: its steps in document order, where it may begin and end, what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.model.journey_map import Choice, FlowItem, Loop, Optional, Parallel, Step, StepRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trodden.model.journey_map import JourneyMap

Flow = tuple[FlowItem, ...]


def parts_of(item: FlowItem) -> tuple[Flow, ...]:
    """Return the flows an item is made of, in document order; none for a step."""
    match item:
        case StepRef():
            return ()
        case Choice():
            return tuple(branch.flow for branch in item.branches)
        case Parallel():
            return item.branches
        case Optional():
            return (item.flow,)
        case Loop():
            return (item.flow, item.again) if item.again else (item.flow,)


def step_ids(flow: Flow) -> tuple[str, ...]:
    """List the ids of all steps in document order: the order their numbers follow, from 0."""
    return tuple(_ids(flow))


def _ids(flow: Flow) -> Iterator[str]:
    for item in flow:
        if isinstance(item, StepRef):
            yield item.id
        for part in parts_of(item):
            yield from _ids(part)


def steps_beside(flow: Flow, one: str, other: str, around: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the steps of the parallel part in whose branches two steps stand apart; none where they do not.

    Of parallel parts within one another the outermost: only who has left that has surely left all of them out
    that did not come. ``around``: the steps of the parallel part looked into.
    """
    both = {one, other}
    for item in flow:
        within = around or (step_ids((item,)) if isinstance(item, Parallel) else ())
        parts = [(part, both & set(step_ids(part))) for part in parts_of(item)]
        for part, holds in parts:
            if holds == both:
                return steps_beside(part, one, other, within)
        if isinstance(item, Parallel) and sum(len(holds) for _part, holds in parts) == len(both):
            return within
    return ()


def is_skippable(flow: Flow) -> bool:
    """Tell whether a journey can pass the flow without a single step."""
    return all(_is_skippable_item(item) for item in flow)


def _is_skippable_item(item: FlowItem) -> bool:
    match item:
        case StepRef():
            return False
        case Optional():
            return True
        case Choice():
            return any(is_skippable(branch.flow) for branch in item.branches)
        case Parallel():
            return all(is_skippable(branch) for branch in item.branches)
        case Loop():
            return is_skippable(item.flow)


def first_steps(flow: Flow) -> frozenset[str]:
    """Return the ids of the steps a run may begin with."""
    return _edge_steps(flow)


def last_steps(flow: Flow) -> frozenset[str]:
    """Return the ids of the steps a run may end with."""
    return _edge_steps(flow, reverse=True)


def _edge_steps(flow: Flow, *, reverse: bool = False) -> frozenset[str]:
    found: set[str] = set()
    for item in reversed(flow) if reverse else flow:
        found |= _edge_of_item(item, reverse=reverse)
        if not _is_skippable_item(item):
            break
    return frozenset(found)


def _edge_of_item(item: FlowItem, *, reverse: bool) -> frozenset[str]:
    if isinstance(item, StepRef):
        return frozenset((item.id,))
    parts = parts_of(item)
    if isinstance(item, Loop) and not is_skippable(item.flow):
        parts = parts[:1]  # every round of `again` stands between two of the flow
    return frozenset[str]().union(*(_edge_steps(part, reverse=reverse) for part in parts))


def steps_in_order(journey_map: JourneyMap) -> tuple[Step, ...]:
    """Return every step of the flow in document order.

    An id in the flow without an entry under ``steps`` is a step at the touchpoint of that name.
    """
    described = {step.id: step for step in journey_map.steps}
    return tuple(described.get(id_) or Step(id=id_) for id_ in step_ids(journey_map.flow))


def touchpoints_of(step: Step) -> tuple[str, ...]:
    """Return the touchpoints a step stands for: ``match``, or its own id where that is empty."""
    return step.match or (step.id,)


def start_touchpoints(journey_map: JourneyMap) -> tuple[str, ...]:
    """Return the touchpoints that begin a journey: ``bounds.start``, else those of any first step."""
    return journey_map.bounds.start or _touchpoints(journey_map, first_steps(journey_map.flow))


def reached_touchpoints(journey_map: JourneyMap) -> tuple[str, ...]:
    """Return the touchpoints that reach the goal: ``bounds.reached``, else those of any last step."""
    return journey_map.bounds.reached or _touchpoints(journey_map, last_steps(journey_map.flow))


def scope_touchpoints(journey_map: JourneyMap) -> tuple[str, ...]:
    """Return the touchpoints whose events count, each once.

    ``scope.only``; where that is empty those of all steps, then those under ``bounds`` and ``scope.also``.
    """
    if journey_map.scope.only:
        return journey_map.scope.only
    bounds = journey_map.bounds
    named = (*bounds.start, *bounds.reached, *bounds.abandoned, *journey_map.scope.also)
    return tuple(dict.fromkeys((*_touchpoints(journey_map, step_ids(journey_map.flow)), *named)))


def _touchpoints(journey_map: JourneyMap, ids: Iterable[str]) -> tuple[str, ...]:
    wanted = frozenset(ids)
    steps = (step for step in steps_in_order(journey_map) if step.id in wanted)
    return tuple(dict.fromkeys(name for step in steps for name in touchpoints_of(step)))
