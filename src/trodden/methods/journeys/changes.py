"""Changes of mind: where customers go back on what they had decided, and whether they could.

**Kinds.** One event begins at most one change, of the first kind that applies. *Edit*, *cancel*, *return*: an
event at a touchpoint known for it (`changes_known`). *Other branch*: its touchpoint stands only on one branch
of a choice of the map, and the last such event of the unit stood on another; choices inside a loop are left
out, they are made anew in every round. *Back*: its touchpoint is on the map, the alignment matches it to no
step, and either its stage lies before the furthest stage reached, or the unit had been at the touchpoint
before, well (not failing), and at another touchpoint of the map since. Further events that match nothing
belong to the same way back, until one matches again. Without a map only the first three can be told.

**Could they?** The change is followed for `within` (inclusive) after its first event, in its own unit.
Attempts are the first event and later ones of the same aim (edit, cancel, return), else at the same
touchpoint.
The first that applies decides, in walk order: an attempt that is not failing (failed, declined, abandoned,
unresolved) is *done*, or, on another channel than the first, *sent to another channel*; where nobody recorded
its outcome an edit, a cancellation or a return is *not told*. After a failing attempt, an event on another
channel with people behind it (store, phone, chat, ticket, social), at a touchpoint that is not on the map, is
*sent to another channel*, unless it is the event that ends the journey. Where neither happens, the last
attempt decides: failed or declined is *refused by an error*, abandoned or unresolved *no way offered*.
Failing attempts that were followed begin no change of their own.

**Cost.** From its first event to its last: the one that decided, else the last attempt; a way back lasts, if
longer, until the last event before one matches again, within the same time. Time lies between the two;
*steps* are all events from the one to the other; *contacts* those of them on a channel with people behind
it, at a touchpoint that is not on the map; *fees* the value of those at touchpoints for editing, cancelling
or returning.

**Patterns.** *Backtrack*: a step whose stage lies before the furthest stage reached. *Ping-pong*: three
successive steps at a, b, a. *Rework*: a touchpoint twice or more in a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trodden.methods.journeys.flow import parts_of, step_ids
from trodden.methods.journeys.pauses_places import place_steps
from trodden.methods.journeys.units import frozen
from trodden.model.journey_map import Choice, Loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.changes_known import Known
    from trodden.methods.journeys.flow import Flow
    from trodden.methods.journeys.kernels_changes import Changes, Knows, Steps
    from trodden.methods.journeys.pauses_places import Design
    from trodden.methods.journeys.units import Units
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Bucket

ChangeKind = Literal["edit", "cancel", "return", "other branch", "back"]
KINDS: Final[tuple[ChangeKind, ...]] = ("edit", "cancel", "return", "other branch", "back")
"""A kind's code is its place here plus 1."""

HowItWent = Literal["done", "refused by an error", "no way offered", "sent to another channel", "not told"]
HOW: Final[tuple[HowItWent, ...]] = (
    "done",
    "refused by an error",
    "no way offered",
    "sent to another channel",
    "not told",
)
"""Whether they could, by the codes of `kernels_changes`."""

Branches = tuple[tuple[int, int], ...]
"""First and last step of each branch of a choice."""


@dataclass(frozen=True, slots=True)
class Found:
    """The changes of some units, (changes,) each: see `kernels_changes.Changes`; ``time``: microseconds."""

    unit: NDArray[np.int64]
    kind: NDArray[np.int64]
    could: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    progress: NDArray[np.int64]
    time: NDArray[np.int64]
    contacts: NDArray[np.int64]
    backtracks: NDArray[np.bool_]
    """(steps,) whether a step is one."""
    matched: NDArray[np.int16]
    """(steps,) the step of the map an event matches, -1 for none."""


def knows_of(
    known: Iterable[Known],
    touchpoints: tuple[str, ...],
    design: Design | None,
    journey_map: JourneyMap | None,
) -> Knows:
    """Lay out by touchpoint what the kernel asks for."""
    import numpy as np

    from trodden.methods.journeys.kernels_changes import Knows

    kind = np.zeros(len(touchpoints), dtype=np.uint8)
    codes = {name: code for code, name in enumerate(touchpoints)}
    for one in known:
        kind[codes[one.touchpoint]] = KINDS.index(one.aim) + 1
    if design is None or journey_map is None:
        nowhere = np.zeros(len(touchpoints), dtype=np.bool_)
        return Knows(frozen(kind), frozen(nowhere), frozen(np.zeros((len(touchpoints), 0), dtype=np.int32)))
    return Knows(frozen(kind), design.on_map, frozen(_branch_table(journey_map, design, len(touchpoints))))


