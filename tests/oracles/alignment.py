"""Alignments by brute force: every way through the flow, whole keys compared, plain lists.

A place in a flow is what is left to be walked. ``ways`` lists what may come next, straight from the tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trodden.model.journey_map import Choice, FlowItem, JourneyMap, Loop, Optional, Parallel, Step, StepRef

FAILING = ("failed", "declined", "abandoned", "unresolved")


@dataclass(frozen=True)
class Again:
    """A loop after a round: over, or walked once more."""

    loop: Loop


@dataclass(frozen=True)
class Beside:
    """What is left of each branch of a parallel."""

    branches: tuple[Rest, ...]


Rest = tuple["FlowItem | Again | Beside", ...]


@dataclass(frozen=True)
class Seen:
    """One event of a journey; ``at`` in seconds."""

    touchpoint: str
    outcome: str = "unknown"
    channel: str = "web"
    at: int = 0


@dataclass
class Aligned:
    """``run`` are step ids; ``events[i]`` the place in the walk that matches ``run[i]``, None for none."""

    cost: int
    run: list[str]
    events: list[int | None]
    rows: list[tuple[str, str, int, int]] = field(default_factory=list)
    flags: list[tuple[int, str]] = field(default_factory=list)


def can_end(rest: Rest) -> bool:
    for item in rest:
        if isinstance(item, StepRef):
            return False
        if isinstance(item, Choice) and not any(can_end(branch.flow) for branch in item.branches):
            return False
        if isinstance(item, Parallel | Beside) and not all(can_end(branch) for branch in item.branches):
            return False
        if isinstance(item, Loop) and not can_end(item.flow):
            return False
    return True


def ways(rest: Rest) -> list[tuple[str, Rest]]:
    """List what may come next and what is left after it."""
    if not rest:
        return []
    found = [(step, after + rest[1:]) for step, after in ways_of(rest[0])]
    if can_end(rest[:1]):
        found += ways(rest[1:])
    return found


def ways_of(item: FlowItem | Again | Beside) -> list[tuple[str, Rest]]:
    if isinstance(item, StepRef):
        return [(item.id, ())]
    if isinstance(item, Choice):
        return [way for branch in item.branches for way in ways(branch.flow)]
    if isinstance(item, Optional):
        return ways(item.flow)
    if isinstance(item, Loop):
        return ways((*item.flow, Again(item)))
    if isinstance(item, Again):
        return [(step, (*after, item)) for step, after in ways((*item.loop.again, *item.loop.flow))]
    found = []
    for place, branch in enumerate(item.branches):
        for step, after in ways(branch):
            branches = list(item.branches)
            branches[place] = after
            found.append((step, (Beside(tuple(branches)),)))
    return found


def parts(item: FlowItem) -> list[tuple[str, Rest]]:
    """List the flows an item is made of, and how a run may leave each out: branch, skip, or not at all."""
    if isinstance(item, Choice):
        return [("branch", branch.flow) for branch in item.branches]
    if isinstance(item, Parallel):
        return [("", branch) for branch in item.branches]
    if isinstance(item, Optional):
        return [("skip", item.flow)]
    return [("", item.flow), ("skip", item.again)] if isinstance(item, Loop) else []


def flow_steps(flow: Rest) -> list[str]:
    """List step ids in document order."""
    found = []
    for item in flow:
        if isinstance(item, StepRef):
            found.append(item.id)
        for _, part in parts(item):
            found += flow_steps(part)
    return found


def described(journey_map: JourneyMap) -> dict[str, Step]:
    """Return every step of the flow by id, in document order."""
    known = {step.id: step for step in journey_map.steps}
    return {name: known.get(name) or Step(id=name) for name in flow_steps(journey_map.flow)}


def stands_for(step: Step, touchpoint: str) -> bool:
    return touchpoint in (step.match or (step.id,))


def matches(step: Step, event: Seen) -> bool:
    return stands_for(step, event.touchpoint) and (not step.outcome or event.outcome in step.outcome)


def places(flow: Rest) -> list[Rest]:
    """List every place that can be reached."""
    found, todo = [flow], [flow]
    while todo:
        for _, after in ways(todo.pop()):
            if after not in found:
                found.append(after)
                todo.append(after)
    return found


Column = dict[Rest, tuple]
"""The best key by place: cost, matches below 0, positions, run by step numbers, 1 where unmatched."""


def align(journey_map: JourneyMap, walk: list[Seen], *, is_open: bool, reached: bool = True) -> Aligned:
    """Find the best alignment: least cost, most matches, then positions, run and pairing, all in full."""
    steps = list(described(journey_map).values())
    everywhere = places(journey_map.flow)
    best = {place: (0, 0, (), (), ()) for place in everywhere if is_open or can_end(place)}
    best = passing_over(best, everywhere, steps)
    for event in range(len(walk) - 1, -1, -1):
        best = passing_over(before(best, walk[event], event, steps), everywhere, steps)
    cost, _, positions, run, unmatched = best[journey_map.flow]
    left = list(positions)
    events = [None if is_unmatched else left.pop(0) for is_unmatched in unmatched]
    found = Aligned(cost, [steps[at].id for at in run], events)
    found.rows = rows(journey_map, walk, found, is_open=is_open, reached=reached)
    found.flags = flags(journey_map, walk, found)
    return found


def before(column: Column, seen: Seen, event: int, steps: list[Step]) -> Column:
    """Return the best keys before an event: leave it unmatched, or match it and go on."""
    number = {step.id: place for place, step in enumerate(steps)}
    best = {}
    for place, (cost, matched, positions, run, unmatched) in column.items():
        best[place] = (cost + 1, matched, positions, run, unmatched)
    for place in column:
        for name, rest in ways(place):
            if matches(steps[number[name]], seen):
                cost, matched, positions, run, unmatched = column[rest]
                key = (cost, matched - 1, (event, *positions), (number[name], *run), (0, *unmatched))
                best[place] = min(best[place], key)
    return best


def passing_over(best: Column, everywhere: list[Rest], steps: list[Step]) -> Column:
    """Let runs go over steps no event matches, as far as that makes any key smaller."""
    number = {step.id: place for place, step in enumerate(steps)}
    moves = [(place, number[name], rest) for place in everywhere for name, rest in ways(place)]
    changed = True
    while changed:
        changed = False
        for place, step, rest in moves:
            cost, matched, positions, run, unmatched = best.get(rest, (10**6, 0, (), (), ()))
            key = (cost + 1, matched, positions, (step, *run), (1, *unmatched))
            if key < best.get(place, (10**6,)):
                best[place], changed = key, True
    return best


def around(flow: Rest, step: str) -> list[tuple[str, list[str], list[str]]]:
    """List the parts around a step a run may leave out, outermost first: kind, its steps, the choice's."""
    for item in flow:
        for kind, part in parts(item):
            if step in flow_steps(part):
                here = [(kind, flow_steps(part), flow_steps((item,)))] if kind else []
                return here + around(part, step)
    return []


