"""What a run has to pass to come to a step: branches of choices, and parts that may be skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.flow import Flow, parts_of, step_ids
from trodden.model.journey_map import Choice, Loop, Optional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.model.journey_map import FlowItem

SKIPPABLE: Final = 0
BRANCH: Final = 1
"""Kinds of gate: an optional part or the `again` of a loop, a branch of a choice."""


class Gate(msgspec.Struct, frozen=True):
    """A part of the flow that a complete run may leave out: steps ``first <= number < last``.

    For a branch, ``choice_first`` and ``choice_last`` bound the whole choice; else they are the same.
    """

    kind: int
    first: int
    last: int
    choice_first: int
    choice_last: int


def gates_of(flow: Flow) -> tuple[tuple[Gate, ...], ...]:
    """Return the gates around each step, outermost first; steps in document order."""
    return tuple(_walk(flow, 0, ()))


def _walk(flow: Flow, first: int, around: tuple[Gate, ...]) -> Iterator[tuple[Gate, ...]]:
    for item in flow:
        parts = parts_of(item)
        if not parts:
            yield around
        at = first
        for part, kind in zip(parts, _kinds(item, len(parts)), strict=True):
            last = at + len(step_ids(part))
            yield from _walk(part, at, (*around, *_gate(kind, (at, last), (first, parts))))
            at = last
        first = at if parts else first + 1


def _kinds(item: FlowItem, parts: int) -> tuple[int | None, ...]:
    match item:
        case Choice():
            return (BRANCH,) * parts
        case Optional():
            return (SKIPPABLE,)
        case Loop():
            return (None, SKIPPABLE)[:parts]
        case _:
            return (None,) * parts


def _gate(kind: int | None, span: tuple[int, int], item: tuple[int, tuple[Flow, ...]]) -> tuple[Gate, ...]:
    """Return the gate of a part; ``item`` is where the item begins and its parts."""
    first, parts = item
    if kind is None:
        return ()
    whole = (first, first + sum(len(step_ids(part)) for part in parts)) if kind == BRANCH else span
    return (Gate(kind, *span, *whole),)


class BranchSpan(msgspec.Struct, frozen=True):
    """A branch of a choice: its steps ``first <= number < last``, those of the choice, the share expected."""

    first: int
    last: int
    choice_first: int
    choice_last: int
    share: float | None


def branches_of(flow: Flow, first: int = 0) -> Iterator[BranchSpan]:
    """Yield every branch of every choice in document order; ``first`` is the number of the first step."""
    for item in flow:
        last = first + len(step_ids((item,)))
        at = first
        for number, part in enumerate(parts_of(item)):
            end = at + len(step_ids(part))
            if isinstance(item, Choice):
                yield BranchSpan(at, end, first, last, item.branches[number].share)
            yield from branches_of(part, at)
            at = end
        first = last
