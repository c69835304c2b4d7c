"""Buckets made of plain lists, as kernels read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trodden.methods.journeys.units import OPEN, Units, frozen
from trodden.model.walks import Bucket

Steps = Sequence[tuple[int, int]]
"""(touchpoint code, microseconds) in walk order."""


def bucket_of(walks: Sequence[Steps], **columns: Any) -> Bucket:  # noqa: ANN401 - any column
    """Return a bucket whose customers walked these steps; other columns are 0 unless given."""
    offsets = np.cumsum([0, *(len(walk) for walk in walks)])
    steps = [step for walk in walks for step in walk]
    none = np.zeros(len(steps), dtype=np.uint8)
    given: dict[str, Any] = {
        "number": 0,
        "starts": offsets[:-1],
        "ends": offsets[1:],
        "occurred_at": np.array([at for _, at in steps], dtype=np.int64),
        "touchpoint": np.array([code for code, _ in steps], dtype=np.uint16),
        "channel_outcome": none,
        "flags": none,
        "keys": [str(place) for place in range(len(walks))],
        **columns,
    }
    return Bucket(
        **{name: frozen(one) if isinstance(one, np.ndarray) else one for name, one in given.items()}
    )


def units_of(walks: Sequence[Steps], states: Sequence[int] | None = None) -> Units:
    """Return units of these steps, one per customer, all open unless told otherwise."""
    bucket = bucket_of(walks)
    count = len(walks)
    return Units(
        offsets=frozen(np.append(bucket.starts, len(bucket.touchpoint))),
        rows=frozen(np.arange(len(bucket.touchpoint))),
        occurred_at=bucket.occurred_at,
        touchpoint=bucket.touchpoint,
        channel_outcome=bucket.channel_outcome,
        flags=bucket.flags,
        customer=frozen(np.arange(count)),
        state=frozen(np.array(states if states is not None else [OPEN] * count, dtype=np.uint8)),
        closed_at=frozen(np.zeros(count, dtype=np.int64)),
    )