def where_is(journey_map: JourneyMap, step: str, run: list[str], *, is_open: bool) -> str:
    if step in run:
        return "on the run"
    for kind, part, choice in around(journey_map.flow, step):
        if not set(part) & set(run):
            if kind == "skip":
                return "skipped"
            return "not taken" if not is_open or set(choice) & set(run) else "not yet"
    return "not yet"


def rows(
    journey_map: JourneyMap, walk: list[Seen], found: Aligned, *, is_open: bool, reached: bool = True
) -> list[tuple[str, str, int, int]]:
    """List deviations as (kind, step or touchpoint, cost, event), event -1 for a map-only move."""
    steps = described(journey_map)
    listed = []
    missing = [place for place, event in enumerate(found.events) if event is None]
    if not is_open and not reached:
        last = max([place for place, event in enumerate(found.events) if event is not None], default=-1)
        departed = [place for place in missing if place > last]
        missing = [place for place in missing if place <= last]
        listed += [("departed", found.run[departed[0]], len(departed), -1)] if departed else []
    walk_only = [event for event in range(len(walk)) if event not in found.events]
    paired: dict[int, int] = {}
    for event in walk_only:
        left = [place for place in missing if place not in paired.values()]
        same = [place for place in left if stands_for(steps[found.run[place]], walk[event].touchpoint)]
        paired |= {event: same[0]} if same else {}
    listed += [("out of order", found.run[place], 2, event) for event, place in paired.items()]
    listed += [("missing", found.run[place], 1, -1) for place in missing if place not in paired.values()]
    for event in walk_only:
        if event not in paired:
            could_be = [name for name, step in steps.items() if stands_for(step, walk[event].touchpoint)]
            stands = {name: where_is(journey_map, name, found.run, is_open=is_open) for name in could_be}
            matched = [step for step, at in zip(found.run, found.events, strict=True) if at is not None]
            taken = [found.run[place] for place in paired.values()]
            listed.append((*kind_of(walk[event].touchpoint, stands, matched, taken), 1, event))
    return listed


def kind_of(
    touchpoint: str, stands: dict[str, str], matched: list[str], paired: list[str]
) -> tuple[str, str]:
    if not stands:
        return "ad hoc", touchpoint
    skipped = [name for name, where in stands.items() if where == "skipped"]
    if skipped:
        return "out of order", skipped[0]
    if all(where == "not taken" for where in stands.values()):
        return "wrong branch", next(iter(stands))
    for others in (matched, paired):
        again = [name for name in stands if name in others]
        if again:
            return "repeated", again[0]
    on_run = [name for name, where in stands.items() if where == "on the run"]
    return "out of order", (on_run or list(stands))[0]


def flags(journey_map: JourneyMap, walk: list[Seen], found: Aligned) -> list[tuple[int, str]]:
    """List what is remarkable about matched events."""
    steps = described(journey_map)
    listed = []
    previous = None
    for step, event in zip(found.run, found.events, strict=True):
        if event is None:
            continue
        longest = steps[step].wait.longest
        if walk[event].outcome in FAILING:
            listed.append((event, "failing"))
        waited = 0 if previous is None else walk[event].at - walk[previous].at
        if longest is not None and waited > longest.total_seconds():
            listed.append((event, "paused"))
        if (
            event > 0
            and walk[event - 1].outcome in FAILING
            and walk[event - 1].channel != walk[event].channel
        ):
            listed.append((event, "forced switch"))
        previous = event
    return listed


def precision(journey_map: JourneyMap, runs: list[list[str]]) -> float | None:
    """Add up over every prefix of every run what may come next there and what never does."""
    enabled = escaping = 0
    for run in runs:
        rest: Rest = journey_map.flow
        for length in range(len(run) + 1):
            could = {step for step, _ in ways(rest)} | ({"END"} if can_end(rest) else set())
            others = [other for other in runs if other[:length] == run[:length]]
            taken = {other[length] if len(other) > length else "END" for other in others}
            enabled += len(could)
            escaping += len(could - taken)
            if length < len(run):
                rest = next(after for step, after in ways(rest) if step == run[length])
    return 1 - escaping / enabled if enabled else None


def denominator(journey_map: JourneyMap, walk: list[Seen]) -> int:
    """Return the events and the steps of the cheapest run: the most an alignment can cost."""
    return len(walk) + align(journey_map, [], is_open=False).cost
