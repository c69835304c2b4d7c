"""Patterns laid over units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trodden.methods.journeys.patterns_dfa import Dfa, Finder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_patterns import Machine, Matches
    from trodden.methods.journeys.units import Units

Which = Literal["first", "last", "every"]


def machine_of(dfa: Dfa) -> Machine:
    """Return a compiled pattern as kernels take it."""
    from trodden.methods.journeys.kernels_patterns import Machine

    return Machine(*dfa.arrays(), int(dfa.at_start), int(dfa.at_end))


def contains(units: Units, dfa: Dfa) -> NDArray[np.bool_]:
    """Say for each unit whether its steps contain a match; ``dfa`` is of ``compile_contains``."""
    from trodden.methods.journeys.kernels_patterns import units_with_match

    return units_with_match(machine_of(dfa), units.offsets, units.touchpoint)


def find_matches(units: Units, finder: Finder, which: Which = "every") -> Matches:
    """Return where matches stand, as indices of steps.

    *Every* match is leftmost-shortest and begins behind the last step of the one before; *first* and *last*
    are the first and the last of these in their unit.
    """
    from trodden.methods.journeys.kernels_patterns import EVERY, FIRST, LAST, matches_of

    code = {"first": FIRST, "last": LAST, "every": EVERY}[which]
    backward, forward = machine_of(finder.backward), machine_of(finder.forward)
    return matches_of(backward, forward, units.offsets, units.touchpoint, code)
