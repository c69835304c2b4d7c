"""What ``predictions`` plans."""

from __future__ import annotations

import msgspec

from trodden.analyses.predictions.answer import Predictions, Status
from trodden.methods.journeys.automaton import Automaton
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.predictions import Prediction
from trodden.methods.journeys.predictions_periods import Followed
from trodden.methods.journeys.select import Selection
from trodden.model.journey_map import JourneyMap


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The map with its predictions and periods; without a map, the answers about all others."""

    selection: Selection
    snapshot: str
    at_least: int
    hindsight: bool
    others: tuple[Predictions, ...] = ()
    journey_map: JourneyMap | None = None
    automaton: Automaton | None = None
    predictions: tuple[Prediction, ...] = ()
    periods: tuple[Followed, ...] = ()
    status: Status = "no map"
    advice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the ids of the steps of the map, by number."""
        return () if self.journey_map is None else tuple(one.id for one in steps_in_order(self.journey_map))


def branch_of(said: Prediction, steps: tuple[str, ...]) -> tuple[str, ...]:
    """Return the last step of a branch and the first and last of its choice; of other predictions nothing.

    Branches of nested choices can begin with the same step; no two have all of these in common.
    """
    if said.kind != "branch":
        return ()
    _, last, choice_first, choice_last = said.span
    return steps[last - 1], steps[choice_first], steps[choice_last - 1]
