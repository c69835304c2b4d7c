"""One customer's walk, event by event: what every number opens into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.timeline.answer import (
    ChannelEvents,
    Moment,
    Spell,
    TimelineAnswer,
    TimelineQuestion,
)
from trodden.analyses.timeline.chart import timeline_chart
from trodden.methods.journeys.episodes import WalkTotals, silences_before, sum_walk
from trodden.methods.journeys.periods import microseconds, moment
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.model.catalog import Catalog
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.question import Answer
from trodden.model.walks import TIE, Bucket
from trodden.registry import Asks, Mergeable, analysis

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
    """What all events of the one customer come to, and the latest of them.

    ``silences``: microseconds before each of ``moments``, 0 where it goes on with an episode.
    """

    counted: Counted
    totals: WalkTotals
    moments: tuple[Moment, ...]
    silences: tuple[int, ...]


@analysis(
    "timeline",
    asks=Asks("What did this one customer go through?", "people"),
    example=TimelineQuestion(customer="K00001"),
    answer=TimelineAnswer,
    chart=timeline_chart,
)
class TimelineAnalysis(Mergeable[TimelineQuestion, Plan, State, TimelineAnswer]):
    """Show everything one customer did, in order, over all channels.

    Events stand in the order of the walk, ``(occurred_at, seq, event_id)``, each once even where it ends
    one journey and starts the next. A silence longer than ``gap`` starts a new episode. Of more than
    ``limit`` events the latest are shown; totals are of all of them. Nobody of that name, or nobody
    selected, is an empty answer.
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
        silences = silences_before(bucket.occurred_at[rows], plan.gap)
        return State(
            counted=count_units(units),
            totals=sum_walk(bucket.occurred_at[rows], bucket.channel_outcome[rows], silences),
            moments=tuple(_moments(bucket, plan, rows[-plan.limit :])),
            silences=tuple(silences[-plan.limit :].tolist()),
        )

    def merge(self, a: State, b: State) -> State:
        """Keep the side that knows the customer: a customer lives in one bucket."""
        return a if a.counted.units else b

    def finish(self, plan: Plan, state: State | None) -> TimelineAnswer:
        """Part the events where the customer was silent."""
        state = state or _NOBODY
        totals = state.totals
        return TimelineAnswer(
            about=tell_about("timeline", plan.snapshot, plan.selection, state.counted),
            customer=plan.customer,
            first_at=moment(totals.first) if totals.events else None,
            last_at=moment(totals.last) if totals.events else None,
            events=totals.events,
            channels=tuple(_channels(totals)),
            episodes=totals.episodes,
            failures=totals.failures,
            longest_silence_s=totals.longest / 1e6,
            spells=tuple(_spells(state)),
            hidden=totals.events - len(state.moments),
        )


_NOBODY = State(Counted(), WalkTotals(), (), ())


def _channels(totals: WalkTotals) -> list[ChannelEvents]:
    found = [
        ChannelEvents(name, events) for name, events in zip(CHANNELS, totals.channels, strict=False) if events
    ]
    return sorted(found, key=lambda one: (-one.events, one.channel))


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


def _spells(state: State) -> Iterator[Spell]:
    begins = [place for place, silence in enumerate(state.silences) if silence or not place]
    for begin, end in pairwise([*begins, len(state.moments)]):
        yield Spell(silence_s=state.silences[begin] / 1e6, events=state.moments[begin:end])
