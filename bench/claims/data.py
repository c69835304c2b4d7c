"""The data a claim is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

BUDGET_EVENTS: Final = 20_000_000
"""The budgets are for this many events; for fewer they are taken in proportion."""

COLUMNS: Final = ("--customer", "customer", "--touchpoint", "touchpoint", "--time", "time")


@dataclass(frozen=True)
class Data:
    """A folder with ``events.parquet`` and what products made of it.

    ``is_largest``: budgets are held against this one; ``is_middle``: those of five million events.
    ``with_peers``: peers are measured, too. ``demo``: how many customers the demo firm has.
    """

    folder: Path
    events: int
    is_largest: bool
    is_middle: bool
    with_peers: bool
    demo: int = 20_000

    @property
    def home(self) -> str:
        """Return the folder of our workspace."""
        return str(self.folder / "home")

    @property
    def parquet(self) -> Path:
        """Return the file of events."""
        return self.folder / "events.parquet"

    @property
    def scale(self) -> float:
        """Return how much of the budgets' events these are."""
        return self.events / BUDGET_EVENTS
