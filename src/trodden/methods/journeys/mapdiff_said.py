"""What changed between two versions of a map, in sentences for people: with labels and in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.flow import Flow, parts_of, step_ids, steps_in_order
from trodden.methods.journeys.flow_edit import choices_of
from trodden.methods.journeys.mapdiff import text_of
from trodden.model.journey_map import Choice, JourneyMap, Loop, Optional, Step, StepRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.model.journey_map import Accepted, FlowItem

_FIELDS: Final = {
    "match": "touchpoints",
    "where": "tests on properties",
    "does": "what each side does",
    "between": "sender and receiver",
    "expected_outcome": "expected outcome",
    "emotion": "meant feeling",
    "evidence": "known from",
}
_OF_MAP: Final = {
    "valid_from": "valid from",
    "valid_to": "valid to",
    "parent_step": "step of the parent",
    "bounds": "where it begins and ends",
    "changes": "touchpoints of a change of mind",
    "touchpoints": "touchpoint rules",
    "scope": "what counts",
}
_APART: Final = ("name", "flow", "steps", "version", "published_at", "published_hash", "accepted")
_ENTERED: Final = {
    "optional": "became optional",
    "loop": "may be repeated",
    "back": "became the way back between two rounds",
    "choice": "became one of several ways",
    "parallel": "may come in any order with others",
}
_GROUPED: Final = {
    "optional": "May be left out together: {parts}",
    "loop": "May be repeated together: {parts}",
    "choice": "Are different ways: {parts}",
    "parallel": "May come in any order: {parts}",
}
_LEFT: Final = {
    "optional": "is no longer optional",
    "loop": "is no longer repeated",
    "back": "is no longer the way back between two rounds",
    "choice": "is no longer one of several ways",
    "parallel": "comes in a fixed place",
}


def sentences(before: JourneyMap, after: JourneyMap) -> tuple[str, ...]:
    """Say what differs from one map to another: steps, where they stand, shares, what is accepted, the rest.

    A step is the same one where its id is. Equal maps have no difference; name, version and publication are
    not compared.
    """
    old = {step.id: step for step in steps_in_order(before)}
    new = {step.id: step for step in steps_in_order(after)}
    return (
        *_steps(old, new),
        *_places(before.flow, after.flow, new),
        *_regrouped(before.flow, after.flow, new),
        *_shares(before, after, new),
        *_accepted(before.accepted, after.accepted),
        *_own(before, after),
    )


def name_of(step: Step) -> str:
    """Return what a step is called."""
    return step.label or step.id


def _steps(old: dict[str, Step], new: dict[str, Step]) -> Iterator[str]:
    order = list(new)
    for place, (id_, step) in enumerate(new.items()):
        if id_ not in old:
            where = f"after {name_of(new[order[place - 1]])}" if place else "at the beginning"
            yield f"{name_of(step)} added {where}"
    for id_, step in old.items():
        if id_ not in new:
            yield f"{name_of(step)} removed"
        else:
            yield from _fields(step, new[id_])


def _fields(was: Step, now: Step) -> Iterator[str]:
    if was.label != now.label:
        yield f"{name_of(was)} is called {name_of(now)}"
    for field, word in (("typical", "Expected"), ("longest", "Longest")):
        before, after = getattr(was.wait, field), getattr(now.wait, field)
        if before != after:
            yield f"{word} wait of {name_of(now)} {_to(before, after)}"
    if was.moment_of_truth != now.moment_of_truth:
        yield f"{name_of(now)} is {'' if now.moment_of_truth else 'no longer '}a moment of truth"
    if was.front != now.front:
        yield f"{name_of(now)} happens {'before the customer' if now.front else 'behind the scenes'}"
    for field in Step.__struct_fields__:
        before, after = getattr(was, field), getattr(now, field)
        if field not in ("id", "label", "wait", "moment_of_truth", "front") and before != after:
            yield f"{_capital(_FIELDS.get(field, field))} of {name_of(now)}: {_to(before, after)}"


def _to(before: object, after: object) -> str:
    return f"{text_of(before) or 'nothing'} \u2192 {text_of(after) or 'nothing'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _places(before: Flow, after: Flow, steps: dict[str, Step]) -> Iterator[str]:
    """Say which steps entered or left a group, and which stand after another one now."""
    old, new = dict(_around(before, ())), dict(_around(after, ()))
    for id_ in (one for one in new if one in old):
        for kinds, words in ((_gone(new[id_], old[id_]), _ENTERED), (_gone(old[id_], new[id_]), _LEFT)):
            for kind in kinds:
                yield f"{name_of(steps[id_])} {words[kind]}"
    yield from _moved([id_ for id_ in old if id_ in new], [id_ for id_ in new if id_ in old], steps)


def _regrouped(before: Flow, after: Flow, steps: dict[str, Step]) -> Iterator[str]:
    """Say which groups hold other steps than before, though each step is in the same kinds of groups."""
    old, new = dict(_around(before, ())), dict(_around(after, ()))
    known = {(kind, frozenset(parts)) for kind, parts in _groups(before)}
    for kind, parts in _groups(after):
        if (kind, frozenset(parts)) not in known and all(
            old.get(id_) == new[id_] for part in parts for id_ in part
        ):
            named = (", ".join(name_of(steps[id_]) for id_ in part) for part in parts)
            yield _GROUPED[kind].format(parts=" | ".join(named))


def _groups(flow: Flow) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Yield each group by its kind and the steps of each of its parts, the outermost first."""
    for item in flow:
        parts = tuple(parts_of(item))
        if parts:
            yield kind_of(item), tuple(step_ids(part) for part in parts)
        for part in parts:
            yield from _groups(part)


