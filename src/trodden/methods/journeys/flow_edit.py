"""The flow of a map changed in one place: a step put in, taken out or moved, parts grouped and ungrouped.

Every function returns a new flow without empty parts: a branch that lost its last step is gone, a choice of
one branch is that branch. Expected shares of the branches that stay are scaled so that they add up again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from msgspec.structs import replace

from trodden.methods.journeys.flow import parts_of, step_ids
from trodden.model.errors import MapError
from trodden.model.journey_map import Branch, Choice, Loop, Optional, Parallel, StepRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.methods.journeys.flow import Flow
    from trodden.model.journey_map import FlowItem

Kind = Literal["optional", "loop", "choice", "parallel"]

FEWEST_BRANCHES: Final = 2
DIGITS: Final = 4
"""Of expected shares that are worked out."""


def each_part(item: FlowItem, change: Callable[[Flow], Flow]) -> FlowItem:
    """Return an item with each flow it is made of changed; a step is made of none."""
    match item:
        case StepRef():
            return item
        case Choice():
            return Choice(tuple(replace(branch, flow=change(branch.flow)) for branch in item.branches))
        case Parallel():
            return Parallel(tuple(change(branch) for branch in item.branches))
        case Optional():
            return Optional(change(item.flow))
        case Loop():
            return Loop(change(item.flow), change(item.again) if item.again else ())


def insert(flow: Flow, id_: str, beside: str, *, before: bool = False) -> Flow:
    """Return the flow with a step right after another one (or before it), in the same part of it."""
    within = partial(insert, id_=id_, beside=beside, before=before)
    found: list[FlowItem] = []
    for item in flow:
        pair = [each_part(item, within)]
        if item == StepRef(beside):
            pair.insert(0 if before else 1, StepRef(id_))
        found += pair
    return tuple(found)


def remove(flow: Flow, id_: str) -> Flow:
    """Return the flow without a step."""
    return tidy(_without(flow, id_))


def _without(flow: Flow, id_: str) -> Flow:
    within = partial(_without, id_=id_)
    return tuple(each_part(item, within) for item in flow if item != StepRef(id_))


def move(flow: Flow, id_: str, beside: str, *, before: bool = False) -> Flow:
    """Return the flow with a step moved right after another one (or before it)."""
    return insert(remove(flow, id_), id_, beside, before=before) if id_ != beside else flow


def shift(flow: Flow, id_: str, by: Literal[-1, 1]) -> Flow:
    """Return the flow with a step one place on or back: past its neighbour, or out of the part it ends.

    The first step of all stays where it is when it is to go back, the last one when it is to go on.
    """
    shifted, is_out = _shifted(flow, StepRef(id_), by)
    return flow if is_out else tidy(shifted)


def _shifted(flow: Flow, step: StepRef, by: Literal[-1, 1]) -> tuple[Flow, bool]:
    """Shift a step within a flow; also say whether it is to leave it, and is taken out already."""
    items = list(flow)
    at = next((place for place, item in enumerate(items) if step.id in step_ids((item,))), None)
    if at is None:
        return flow, False
    if items[at] == step:
        return _swapped(items, at, by)
    left: list[bool] = []

    def within(part: Flow) -> Flow:
        changed, is_out = _shifted(part, step, by)
        left.append(is_out)
        return changed

    items[at] = each_part(items[at], within)
    if any(left):
        items.insert(at + (by > 0), step)
    return tuple(items), False


def _swapped(items: list[FlowItem], at: int, by: int) -> tuple[Flow, bool]:
    to = at + by
    if not 0 <= to < len(items):
        return (*items[:at], *items[at + 1 :]), True
    items[at], items[to] = items[to], items[at]
    return tuple(items), False


def group(flow: Flow, first: str, last: str, kind: Kind) -> Flow:
    """Return the flow in which what stands from one step to another becomes a group of this kind.

    Both steps are looked for in one sequence, the innermost that holds both. Of a choice or a parallel part
    each of its items becomes a branch; a part of that kind among them gives its own branches.

    Raises
    ------
    MapError
        A choice or a parallel part of fewer than two.
    """
    wanted = {first, last}
    places = [at for at, item in enumerate(flow) if wanted & set(step_ids((item,)))]
    low, high = places[0], places[-1]
    around = flow[low]
    if low == high and any(wanted <= set(step_ids(part)) for part in parts_of(around)):
        within = partial(_group_there, wanted=wanted, first=first, last=last, kind=kind)
        return tidy((*flow[:low], each_part(around, within), *flow[high + 1 :]))
    return tidy((*flow[:low], _grouped(flow[low : high + 1], kind), *flow[high + 1 :]))


def _group_there(part: Flow, wanted: set[str], first: str, last: str, kind: Kind) -> Flow:
    return group(part, first, last, kind) if wanted <= set(step_ids(part)) else part


def _grouped(items: Flow, kind: Kind) -> FlowItem:
    match kind:
        case "optional":
            return Optional(items)
        case "loop":
            return Loop(items)
        case "choice":
            return Choice(tuple(Branch(flow) for flow in _branches(items, Choice)))
        case "parallel":
            return Parallel(_branches(items, Parallel))


def _branches(items: Flow, kind: type[Choice | Parallel]) -> tuple[Flow, ...]:
    if len(items) < FEWEST_BRANCHES:
        raise MapError("This takes two steps or more.", hint="Choose the last of them, too.")
    listed = (parts_of(item) if isinstance(item, kind) else ((item,),) for item in items)
    return tuple(branch for branches in listed for branch in branches)


def ungroup(flow: Flow, id_: str) -> Flow:
    """Return the flow with the innermost group around a step dissolved: its parts follow one another."""
    found: list[FlowItem] = []
    for item in flow:
        if any(StepRef(id_) in part for part in parts_of(item)):
            found += [inner for part in parts_of(item) for inner in part]
        else:
            found.append(each_part(item, partial(ungroup, id_=id_)))
    return tuple(found)


def groups_around(flow: Flow, id_: str) -> tuple[FlowItem, ...]:
    """Return the groups a step stands in, the outermost first."""
    for item in flow:
        for part in parts_of(item):
            if id_ in step_ids(part):
                return (item, *groups_around(part, id_))
    return ()


def choices_of(flow: Flow) -> tuple[Choice, ...]:
    """Return every choice, in document order; one comes before those within it."""
    found: list[Choice] = []
    for item in flow:
        found += [item] if isinstance(item, Choice) else []
        for part in parts_of(item):
            found += choices_of(part)
    return tuple(found)


def choices_by_key(flow: Flow) -> dict[str, Choice]:
    """Return every choice by the first steps of its branches, which no other has, in document order.

    A choice keeps its key wherever it is moved to, and however many others come before it.
    """
    return {",".join(step_ids(branch.flow)[0] for branch in one.branches): one for one in choices_of(flow)}


def with_shares(flow: Flow, wanted: Choice, shares: tuple[float | None, ...]) -> Flow:
    """Return the flow with the expected shares of one of its choices.

    Raises
    ------
    MapError
        There are shares for some branches only, or they do not add up to 1.
    """
    given = [share for share in shares if share is not None]
    if given and len(given) < len(shares):
        raise MapError("Say a share for every branch, or for none.")
    if given and abs(sum(given) - 1) > 10**-DIGITS:
        raise MapError(f"The shares add up to {sum(given):.0%}, expected 100%.")
    return _with_shares(flow, wanted, shares)


def _with_shares(flow: Flow, wanted: Choice, shares: tuple[float | None, ...]) -> Flow:
    """Give one choice its shares; no two are equal, as a step's id stands in one place."""
    within = partial(_with_shares, wanted=wanted, shares=shares)
    return tuple(
        Choice(tuple(replace(b, share=share) for b, share in zip(wanted.branches, shares, strict=True)))
        if item == wanted
        else each_part(item, within)
        for item in flow
    )


