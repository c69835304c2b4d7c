"""A map compiled for the kernels: which events each step may match, and tables of states and moves.

Steps are numbered from 0 in document order. An event has a *symbol*: the set of steps whose tests it
passes, numbered from 0 with 0 for no step at all. From a state, an event moves along at most one
step: a map where it could be two is refused, so the automaton is deterministic over symbols too.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.automaton_gates import gates_of
from trodden.methods.journeys.automaton_graph import FlowError, Graph, build_graph
from trodden.methods.journeys.automaton_symbols import Symbols, symbols_of
from trodden.methods.journeys.automaton_tables import Places, Tables, places_of, tables_of
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.methods.journeys.periods import find_zone
from trodden.methods.journeys.select_names import Touchpoints
from trodden.model.errors import MapError

if TYPE_CHECKING:
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import JourneyMap, Step

ANY_WAIT: Final = -1
"""Stands for no longest wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """A compiled map: plain arrays and names, equal bytes when pickled for equal maps.

    ``steps`` are ids in document order; a step's number is its place there.
    """

    steps: tuple[str, ...]
    symbols: Symbols
    tables: Tables
    places: Places

    @property
    def cheapest_run(self) -> int:
        """Return the fewest steps a complete run takes: the cost of one on an empty journey."""
        return int(self.tables.to_end[0])

    @property
    def states(self) -> int:
        """Count the states."""
        return len(self.tables.to_end)


def compile_map(journey_map: JourneyMap, catalog: Catalog) -> Automaton:
    """Compile a map against what the workspace knows.

    A touchpoint nobody has walked yet matches no event.

    Raises
    ------
    MapError
        The flow has too many states, or an event could match two steps at one position.
    UnknownNameError
        A step tests a property that is not promoted, or stands for a touchpoint nobody knows.
    """
    try:
        graph = check_flow(journey_map)
    except FlowError as error:
        raise MapError(f"Map {journey_map.key!r}: {error.message}", hint=error.hint) from error
    steps = steps_in_order(journey_map)
    touchpoints = Touchpoints(catalog)
    codes = tuple(touchpoints.codes(touchpoints_of(step)) for step in steps)
    symbols = symbols_of(steps, codes, catalog.dictionaries, find_zone(catalog.time_zone))
    waits = [_longest_wait(step) for step in steps]
    return Automaton(
        steps=tuple(step.id for step in steps),
        symbols=symbols,
        tables=tables_of(graph, symbols.sets, distances_to_end(graph)),
        places=places_of(_inverted(codes), gates_of(journey_map.flow), waits),
    )


def check_flow(journey_map: JourneyMap) -> Graph:
    """Build the automaton of the flow and see that no event could match two steps at one position.

    Raises
    ------
    FlowError
        It has too many states or is ambiguous; ``step`` says where.
    """
    graph = build_graph(journey_map.flow)
    steps = steps_in_order(journey_map)
    for moves in graph.moves:
        _check_apart([steps[number] for number in moves])
    return graph


def _check_apart(steps: list[Step]) -> None:
    """Refuse two steps that may both come next and could match the same event."""
    for place, step in enumerate(steps):
        for other in steps[:place]:
            shared = overlap(step, other)
            if shared:
                raise FlowError(
                    step.id,
                    f"Where the flow may go on with {other.id!r} or with {step.id!r}, an event at {shared!r} "
                    "would match both; at most one step may match an event at one position of the flow.",
                    "Tell them apart by `outcome` or `where`, or make them one step.",
                )


def overlap(step: Step, other: Step) -> str:
    """Return a touchpoint whose events could match both steps; empty where no event can."""
    shared = [name for name in touchpoints_of(step) if name in touchpoints_of(other)]
    if not shared or _are_apart(step.outcome, other.outcome):
        return ""
    properties = step.where.keys() & other.where.keys()
    return "" if any(_are_apart(step.where[name], other.where[name]) for name in properties) else shared[0]


def _are_apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two lists of allowed values have none in common; an empty list allows any."""
    return bool(one and other) and not set(one) & set(other)


def distances_to_end(graph: Graph) -> tuple[int, ...]:
    """Return for each state how many steps the shortest way to an end takes."""
    before: list[list[int]] = [[] for _ in graph.moves]
    for state, moves in enumerate(graph.moves):
        for to in moves.values():
            before[to].append(state)
    found = dict.fromkeys(graph.ends, 0)
    todo = deque(sorted(graph.ends))
    while todo:
        state = todo.popleft()
        for earlier in before[state]:
            if earlier not in found:
                found[earlier] = found[state] + 1
                todo.append(earlier)
    return tuple(found[state] for state in range(len(graph.moves)))


def _longest_wait(step: Step) -> int:
    longest = step.wait.longest
    return ANY_WAIT if longest is None else round(longest.total_seconds() * 1_000_000)


def _inverted(codes: tuple[tuple[int, ...], ...]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for step, touchpoints in enumerate(codes):
        for code in touchpoints:
            found.setdefault(code, []).append(step)
    return found
