"""Kernel: the symbol of every event, by touchpoint and outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def look_up(
    row_of_touchpoint: NDArray[np.int32],
    table: NDArray[np.int32],
    touchpoint: NDArray[np.uint16],
    channel_outcome: NDArray[np.uint8],
) -> NDArray[np.int32]:
    """Return the symbol of each event, by touchpoint and outcome as if all property tests held."""
    found = np.empty(len(touchpoint), dtype=np.int32)
    for event in range(len(touchpoint)):
        found[event] = table[row_of_touchpoint[touchpoint[event]], channel_outcome[event] >> 4]
    return found
