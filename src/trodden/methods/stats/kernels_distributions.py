"""Kernel: the continued fraction of the incomplete beta function."""

from trodden.methods.kernels import kernel

TINY = 1e-300
CLOSE = 1e-15
ROUNDS = 200_000


@kernel
def beta_fraction(value: float, a: float, b: float) -> float:
    """Evaluate the continued fraction 1 + d1/(1 + d2/(1 + ...)) by Lentz's method."""
    fraction, numerator, denominator = 1.0, 1.0, 0.0
    for place in range(1, ROUNDS):
        coefficient = _coefficient(place, value, a, b)
        denominator = 1 / _away_from_zero(1 + coefficient * denominator)
        numerator = _away_from_zero(1 + coefficient / numerator)
        fraction *= numerator * denominator
        if abs(numerator * denominator - 1) < CLOSE:
            break
    return fraction


@kernel
def _coefficient(place: int, value: float, a: float, b: float) -> float:
    """Return d of this place, counted from 1."""
    m = place // 2
    if place % 2:
        return -(a + m) * (a + b + m) * value / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * value / ((a + 2 * m - 1) * (a + 2 * m))


@kernel
def _away_from_zero(value: float) -> float:
    """Return ``value``, or the smallest useful number where it is 0."""
    return value if abs(value) > TINY else TINY
