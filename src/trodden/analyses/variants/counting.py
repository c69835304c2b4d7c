"""The first pass of ``variants``: how many units walked each sequence, to know which to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trodden.analyses.variants.answer import VariantCounts, VariantCountsQuestion
from trodden.charts import Chart, Column, Table
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import OPEN, Counted, count_units
from trodden.methods.journeys.variants import VariantTally, keys_of_units, no_variants, tally_variants
from trodden.model.catalog import Catalog
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and which variants are wanted."""

    selection: Selection
    snapshot: str
    names: tuple[str, ...]
    collapse: bool
    limit: int
    min_count: int


@dataclass(frozen=True, slots=True)
class State:
    """Units by sequence, and units counted."""

    variants: VariantTally
    counted: Counted


def _chart(answer: VariantCounts) -> Chart:
    rows = tuple((key,) for key in answer.keys)
    return Table(title=f"{answer.kinds} variants", columns=(Column("key"),), rows=rows)


@analysis(
    "variant-counts", example=VariantCountsQuestion(), answer=VariantCounts, chart=_chart, internal=True
)
class VariantCountsAnalysis(Mergeable[VariantCountsQuestion, Plan, State, VariantCounts]):
    """Count every sequence by its key: see `trodden.methods.journeys.variants`."""

    def plan(self, question: VariantCountsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection."""
        return Plan(
            selection=resolve_selection(question, catalog),
            snapshot=catalog.snapshot,
            names=catalog.dictionaries.touchpoints,
            collapse=question.collapse,
            limit=question.limit,
            min_count=question.min_count,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        keys = keys_of_units(units, plan.names, collapse=plan.collapse)
        return State(tally_variants(keys, units.state == OPEN), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.variants + b.variants, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> VariantCounts:
        """Choose the most frequent."""
        state = state or State(no_variants(), Counted())
        kinds = np.count_nonzero(state.variants.counts, axis=0).tolist()
        shown = state.variants.top(plan.limit, plan.min_count)
        return VariantCounts(
            about=tell_about("variant-counts", plan.snapshot, plan.selection, state.counted),
            keys=tuple(f"{first:016x}{second:016x}" for first, second in shown.tolist()),
            kinds=kinds[0],
            open_kinds=kinds[1],
        )
