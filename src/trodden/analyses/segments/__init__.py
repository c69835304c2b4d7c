"""How large segments are, whom they share, and how they grew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from trodden.analyses.segments.answer import Moment, Overlap, Segments, SegmentsQuestion, Show, Size
from trodden.analyses.segments.chart import segments_chart
from trodden.methods.journeys.calendar import Cut, cut_of, number_of, start_of
from trodden.methods.journeys.patterns_write import read_items
from trodden.methods.journeys.periods import find_zone, moment
from trodden.methods.journeys.segments import parse_segment
from trodden.methods.journeys.segments_codes import SegmentTest, unseen_values
from trodden.methods.journeys.select import (
    Selection,
    resolve_condition,
    resolve_selection,
    select,
    tell_about,
)
from trodden.methods.journeys.select_units import in_segment
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.errors import UnknownNameError
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

if TYPE_CHECKING:
    from trodden.methods.journeys.units import Units


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is looked at, the segments with what they are called, and the past moments of their history."""

    selection: Selection
    snapshot: str
    names: tuple[str, ...]
    tests: tuple[SegmentTest, ...]
    ends: tuple[int, ...]
    show: Show
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Integer counts.

    ``together``: (2 ** segments,) units by the segments they are in, bit ``i`` for segment ``i``.
    ``history``: (ends, 1 + segments) all units, and those in each segment, as of each end.
    """

    counted: Counted
    together: NDArray[np.int64]
    history: NDArray[np.int64]


@analysis(
    "segments",
    asks=Asks("How large are segments, and whom do they share?", "people"),
    example=SegmentsQuestion(segments=("region = north", "did Order")),
    answer=Segments,
    chart=segments_chart,
)
class SegmentsAnalysis(Mergeable[SegmentsQuestion, Plan, State, Segments]):
    """Tell how large segments are, whom they share, and how they grew.

    A unit is in a segment where its expression holds: for its customer as of the answer, or with
    ``segment_at`` *start* at its own first step. *Overlap* counts every unit once, by exactly the segments it
    is in. *History* asks the same as of the end of each day, week or month, by the workspace's clocks: only
    what had happened by then counts. Shares have 95 % Wilson intervals.
    """

    def plan(self, question: SegmentsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and every segment."""
        selection = resolve_selection(question, catalog, "customer")
        zone = find_zone(catalog.time_zone)
        conditions = [parse_segment(text, catalog.segments) for text in question.segments]
        notes = [note for one in conditions for note in unseen_values(one, catalog.dictionaries)]
        by = cut_of(question.by, catalog.week_begins)
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            names=question.segments,
            tests=tuple(resolve_condition(one, catalog, zone) for one in conditions),
            ends=_ends(selection.as_of, by, question.periods, catalog.time_zone),
            show=question.show,
            notes=tuple(dict.fromkeys(notes)),
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket, as of now and as of each end before."""
        units = select(bucket, plan.selection)
        together = np.bincount(_bits(plan, bucket, plan.selection, units), minlength=1 << len(plan.tests))
        history = [_sizes(plan, bucket, end) for end in plan.ends]
        shape = (len(plan.ends), 1 + len(plan.tests))
        return State(
            count_units(units), together.astype(np.int64), np.array(history, dtype=np.int64).reshape(shape)
        )

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.counted + b.counted, a.together + b.together, a.history + b.history)

    def finish(self, plan: Plan, state: State | None) -> Segments:
        """Name what was counted."""
        state = state or _nothing(plan)
        of, sizes = state.counted.units, _of_each(state.together)
        return Segments(
            about=tell_about("segments", plan.snapshot, plan.selection, state.counted, plan.notes),
            show=plan.show,
            sizes=tuple(Size(name, wilson(count, of)) for name, count in zip(plan.names, sizes, strict=True)),
            overlaps=tuple(
                Overlap(_named(plan.names, bits), wilson(int(state.together[bits]), of))
                for bits in _most_first(state.together)
            ),
            history=(
                *_moments(plan, state),
                Moment(moment(plan.selection.as_of), of, sizes),
            ),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:
        """Find the units in one segment, or in exactly some of them."""
        wanted = read_items(mark)
        if any(name not in plan.names for name in wanted[1:]) or wanted[:1] not in (("in",), ("exactly",)):
            raise UnknownNameError(f"There is no mark called {mark!r}.", hint="Open it from the chart anew.")
        bits = _bits(plan, bucket, plan.selection, units)
        marked = sum(1 << place for place, name in enumerate(plan.names) if name in wanted[1:])
        return bits == marked if wanted[0] == "exactly" else bits & marked == marked


def _ends(as_of: int, by: Cut, periods: int, zone: str) -> tuple[int, ...]:
    """Return the last moments of the periods that were over."""
    current = number_of(as_of, by, zone)
    starts = (start_of(number, by, zone) for number in range(current - periods + 1, current + 1))
    return tuple(start - 1 for start in starts if start <= as_of)


def _bits(plan: Plan, bucket: Bucket, selection: Selection, units: Units) -> NDArray[np.int64]:
    """Return of each unit which segments it is in, bit ``i`` for segment ``i``."""
    found = np.zeros(len(units), dtype=np.int64)
    for place, test in enumerate(plan.tests):
        holds = in_segment(bucket, replace(selection, segment=test), units)
        found |= np.asarray(holds, dtype=np.int64) << place
    return found


def _sizes(plan: Plan, bucket: Bucket, as_of: int) -> list[int]:
    """Count all units and those in each segment, as of a moment."""
    selection = replace(plan.selection, as_of=as_of)
    units = select(bucket, selection)
    bits = _bits(plan, bucket, selection, units)
    return [len(units), *(int(np.count_nonzero(bits >> place & 1)) for place in range(len(plan.tests)))]


def _nothing(plan: Plan) -> State:
    together = np.zeros(1 << len(plan.tests), dtype=np.int64)
    return State(Counted(), together, np.zeros((len(plan.ends), 1 + len(plan.tests)), dtype=np.int64))


def _of_each(together: NDArray[np.int64]) -> tuple[int, ...]:
    numbers = np.arange(len(together))
    places = range(len(together).bit_length() - 1)
    return tuple(int(together[numbers >> place & 1 == 1].sum()) for place in places)


def _most_first(together: NDArray[np.int64]) -> list[int]:
    return sorted(np.flatnonzero(together).tolist(), key=lambda bits: (-int(together[bits]), bits))


def _named(names: tuple[str, ...], bits: int) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(names) if bits >> place & 1)


def _moments(plan: Plan, state: State) -> list[Moment]:
    rows = state.history.tolist()
    return [Moment(moment(end), row[0], tuple(row[1:])) for end, row in zip(plan.ends, rows, strict=True)]
