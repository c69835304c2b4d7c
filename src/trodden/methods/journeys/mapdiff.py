"""What changed between two versions of a map, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec

from trodden.methods.journeys.flow import Flow, parts_of, step_ids, steps_in_order
from trodden.methods.journeys.maps_write import plain
from trodden.model.journey_map import Choice, JourneyMap, Loop, Optional, StepRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.model.journey_map import FlowItem

Verb = Literal["added", "removed", "changed", "moved"]

_APART: Final = ("flow", "steps", "version", "published_at", "published_hash")
"""Fields that have a comparison of their own, or none."""


class MapChange(msgspec.Struct, frozen=True):
    """One difference: ``what`` it is about, how it read before and after; empty where it was not there."""

    verb: Verb
    what: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.verb in ("added", "removed"):
            return f"{self.what} {self.verb}: {self.after or self.before}"
        return f"{self.what} {self.verb}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


def diff_maps(before: JourneyMap, after: JourneyMap) -> tuple[MapChange, ...]:
    """List what differs from one map to another: its own fields, steps, where they stand, expected shares.

    A step is the same one where its id is. It *moved* where the step before it in document order, or the
    parts of the flow around it, are others. Equal maps have no difference; version and publication are not
    compared.
    """
    return (
        *_field_changes("", before, after, _APART),
        *_step_changes(before, after),
        *_move_changes(before.flow, after.flow),
        *_share_changes(before.flow, after.flow),
    )


def _field_changes(
    prefix: str, before: msgspec.Struct, after: msgspec.Struct, apart: tuple[str, ...] = ()
) -> Iterator[MapChange]:
    for field in msgspec.structs.fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name not in apart and old != new:
            yield MapChange("changed", f"{prefix}{field.name}", text_of(old), text_of(new))


def text_of(value: object) -> str:
    """Write a value in one line, empty for nothing."""
    shown = plain(value)
    if isinstance(shown, list):
        return ", ".join(text_of(item) for item in cast("list[object]", shown))
    if isinstance(shown, dict):
        return ", ".join(
            f"{name} {text_of(below)}" for name, below in cast("dict[str, object]", shown).items()
        )
    return "" if shown is None else str(shown)


def _step_changes(before: JourneyMap, after: JourneyMap) -> Iterator[MapChange]:
    old = {step.id: step for step in steps_in_order(before)}
    new = {step.id: step for step in steps_in_order(after)}
    for id_, step in old.items():
        if id_ not in new:
            yield MapChange("removed", f"step {id_}", before=step.label or id_)
        else:
            yield from _field_changes(f"step {id_}: ", step, new[id_])
    for id_, step in new.items():
        if id_ not in old:
            yield MapChange("added", f"step {id_}", after=step.label or id_)


def _move_changes(before: Flow, after: Flow) -> Iterator[MapChange]:
    old, new = dict(_places(before, "")), dict(_places(after, ""))
    kept = [[id_ for id_ in side if id_ in old and id_ in new] for side in (old, new)]
    follows = [dict(zip(side, ("", *side), strict=False)) for side in kept]
    for id_ in kept[0]:
        was, now = (
            _place(follow[id_], around[id_]) for follow, around in zip(follows, (old, new), strict=True)
        )
        if was != now:
            yield MapChange("moved", f"step {id_}", was, now)


def _place(previous: str, around: str) -> str:
    after = f"after {previous}" if previous else "first"
    return f"{after}, {around}" if around else after


def _places(flow: Flow, around: str) -> Iterator[tuple[str, str]]:
    """Yield each step's id with the parts of the flow around it."""
    for item in flow:
        if isinstance(item, StepRef):
            yield item.id, around
        for number, part in enumerate(parts_of(item), start=1):
            name = _part_name(item, number)
            yield from _places(part, f"{around} in {name}".strip() if around else f"in {name}")


def _part_name(item: FlowItem, number: int) -> str:
    match item:
        case Optional():
            return "an optional part"
        case Loop():
            return "a loop" if number == 1 else "the way back of a loop"
        case Choice():
            return f"branch {number} of a choice"
        case _:
            return "a parallel part"


def _share_changes(before: Flow, after: Flow) -> Iterator[MapChange]:
    old, new = dict(_shares(before)), dict(_shares(after))
    for first in [*old, *(name for name in new if name not in old)]:
        was, now = old.get(first), new.get(first)
        if was != now:
            yield MapChange("changed", f"share of the branch of {first}", text_of(was), text_of(now))


def _shares(flow: Flow) -> Iterator[tuple[str, float]]:
    """Yield the expected share of each branch that has one, by the id of its first step."""
    for item in flow:
        for branch in item.branches if isinstance(item, Choice) else ():
            if branch.share is not None:
                yield step_ids(branch.flow)[0], branch.share
        for part in parts_of(item):
            yield from _shares(part)
