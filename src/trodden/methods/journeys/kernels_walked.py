"""Kernels: what was matched before and after each place of a journey, and who is compared with whom."""

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel


@kernel
def neighbours(
    unit: NDArray[np.int64], step: NDArray[np.int64], start: int, gone: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the steps matched last before and first after each place of its unit: (places,) each.

    ``unit``: (places,) ascending. ``step``: (places,) the step matched there, negative for none. Where none
    is matched before a place that is ``start``, where none after it ``gone``.
    """
    before, after = np.empty_like(step), np.empty_like(step)
    last = start
    for place in range(len(unit)):
        if place > 0 and unit[place] != unit[place - 1]:
            last = start
        before[place] = last
        last = step[place] if step[place] >= 0 else last
    first = gone
    for place in range(len(unit) - 1, -1, -1):
        if place + 1 < len(unit) and unit[place] != unit[place + 1]:
            first = gone
        after[place] = first
        first = step[place] if step[place] >= 0 else first
    return before, after


@kernel
def among(
    unit: NDArray[np.int64],
    key: NDArray[np.int64],
    wanted_unit: NDArray[np.int64],
    wanted_key: NDArray[np.int64],
    keys: int,
) -> NDArray[np.bool_]:
    """Say of each wanted pair of unit and key whether it is one of the pairs; units of both ascend.

    ``keys``: more than the largest key.
    """
    found = np.empty(len(wanted_unit), np.bool_)
    latest = np.full(keys, -1, np.int64)
    at = 0
    for wanted in range(len(wanted_unit)):
        while at < len(unit) and unit[at] <= wanted_unit[wanted]:
            latest[key[at]] = unit[at]
            at += 1
        found[wanted] = latest[wanted_key[wanted]] == wanted_unit[wanted]
    return found
