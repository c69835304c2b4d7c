"""Many tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Give for each p the smallest false discovery rate at which its test would be kept.

    The adjusted value of the k-th smallest of m is the least of ``p * m / rank`` over its own rank
    and all larger ones, at most 1; equal p keep equal adjusted values. Order in is order out.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the
    Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5])
    [0.04, 0.05333333333333334, 0.05333333333333334, 0.5]
    """
    adjusted = [1.0] * len(p_values)
    least, many = 1.0, len(p_values)
    from_largest = sorted(range(many), key=lambda place: p_values[place], reverse=True)
    for before, place in enumerate(from_largest):
        least = min(least, p_values[place] * many / (many - before))
        adjusted[place] = least
    return adjusted
