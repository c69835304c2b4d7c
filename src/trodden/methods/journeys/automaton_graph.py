"""A flow as a finite automaton over step numbers: built part by part, always deterministic and minimal.

Steps are numbered from 0 in document order and each stands in one place, so the automata of two parts
of a flow never share a label. That keeps every construction below deterministic and small.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.flow import Flow, step_ids
from trodden.model.journey_map import Choice, FlowItem, Loop, Optional, Parallel, StepRef

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

STATE_LIMIT: Final = 4_096
"""More states than this refuse a map: a column of the alignment would no longer fit a processor's cache."""


class FlowError(Exception):
    """A flow that cannot be compiled, and the step that makes it so."""

    def __init__(self, step: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.step = step
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Graph:
    """A deterministic automaton; state 0 is the start, an end can be reached from every state.

    ``moves[state]`` maps a step number to the state it leads to; ``ends`` are the states a run may end in.
    """

    moves: tuple[dict[int, int], ...]
    ends: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Joints:
    """How parts hang together: which may come first, which follows which, which may come last.

    ``is_skippable``: the whole may also be passed without a step.
    """

    first: tuple[int, ...]
    then: Mapping[int, tuple[int, ...]]
    last: frozenset[int]
    is_skippable: bool = False


def build_graph(flow: Flow, limit: int = STATE_LIMIT) -> Graph:
    """Compile a flow; states are numbered so that only the back moves of loops lead to a lower one.

    Raises
    ------
    FlowError
        There would be more than ``limit`` states; ``step`` is the first of the branch that is too many.
    """
    ids = step_ids(flow)
    return _in_order(_Builder(ids, limit).sequence(flow))


@dataclass(slots=True)
class _Builder:
    """Turns a tree into an automaton from the leaves up; ``numbers`` are handed out in document order."""

    ids: tuple[str, ...]
    limit: int
    used: int = 0

    def sequence(self, flow: Flow) -> Graph:
        parts = [self._item(item) for item in flow]
        if len(parts) < 2:  # noqa: PLR2004 - nothing to join
            return parts[0] if parts else Graph(({},), frozenset((0,)))
        follows = {at: (at + 1,) for at in range(len(parts) - 1)}
        return self._join(parts, _Joints((0,), follows, frozenset((len(parts) - 1,))))

    def _item(self, item: FlowItem) -> Graph:
        match item:
            case StepRef():
                self.used += 1
                return Graph(({self.used - 1: 1}, {}), frozenset((1,)))
            case Choice():
                parts = [self.sequence(branch.flow) for branch in item.branches]
                every = range(len(parts))
                return self._join(parts, _Joints(tuple(every), {}, frozenset(every)))
            case Optional():
                joints = _Joints((0,), {}, frozenset((0,)), is_skippable=True)
                return self._join([self.sequence(item.flow)], joints)
            case Parallel():
                return self._interleave(item)
            case Loop():
                return self._loop(item)

    def _loop(self, item: Loop) -> Graph:
        parts = [self.sequence(item.flow)]
        parts += [self.sequence(item.again)] if item.again else []
        then = {0: (1,), 1: (0,)} if item.again else {0: (0,)}
        return self._join(parts, _Joints((0,), then, frozenset((0,))))

    def _interleave(self, item: Parallel) -> Graph:
        whole: Graph | None = None
        for branch in item.branches:
            first = self.used
            part = self.sequence(branch)
            whole = part if whole is None else self._product(whole, part, first)
        return whole or Graph(({},), frozenset((0,)))

    def _product(self, one: Graph, other: Graph, first: int) -> Graph:
        """Walk both at once, one step of either at a time."""
        self._check(len(one.moves) * len(other.moves), first)
        width = len(other.moves)
        moves: list[dict[int, int]] = []
        for i, mine in enumerate(one.moves):
            for j, theirs in enumerate(other.moves):
                left = {step: to * width + j for step, to in mine.items()}
                right = {step: i * width + to for step, to in theirs.items()}
                moves.append(left | right)
        ends = frozenset(i * width + j for i in one.ends for j in other.ends)
        return Graph(tuple(moves), ends)

    def _join(self, parts: list[Graph], joints: _Joints) -> Graph:
        return minimal(_determined(parts, joints, lambda states: self._check(states, self.used - 1)))

    def _check(self, states: int, step: int) -> None:
        if states > self.limit:
            id_ = self.ids[step]
            raise FlowError(
                id_,
                f"With step {id_!r} the flow has {states:,} states; at most {self.limit:,} are allowed.",
                "Steps that may come in any order multiply: put fewer of them under one `parallel`.",
            )


_Place = tuple[int, int]
_SKIPPED: Final[_Place] = (-1, 0)
"""Marks the start of what may be skipped: no other state is ever equal to it."""


def _determined(parts: list[Graph], joints: _Joints, check: Callable[[int], None]) -> Graph:
    """Join the parts' automata and make the result deterministic by the subset construction."""
    skipped: frozenset[_Place] = frozenset((_SKIPPED,)) if joints.is_skippable else frozenset()
    start = _closure(((part, 0) for part in joints.first), parts, joints) | skipped
    numbers = {start: 0}
    todo, moves = [start], list[dict[int, int]]()
    for places in todo:
        found: dict[int, int] = {}
        for step, to in _moves_of(places, parts):
            reached = _closure((to,), parts, joints)
            if reached not in numbers:
                numbers[reached] = len(numbers)
                todo.append(reached)
                check(len(numbers))
            found[step] = numbers[reached]
        moves.append(found)
    ends = frozenset(number for places, number in numbers.items() if _is_end(places, parts, joints))
    return Graph(tuple(moves), ends)


def _closure(places: Iterable[_Place], parts: list[Graph], joints: _Joints) -> frozenset[_Place]:
    """Add the starts of every part that may follow where a part may end."""
    found: set[_Place] = set()
    todo = list(places)
    while todo:
        part, state = todo.pop()
        if (part, state) in found:
            continue
        found.add((part, state))
        if state in parts[part].ends:
            todo += [(follower, 0) for follower in joints.then.get(part, ())]
    return frozenset(found)


def _moves_of(places: frozenset[_Place], parts: list[Graph]) -> Iterable[tuple[int, _Place]]:
    for part, state in sorted(places):
        if part >= 0:
            for step, to in parts[part].moves[state].items():
                yield step, (part, to)


def _is_end(places: frozenset[_Place], parts: list[Graph], joints: _Joints) -> bool:
    return _SKIPPED in places or any(
        part in joints.last and state in parts[part].ends for part, state in places if part >= 0
    )


def minimal(graph: Graph) -> Graph:
    """Merge states from which exactly the same runs lead to an end.

    Classes start as ends and others and are split until two states of a class move alike. Only states
    whose moves lead into a class that was split are looked at again, and the largest piece keeps its
    number, as in Hopcroft's algorithm.

    References
    ----------
    Hopcroft, J. (1971). An n log n algorithm for minimizing states in a finite automaton. Theory of
    Machines and Computations, 189-196.
    """
    states = range(len(graph.moves))
    classes = [int(state in graph.ends) for state in states]
    members = [{state for state in states if classes[state] == number} for number in (0, 1)]
    before = _predecessors(graph)
    dirty = set(states)
    while dirty:
        changed = _split(graph, classes, members, dirty)
        dirty = {state for moved in changed for state in before[moved]}
    return _merged(graph, classes)


def _predecessors(graph: Graph) -> list[list[int]]:
    before: list[list[int]] = [[] for _ in graph.moves]
    for state, moves in enumerate(graph.moves):
        for to in moves.values():
            before[to].append(state)
    return before


def _split(graph: Graph, classes: list[int], members: list[set[int]], dirty: set[int]) -> list[int]:
    """Give dirty states that now move unlike the rest of their class a class of their own; return them."""
    changed: list[int] = []
    for number, groups in _by_class(graph, classes, dirty).items():
        if sum(map(len, groups)) == len(members[number]):
            groups.remove(max(groups, key=len))
        for group in groups:
            members[number] -= group
            for state in group:
                classes[state] = len(members)
            members.append(group)
            changed += group
    return changed


def _by_class(graph: Graph, classes: list[int], dirty: set[int]) -> dict[int, list[set[int]]]:
    """Group dirty states by their class and, within it, by the classes their moves lead to."""
    groups: dict[tuple[int, Hashable], set[int]] = defaultdict(set)
    for state in dirty:
        leads_to = frozenset((step, classes[to]) for step, to in graph.moves[state].items())
        groups[classes[state], leads_to].add(state)
    by_class: dict[int, list[set[int]]] = defaultdict(list)
    for (number, _), group in groups.items():
        by_class[number].append(group)
    return by_class


def _merged(graph: Graph, classes: list[int]) -> Graph:
    """Keep one state of each class, numbered in order of first appearance so that the start stays 0."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(classes))}
    moves: list[dict[int, int]] = [{} for _ in numbers]
    for state, name in enumerate(classes):
        moves[numbers[name]] = {step: numbers[classes[to]] for step, to in graph.moves[state].items()}
    return Graph(tuple(moves), frozenset(numbers[classes[state]] for state in graph.ends))


def _in_order(graph: Graph) -> Graph:
    """Renumber the states in reverse postorder from the start."""
    order = _postorder(graph)[::-1]
    numbers = {state: number for number, state in enumerate(order)}
    moves = tuple({step: numbers[to] for step, to in sorted(graph.moves[state].items())} for state in order)
    return Graph(moves, frozenset(numbers[state] for state in graph.ends))


def _postorder(graph: Graph) -> list[int]:
    order: list[int] = []
    seen = {0}
    path = [(0, iter(sorted(graph.moves[0].values())))]
    while path:
        state, ahead = path[-1]
        to = next((to for to in ahead if to not in seen), None)
        if to is None:
            order.append(state)
            path.pop()
        else:
            seen.add(to)
            path.append((to, iter(sorted(graph.moves[to].values()))))
    return order