def tidy(flow: Flow) -> Flow:
    """Return the flow without empty parts, and without groups that hold one thing twice."""
    return tuple(kept for item in flow for kept in _tidied(each_part(item, tidy)))


def _tidied(item: FlowItem) -> Flow:
    match item:
        case StepRef():
            return (item,)
        case Choice():
            return _tidied_choice(item)
        case Parallel():
            full = tuple(branch for branch in item.branches if branch)
            return (
                (Parallel(full),) if len(full) >= FEWEST_BRANCHES else tuple(i for one in full for i in one)
            )
        case Optional():
            is_double = len(item.flow) == 1 and isinstance(item.flow[0], Optional)
            return item.flow if is_double or not item.flow else (item,)
        case Loop():
            return (item,) if item.flow else item.again


def _tidied_choice(item: Choice) -> Flow:
    full = [branch for branch in item.branches if branch.flow]
    if len(full) < FEWEST_BRANCHES:
        return full[0].flow if full else ()
    return (item if len(full) == len(item.branches) else Choice(_scaled(full)),)


def _scaled(branches: list[Branch]) -> tuple[Branch, ...]:
    """Scale the shares of the branches that are left so that they add up to 1; the last takes the rest."""
    total = sum(branch.share or 0.0 for branch in branches)
    if not total:
        return tuple(replace(branch, share=None) for branch in branches)
    shares = [round((branch.share or 0.0) / total, DIGITS) for branch in branches]
    shares[-1] = round(1 - sum(shares[:-1]), DIGITS)
    return tuple(replace(branch, share=share) for branch, share in zip(branches, shares, strict=True))
