"""What ``changes_of_mind`` plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from trodden.analyses.changes_of_mind.answer import Cost
from trodden.methods.journeys.changes_known import Known
from trodden.methods.journeys.pauses_places import Design
from trodden.methods.journeys.select import Selection
from trodden.model.journey_map import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The compiled map, which touchpoints are for changing, and how to show what is found.

    ``knows``: the columns of `kernels_changes.Knows`. ``wanted``: codes of the kinds asked about.
    ``within``: microseconds.
    """

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    steps: tuple[Step, ...]
    design: Design | None
    knows: tuple[NDArray[Any], ...]
    known: tuple[Known, ...]
    wanted: tuple[int, ...]
    within: int
    cost: Cost
    limit: int
    min_count: int
    notes: tuple[str, ...]

    @property
    def has_goal(self) -> bool:
        """Tell whether the units have a goal that can be reached."""
        return self.selection.unit == "journey"
