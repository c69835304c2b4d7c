"""One customer's walk, event by event: what every number opens into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.timeline.answer import Moment, Spell, TimelineAnswer, TimelineQuestion
from trodden.analyses.timeline.chart import timeline_chart
from trodden.methods.journeys.periods import microseconds, moment
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.journeys.units import Units as Units
from trodden.methods.journeys.units import take_units as take_units
from trodden.model.catalog import Catalog
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.question import Answer
from trodden.model.walks import TIE, Bucket
from trodden.registry import Mergeable, analysis

_SIDE = (
    "name",
    "url",
    "text",
    "duration_ms",
    "value_minor",
    "currency",
    "properties",
    "source",
    "event_id",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose walk, cut how; ``gap``: microseconds."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    customer: str
    gap: int
    limit: int


@dataclass(frozen=True, slots=True)
class State:
    """The latest events of the one customer, and how many they are of."""

    counted: Counted
    moments: tuple[Moment, ...]
    hidden: int = 0


@analysis(
    "timeline", example=TimelineQuestion(customer="K00001"), answer=TimelineAnswer, chart=timeline_chart
)
class TimelineAnalysis(Mergeable[TimelineQuestion, Plan, State, TimelineAnswer]):
    """Show everything one customer did, in order, over all channels.

    Events stand in the order of the walk, ``(occurred_at, seq, event_id)``, each once even where it ends
    one journey and starts the next. A silence longer than ``gap`` starts a new spell. Of more than
    ``limit`` events the latest are shown and the rest counted. Nobody of that name, or nobody selected,
    is an empty answer.
    """

    def plan(self, question: TimelineQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection."""
        return Plan(
            selection=resolve_selection(question, catalog, "customer"),
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            customer=question.customer,
            gap=microseconds(question.gap),
            limit=question.limit,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Read the customer's events where this bucket is theirs."""
        try:
            customer = bucket.keys.index(plan.customer)
        except ValueError:
            return _NOBODY
        units = select(_only(bucket, customer), plan.selection)
        rows = np.unique(units.rows)
        shown = tuple(_moments(bucket, plan, rows[-plan.limit :]))
        return State(count_units(units), shown, len(rows) - len(shown))

    def merge(self, a: State, b: State) -> State:
        """Keep the side that knows the customer: a customer lives in one bucket."""
        return a if a.counted.units else b

    def finish(self, plan: Plan, state: State | None) -> TimelineAnswer:
        """Part the events where the customer was silent."""
        state = state or _NOBODY
        return TimelineAnswer(
            about=tell_about("timeline", plan.snapshot, plan.selection, state.counted),
            customer=plan.customer,
            spells=tuple(_spells(state.moments, plan.gap)),
            hidden=state.hidden,
        )


_NOBODY = State(Counted(), ())


def _only(bucket: Bucket, customer: int) -> Bucket:
    one = slice(customer, customer + 1)
    return Bucket(
        number=bucket.number,
        starts=bucket.starts[one],
        ends=bucket.ends[one],
        occurred_at=bucket.occurred_at,
        touchpoint=bucket.touchpoint,
        channel_outcome=bucket.channel_outcome,
        flags=bucket.flags,
        keys=bucket.keys[one],
        properties=bucket.properties,
        side=bucket.side,
    )


def _moments(bucket: Bucket, plan: Plan, rows: NDArray[np.int64]) -> Iterator[Moment]:
    side = {column: _take(bucket, column, rows) for column in _SIDE}
    for place, row in enumerate(rows.tolist()):
        marks = int(bucket.channel_outcome[row])
        kept: dict[str, Any] = {column: values[place] for column, values in side.items()}
        kept["event_id"] = kept["event_id"].hex()
        yield Moment(
            occurred_at=moment(int(bucket.occurred_at[row])),
            touchpoint=plan.touchpoints[bucket.touchpoint[row]],
            channel=CHANNELS[marks & 15],
            outcome=OUTCOMES[marks >> 4],
            tie=bool(bucket.flags[row] & TIE),
            **kept,
        )


def _take(bucket: Bucket, column: str, rows: NDArray[np.int64]) -> list[Any]:
    return [None] * len(rows) if bucket.side is None else bucket.side.take(column, rows)


def _spells(moments: tuple[Moment, ...], gap: int) -> Iterator[Spell]:
    spell: list[Moment] = []
    silence_s = 0.0
    for one in moments:
        between = one.occurred_at - spell[-1].occurred_at if spell else None
        if between is not None and microseconds(between) > gap:
            yield Spell(silence_s=silence_s, events=tuple(spell))
            spell, silence_s = [], between.total_seconds()
        spell.append(one)
    if spell:
        yield Spell(silence_s=silence_s, events=tuple(spell))
