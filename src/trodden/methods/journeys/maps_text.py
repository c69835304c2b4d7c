"""A map as plain text: for terminals, mails and anyone who would rather read than look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.flow import (
    Flow,
    reached_touchpoints,
    start_touchpoints,
    steps_in_order,
    touchpoints_of,
)
from trodden.methods.journeys.maps_write import duration_text
from trodden.model.journey_map import Choice, Loop, Optional, Parallel, StepRef
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from trodden.model.journey_map import FlowItem, JourneyMap, Step

_INDENT: Final = "  "


def show_map(journey_map: JourneyMap) -> str:
    """Write a map as an indented text: who it is for, its flow step by step, and what bounds it."""
    return "\n".join(line.rstrip() for line in _lines(journey_map)) + "\n"


def _lines(journey_map: JourneyMap) -> Iterator[str]:
    at = journey_map.published_at
    state = tr("published {day}", day=f"{at:%Y-%m-%d}") if at else tr("draft")
    yield tr(
        "{name}, version {version} ({state})", name=journey_map.name, version=journey_map.version, state=state
    )
    for label, value in (
        (tr("Goal"), journey_map.goal),
        (tr("Owner"), journey_map.owner),
        (tr("Evidence"), journey_map.evidence),
        (tr("Personas"), ", ".join(journey_map.personas)),
    ):
        if value:
            yield f"{label}: {value}"
    yield ""
    steps = {step.id: step for step in steps_in_order(journey_map)}
    yield from _flow_lines(journey_map.flow, steps, "")
    yield ""
    yield from _bounds_lines(journey_map)


def _flow_lines(flow: Flow, steps: dict[str, Step], indent: str) -> Iterator[str]:
    for item in flow:
        if isinstance(item, StepRef):
            yield indent + _step_line(steps[item.id])
            yield from _side_lines(steps[item.id], indent + _INDENT)
        else:
            yield from _item_lines(item, steps, indent)


def _item_lines(item: FlowItem, steps: dict[str, Step], indent: str) -> Iterator[str]:
    for label, flow in _parts(item):
        yield f"{indent}{label}"
        yield from _flow_lines(flow, steps, indent + _INDENT)


def _parts(item: FlowItem) -> Iterator[tuple[str, Flow]]:
    """Yield each part of an item under the words that introduce it."""
    match item:
        case Choice():
            for place, branch in enumerate(item.branches):
                share = "" if branch.share is None else tr(" (expected {share})", share=f"{branch.share:.0%}")
                yield (tr("or") if place else tr("either")) + share, branch.flow
        case Parallel():
            for place, branch in enumerate(item.branches):
                yield (tr("and") if place else tr("in any order")), branch
        case Optional():
            yield tr("perhaps"), item.flow
        case Loop():
            yield tr("once or more"), item.flow
            if item.again:
                yield tr("and before each next time"), item.again
        case _:
            return


def _step_line(step: Step) -> str:
    notes = [step.stage] if step.stage else []
    names = touchpoints_of(step)
    notes += [f"at {', '.join(names)}"] if names != (step.label or step.id,) else []
    notes += [f"outcome {' or '.join(step.outcome)}"] if step.outcome else []
    either = f" {tr('or')} "
    notes += [f"{name} {either.join(values)}" for name, values in sorted(step.where.items())]
    notes += [_latest(step.wait.longest)] if step.wait.longest is not None else []
    notes += [tr("moment of truth")] if step.moment_of_truth else []
    notes += [] if step.front else [tr("behind the scenes")]
    return f"- {step.label or step.id}" + (f" [{'; '.join(notes)}]" if notes else "")


def _latest(longest: timedelta) -> str:
    return tr("at most {time} later", time=duration_text(longest))


def _side_lines(step: Step, indent: str) -> Iterator[str]:
    """Yield what each side does, where it is said."""
    sides = (
        (tr("customer"), step.does.customer),
        (tr("front stage"), step.does.front),
        (tr("back stage"), step.does.back),
    )
    for side, text in sides:
        if text:
            yield f"{indent}{side}: {text}"


def _bounds_lines(journey_map: JourneyMap) -> Iterator[str]:
    bounds = journey_map.bounds
    yield tr("Starts: {names}", names=", ".join(start_touchpoints(journey_map)))
    yield tr("Reached: {names}", names=", ".join(reached_touchpoints(journey_map)))
    if bounds.abandoned:
        yield tr("Abandoned: {names}", names=", ".join(bounds.abandoned))
    yield tr("Closed after a silence of more than {time}", time=duration_text(bounds.silence))
    for accepted in journey_map.accepted:
        what = f"{tr(accepted.kind)} {accepted.step or tr('anywhere')}"
        said = tr("Accepted by {who}: {what}", who=accepted.by, what=what) if accepted.by else ""
        why = f": {accepted.why}" if accepted.why else ""
        yield f"{said or tr('Accepted: {what}', what=what)}{why}"
