"""Kernels: runs gathered into a tree of their prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton_tables import Tables

NONE = -1


class Tree(NamedTuple):
    """Prefixes of runs, the empty one first: columns (nodes,).

    ``step`` came last; ``child`` is the first longer prefix and ``sibling`` the next of the same parent, -1
    for none. ``passed`` and ``ended`` count the runs that have the prefix, and those that are it.
    """

    step: NDArray[np.int16]
    child: NDArray[np.int32]
    sibling: NDArray[np.int32]
    passed: NDArray[np.int64]
    ended: NDArray[np.int64]


@njit(nogil=True, cache=True)
def grow(
    tree: Tree,
    offsets: NDArray[np.int64],
    steps: NDArray[np.int16],
    weight: NDArray[np.int64],
    end: NDArray[np.int32],
) -> int:
    """Add runs to an empty tree, each as often as its weight says; return how many nodes there are.

    A weight of 0 leaves a run out. ``end`` takes down the node each run ends in, -1 where it was left out.
    """
    nodes = 1
    _clear(tree, 0, 0)
    for run in range(len(offsets) - 1):
        end[run] = NONE
        if weight[run] == 0:
            continue
        node = 0
        tree.passed[0] += weight[run]
        for place in range(offsets[run], offsets[run + 1]):
            child = tree.child[node]
            while child >= 0 and tree.step[child] != steps[place]:
                child = tree.sibling[child]
            if child < 0:
                child = nodes
                nodes += 1
                _clear(tree, child, steps[place])
                tree.sibling[child] = tree.child[node]
                tree.child[node] = child
            node = child
            tree.passed[node] += weight[run]
        tree.ended[node] += weight[run]
        end[run] = node
    return nodes


@njit(nogil=True, cache=True)
def _clear(tree: Tree, node: int, step: int) -> None:
    tree.step[node] = step
    tree.child[node] = NONE
    tree.sibling[node] = NONE
    tree.passed[node] = 0
    tree.ended[node] = 0


@njit(nogil=True, cache=True)
def escaping_and_enabled(tables: Tables, tree: Tree, nodes: int) -> tuple[int, int]:
    """Add up, over all prefixes, the runs that pass by what was never taken there, and by what could be."""
    state = np.zeros(nodes, dtype=np.int64)
    escaping = enabled = 0
    for node in range(nodes):
        here = state[node]
        could = tables.move_from[here + 1] - tables.move_from[here] + (1 if tables.to_end[here] == 0 else 0)
        taken = 1 if tree.ended[node] > 0 else 0
        child = tree.child[node]
        while child >= 0:
            taken += 1
            state[child] = _state_after(tables, here, tree.step[child])
            child = tree.sibling[child]
        enabled += tree.passed[node] * could
        escaping += tree.passed[node] * (could - taken)
    return escaping, enabled


@njit(nogil=True, cache=True)
def _state_after(tables: Tables, state: int, step: int) -> int:
    move = tables.move_from[state]
    while tables.move_step[move] != step:
        move += 1
    return tables.move_to[move]
