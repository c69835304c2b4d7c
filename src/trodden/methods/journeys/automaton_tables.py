"""An automaton as the arrays kernels read; numba is not needed to make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton_gates import Gate
    from trodden.methods.journeys.automaton_graph import Graph


class Tables(NamedTuple):
    """States and moves; states ascend along the flow, but for the back moves of loops.

    ``move_from``: (states + 1,) where the moves of each state begin in ``move_step`` and ``move_to``, by
    ascending step. ``match_step``, ``match_to``: (symbols, states) the step an event matches and where it
    leads, -1 for none. ``edge_from``: (symbols + 1,) where the states an event can match in begin in
    ``edge_state``; beside them in ``edge_to`` where it leads. ``to_end``: (states,) steps to the nearest
    end. ``is_forced``: (states,) where a run cannot end and has one way on. ``back_moves``: (k, 2) a state
    and one it leads to that is no higher.
    """

    move_from: NDArray[np.int32]
    move_step: NDArray[np.int32]
    move_to: NDArray[np.int32]
    match_step: NDArray[np.int32]
    match_to: NDArray[np.int32]
    edge_from: NDArray[np.int32]
    edge_state: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    to_end: NDArray[np.int64]
    is_forced: NDArray[np.bool_]
    back_moves: NDArray[np.int32]


class Places(NamedTuple):
    """Where steps stand, for telling deviations apart.

    ``at_from``: (codes + 1,) where the steps a touchpoint stands for, whatever the outcome, begin in
    ``at_step``. ``gate_from``: (steps + 1,) where the gates around a step begin, outermost first, in
    ``gate``: (k, 5) kind, first and last step, first and last step of the choice (`Gate`).
    ``longest_wait``: (steps,) microseconds, -1 without one.
    """

    at_from: NDArray[np.int32]
    at_step: NDArray[np.int32]
    gate_from: NDArray[np.int32]
    gate: NDArray[np.int32]
    longest_wait: NDArray[np.int64]


def tables_of(graph: Graph, sets: Sequence[Sequence[int]], to_end: Sequence[int]) -> Tables:
    """Lay out an automaton; ``sets`` are the steps each symbol may match."""
    import numpy as np

    moves = [move for ways in graph.moves for move in ways.items()]
    match_step, match_to = _matches(graph, sets)
    symbol, edge_state = np.nonzero(match_to >= 0)
    return Tables(
        move_from=offsets_of(graph.moves),
        move_step=np.array([step for step, _ in moves], dtype=np.int32),
        move_to=np.array([to for _, to in moves], dtype=np.int32),
        match_step=match_step,
        match_to=match_to,
        edge_from=np.searchsorted(symbol, np.arange(len(sets) + 1)).astype(np.int32),
        edge_state=edge_state.astype(np.int32),
        edge_to=match_to[symbol, edge_state],
        to_end=np.array(to_end, dtype=np.int64),
        is_forced=np.array([len(ways) == 1 for ways in graph.moves]) & (np.array(to_end) > 0),
        back_moves=_back_moves(graph),
    )


def _matches(graph: Graph, sets: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    import numpy as np

    match_step = np.full((len(sets), len(graph.moves)), -1, dtype=np.int32)
    match_to = np.full_like(match_step, -1)
    for state, ways in enumerate(graph.moves):
        for symbol, allowed in enumerate(sets):
            for step in ways.keys() & set(allowed):
                match_step[symbol, state], match_to[symbol, state] = step, ways[step]
    return match_step, match_to


def _back_moves(graph: Graph) -> NDArray[np.int32]:
    """Return the (state, next state) that lead to no higher state: loops."""
    import numpy as np

    found = {(state, to) for state, ways in enumerate(graph.moves) for to in ways.values() if to <= state}
    return np.array(sorted(found), dtype=np.int32).reshape(-1, 2)


def places_of(
    stands_for: dict[int, list[int]], gates: Sequence[Sequence[Gate]], longest_wait: Sequence[int]
) -> Places:
    """Lay out where steps stand; ``stands_for`` lists steps by touchpoint code."""
    import numpy as np

    codes = range(max(stands_for, default=-1) + 1)
    by_code = [stands_for.get(code, []) for code in codes]
    flat = [
        (gate.kind, gate.first, gate.last, gate.choice_first, gate.choice_last)
        for around in gates
        for gate in around
    ]
    return Places(
        at_from=offsets_of(by_code),
        at_step=np.array([step for steps in by_code for step in steps], dtype=np.int32),
        gate_from=offsets_of(gates),
        gate=np.array(flat, dtype=np.int32).reshape(-1, 5),
        longest_wait=np.array(longest_wait, dtype=np.int64),
    )


def offsets_of(groups: Sequence[Sequence[object] | dict[int, int]]) -> NDArray[np.int32]:
    """Return where each group begins when all are laid end to end, and where the last ends."""
    import numpy as np

    return np.cumsum([0, *map(len, groups)], dtype=np.int32)
