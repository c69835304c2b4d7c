"""What was touched, how often, by how many units and customers: one pass over the steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel


@kernel
def count_touchpoints(
    offsets: NDArray[np.int64], touchpoint: NDArray[np.uint16], customer: NDArray[np.int64], touchpoints: int
) -> NDArray[np.int64]:
    """Count events, units and customers by touchpoint.

    Units of one customer must stand together. ``offsets``: (units + 1,); ``touchpoint``: (steps,) codes below
    ``touchpoints``; ``customer``: (units,). Returns (3, touchpoints): events, units, customers.
    """
    counts = np.zeros((3, touchpoints), dtype=np.int64)
    last_unit = np.full(touchpoints, -1, dtype=np.int64)
    last_customer = np.full(touchpoints, -1, dtype=np.int64)
    for unit in range(len(offsets) - 1):
        who = customer[unit]
        for step in range(offsets[unit], offsets[unit + 1]):
            code = touchpoint[step]
            counts[0, code] += 1
            if last_unit[code] != unit:
                last_unit[code] = unit
                counts[1, code] += 1
            if last_customer[code] != who:
                last_customer[code] = who
                counts[2, code] += 1
    return counts
