"""Precision: how much of what a map allows is ever walked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.kernels_align_precision import Tree

MOST_RUNS: Final = 200_000
"""More different runs than this are not kept, and precision is not told."""

Runs = dict[bytes, int]
"""How many units took each run; a run is its step numbers, two bytes each in the machine's order."""


def runs_of(alignments: Alignments, wanted: NDArray[np.bool_]) -> Runs | None:
    """Count the different runs of the wanted units; None where there are more than are kept.

    ``wanted``: (units,).
    """
    import numpy as np

    from trodden.methods.journeys.kernels_align_precision import grow

    offsets, steps = alignments.run_offsets, alignments.run_step
    tree = _room(len(steps) + 1)
    end = np.empty(len(wanted), dtype=np.int32)
    grow(tree, offsets, steps, wanted.astype(np.int64), end)
    nodes, first = np.unique(end, return_index=True)
    if np.count_nonzero(nodes >= 0) > MOST_RUNS:
        return None
    kept = [(node, unit) for node, unit in zip(nodes.tolist(), first.tolist(), strict=True) if node >= 0]
    return {steps[offsets[unit] : offsets[unit + 1]].tobytes(): int(tree.ended[node]) for node, unit in kept}


def merge_runs(one: Runs | None, other: Runs | None) -> Runs | None:
    """Add counts; None where there are more different runs than are kept."""
    if one is None or other is None:
        return None
    merged = dict(one)
    for run, count in other.items():
        merged[run] = merged.get(run, 0) + count
    return merged if len(merged) <= MOST_RUNS else None


def precision(automaton: Automaton, runs: Mapping[bytes, int]) -> float | None:
    """Return 1 less the share of enabled steps that are never taken; None without any run.

    Over every prefix of every run, the empty and the complete ones included, weighted by the units that
    pass it: *enabled* are the steps the automaton allows next, the end included, *escaping* those of them
    that no run takes there.

    References
    ----------
    Munoz-Gama, J. and Carmona, J. (2010). A fresh look at precision in process conformance. BPM 2010,
    LNCS 6336, 211-226.
    """
    import numpy as np

    from trodden.methods.journeys.kernels_align_precision import escaping_and_enabled, grow

    steps = np.frombuffer(b"".join(runs), dtype=np.int16)
    offsets = np.cumsum([0, *(len(run) // 2 for run in runs)], dtype=np.int64)
    tree = _room(len(steps) + 1)
    weight = np.fromiter(runs.values(), dtype=np.int64, count=len(runs))
    nodes = grow(tree, offsets, steps, weight, np.empty(len(runs), dtype=np.int32))
    escaping, enabled = escaping_and_enabled(automaton.tables, tree, nodes)
    return 1 - escaping / enabled if runs and enabled else None


def _room(nodes: int) -> Tree:
    import numpy as np

    from trodden.methods.journeys.kernels_align_precision import Tree

    return Tree(
        step=np.empty(nodes, dtype=np.int16),
        child=np.empty(nodes, dtype=np.int32),
        sibling=np.empty(nodes, dtype=np.int32),
        passed=np.empty(nodes, dtype=np.int64),
        ended=np.empty(nodes, dtype=np.int64),
    )
