"""A map changed in one place, to be its next version: a step that may be left out, a way accepted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from trodden.methods.journeys.flow import parts_of, reached_touchpoints, start_touchpoints, step_ids
from trodden.methods.journeys.flow_edit import each_part
from trodden.methods.journeys.maps_check import check_map
from trodden.model.errors import MapError
from trodden.model.journey_map import JourneyMap, Optional, StepRef

if TYPE_CHECKING:
    from trodden.methods.journeys.flow import Flow
    from trodden.model.journey_map import Accepted


def make_optional(journey_map: JourneyMap, step: str) -> JourneyMap:
    """Return the map with one step, by its id, in an optional part of its own, where it stands.

    What begins a journey and what reaches its goal stay the same touchpoints: where they followed from the
    flow and would follow otherwise now, the bounds name them. Nothing else is changed, neither the version.

    Raises
    ------
    MapError
        The map has no such step, or without it the flow could go on with two steps at one touchpoint.
    """
    if step not in step_ids(journey_map.flow):
        raise MapError(f"{journey_map.key} has no step {step!r}.")
    changed = replace(journey_map, flow=_around(journey_map.flow, step))
    bounds = journey_map.bounds
    if start_touchpoints(changed) != start_touchpoints(journey_map):
        bounds = replace(bounds, start=start_touchpoints(journey_map))
    if reached_touchpoints(changed) != reached_touchpoints(journey_map):
        bounds = replace(bounds, reached=reached_touchpoints(journey_map))
    return check_map(replace(changed, bounds=bounds))


def is_optional(journey_map: JourneyMap, step: str) -> bool:
    """Say whether a step stands alone in an optional part."""
    return _is_alone(journey_map.flow, step)


def _is_alone(flow: Flow, step: str) -> bool:
    alone = Optional((StepRef(step),))
    return any(item == alone or any(_is_alone(part, step) for part in parts_of(item)) for item in flow)


def accept(journey_map: JourneyMap, accepted: Accepted) -> JourneyMap:
    """Return the map with one more accepted deviation; its version and its publication are left alone.

    Raises
    ------
    MapError
        This kind is accepted there already, or the map has no such step.
    """
    if is_accepted(journey_map, accepted.kind, accepted.step):
        raise MapError(f"{journey_map.key} accepts {accepted.kind} at {accepted.step!r} already.")
    return check_map(replace(journey_map, accepted=(*journey_map.accepted, accepted)))


def is_accepted(journey_map: JourneyMap, kind: str, place: str) -> bool:
    """Say whether a deviation of this kind is accepted at a step (or touchpoint), there or everywhere."""
    return any(one.kind == kind and one.step in ("", place) for one in journey_map.accepted)


def _around(flow: Flow, step: str) -> Flow:
    within = partial(_around, step=step)
    return tuple(Optional((item,)) if item == StepRef(step) else each_part(item, within) for item in flow)