def _gone(one: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """Return the kinds of groups of which one place has more than the other, each once."""
    return [kind for kind in dict.fromkeys(one) if one.count(kind) > other.count(kind)]


def _around(flow: Flow, kinds: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each step's id with the kinds of groups around it, the outermost first."""
    for item in flow:
        if isinstance(item, StepRef):
            yield item.id, kinds
        for number, part in enumerate(parts_of(item)):
            yield from _around(part, (*kinds, kind_of(item, number)))


def kind_of(item: FlowItem, part: int = 0) -> str:
    """Return what a part of a group is: optional, loop (its second part: back), choice or parallel."""
    match item:
        case Optional():
            return "optional"
        case Loop():
            return "back" if part else "loop"
        case Choice():
            return "choice"
        case _:
            return "parallel"


def _moved(old: list[str], new: list[str], steps: dict[str, Step]) -> Iterator[str]:
    """Say which steps changed their place: the fewest that explain the new order."""
    stayed = _longest_rising([old.index(id_) for id_ in new])
    for place, id_ in enumerate(new):
        if place not in stayed:
            where = f"after {name_of(steps[new[place - 1]])}" if place else "to the beginning"
            yield f"{name_of(steps[id_])} moved {where}"


def _longest_rising(numbers: list[int]) -> set[int]:
    """Return the places of a longest rising run of numbers, not necessarily side by side."""
    best: list[tuple[int, ...]] = []
    for place, number in enumerate(numbers):
        before = [run for run in best if numbers[run[-1]] < number]
        best.append((*max(before, key=len, default=()), place))
    return set(max(best, key=len, default=()))


def _shares(before: JourneyMap, after: JourneyMap, steps: dict[str, Step]) -> Iterator[str]:
    old, new = _share_of_branches(before), _share_of_branches(after)
    for first in (one for one in new if one in old and old[one] != new[one]):
        was, now = _percent(old[first]), _percent(new[first])
        yield f"Expected share of the way by {name_of(steps[first])} {was} \u2192 {now}"


def _share_of_branches(journey_map: JourneyMap) -> dict[str, float | None]:
    branches = (branch for choice in choices_of(journey_map.flow) for branch in choice.branches)
    return {step_ids(branch.flow)[0]: branch.share for branch in branches}


def _percent(share: float | None) -> str:
    return "nothing" if share is None else f"{100 * share:g} %"


def _accepted(before: tuple[Accepted, ...], after: tuple[Accepted, ...]) -> Iterator[str]:
    for one in after:
        if one not in before:
            yield f"Accepted as designed: {_variation(one)}"
    for one in before:
        if one not in after:
            yield f"No longer accepted: {_variation(one)}"


def _variation(one: Accepted) -> str:
    why = f" ({one.why})" if one.why else ""
    return f"{one.kind} at {one.step or 'any step'}{why}"


def _own(before: JourneyMap, after: JourneyMap) -> Iterator[str]:
    for field in JourneyMap.__struct_fields__:
        was, now = getattr(before, field), getattr(after, field)
        if field not in _APART and was != now:
            yield f"{_capital(_OF_MAP.get(field, field))}: {_to(was, now)}"
