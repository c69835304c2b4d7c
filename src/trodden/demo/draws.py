"""Random draws that depend on nothing but a key and a name.

Every draw is a hash of who it is about and what it decides, so each customer, journey and decision has a
stream of its own. Taking one decision differently, or adding customers or months, changes no other draw.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Number = float | NDArray[np.floating[Any]] | Ints


def mixed(keys: Keys) -> Keys:
    """Scatter keys over all 64 bits: the finaliser of SplitMix64.

    References
    ----------
    Steele, G., Lea, D., Flood, C. (2014). Fast splittable pseudorandom number generators. OOPSLA, section 5.
    """
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


@cache
def named(name: str) -> np.uint64:
    """Return the key of a name."""
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))


def keys_of(name: str, numbers: Ints) -> Keys:
    """Return a key for each number, of its own for each name."""
    return mixed(mixed(numbers.astype(np.uint64) ^ named(name)) + named(name))


def under(keys: Keys, name: str, numbers: Any = 0) -> Keys:  # noqa: ANN401 -- one number, or one for each key
    """Return keys below others: for what belongs to them and has a name and a number."""
    return mixed(keys ^ mixed(np.atleast_1d(numbers).astype(np.uint64) + named(name)))


def uniform(keys: Keys, name: str) -> Floats:
    """Draw numbers in the open interval from 0 to 1."""
    return ((mixed(keys ^ named(name)) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normal(keys: Keys, name: str) -> Floats:
    """Draw from the standard normal distribution, by Box and Muller's method."""
    radius = np.sqrt(-2.0 * np.log(uniform(keys, name)))
    return radius * np.cos(2.0 * np.pi * uniform(keys, f"{name}, angle"))


def one_of(keys: Keys, name: str, weights: tuple[float, ...]) -> Ints:
    """Draw places in a list by weight."""
    edges = np.cumsum(weights)[:-1] / sum(weights)
    return np.searchsorted(edges, uniform(keys, name)).astype(np.int64)
