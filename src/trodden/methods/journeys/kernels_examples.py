"""Kernel: which cases of each group can be among its best, so that only those are sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trodden.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def _is_better(cost: int, time: int, other_cost: int, other_time: int) -> bool:
    return cost > other_cost or (cost == other_cost and time < other_time)


@kernel
def _enter(ranked: NDArray[np.int64], held: int, cost: int, time: int, customer: int) -> int:
    """Enter a case among the best so far, one for a customer; return how many are held then.

    ``ranked``: (kept, 3), of which ``held`` rows are in use: cost, time, customer, best first.
    """
    at = 0
    while at < held and ranked[at, 2] != customer:
        at += 1
    if at < held and not _is_better(cost, time, ranked[at, 0], ranked[at, 1]):
        return held
    if at == len(ranked):
        at -= 1
        if not _is_better(cost, time, ranked[at, 0], ranked[at, 1]):
            return held
    held = max(held, at + 1)
    while at > 0 and _is_better(cost, time, ranked[at - 1, 0], ranked[at - 1, 1]):
        ranked[at] = ranked[at - 1]
        at -= 1
    ranked[at, 0], ranked[at, 1], ranked[at, 2] = cost, time, customer
    return held


@kernel
def near_best(
    order: NDArray[np.int64],
    group: NDArray[np.int64],
    cost: NDArray[np.int64],
    time: NDArray[np.int64],
    customer: NDArray[np.int64],
    kept: int,
) -> NDArray[np.bool_]:
    """Mark the cases that are no worse than the ``kept``-th best customer of their group.

    A customer is as good as their costliest case, of equal ones the earliest. Where a group has fewer
    customers all its cases are marked. What is not marked is not among the ``kept`` first of the group,
    however ties are decided.

    Parameters
    ----------
    order
        (cases,) the cases by group.
    group, cost, time, customer
        (cases,) of each case.

    Returns
    -------
    NDArray
        (cases,) bool.
    """
    marked = np.zeros(len(order), dtype=np.bool_)
    ranked = np.empty((kept, 3), dtype=np.int64)
    first = 0
    while first < len(order):
        last, held = first, 0
        while last < len(order) and group[order[last]] == group[order[first]]:
            case = order[last]
            held = _enter(ranked, held, cost[case], time[case], customer[case])
            last += 1
        for place in range(first, last):
            case = order[place]
            worst_cost, worst_time = ranked[kept - 1, 0], ranked[kept - 1, 1]
            is_worse = held == kept and _is_better(worst_cost, worst_time, cost[case], time[case])
            marked[case] = not is_worse
        first = last
    return marked
