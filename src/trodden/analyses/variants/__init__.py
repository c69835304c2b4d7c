"""Which ways there are from beginning to end: distinct sequences of steps, most frequent first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.variants.answer import (
    OtherVariants,
    Variant,
    VariantCounts,
    VariantCountsQuestion,
    VariantFit,
    Variants,
    VariantsQuestion,
)
from trodden.analyses.variants.chart import variants_chart
from trodden.analyses.variants.counting import VariantCountsAnalysis
from trodden.analyses.variants.plan import Plan, make_plan
from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.patterns_write import read_items
from trodden.methods.journeys.select import select, shared_fields, tell_about
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.units import OPEN, Counted, Units, count_units
from trodden.methods.journeys.variants import (
    COST,
    DESIGNED,
    EVENTS,
    FITS,
    VariantGroups,
    count_variants,
    fit_of_units,
    group_of_keys,
    key_of,
    keys_of_units,
    no_groups,
)
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

__all__ = ["VariantCountsAnalysis", "VariantsAnalysis"]


@dataclass(slots=True)
class State:
    """Units by variant, and units counted."""

    groups: VariantGroups
    counted: Counted


@analysis(
    "variants",
    asks=Asks("Which ways do people really go?", "ways"),
    example=VariantsQuestion(),
    answer=Variants,
    chart=variants_chart,
)
class VariantsAnalysis(Mergeable[VariantsQuestion, Plan, State, Variants]):
    """Count the distinct sequences of steps, how many walked each, and how long it took them.

    The definitions stand in `trodden.methods.journeys.variants`. Shares are of units that are over, with
    95 % Wilson intervals; units still open are counted apart. Variants beyond ``limit``, or with fewer than
    ``min_count`` units, are told as Other: its customers are those who walked any of them, each once. With a
    map every unit is aligned with it, and a variant tells what its units' alignments amount to.
    """

    def needs(self, question: VariantsQuestion, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - always the same
        """Ask which variants are the most frequent."""
        counts = VariantCountsQuestion(
            collapse=question.collapse,
            limit=question.limit,
            min_count=question.min_count,
            **shared_fields(question),
        )
        return {"counts": counts}

    def plan(self, question: VariantsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Take over what to show, and compile the map."""
        counts = needs["counts"]
        if not isinstance(counts, VariantCounts):
            message = f"variants need their counts, not {type(counts).__name__}"
            raise TypeError(message)
        return make_plan(question, catalog, counts)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        keys = keys_of_units(units, plan.names, collapse=plan.collapse)
        found, groups = count_variants(units, keys, plan.keys(), collapse=plan.collapse)
        if plan.design is not None:
            np.add.at(found.fit, groups, _fit_of(plan, bucket, units))
        return State(found, count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.groups.add(b.groups), a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> Variants:
        """Name the variants, most frequent first."""
        state = state or State(no_groups(plan.group_count), Counted())
        found = [_variant(plan, state.groups, group) for group in sorted(state.groups.sequences)]
        found.sort(key=lambda one: (-one.units, len(one.steps), one.steps))
        return Variants(
            about=tell_about("variants", plan.snapshot, plan.selection, state.counted),
            kinds=plan.kinds,
            closed=int(state.groups.units[:, 0].sum()),
            open_kinds=plan.open_kinds,
            variants=tuple(found),
            other=_other(plan, state.groups, len(found)),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units that are over and walked a variant, given by its steps; Other has none."""
        keys = keys_of_units(units, plan.names, collapse=plan.collapse)
        groups = group_of_keys(keys, plan.keys())
        steps = [code_of(name, plan.names) for name in read_items(mark)[1:]]
        group = group_of_keys(key_of(steps, plan.names), plan.keys())[0] if steps else plan.group_count - 1
        return (groups == group) & (units.state != OPEN)


def _fit_of(plan: Plan, bucket: Bucket, units: Units) -> NDArray[np.int64]:
    """Align the units with the map."""
    design = plan.design
    if design is None:
        return np.zeros((len(units), 4), dtype=np.int64)
    aligned = align_units(design.automaton, bucket, units)
    return fit_of_units(design.automaton, design.keys, units, aligned, design.accepted)


def _variant(plan: Plan, counted: VariantGroups, group: int) -> Variant:
    steps = tuple(plan.names[code] for code in counted.sequences[group])
    return Variant(steps=steps, where=plan.where(steps), **_figures(plan, counted, group))


def _other(plan: Plan, counted: VariantGroups, shown: int) -> OtherVariants | None:
    if not counted.units[-1].any():
        return None
    return OtherVariants(kinds=plan.kinds - shown, **_figures(plan, counted, plan.group_count - 1))


def _figures(plan: Plan, counted: VariantGroups, group: int) -> dict[str, Any]:
    """Return what is told of a variant, and of Other."""
    units, is_open = (int(count) for count in counted.units[group])
    return {
        "units": units,
        "share": wilson(units, int(counted.units[:, 0].sum())),
        "customers": int(counted.customers[group]),
        "open": is_open,
        "median_s": counted.quantile(group, 0.5),
        "p90_s": counted.quantile(group, 0.9),
        "fit": _fit(plan, counted.fit[group], units),
    }


def _fit(plan: Plan, sums: NDArray[np.int64], units: int) -> VariantFit | None:
    if plan.design is None or units == 0:
        return None
    cost = int(sums[COST])
    most = int(sums[EVENTS]) + units * plan.design.automaton.cheapest_run
    return VariantFit(
        cost=cost,
        fitness=1 - cost / most,
        fits=wilson(int(sums[FITS]), units),
        as_designed=wilson(int(sums[DESIGNED]), units),
    )
