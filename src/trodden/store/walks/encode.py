"""Events to numbers: customers, touchpoints, channels and properties become codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.model.event import CHANNEL_ALIASES, CHANNELS, OUTCOMES
from trodden.store._arrow import Column, Table, pa, pc
from trodden.store.coding import Names, coded
from trodden.store.property_reader import PropertyReader
from trodden.store.touchpoints_classify import Classifier
from trodden.store.walks.customers import People, resolve
from trodden.store.walks.rows import Rows
from trodden.store.walks.vocabulary import OVERFLOW, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from trodden.model.touchpoints import TouchpointRules

LATE: Final = 5 * 60 * 1_000_000
"""Microseconds by which an event may lie after its arrival and still count for ``as_of``."""

DROPPED: Final = -1
_OUTCOME_SHIFT: Final = 4
_CHANNEL_CODES: Final = {name: code for code, name in enumerate(CHANNELS)}
_OUTCOME_CODES: Final = {name: code for code, name in enumerate(OUTCOMES)}
_MOST_NAMES: Final = 262_144


@dataclass(frozen=True, slots=True)
class Encoded:
    """The events of a table that belong into walks, in their order, and their rows.

    ``kept``: (rows,) where in the table they stood; ``rows.row`` says the same until it is given a meaning.
    """

    events: Table
    kept: NDArray[np.int64]
    rows: Rows


class Encoder:
    """Turn tables of events into `Rows`, table after table.

    Codes of touchpoints and sources are those of ``vocabulary``, new names after them in order of first
    appearance; codes of customers and property values count from 0 and 1 within this encoder.
    ``as_of`` is the largest ``occurred_at`` seen that is not later than its ``received_at`` plus five
    minutes, over all events, dropped ones included; None before there is one. ``nameless`` counts
    events without an identifier, ``dropped`` those a rule kept out.

    Parameters
    ----------
    rules
        Touchpoint rules.
    only
        The properties to give columns; None gives one to each of the first 64 that come along.
    """

    def __init__(
        self,
        rules: TouchpointRules,
        vocabulary: Vocabulary | None = None,
        only: Iterable[str] | None = None,
    ) -> None:
        known = vocabulary or Vocabulary()
        self.reader = PropertyReader(only)
        self._classifier = Classifier(rules)
        self.people = People()
        self.touchpoints = Names(known.touchpoints)
        self.sources = Names(known.sources)
        self.as_of: int | None = None
        self.nameless = 0
        self.dropped = 0

    def encode(self, events: Table) -> Encoded:
        """Encode the events that have a customer and are not dropped, in their order.

        Parameters
        ----------
        events
            Rows of the event schema; texts may be dictionary-encoded.
        """
        self._tell_time(events)
        keys = resolve(events.column("ids"))
        touchpoints = self._touchpoints(events)
        named = pc.is_valid(keys).to_numpy(zero_copy_only=False)
        self.nameless += int(len(named) - named.sum())
        self.dropped += int((named & (touchpoints == DROPPED)).sum())
        kept = np.flatnonzero(named & (touchpoints != DROPPED))
        if len(kept) < events.num_rows:
            places = pa.array(kept)
            events, keys, touchpoints = events.take(places), keys.take(places), touchpoints[kept]
        return Encoded(events, kept, self._rows(events, keys, touchpoints))

    def _rows(self, events: Table, keys: Column, touchpoints: NDArray[np.int64]) -> Rows:
        properties = _helper().submit(self.reader.read, events.column("properties"))
        high, low = id_halves(events.column("event_id"))
        return Rows(
            customer=self.people.codes(keys),
            occurred_at=integers(events.column("occurred_at")),
            seq=integers(events.column("seq")),
            high=high,
            low=low,
            source=_recoded(events.column("source"), self.sources),
            touchpoint=touchpoints.astype(np.int32),
            channel_outcome=_channel_outcome(events),
            row=np.arange(events.num_rows),
            properties=properties.result(),
        )

    def _tell_time(self, events: Table) -> None:
        occurred, received = (integers(events.column(name)) for name in ("occurred_at", "received_at"))
        believed = occurred[occurred <= received + LATE]
        if believed.size:
            latest = int(believed.max())
            self.as_of = latest if self.as_of is None else max(self.as_of, latest)

    def _touchpoints(self, events: Table) -> NDArray[np.int64]:
        distinct = self._classifier.distinct(events)
        found = (self._classifier.find(seen).touchpoint for seen in distinct.seen)
        return np.array([self._named(touchpoint) for touchpoint in found], np.int64)[distinct.number]

    def _named(self, touchpoint: str | None) -> int:
        if touchpoint is None:
            return DROPPED
        is_one_too_many = len(self.touchpoints) >= _MOST_NAMES and touchpoint not in self.touchpoints
        return self.touchpoints.code(OVERFLOW if is_one_too_many else touchpoint)


@cache
def _helper() -> ThreadPoolExecutor:
    """Return the thread that reads properties while the other columns are encoded."""
    return ThreadPoolExecutor(1, thread_name_prefix="trodden-encode")


def id_halves(column: Column) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return (events,) the first and the second half of event ids, as big-endian numbers."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    data = np.frombuffer(array.buffers()[1] or b"", ">u8").reshape(-1, 2)[array.offset :][: len(array)]
    return data[:, 0].astype(np.uint64), data[:, 1].astype(np.uint64)


def integers(column: Column) -> NDArray[np.int64]:
    """Return a column of times or numbers without nulls as numbers; times are microseconds, UTC."""
    return column.cast(pa.int64()).to_numpy()


def _recoded(column: Column, names: Names) -> NDArray[np.int32]:
    codes, texts = coded(column)
    return names.codes(texts).astype(np.int32)[codes]


def _channel_outcome(events: Table) -> NDArray[np.uint8]:
    channels, names = coded(events.column("channel"))
    outcomes, results = coded(events.column("outcome"))
    channel = np.array([_CHANNEL_CODES.get(CHANNEL_ALIASES.get(one, one), 0) for one in names], np.uint8)
    outcome = np.array([_OUTCOME_CODES.get(one, 0) for one in results], np.uint8)
    return (channel[channels] | (outcome[outcomes] << _OUTCOME_SHIFT)).astype(np.uint8)
