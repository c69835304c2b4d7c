"""The passes of ``sequences``: one for each length, each over what the one before found frequent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import msgspec
import numpy as np
from numpy.typing import NDArray

from trodden.analyses.sequences.answer import SequenceCounts, SequenceCountsQuestion
from trodden.analyses.sequences.plan import plan_groups
from trodden.charts import Chart, Column, Table
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.sequences import SequencePlan, Steps, candidates, count_sequences
from trodden.methods.journeys.units import Counted, count_units
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted; ``shorter`` and ``counts`` are what was found before."""

    selection: Selection
    snapshot: str
    sought: SequencePlan
    shorter: tuple[Steps, ...]
    counts: tuple[tuple[int, int], ...]
    min_support: Fraction


@dataclass(frozen=True, slots=True)
class State:
    """Units by sequence and group, groups, and units counted."""

    counts: NDArray[np.int64]
    sizes: tuple[int, int, int]
    counted: Counted


def _chart(answer: SequenceCounts) -> Chart:
    rows = zip(map(str, answer.sequences), map(sum, answer.counts), strict=True)
    columns = (Column("sequence"), Column("units", "count"))
    return Table(title=f"{len(answer.sequences)} sequences", columns=columns, rows=tuple(rows))


_EXAMPLE = SequenceCountsQuestion(length=2)


@analysis("sequence-counts", example=_EXAMPLE, answer=SequenceCounts, chart=_chart, internal=True)
class SequenceCountsAnalysis(Mergeable[SequenceCountsQuestion, Plan, State, SequenceCounts]):
    """Count the frequent sequences up to a length: see `trodden.methods.journeys.sequences`."""

    def needs(self, question: SequenceCountsQuestion, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - the same for all
        """Ask for the sequences one shorter."""
        if question.length == 1:
            return {}
        return {"shorter": msgspec.structs.replace(question, length=question.length - 1)}

    def plan(self, question: SequenceCountsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Make the sequences of this length that can be frequent.

        Raises
        ------
        TooLargeError
            There are more than can be counted.
        """
        found = needs.get("shorter")
        shorter = found if isinstance(found, SequenceCounts) else None
        known = shorter.sequences if shorter else ()
        last = [steps for steps in known if len(steps) == question.length - 1]
        sought = candidates(last, len(catalog.dictionaries.touchpoints), question.length)
        return Plan(
            selection=resolve_selection(question, catalog),
            snapshot=catalog.snapshot,
            sought=plan_groups(question, catalog, sought),
            shorter=known,
            counts=shorter.counts if shorter else (),
            min_support=Fraction(str(question.min_support)),
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(*count_sequences(bucket, plan.selection, units, plan.sought), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        sizes = tuple(mine + theirs for mine, theirs in zip(a.sizes, b.sizes, strict=True))
        return State(a.counts + b.counts, (sizes[0], sizes[1], sizes[2]), a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> SequenceCounts:
        """Keep what is frequent."""
        none = np.zeros((len(plan.sought.sought), 2), dtype=np.int64)
        state = state or State(none, (0, 0, 0), Counted())
        units = state.sizes[0] + state.sizes[1]
        kept: list[int] = np.flatnonzero(state.counts.sum(axis=1) >= _least(plan, units)).tolist()
        rows: list[list[int]] = state.counts.tolist()
        return SequenceCounts(
            about=tell_about("sequence-counts", plan.snapshot, plan.selection, state.counted),
            sizes=state.sizes,
            sequences=(*plan.shorter, *(plan.sought.sought[place] for place in kept)),
            counts=(*plan.counts, *((rows[place][0], rows[place][1]) for place in kept)),
        )


def _least(plan: Plan, units: int) -> int:
    """Return how many units make a sequence frequent, at least one."""
    share = plan.min_support * units
    return max(1, -(-share.numerator // share.denominator))
