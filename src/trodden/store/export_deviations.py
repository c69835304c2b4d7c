"""Deviations as rows for other programs: who parted from the map, where, when and what they said."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.methods.journeys.align import Alignments, align_units
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.deviations import FLAGS, KINDS, Deviations, deviations_of
from trodden.methods.journeys.deviations_rows import Keys, accepted_keys
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.select import Selection, select
from trodden.model.event import CHANNELS
from trodden.store._arrow import Schema, pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trodden.methods.journeys.units import Units
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Bucket, Snapshot

_TIME: Final = pa.timestamp("us", tz="UTC")

DEVIATIONS: Final[Schema] = pa.schema(
    [
        ("customer", pa.string()),
        ("journey_started_at", _TIME),
        ("position", pa.int64()),
        ("step", pa.string()),
        ("touchpoint", pa.string()),
        ("occurred_at", _TIME),
        ("channel", pa.string()),
        ("kind", pa.string()),
        ("cost", pa.int64()),
        ("accepted", pa.bool_()),
        ("verbatim", pa.string()),
    ]
)
"""One row a deviation or flag, in the order of walks.

``position`` counts the journey's steps from 1. A missing step has the position, time, touchpoint and channel
of the matched step after it, or of the last one where there is none; a departure those of the last. ``step``
is null where the map has none for it. ``accepted``: somebody has accepted it as a variation. ``verbatim``:
the customer's own words nearest in time, the earlier of two equally near; null where there are none up to
``as_of``.
"""


def deviation_batches(snapshot: Snapshot, catalog: Catalog, selection: Selection) -> Iterator[Any]:
    """Yield the deviations of the selected journeys as record batches of `DEVIATIONS`, bucket by bucket."""
    journey_map = catalog.maps[selection.map]
    names = _Names.of(journey_map, catalog)
    automaton = compile_map(journey_map, catalog)
    for bucket in snapshot.buckets():
        units = select(bucket, selection)
        rows = _rows(automaton, bucket, units)
        if len(rows.event):
            words = _Words.of(bucket, units.customer[rows.unit], selection.as_of)
            yield _batch(bucket, units, rows, names, words)


@dataclass(frozen=True, slots=True)
class _Names:
    steps: tuple[str, ...]
    touchpoints: tuple[str, ...]
    keys: Keys
    accepted: frozenset[int]

    @classmethod
    def of(cls, journey_map: JourneyMap, catalog: Catalog) -> _Names:
        touchpoints = catalog.dictionaries.touchpoints
        steps = tuple(step.id for step in steps_in_order(journey_map))
        keys = Keys(len(steps), len(touchpoints))
        return cls(steps, touchpoints, keys, accepted_keys(journey_map, keys, touchpoints))

    def is_accepted(self, kind: int, step: int, touchpoint: int) -> bool:
        """Say whether somebody has accepted this deviation as a variation."""
        found = KINDS[kind - 1]
        key = self.keys.of_touchpoint(touchpoint) if found == "ad hoc" else self.keys.of_step(found, step)
        return key in self.accepted


@dataclass(frozen=True, slots=True)
class _Rows:
    """Columns of one row each: the unit, the event it is told at, step or -1, code of the kind, cost."""

    unit: NDArray[np.int64]
    event: NDArray[np.int64]
    step: NDArray[np.int64]
    kind: NDArray[np.int64]
    cost: NDArray[np.int64]


def _rows(automaton: Automaton, bucket: Bucket, units: Units) -> _Rows:
    aligned = align_units(automaton, bucket, units)
    found = deviations_of(automaton, units, aligned)
    parts = [_of_events(units, found), *_of_flags(units, aligned, found), _of_runs(units, aligned, found)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[3], columns[1]))
    return _Rows(*(column[order] for column in columns))


_Columns = tuple["NDArray[np.int64]", ...]


def _told(units: Units, event: NDArray[np.int64], *rest: NDArray[Any]) -> _Columns:
    unit = np.searchsorted(units.offsets, event, side="right") - 1
    return unit, event, *(column.astype(np.int64) for column in rest)


def _of_events(units: Units, found: Deviations) -> _Columns:
    event = np.flatnonzero(found.event_kind)
    return _told(units, event, found.event_about[event], found.event_kind[event], found.event_cost[event])


def _of_flags(units: Units, aligned: Alignments, found: Deviations) -> Iterator[_Columns]:
    for place, flag in enumerate(FLAGS):
        event = np.flatnonzero(found.event_flags & (1 << place))
        kind = np.full(len(event), KINDS.index(flag) + 1)
        yield _told(units, event, aligned.event_step[event], kind, np.zeros(len(event)))


def _of_runs(units: Units, aligned: Alignments, found: Deviations) -> _Columns:
    place = np.flatnonzero(found.run_kind)
    unit = np.searchsorted(aligned.run_offsets, place, side="right") - 1
    event = _next_matched(aligned)[place]
    last = units.offsets[unit + 1] - 1
    stays = (event >= 0) & (event <= last)
    told = np.where(stays, event, last)
    return _told(units, told, aligned.run_step[place], found.run_kind[place], found.run_cost[place])


def _next_matched(aligned: Alignments) -> NDArray[np.int64]:
    """Return for each step of the runs the event the next matched one is matched by, -1 for none."""
    events = aligned.run_event.astype(np.int64)
    places = np.where(events >= 0, np.arange(len(events)), len(events))
    following = np.minimum.accumulate(places[::-1])[::-1]
    return np.append(events, -1)[following]


@dataclass(frozen=True, slots=True)
class _Words:
    """What customers wrote, by their number in the bucket: times ascending, and the texts."""

    said: dict[int, tuple[list[int], list[str]]]

    @classmethod
    def of(cls, bucket: Bucket, customers: NDArray[np.int64], as_of: int) -> _Words:
        """Read the words of these customers up to ``as_of``."""
        said: dict[int, tuple[list[int], list[str]]] = {}
        if bucket.side is None:
            return cls(said)
        wanted = np.unique(customers)
        lengths = bucket.ends[wanted] - bucket.starts[wanted]
        before = np.cumsum(lengths) - lengths
        rows = np.arange(int(lengths.sum())) + np.repeat(bucket.starts[wanted] - before, lengths)
        who = np.repeat(wanted, lengths)
        texts = bucket.side.take("text", rows)
        for one, time, text in zip(who.tolist(), bucket.occurred_at[rows].tolist(), texts, strict=True):
            if text and time <= as_of:
                times, words = said.setdefault(one, ([], []))
                times.append(time)
                words.append(text)
        return cls(said)

    def nearest(self, customer: int, time: int) -> str | None:
        """Return the words nearest in time; of two equally near the earlier, of equal times the first."""
        times, words = self.said.get(customer, ([], []))
        after = bisect_left(times, time)
        near = [place for place in (after - 1, after) if 0 <= place < len(times)]
        if not near:
            return None
        best = min(near, key=lambda place: abs(times[place] - time))
        return words[bisect_left(times, times[best])]


def _batch(bucket: Bucket, units: Units, rows: _Rows, names: _Names, words: _Words) -> Any:  # noqa: ANN401 - an Arrow record batch
    customers = units.customer[rows.unit].tolist()
    times = units.occurred_at[rows.event]
    channels = units.channel_outcome[rows.event] & 15
    places = units.touchpoint[rows.event].tolist()
    about = list(zip(rows.kind.tolist(), rows.step.tolist(), places, strict=True))
    columns = [
        pa.array([bucket.keys[one] for one in customers]),
        pa.array(units.occurred_at[units.offsets[rows.unit]], _TIME),
        pa.array(rows.event - units.offsets[rows.unit] + 1),
        pa.array([names.steps[step] if step >= 0 else None for step in rows.step.tolist()], pa.string()),
        pa.array([names.touchpoints[code] for code in places]),
        pa.array(times, _TIME),
        pa.array([CHANNELS[code] for code in channels.tolist()]),
        pa.array([KINDS[kind - 1] for kind, _, _ in about]),
        pa.array(rows.cost),
        pa.array([names.is_accepted(*one) for one in about]),
        pa.array([words.nearest(*pair) for pair in zip(customers, times.tolist(), strict=True)], pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=DEVIATIONS)
