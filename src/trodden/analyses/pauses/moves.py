"""First pass: which moves and places are walked most, so that later passes keep a bounded state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.analyses.pauses.answer import MoveCount, PauseMoves, PauseMovesQuestion, PlaceCount
from trodden.analyses.pauses.chart import moves_chart
from trodden.analyses.pauses.common import about, place_bucket
from trodden.methods.journeys.pauses import completed_gaps
from trodden.methods.journeys.pauses_places import Design, Place, design_for, place_names
from trodden.methods.journeys.select import Selection, resolve_selection
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.catalog import Catalog
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_MOVES: Final = 1_000
MOST_PLACES: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """Which units, and where their steps stand."""

    selection: Selection
    snapshot: str
    design: Design | None
    names: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class State:
    """``moves``: gaps that ended, by key ``source * places + target``."""

    moves: Tally
    counted: Counted


@analysis("pause-moves", example=PauseMovesQuestion(), answer=PauseMoves, chart=moves_chart, internal=True)
class PauseMovesAnalysis(Mergeable[PauseMovesQuestion, Plan, State, PauseMoves]):
    """Count the gaps that ended, by the move they were of.

    Keeps the 1,000 most walked moves and the 200 places most often left (ties by name).
    """

    def plan(self, question: PauseMovesQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and compile the map."""
        selection = resolve_selection(question, catalog, "customer")
        design = design_for(selection, catalog)
        names = place_names(design, catalog.dictionaries.touchpoints)
        return Plan(selection, catalog.snapshot, design, names)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units, placed = place_bucket(bucket, plan.selection, plan.design)
        source, target, _ = completed_gaps(units, placed)
        return State(tally(source.astype("int64") * len(plan.names) + target), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.moves + b.moves, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> PauseMoves:
        """Name the most walked."""
        state = state or State(none_counted(), Counted())
        moves = sorted(_moves(plan.names, state.moves), key=lambda one: (-one.gaps, one.source, one.target))
        places = sorted(_places(moves), key=lambda one: (-one.gaps, one.place))
        return PauseMoves(
            about=about("pause-moves", plan.snapshot, plan.selection, state.counted),
            moves=tuple(moves[:MOST_MOVES]),
            places=tuple(places[:MOST_PLACES]),
            gaps=state.moves.total,
            hidden_moves=max(len(moves) - MOST_MOVES, 0),
            hidden_places=max(len(places) - MOST_PLACES, 0),
        )


def _moves(names: tuple[Place, ...], moves: Tally) -> Iterable[MoveCount]:
    for key, gaps in moves.items():
        yield MoveCount(names[key // len(names)], names[key % len(names)], gaps)


def _places(moves: Iterable[MoveCount]) -> Iterable[PlaceCount]:
    gaps: dict[Place, int] = {}
    for move in moves:
        gaps[move.source] = gaps.get(move.source, 0) + move.gaps
    return (PlaceCount(place, count) for place, count in gaps.items())
