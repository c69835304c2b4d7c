"""Which moves a question is about, which of them are shown, and what the rest count for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.transitions.answer import MoveCounts, TransitionsQuestion
from trodden.methods.journeys.patterns_dfa import step_codes
from trodden.methods.journeys.select import Selection, resolve_selection
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.transitions import ENDS, told_name
from trodden.model.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Asked:
    """The moves a question is about: (codes + 3,) masks, START, END and OPEN behind the touchpoints."""

    source: NDArray[np.bool_]
    target: NDArray[np.bool_]
    either: NDArray[np.bool_]

    def keeps(self, moves: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say for each move whether the question is about it."""
        source, target = np.divmod(moves, len(self.source))
        return self.source[source] & self.target[target] & (self.either[source] | self.either[target])

    @property
    def is_everything(self) -> bool:
        """Say whether the question is about every move."""
        return bool(self.source.all() and self.target.all() and self.either.all())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named.

    ``shown[i]`` counts for group ``i``, ``hidden`` for the group behind them; so does every other move where
    ``all_else`` is true. ``exits``: (codes + 3,) all moves out of each source; None where every possible
    move has its own group, so that they can be added up.
    """

    selection: Selection
    snapshot: str
    names: tuple[str, ...]
    asked: Asked
    shown: NDArray[np.int64]
    hidden: NDArray[np.int64]
    all_else: bool
    kinds: int
    exits: NDArray[np.int64] | None

    @property
    def touchpoints(self) -> int:
        """Count the touchpoint codes."""
        return len(self.names) - len(ENDS)

    def order(self, moves: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of the moves by count, most first, then by the names of source and target."""
        return order_of(moves, counts, self.names)


def takes_one_pass(question: TransitionsQuestion, catalog: Catalog) -> bool:
    """Say whether every possible move can be shown, so that none need be hidden."""
    return question.min_count == 1 and (len(catalog.dictionaries.touchpoints) + 3) ** 2 <= question.limit


def make_plan(question: TransitionsQuestion, catalog: Catalog, counted: MoveCounts | None) -> Plan:
    """Resolve a question; ``counted`` are all moves, None where it takes one pass."""
    touchpoints = Touchpoints(catalog)
    names = (*map(told_name, touchpoints.names), *ENDS)
    asked = _asked(question, touchpoints)
    if counted is None:
        shown, hidden, exits = np.arange(len(names) ** 2), np.zeros(0, dtype=np.int64), None
    else:
        moves, counts = (np.array(values, dtype=np.int64) for values in (counted.moves, counted.counts))
        exits = np.bincount(moves // len(names), weights=counts, minlength=len(names)).astype(np.int64)
        shown, hidden = _split(question, asked, (moves, counts), names)
    return Plan(
        selection=resolve_selection(question, catalog),
        snapshot=catalog.snapshot,
        names=names,
        asked=asked,
        shown=shown,
        hidden=hidden if not asked.is_everything else hidden[:0],
        all_else=asked.is_everything,
        kinds=len(hidden),
        exits=exits,
    )


def _split(
    question: TransitionsQuestion,
    asked: Asked,
    counted: tuple[NDArray[np.int64], NDArray[np.int64]],
    names: tuple[str, ...],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the moves to show and those to hide."""
    kept = asked.keeps(counted[0])
    moves, counts = counted[0][kept], counted[1][kept]
    order = order_of(moves, counts, names, most=question.limit)
    shown = order[counts[order] >= question.min_count]
    return moves[shown], np.delete(moves, shown)


def order_of(
    moves: NDArray[np.int64], counts: NDArray[np.int64], names: tuple[str, ...], most: int | None = None
) -> NDArray[np.int64]:
    """Return the places of the first ``most`` moves by count, most first, then by source and target name."""
    places = np.arange(len(moves))
    if most is not None and most < len(moves):
        least = np.partition(counts, -most)[-most]
        places = places[counts >= least]
    sources, targets = np.divmod(moves, len(names))
    listed: list[int] = places.tolist()
    keys = {i: (-int(counts[i]), names[int(sources[i])], names[int(targets[i])]) for i in listed}
    return np.array(sorted(keys, key=keys.__getitem__)[:most], dtype=np.int64)


def _asked(question: TransitionsQuestion, touchpoints: Touchpoints) -> Asked:
    return Asked(
        source=_mask(question.source, "source", touchpoints, ENDS[:1]),
        target=_mask(question.target, "target", touchpoints, ENDS[1:]),
        either=_mask(question.touchpoint, "touchpoint", touchpoints, ()),
    )


def _mask(text: str | None, field: str, touchpoints: Touchpoints, ends: tuple[str, ...]) -> NDArray[np.bool_]:
    """Say for each code, and START, END and OPEN, whether the text stands for it; None is for all."""
    if text is None:
        return np.ones(len(touchpoints) + len(ENDS), dtype=np.bool_)
    name = text.strip()
    if name in ends and not touchpoints.is_known(name):
        codes = np.zeros(len(touchpoints), dtype=np.bool_)
    else:
        codes, name = step_codes(text, field, touchpoints), ""
    return np.append(codes, [end == name for end in ENDS])
