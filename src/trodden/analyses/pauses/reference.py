"""Second pass: how long gaps are in the reference, which is where limits come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from trodden.analyses.pauses.answer import (
    PauseMoves,
    PauseMovesQuestion,
    PauseReference,
    PauseReferenceQuestion,
)
from trodden.analyses.pauses.chart import reference_chart
from trodden.analyses.pauses.common import about, place_bucket
from trodden.methods.journeys.flow import scope_touchpoints
from trodden.methods.journeys.hours import Clock, find_clock
from trodden.methods.journeys.pauses import completed_gaps
from trodden.methods.journeys.pauses_limits import FEWEST_GAPS, MoveGaps, PlaceGaps
from trodden.methods.journeys.pauses_places import Design, Place, design_for, place_names
from trodden.methods.journeys.select import Selection, resolve_selection
from trodden.methods.journeys.select_names import find_map
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.logbins import BINS, bin_of, quantile
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW_TOUCHPOINTS: Final = 40
"""With so few every move is measured: 40 * 40 moves of up to 2,000 bins each stay under 64 MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``kept_moves``: ascending keys ``source * places + target``; ``kept_places``: (places,); None: all."""

    selection: Selection
    snapshot: str
    design: Design | None
    names: tuple[Place, ...]
    kept_moves: NDArray[np.int64] | None
    kept_places: NDArray[np.bool_] | None
    hidden: tuple[int, int]
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Gaps by bin: keys ``move * BINS + bin``, ``place * BINS + bin``, ``bin``."""

    moves: Tally
    places: Tally
    everywhere: Tally
    counted: Counted


@analysis(
    "pause-reference",
    example=PauseReferenceQuestion(),
    answer=PauseReference,
    chart=reference_chart,
    internal=True,
)
class PauseReferenceAnalysis(Mergeable[PauseReferenceQuestion, Plan, State, PauseReference]):
    """Measure how long gaps that ended are, by move, by the place they began at, and everywhere."""

    def needs(self, question: PauseReferenceQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Ask for the most walked moves where there are too many places to measure all."""
        if _touchpoints(question, catalog) <= FEW_TOUCHPOINTS:
            return {}
        shared = {field.name: getattr(question, field.name) for field in msgspec.structs.fields(Question)}
        return {"moves": PauseMovesQuestion(**shared)}

    def plan(self, question: PauseReferenceQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Resolve the selection, compile the map, settle which moves and places are measured."""
        selection = resolve_selection(question, catalog, "customer")
        design = design_for(selection, catalog)
        names = place_names(design, catalog.dictionaries.touchpoints)
        clock = find_clock(catalog, question.calendar, catalog.as_of)
        walked = needs.get("moves")
        if not isinstance(walked, PauseMoves):
            return Plan(selection, catalog.snapshot, design, names, None, None, (0, 0), clock)
        codes = {name: code for code, name in enumerate(names)}
        moves = sorted(codes[one.source] * len(names) + codes[one.target] for one in walked.moves)
        places = np.zeros(len(names), dtype=np.bool_)
        places[[codes[one.place] for one in walked.places]] = True
        hidden = walked.hidden_moves, walked.hidden_places
        kept = np.array(moves, dtype=np.int64)
        return Plan(selection, catalog.snapshot, design, names, kept, places, hidden, clock)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Measure one bucket."""
        units, placed = place_bucket(bucket, plan.selection, plan.design)
        source, target, length = completed_gaps(units, placed, plan.clock)
        source, bins = source.astype(np.int64), bin_of(length // 1_000)
        move = source * len(plan.names) + target
        in_moves = slice(None) if plan.kept_moves is None else _among(plan.kept_moves, move)
        in_places = slice(None) if plan.kept_places is None else plan.kept_places[source]
        return State(
            moves=tally((move * BINS + bins)[in_moves]),
            places=tally((source * BINS + bins)[in_places]),
            everywhere=tally(bins),
            counted=count_units(units),
        )

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(
            a.moves + b.moves, a.places + b.places, a.everywhere + b.everywhere, a.counted + b.counted
        )

    def finish(self, plan: Plan, state: State | None) -> PauseReference:
        """Take the quantiles."""
        state = state or State(none_counted(), none_counted(), none_counted(), Counted())
        names, everywhere = plan.names, state.everywhere
        return PauseReference(
            about=about("pause-reference", plan.snapshot, plan.selection, state.counted),
            moves=tuple(
                sorted(
                    MoveGaps(names[move // len(names)], names[move % len(names)], *found)
                    for move, found in _measured(state.moves)
                )
            ),
            places=tuple(sorted(PlaceGaps(names[place], *found) for place, found in _measured(state.places))),
            gaps=everywhere.total,
            median_s=quantile(everywhere.counts, 0.5, everywhere.keys),
            p90_s=quantile(everywhere.counts, 0.9, everywhere.keys),
            hidden_moves=plan.hidden[0],
            hidden_places=plan.hidden[1],
        )


def _touchpoints(question: PauseReferenceQuestion, catalog: Catalog) -> int:
    """Count the touchpoints that can occur: those of the map's scope where there is a map."""
    if question.map is None:
        return len(catalog.dictionaries.touchpoints)
    return len(scope_touchpoints(find_map(catalog.maps, question.map)))


def _among(kept: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(kept, keys), max(len(kept) - 1, 0))
    return kept[at] == keys if len(kept) else np.zeros(len(keys), dtype=np.bool_)


def _measured(lengths: Tally) -> Iterator[tuple[int, tuple[int, float, float]]]:
    """Yield key, gaps, median and 0.9 quantile of everything with at least 30 gaps."""
    for key, part in lengths.by(BINS):
        median, p90 = (quantile(part.counts, share, part.keys) for share in (0.5, 0.9))
        if part.total >= FEWEST_GAPS and median is not None and p90 is not None:
            yield key, (part.total, median, p90)
