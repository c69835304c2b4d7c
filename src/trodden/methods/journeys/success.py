"""What goes with success: steps before the goal, at equal exposure.

The **goal** is the first match of a pattern, by its first step; without one it is the map's, the last step
of a journey that reached it. A unit **has** a step where it took it before its goal, or, where it has not
reached it, at all; with a window, no longer before the next step than that.

Who reaches the goal has had less time to come by anything: those who have not go on collecting steps. So for
every step units are compared **at equal exposure**: after k *other* steps, all that took k and have not
reached the goal are at risk. Those whose next step is the goal succeed there; those that take another step,
or end, do not; those whose next step is the step in question are looked at after it. So a unit is counted at
every k it came to, with what it had until then, and a step is not held against those who took it for being
one step more. An open unit counts up to its last step but one, for nobody knows what comes next. The odds
ratio common to all k is that of a hazard in discrete time (`common_odds_ratio`). From `EXPOSURES` - 1 steps
on, all k are one.

References
----------
Prentice, R. L. and Breslow, N. E. (1978). Retrospective studies and failure time models. Biometrika 65,
153-158.
Greenland, S. and Thomas, D. C. (1982). On the need for the rare disease assumption in case-control studies.
American Journal of Epidemiology 116, 547-553.
Suissa, S. (2008). Immortal time bias in pharmacoepidemiology. American Journal of Epidemiology 167, 492-499.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.patterns_match import find_matches
from trodden.methods.journeys.units import OPEN, REACHED, Units, frozen, has_any
from trodden.model.errors import TooLargeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.patterns_dfa import Finder

EXPOSURES: Final = 64
MOST_TOUCHPOINTS: Final = 30_000
"""More would not fit the 64 MB of a state."""


@dataclass(frozen=True, slots=True)
class Odds:
    """Integer counts; they add up over any split of the customers. The last axis: failure, success.

    ``at_risk``: (`EXPOSURES`, 2) units by steps taken. ``having``: (touchpoints, `EXPOSURES`, 2) those that
    have a step, by other steps taken; ``apart``: likewise what is no part of those that do not. ``ever``:
    (touchpoints, 2) and ``units``: (2,) units that are over, by how. ``at_once``: units that began with the
    goal.
    """

    at_risk: NDArray[np.int64]
    having: NDArray[np.int64]
    apart: NDArray[np.int64]
    ever: NDArray[np.int64]
    units: NDArray[np.int64]
    at_once: int

    def __add__(self, other: Odds) -> Odds:
        """Return the counts of both, which share no customer."""
        return Odds(
            self.at_risk + other.at_risk,
            self.having + other.having,
            self.apart + other.apart,
            self.ever + other.ever,
            self.units + other.units,
            self.at_once + other.at_once,
        )


def no_odds(touchpoints: int) -> Odds:
    """Return the counts of nobody.

    Raises
    ------
    TooLargeError
        There are more than `MOST_TOUCHPOINTS`.
    """
    import numpy as np

    if touchpoints > MOST_TOUCHPOINTS:
        raise TooLargeError(
            f"There are {touchpoints:,} touchpoints; at most {MOST_TOUCHPOINTS:,} can be compared.",
            hint="Group them by rules in touchpoints.yaml, or give a map: only its steps are then counted.",
        )
    by_step = (touchpoints, EXPOSURES, 2)
    shapes = ((EXPOSURES, 2), by_step, by_step, (touchpoints, 2), (2,))
    at_risk, having, apart, ever, units = (np.zeros(shape, dtype=np.int64) for shape in shapes)
    return Odds(at_risk, having, apart, ever, units, 0)


def goals_of(units: Units, goal: Finder | None) -> NDArray[np.int64]:
    """Return the step of each unit's goal, its end where it has not come to it."""
    import numpy as np

    ends = units.offsets[1:]
    if goal is None:
        return np.where(units.state == REACHED, ends - 1, ends)
    found = ends.copy()
    matches = find_matches(units, goal, "first")
    found[matches.unit] = matches.first
    return found


def count_odds(units: Units, goals: NDArray[np.int64], window: int | None, touchpoints: int) -> Odds:
    """Count the units of a bucket at every exposure; ``window``: microseconds."""
    import numpy as np

    from trodden.methods.journeys.kernels_success import NO_WINDOW, Exposed, Walked, expose

    none = no_odds(touchpoints)
    counts = Exposed(none.at_risk, none.having, none.apart, none.ever, none.units)
    walked = Walked(
        units.offsets, units.touchpoint, units.occurred_at, frozen(goals), frozen(units.state == OPEN)
    )
    expose(walked, NO_WINDOW if window is None else window, counts)
    return Odds(*counts, int(np.count_nonzero(goals == units.offsets[:-1])))


def units_having(units: Units, goals: NDArray[np.int64], window: int | None, code: int) -> NDArray[np.bool_]:
    """Say of every unit whether it is over and has a step, as `count_odds` counts ``ever``; (units,)."""
    import numpy as np

    ends = units.offsets[1:]
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    until = units.occurred_at[np.minimum(goals, ends - 1)]
    has = (units.touchpoint == code) & (np.arange(len(unit)) < goals[unit])
    if window is not None:
        has &= until[unit] - units.occurred_at <= window
    return has_any(units, has) & ((goals < ends) | (units.state != OPEN))
