"""Which sequences of touchpoints are frequent, and in which of two groups they are more so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from trodden.analyses.sequences.answer import (
    SequenceCounts,
    SequenceCountsQuestion,
    Sequences,
    SequencesQuestion,
)
from trodden.analyses.sequences.chart import sequences_chart
from trodden.analyses.sequences.contrast import contrasts
from trodden.analyses.sequences.counting import SequenceCountsAnalysis
from trodden.analyses.sequences.finish import Found, finish
from trodden.analyses.sequences.plan import names_of, plan_groups
from trodden.methods.journeys.patterns_write import read_items
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.sequences import SequencePlan, units_containing
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

__all__ = ["SequenceCountsAnalysis", "SequencesAnalysis"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the answer needs: everything was counted before."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    question: SequencesQuestion
    sizes: tuple[int, int, int]
    sequences: tuple[tuple[int, ...], ...]
    counts: tuple[tuple[int, int], ...]
    groups: SequencePlan


@analysis(
    "sequences",
    asks=Asks("Which steps go together, and which does one group take more often?", "ways"),
    example=SequencesQuestion(),
    answer=Sequences,
    chart=sequences_chart,
)
class SequencesAnalysis(Mergeable[SequencesQuestion, Plan, Counted, Sequences]):
    """Find sequences of touchpoints that many units contain, and those one group contains more often.

    Supports are exact counts of units. Two groups, by a goal, by the goal of the map or by a segment, are
    compared by the difference of their shares (Newcombe) and by its lift, their ratio (Katz). Each sequence
    for which all four counts expected without a difference are 5 or more is tested by the score test; p is
    adjusted over all of these (Benjamini-Hochberg). Which can be tested depends on totals alone, so leaving
    out the others costs nothing (Tarone 1990). Association, not effect: those who reach a goal differ
    from those who do not. The definitions stand in `trodden.methods.journeys.sequences`.
    """

    def needs(self, question: SequencesQuestion, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - the same for all
        """Ask for the frequent sequences of every length."""
        if question.shortest > question.longest:
            raise QuestionError(
                f"shortest: {question.shortest} is more than longest, {question.longest}.",
                hint="Raise `longest`.",
            )
        shared = {
            field.name: getattr(question, field.name)
            for field in msgspec.structs.fields(SequenceCountsQuestion)
            if field.name != "length"
        }
        return {"counts": SequenceCountsQuestion(length=question.longest, **shared)}

    def plan(self, question: SequencesQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Take over what was counted."""
        counts = needs["counts"]
        if not isinstance(counts, SequenceCounts):
            raise TypeError("the counts of sequences answer another question")
        return Plan(
            selection=resolve_selection(question, catalog),
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            question=question,
            sizes=counts.sizes,
            sequences=counts.sequences,
            counts=counts.counts,
            groups=plan_groups(question, catalog, ()),
        )

    def map(self, plan: Plan, bucket: Bucket) -> Counted:
        """Count the units of one bucket."""
        return count_units(select(bucket, plan.selection))

    def merge(self, a: Counted, b: Counted) -> Counted:
        """Add counts."""
        return a + b

    def finish(self, plan: Plan, state: Counted | None) -> Sequences:
        """Test what can be tested, and list the sequences."""
        about = tell_about("sequences", plan.snapshot, plan.selection, state or Counted())
        found = [
            Found(steps, counts)
            for steps, counts in zip(plan.sequences, plan.counts, strict=True)
            if len(steps) >= plan.question.shortest
        ]
        groups = names_of(plan.question)
        compared = contrasts([one.counts for one in found], plan.sizes) if groups else [None] * len(found)
        return finish(
            about, plan.question, plan.touchpoints, plan.sizes, list(zip(found, compared, strict=True))
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:
        """Find the units that contain a sequence, those left out aside."""
        steps = tuple(code_of(name, plan.touchpoints) for name in read_items(mark))
        return units_containing(bucket, plan.selection, units, replace(plan.groups, sought=(steps,)))
