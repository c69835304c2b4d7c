"""A question about variants resolved: which are shown, and the map they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.variants.answer import VariantCounts, VariantsQuestion
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.deviations_rows import Keys, accepted_keys
from trodden.methods.journeys.patterns import LONGEST, MOST_PLACES
from trodden.methods.journeys.patterns_write import write_name
from trodden.methods.journeys.select import Selection, resolve_selection
from trodden.model.catalog import Catalog

_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Design:
    """A compiled map, and what is accepted of it."""

    automaton: Automaton
    keys: Keys
    accepted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named.

    ``shown``: 16 bytes for each key, ascending. ``is_selectable``: a pattern can select a variant's units.
    """

    selection: Selection
    snapshot: str
    names: tuple[str, ...]
    collapse: bool
    shown: bytes
    kinds: int
    open_kinds: int
    design: Design | None
    is_selectable: bool

    @property
    def group_count(self) -> int:
        """Count the variants shown, and Other."""
        return len(self.shown) // _BYTES + 1

    def keys(self) -> NDArray[np.uint64]:
        """Return the keys shown: (k, 2), ascending."""
        return np.frombuffer(self.shown, dtype=">u8").astype(np.uint64).reshape(-1, 2)

    def where(self, steps: tuple[str, ...]) -> str:
        """Return the pattern that selects the units of a variant; empty where there is none."""
        if not self.is_selectable or len(steps) > MOST_PLACES:
            return ""
        repeat = "+" if self.collapse else ""
        written = f"^{'->'.join(write_name(step) + repeat for step in steps)}$"
        return written if len(written) <= LONGEST else ""


def make_plan(question: VariantsQuestion, catalog: Catalog, counted: VariantCounts) -> Plan:
    """Resolve a question; ``counted`` says which variants are shown."""
    selection = resolve_selection(question, catalog)
    return Plan(
        selection=selection,
        snapshot=catalog.snapshot,
        names=catalog.dictionaries.touchpoints,
        collapse=question.collapse,
        shown=bytes.fromhex("".join(counted.keys)),
        kinds=counted.kinds,
        open_kinds=counted.open_kinds,
        design=_design(selection, catalog),
        is_selectable=not (question.collapse and question.where),
    )


def _design(selection: Selection, catalog: Catalog) -> Design | None:
    if not selection.map:
        return None
    found, touchpoints = catalog.maps[selection.map], catalog.dictionaries.touchpoints
    automaton = compile_map(found, catalog)
    keys = Keys(len(automaton.steps), len(touchpoints))
    return Design(automaton, keys, accepted_keys(found, keys, touchpoints))
