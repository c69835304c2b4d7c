"""Ours, through the public call, without remembered answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import trodden
from trodden.api import Walks

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.question import Answer

_ENDS = {"START", "END", "OPEN"}


def opened(folder: Path) -> Walks:
    """Open the walks."""
    walks = trodden.open(folder / "home")
    return Walks(walks.snapshot, walks.catalog)


def transitions(walks: Walks) -> dict[str, Any]:
    """Count every move, who made it, and its median gap."""
    found: Any = walks.ask("transitions", limit=2000)
    moves = [one for one in found.transitions if not {one.source, one.target} & _ENDS]
    return {f"{one.source}>{one.target}": [one.count, one.customers] for one in moves}


def funnel(walks: Walks) -> list[int]:
    """Count the customers at each of four steps within 7 days."""
    steps = [f"touchpoint {number}" for number in range(4)]
    found: Any = walks.ask("funnel", steps=steps, within=timedelta(days=7))
    return [step.units for step in found.steps]


def sessions(walks: Walks) -> int:
    """Count the sessions, and all that ``overview`` tells of them."""
    return walks.ask("overview", unit="session").about.units


def alignment(walks: Walks) -> dict[str, int]:
    """Align the walk of every customer with a sequence of twelve steps."""
    steps = ", ".join(f"touchpoint {number}" for number in range(12))
    # A silence of a second closes every walk, so that each is held against complete runs.
    laid = walks.with_map(f"name: Sequence\nflow: [{steps}]\nbounds: {{silence: 1s}}\n")
    found: Any = laid.ask("conformance", map="Sequence", unit="customer")
    return {"journeys": found.fits.of, "cost": found.cost}


SEQUENCE = "name: Sequence\nflow: [{steps}]\nbounds: {{silence: 3650d}}\n"
BRANCHING = """\
name: Branching
flow:
  - touchpoint 1
  - choice: [[touchpoint 2, touchpoint 3], [touchpoint 4], [touchpoint 5, touchpoint 6]]
  - loop: {flow: [touchpoint 7, touchpoint 8], again: [touchpoint 9]}
  - parallel: [[touchpoint 10, touchpoint 11, touchpoint 12], [touchpoint 13, touchpoint 14, touchpoint 15],
      [touchpoint 16, touchpoint 17, touchpoint 18]]
  - optional: [touchpoint 19]
  - touchpoint 20
bounds: {start: [touchpoint 0, touchpoint 1], silence: 3650d}
"""


def conformance(walks: Walks) -> dict[str, Any]:
    """Hold every journey against the sequence."""
    return _on_sequence(walks, "conformance")


def branching(walks: Walks) -> dict[str, Any]:
    """Hold every journey against a map that branches."""
    return _about(walks.with_map(BRANCHING).ask("conformance", map="Branching"))


def deviations(walks: Walks) -> dict[str, Any]:
    """Tell every deviation from the sequence."""
    return _on_sequence(walks, "deviations")


def pauses(walks: Walks) -> dict[str, Any]:
    """Tell where journeys of the sequence pause."""
    return _on_sequence(walks, "pauses")


def walked(walks: Walks) -> dict[str, Any]:
    """Tell what the sequence looks like as walked."""
    return _on_sequence(walks, "walked")


def flow(walks: Walks) -> dict[str, Any]:
    """Tell the ways onward from the first step."""
    return _about(walks.ask("flow"))


def departures(walks: Walks) -> dict[str, Any]:
    """Tell after what customers leave."""
    return _about(walks.ask("departures"))


def overview(walks: Walks) -> dict[str, Any]:
    """Tell how much was recorded."""
    return _about(walks.ask("overview"))


def _on_sequence(walks: Walks, analysis: str) -> dict[str, Any]:
    steps = ", ".join(f"touchpoint {number}" for number in range(12))
    return _about(walks.with_map(SEQUENCE.format(steps=steps)).ask(analysis, map="Sequence"))


def _about(answer: Answer) -> dict[str, Any]:
    return {"units": answer.about.units, "unit": answer.about.unit, "events": answer.about.events}
