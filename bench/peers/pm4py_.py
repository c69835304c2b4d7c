"""pm4py: exact alignments of a sample of customers with the net of the twelve-step sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pm4py
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

if TYPE_CHECKING:
    from pathlib import Path

STEPS = [f"touchpoint {number}" for number in range(12)]
MOVE = 10_000
"""What pm4py lets one move on one side only cost."""


def opened(folder: Path) -> pd.DataFrame:
    """Read the sample as pm4py wants it: the events of the sequence, by case and time."""
    frame = pd.read_parquet(folder / "events.parquet", columns=["customer", "time", "touchpoint"])
    frame["touchpoint"] = frame["touchpoint"].astype(str)
    frame = frame[frame["touchpoint"].isin(STEPS)].sort_values(["customer", "time"], kind="stable")
    return pm4py.format_dataframe(frame, case_id="customer", activity_key="touchpoint", timestamp_key="time")


def alignment(frame: pd.DataFrame) -> dict[str, int]:
    """Align the walk of every customer."""
    found: list[dict[str, Any]] = pm4py.conformance_diagnostics_alignments(frame, *_net())
    return {"journeys": len(found), "cost": sum(int(one["cost"]) // MOVE for one in found)}


def _net() -> tuple[PetriNet, Marking, Marking]:
    net = PetriNet("sequence")
    places = [PetriNet.Place(f"p{number}") for number in range(len(STEPS) + 1)]
    net.places.update(places)
    for number, step in enumerate(STEPS):
        transition = PetriNet.Transition(f"t{number}", step)
        net.transitions.add(transition)
        add_arc_from_to(places[number], transition, net)
        add_arc_from_to(transition, places[number + 1], net)
    return net, Marking({places[0]: 1}), Marking({places[-1]: 1})