def _branch_table(journey_map: JourneyMap, design: Design, touchpoints: int) -> NDArray[np.int32]:
    import numpy as np

    choices = list(choices_of(journey_map.flow))
    table = np.full((touchpoints, len(choices)), -1, dtype=np.int32)
    places = design.automaton.places
    for code in range(len(places.at_from) - 1):
        steps: list[int] = places.at_step[places.at_from[code] : places.at_from[code + 1]].tolist()
        for number, branches in enumerate(choices):
            table[code, number] = _only_branch(steps, branches)
    return table


def _only_branch(steps: list[int], branches: Branches) -> int:
    """Return the one branch all the steps are on, -1 for none."""
    on = {
        next((place for place, (first, last) in enumerate(branches) if first <= step < last), -1)
        for step in steps
    }
    return on.pop() if len(on) == 1 else -1


def choices_of(flow: Flow, first: int = 0) -> Iterator[Branches]:
    """Yield the branches of every choice outside of loops, outer ones first."""
    for item in flow:
        at, spans = first, list[tuple[int, int]]()
        parts = () if isinstance(item, Loop) else parts_of(item)
        for part in parts:
            spans.append((at, at + len(step_ids(part))))
            at = spans[-1][1]
        if isinstance(item, Choice):
            yield tuple(spans)
        for part, (begins, _) in zip(parts, spans, strict=True):
            yield from choices_of(part, begins)
        first += len(step_ids((item,)))


def find(design: Design | None, knows: Knows, within: int, bucket: Bucket, units: Units) -> Found:
    """Find the changes of mind of some units; ``within``: microseconds.

    Raises
    ------
    TooLargeError
        A journey is too long to be aligned.
    """
    import numpy as np

    from trodden.methods.journeys.kernels_changes import count_contacts, find_changes

    steps = _steps(design, bucket, units)
    changes = _room(len(units.touchpoint))
    many = find_changes(steps, knows, within, changes)
    first, last = changes.first[:many].copy(), changes.last[:many].copy()
    contacts = np.zeros(many, dtype=np.int64)
    count_contacts(steps, knows, first, last, contacts)
    return Found(
        unit=changes.unit[:many].copy(),
        kind=changes.kind[:many].astype(np.int64),
        could=changes.could[:many].astype(np.int64),
        first=first,
        last=last,
        progress=changes.progress[:many].copy(),
        time=units.occurred_at[last] - units.occurred_at[first],
        contacts=contacts,
        backtracks=_backtracks(steps),
        matched=steps.matched,
    )


def _room(steps: int) -> Changes:
    import numpy as np

    from trodden.methods.journeys.kernels_changes import Changes

    unit, first, last, progress = (np.empty(steps, dtype=np.int64) for _ in range(4))
    kind, could = (np.empty(steps, dtype=np.uint8) for _ in range(2))
    return Changes(unit, kind, could, first, last, progress)


def _steps(design: Design | None, bucket: Bucket, units: Units) -> Steps:
    import numpy as np

    from trodden.methods.journeys.kernels_changes import Steps

    nothing = np.full(len(units.touchpoint), -1)
    matched, stage = nothing.astype(np.int16), nothing.astype(np.int32)
    if design is not None and len(units):
        place = place_steps(design, bucket, units).place
        matched = np.where(place < len(design.automaton.steps), place, -1).astype(np.int16)
        stage = design.stage[place]
    return Steps(
        units.offsets,
        units.state,
        units.occurred_at,
        units.touchpoint,
        units.channel_outcome,
        frozen(matched),
        frozen(stage),
    )


def _backtracks(steps: Steps) -> NDArray[np.bool_]:
    """Tell which steps have a stage before the furthest stage the unit had reached: (steps,)."""
    import numpy as np

    from trodden.methods.journeys.kernels_changes import mark_backtracks

    found = np.zeros(len(steps.stage), dtype=np.bool_)
    mark_backtracks(steps.offsets, steps.stage, found)
    return found


def ping_pongs(units: Units) -> NDArray[np.int64]:
    """Return the third step of every a, b, a: indices into the units' steps."""
    import numpy as np

    code = units.touchpoint
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    if len(code) < 3:  # noqa: PLR2004 - it takes three
        return np.zeros(0, dtype=np.int64)
    returns = (code[2:] == code[:-2]) & (code[2:] != code[1:-1]) & (unit[2:] == unit[:-2])
    return np.flatnonzero(returns) + 2


def reworks(units: Units, touchpoints: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return unit, touchpoint and how often, for every touchpoint a unit was at twice or more."""
    import numpy as np

    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    keys, times = np.unique(unit * max(touchpoints, 1) + units.touchpoint, return_counts=True)
    keys, times = keys[times > 1], times[times > 1]
    return keys // max(touchpoints, 1), keys % max(touchpoints, 1), times.astype(np.int64)
