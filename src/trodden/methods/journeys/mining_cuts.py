"""Inductive mining: a log is cut where its directly-follows graph falls apart, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from trodden.methods.journeys.flow import Flow, is_skippable
from trodden.model.journey_map import Branch, Choice, Loop, Optional, Parallel, StepRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Trace = tuple[str, ...]
Log = dict[Trace, int]
Groups = list[frozenset[str]]


class Follows:
    """Which activity directly follows which in a log without empty traces."""

    def __init__(self, log: Log) -> None:
        self.activities = tuple(sorted({name for trace in log for name in trace}))
        self.edges = frozenset(pair for trace in log for pair in pairwise(trace))
        self.starts = frozenset(trace[0] for trace in log)
        self.ends = frozenset(trace[-1] for trace in log)

    @cached_property
    def reached(self) -> dict[str, frozenset[str]]:
        """Return for each activity those that follow it sooner or later."""
        return {name: self._from(name) for name in self.activities}

    def _from(self, start: str) -> frozenset[str]:
        found: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            for after in (second for first, second in self.edges if first == name):
                if after not in found:
                    found.add(after)
                    todo.append(after)
        return frozenset(found)


def components(names: Iterable[str], are_joined: Callable[[str, str], bool]) -> Groups:
    """Group names that are joined directly or through others; in order of their first name."""
    groups: list[set[str]] = []
    for name in names:
        joined = [group for group in groups if any(are_joined(name, other) for other in group)]
        merged = {name}.union(*joined)
        groups = [group for group in groups if group not in joined] + [merged]
    return sorted((frozenset(group) for group in groups), key=min)


def projected(log: Log, groups: Groups) -> list[Log]:
    """Return for each group the log with only its activities; traces may become empty."""
    found: list[Log] = [{} for _ in groups]
    for trace, count in log.items():
        for part, group in zip(found, groups, strict=True):
            kept = tuple(name for name in trace if name in group)
            part[kept] = part.get(kept, 0) + count
    return found


@dataclass(frozen=True, slots=True)
class Miner:
    """Mines a flow every trace of a log fits; ``with_parallel`` allows steps in any order."""

    with_parallel: bool = True

    def mine(self, log: Log) -> Flow:
        """Return the flow; a log with empty traces gives one that may be skipped."""
        walked = {trace: count for trace, count in log.items() if trace}
        flow = self._mine_walked(walked) if walked else ()
        return (Optional(flow),) if () in log and flow and not is_skippable(flow) else flow

    def _mine_walked(self, log: Log) -> Flow:
        follows = Follows(log)
        if len(follows.activities) == 1:
            step = StepRef(follows.activities[0])
            return (step,) if all(len(trace) == 1 for trace in log) else (Loop((step,)),)
        for cut in (self._choice, self._sequence, self._parallel, self._loop, self._rounds):
            flow = cut(log, follows)
            if flow:
                return flow
        return (Loop((Choice(tuple(Branch((StepRef(name),)) for name in follows.activities)),)),)

    def _choice(self, log: Log, follows: Follows) -> Flow:
        groups = components(follows.activities, lambda a, b: bool({(a, b), (b, a)} & follows.edges))
        if len(groups) == 1:
            return ()
        logs = [{trace: n for trace, n in log.items() if trace[0] in group} for group in groups]
        counts = [sum(part.values()) for part in logs]
        branches = zip((self.mine(part) for part in logs), expected_shares(counts), strict=True)
        return (Choice(tuple(Branch(flow, share) for flow, share in branches)),)

    def _sequence(self, log: Log, follows: Follows) -> Flow:
        reached = follows.reached
        groups = components(follows.activities, lambda a, b: (b in reached[a]) == (a in reached[b]))
        groups = _merged_until_ordered(groups, reached)
        if len(groups) == 1:
            return ()
        return tuple(item for part in projected(log, groups) for item in self.mine(part))

    def _parallel(self, log: Log, follows: Follows) -> Flow:
        if not self.with_parallel:
            return ()
        edges = follows.edges
        groups = components(follows.activities, lambda a, b: not {(a, b), (b, a)} <= edges)
        if len(groups) == 1 or not all(group & follows.starts and group & follows.ends for group in groups):
            return ()
        return (Parallel(tuple(self.mine(part) for part in projected(log, groups))),)

    def _loop(self, log: Log, follows: Follows) -> Flow:
        body, ways_back = _loop_groups(follows)
        if not ways_back:
            return ()
        inner, between = _rounds_of(log, body)
        flow, again = self.mine(inner), self.mine(between)
        return (Loop(flow, again),)

    def _rounds(self, log: Log, follows: Follows) -> Flow:
        """Cut traces where an activity they end with is followed by one they begin with."""
        shorter: Log = {}
        for trace, count in log.items():
            for part in _cut(trace, follows):
                shorter[part] = shorter.get(part, 0) + count
        return () if shorter.keys() == log.keys() else (Loop(self.mine(shorter)),)


def expected_shares(counts: list[int]) -> list[float]:
    """Return shares in whole ten-thousandths that add up to 1, the largest remainders rounded up."""
    whole = sum(counts)
    parts = [count * 10_000 // whole for count in counts]
    rest = sorted(range(len(counts)), key=lambda at: (-(counts[at] * 10_000 % whole), at))
    for at in rest[: 10_000 - sum(parts)]:
        parts[at] += 1
    return [part / 10_000 for part in parts]


def _merged_until_ordered(groups: Groups, reached: dict[str, frozenset[str]]) -> Groups:
    """Merge groups that are not one wholly before the other, then order them."""

    def is_before(a: frozenset[str], b: frozenset[str]) -> bool:
        return all(second in reached[first] for first in a for second in b)

    merged = True
    while merged:
        merged = False
        for group in groups:
            beside = [b for b in groups if b != group and not (is_before(group, b) or is_before(b, group))]
            if beside:
                joined = group.union(*beside)
                groups = [b for b in groups if b != group and b not in beside] + [joined]
                merged = True
                break
    return sorted(groups, key=lambda group: sum(is_before(b, group) for b in groups if b != group))


def _loop_groups(follows: Follows) -> tuple[frozenset[str], Groups]:
    """Split activities into the body of a loop and the ways back; none where there is no such loop.

    A way back is entered only from every end of the body and left only to every start of it.
    """
    edge_names = follows.starts | follows.ends
    rest = [name for name in follows.activities if name not in edge_names]
    groups = components(rest, lambda a, b: bool({(a, b), (b, a)} & follows.edges))
    ways_back = [group for group in groups if _is_way_back(group, follows)]
    body = frozenset(follows.activities).difference(*ways_back)
    return body, ways_back


def _is_way_back(group: frozenset[str], follows: Follows) -> bool:
    entered = {(a, b) for a, b in follows.edges if b in group and a not in group}
    left = {(a, b) for a, b in follows.edges if a in group and b not in group}
    doors_in, doors_out = {b for _, b in entered}, {a for a, _ in left}
    from_every_end = {(a, b) for a in follows.ends for b in doors_in}
    to_every_start = {(a, b) for a in doors_out for b in follows.starts}
    return entered == from_every_end and left == to_every_start


def _rounds_of(log: Log, body: frozenset[str]) -> tuple[Log, Log]:
    """Cut every trace into rounds of the body and the ways back between them."""
    inner: Log = {}
    between: Log = {}
    for trace, count in log.items():
        part: list[str] = []
        in_body = True
        for name in (*trace, ""):
            if name and (name in body) == in_body:
                part.append(name)
                continue
            side = inner if in_body else between
            side[tuple(part)] = side.get(tuple(part), 0) + count
            part, in_body = [name], name in body
    return inner, between


def _cut(trace: Trace, follows: Follows) -> Iterable[Trace]:
    first = 0
    for place in range(1, len(trace)):
        if trace[place - 1] in follows.ends and trace[place] in follows.starts:
            yield trace[first:place]
            first = place
    yield trace[first:]
