"""The order of a walk: ``(occurred_at, seq, event_id)``, whatever order events arrived in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trodden.model.walks import TIE
from trodden.store.walks import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.store.walks.rows import Rows


def in_walk_order(rows: Rows, customers: int) -> Rows:
    """Return the rows in walk order, customer by customer, each event once.

    Two rows of one customer with equal ``(occurred_at, seq, event_id)`` are one event; the one with
    the smaller ``row`` stays.

    Parameters
    ----------
    rows
        Encoded events; ``customer`` is the place among the customers.
    customers
        How many there are.
    """
    order = kernels.sort_walks(
        rows.customer, customers, rows.occurred_at, rows.seq, rows.high, rows.low, rows.row
    )
    ordered = rows.take(order)
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for column in (ordered.occurred_at, ordered.seq, ordered.high, ordered.low, ordered.customer):
        same &= column[1:] == column[:-1]
    return ordered.take(np.flatnonzero(np.concatenate(([True], ~same)))) if same.any() else ordered


def tie_flags(rows: Rows) -> NDArray[np.uint8]:
    """Return (rows,) `TIE` where a row and the one before it are a tie, for rows in walk order.

    A tie is two events of one customer with equal ``(occurred_at, seq)``, or with equal
    ``occurred_at`` from different sources.
    """
    flags = np.zeros(len(rows), np.uint8)
    equal = (rows.customer[1:] == rows.customer[:-1]) & (rows.occurred_at[1:] == rows.occurred_at[:-1])
    unclear = (rows.seq[1:] == rows.seq[:-1]) | (rows.source[1:] != rows.source[:-1])
    flags[1:] = np.where(equal & unclear, TIE, 0)
    return flags
