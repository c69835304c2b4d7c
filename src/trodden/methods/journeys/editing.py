"""A map edited in one place: steps added, described, moved and removed; stages; expected shares.

Every function returns a map that keeps all rules (:func:`trodden.methods.journeys.maps_check.check_map`), or
raises a `MapError` that names the place. Version and publication are left alone. Steps are listed in the
order of the flow, each with a description of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec.structs import replace

from trodden.methods.journeys import flow_edit
from trodden.methods.journeys.flow import scope_touchpoints, step_ids, steps_in_order
from trodden.methods.journeys.maps_check import OF_A_STEP, check_map
from trodden.model.errors import MapError
from trodden.model.journey_map import JourneyMap, Step, StepRef

if TYPE_CHECKING:
    from trodden.methods.journeys.flow import Flow

LONGEST_ID: Final = 40


def new_map(name: str, labels: tuple[str, ...], goal: str = "") -> JourneyMap:
    """Return the first version of a map whose steps follow one another, each at the touchpoint of its label.

    Raises
    ------
    MapError
        There is no step, or two that follow have one name.
    """
    steps: list[Step] = []
    for label in labels:
        steps.append(Step(id=_free_id(label, {step.id for step in steps}), label=label, match=(label,)))
    if not steps:
        raise MapError("A map needs one step at least.", hint="Write one on each line.", place="steps")
    flow = tuple(StepRef(step.id) for step in steps)
    return _sound(JourneyMap(name=name, flow=flow, steps=tuple(steps), goal=goal))


def step_of(journey_map: JourneyMap, id_: str) -> Step:
    """Return a step of the flow.

    Raises
    ------
    MapError
        There is none of this id.
    """
    found = next((step for step in steps_in_order(journey_map) if step.id == id_), None)
    if found is None:
        raise MapError(f"There is no step {id_!r} in {journey_map.key} any more.", hint="Look at it again.")
    return found


def add_step(
    journey_map: JourneyMap, label: str, beside: str, *, before: bool = False
) -> tuple[JourneyMap, str]:
    """Return the map with a new step beside another one, in its stage, and the id of the new one."""
    neighbour = step_of(journey_map, beside)
    id_ = _free_id(label, set(step_ids(journey_map.flow)))
    added = Step(id=id_, label=label, stage=neighbour.stage, match=(label,))
    described = replace(journey_map, steps=(*steps_in_order(journey_map), added))
    return _with_flow(described, flow_edit.insert(journey_map.flow, id_, beside, before=before)), id_


def _free_id(label: str, taken: set[str]) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in label.lower())
    stem = "_".join(kept.split())[:LONGEST_ID] or "step"
    return next(
        name for name in (stem, *(f"{stem}_{n}" for n in range(2, len(taken) + 3))) if name not in taken
    )


def remove_step(journey_map: JourneyMap, id_: str) -> JourneyMap:
    """Return the map without a step, and without what was accepted of that step alone."""
    step_of(journey_map, id_)
    flow = flow_edit.remove(journey_map.flow, id_)
    if not flow:
        raise MapError("A map needs one step at least.", hint="Add another one first.")
    return _with_flow(_without_accepted(replace(journey_map, flow=flow)), flow)


def _without_accepted(journey_map: JourneyMap) -> JourneyMap:
    steps = set(step_ids(journey_map.flow))
    described = tuple(step for step in journey_map.steps if step.id in steps)
    known = steps | set(scope_touchpoints(replace(journey_map, steps=described)))
    kept = tuple(
        one
        for one in journey_map.accepted
        if one.kind == "ad hoc" or one.step in ("", *(steps if one.kind in OF_A_STEP else known))
    )
    return replace(journey_map, accepted=kept)


def describe_step(journey_map: JourneyMap, id_: str, changes: dict[str, Any]) -> JourneyMap:
    """Return the map with some fields of a step changed."""
    changed = replace(step_of(journey_map, id_), **changes)
    steps = tuple(changed if step.id == id_ else step for step in steps_in_order(journey_map))
    return _sound(replace(journey_map, steps=steps))


def shift_step(journey_map: JourneyMap, id_: str, by: Literal[-1, 1]) -> JourneyMap:
    """Return the map with a step one place on or back."""
    step_of(journey_map, id_)
    return _with_flow(journey_map, flow_edit.shift(journey_map.flow, id_, by))


def put_step(journey_map: JourneyMap, id_: str, beside: str, *, before: bool = False) -> JourneyMap:
    """Return the map with a step moved beside another one, into its part of the flow and its stage."""
    step, neighbour = step_of(journey_map, id_), step_of(journey_map, beside)
    moved = _with_flow(journey_map, flow_edit.move(journey_map.flow, id_, beside, before=before))
    return moved if step.stage == neighbour.stage else describe_step(moved, id_, {"stage": neighbour.stage})


def group_steps(journey_map: JourneyMap, first: str, last: str, kind: flow_edit.Kind) -> JourneyMap:
    """Return the map in which what stands from one step to another becomes a group of this kind."""
    for id_ in (first, last):
        step_of(journey_map, id_)
    return _with_flow(journey_map, flow_edit.group(journey_map.flow, first, last, kind))


def ungroup_step(journey_map: JourneyMap, id_: str) -> JourneyMap:
    """Return the map with the innermost group around a step dissolved."""
    step_of(journey_map, id_)
    return _with_flow(journey_map, flow_edit.ungroup(journey_map.flow, id_))


def expect_shares(journey_map: JourneyMap, key: str, shares: tuple[float | None, ...]) -> JourneyMap:
    """Return the map with the expected shares of one of its choices (:func:`flow_edit.choices_by_key`).

    Raises
    ------
    MapError
        There is no such choice, it has another number of branches, or the shares do not add up to 1.
    """
    choice = flow_edit.choices_by_key(journey_map.flow).get(key)
    if choice is None or len(choice.branches) != len(shares):
        raise MapError("The flow has no such choice any more.", hint="Look at it again.")
    return _with_flow(journey_map, flow_edit.with_shares(journey_map.flow, choice, shares))


def list_stages(journey_map: JourneyMap, stages: tuple[tuple[str, str], ...]) -> JourneyMap:
    """Return the map with these stages, each as it was called (empty: new) and as it is called now.

    Steps follow the new name of their stage; those of a stage that is gone are in none.
    """
    names = {before: now for before, now in stages if before and now}
    steps = tuple(replace(step, stage=names.get(step.stage, "")) for step in steps_in_order(journey_map))
    listed = tuple(now for _, now in stages if now)
    return _sound(replace(journey_map, steps=steps, stages=listed))


def describe_map(journey_map: JourneyMap, changes: dict[str, Any]) -> JourneyMap:
    """Return the map with some of its own fields changed."""
    return _sound(replace(journey_map, **changes))


def _with_flow(journey_map: JourneyMap, flow: Flow) -> JourneyMap:
    return _sound(replace(journey_map, flow=flow))


def _sound(journey_map: JourneyMap) -> JourneyMap:
    """Return the map with its steps in the order of the flow, checked as one that is read from a file."""
    ordered = replace(journey_map, steps=steps_in_order(journey_map))
    try:
        msgspec.convert(msgspec.to_builtins(ordered), JourneyMap)
    except msgspec.ValidationError as error:
        raise MapError(f"This cannot be part of a map: {error}.") from error
    return check_map(ordered)
