"""The customers behind a number, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from trodden.analyses.customers.answer import Customers, CustomersQuestion, Listed, Order
from trodden.analyses.customers.behind import behind_of, needs_of
from trodden.analyses.customers.chart import customers_chart
from trodden.analyses.customers.narrow import Narrowing, narrowing_of
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import (
    ABANDONED,
    OPEN,
    REACHED,
    SILENT,
    Counted,
    Units,
    count_units,
    take_units,
)
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

_STATES = {OPEN: "open", REACHED: "reached", ABANDONED: "abandoned", SILENT: "silent"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose units, in which order, how many; ``kept`` are those listed and those passed over."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    order: Order
    limit: int
    offset: int
    narrowing: Narrowing

    @property
    def kept(self) -> int:
        """Return how many a bucket has to bring."""
        return self.limit + self.offset


class Candidate(msgspec.Struct, frozen=True, order=True):
    """One unit, in the order of its fields: what it is ranked by (least first), then its content."""

    rank: int
    first: int
    event_id: bytes
    last: int
    steps: int
    touchpoint: int
    state: int
    customer: str


@dataclass(frozen=True, slots=True)
class State:
    """What was counted, and the best candidates in order, no more than ``kept``."""

    counted: Counted
    best: tuple[Candidate, ...]
    kept: int


@analysis(
    "customers",
    asks=Asks("Who are they?", "people"),
    example=CustomersQuestion(),
    answer=Customers,
    chart=customers_chart,
)
class CustomersAnalysis(Mergeable[CustomersQuestion, Plan, State, Customers]):
    """List the customers, journeys or sessions a question is about, one by one.

    A unit is listed with its first and its last step, the time between, the number of its steps, the
    touchpoint of the last one and how it stands at ``as_of``. Order: the latest last step first, or the
    longest time from first to last step, or the most steps; where that is equal the unit that began earlier,
    then the one whose first event has the smaller id. A customer is listed once for each of their units.

    Steps and deviations are those of ``walked`` on the same map; a gap runs between two successive steps, the
    places being the steps of the map that are matched, else touchpoints. All conditions must hold of a unit,
    though not of the same event. ``behind`` and ``mark`` keep those that a bar, row or line of another
    analysis counts, asked about the same units; that analysis says who they are.
    """

    def needs(self, question: CustomersQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Ask what the analysis needs whose mark the units stand behind."""
        return needs_of(question, catalog)

    def plan(self, question: CustomersQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Resolve the selection and what is asked of each unit."""
        selection = resolve_selection(question, catalog, "customer")
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            order=question.order,
            limit=question.limit,
            offset=question.offset,
            narrowing=narrowing_of(question, selection, catalog, behind_of(question, catalog, needs)),
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Bring the best of one bucket."""
        selected = select(bucket, plan.selection)
        units = take_units(selected, plan.narrowing.kept(bucket, selected))
        return State(count_units(units), _best(_candidates(plan, bucket, units), plan.kept), plan.kept)

    def merge(self, a: State, b: State) -> State:
        """Keep the best of both sides, as many as were asked for."""
        return State(a.counted + b.counted, _best([*a.best, *b.best], a.kept), a.kept)

    def finish(self, plan: Plan, state: State | None) -> Customers:
        """Name what was listed."""
        state = state or State(Counted(), (), plan.kept)
        listed = state.best[plan.offset : plan.kept]
        return Customers(
            about=tell_about("customers", plan.snapshot, plan.selection, state.counted),
            rows=tuple(_listed(plan, one) for one in listed),
            hidden=state.counted.units - len(listed),
        )


def _best(candidates: list[Candidate], kept: int) -> tuple[Candidate, ...]:
    return tuple(sorted(candidates)[:kept])


def _candidates(plan: Plan, bucket: Bucket, units: Units) -> list[Candidate]:
    """Return every unit that could be among the first ``kept``, those equal to the last of them included."""
    if not len(units):
        return []
    first, last = units.offsets[:-1], units.offsets[1:] - 1
    ranks = _ranks(plan.order, units, first, last)
    wanted = _leading(ranks, plan.kept)
    rows = units.rows[first[wanted]]
    ids = _event_ids(bucket, rows)
    columns = (
        ranks[wanted],
        units.occurred_at[first[wanted]],
        units.occurred_at[last[wanted]],
        (last - first + 1)[wanted],
        units.touchpoint[last[wanted]],
        units.state[wanted],
        units.customer[wanted],
    )
    lists: list[list[int]] = [column.tolist() for column in columns]
    return [
        Candidate(rank, begun, event_id, ended, steps, touchpoint, state, str(bucket.keys[customer]))
        for event_id, rank, begun, ended, steps, touchpoint, state, customer in zip(ids, *lists, strict=True)
    ]


def _ranks(
    order: Order, units: Units, first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return what units are ordered by, the least first; (units,) int64."""
    if order == "latest":
        return -units.occurred_at[last]
    if order == "longest":
        return units.occurred_at[first] - units.occurred_at[last]
    return first - last


def _leading(ranks: NDArray[np.int64], kept: int) -> NDArray[np.int64]:
    """Return the indices of the ``kept`` least ranks and of all equal to the largest of those."""
    if len(ranks) <= kept:
        return np.arange(len(ranks))
    return np.flatnonzero(ranks <= np.partition(ranks, kept - 1)[kept - 1])


def _event_ids(bucket: Bucket, rows: NDArray[np.int64]) -> list[bytes]:
    return [b""] * len(rows) if bucket.side is None else bucket.side.take("event_id", rows)


def _listed(plan: Plan, one: Candidate) -> Listed:
    return Listed(
        customer=one.customer,
        first_at=moment(one.first),
        last_at=moment(one.last),
        elapsed_s=(one.last - one.first) / 1e6,
        steps=one.steps,
        last_touchpoint=plan.touchpoints[one.touchpoint],
        state=_STATES[one.state],  # type: ignore[arg-type]
    )
