"""Events to numbers: customers, touchpoints, channels and properties become codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.model.event import CHANNEL_ALIASES, CHANNELS, OUTCOMES
from trodden.store._arrow import Column, Table, pa, pc
from trodden.store.coding import Names, coded, combined
from trodden.store.property_reader import PropertyReader
from trodden.store.touchpoints_match import Matcher, Seen
from trodden.store.walks.customers import resolve
from trodden.store.walks.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.model.touchpoints import TouchpointRules

LATE: Final = 5 * 60 * 1_000_000
"""Microseconds by which an event may lie before its arrival and still count for ``as_of``."""

DROPPED: Final = -1
_OUTCOME_SHIFT: Final = 4
_CHANNEL_CODES: Final = {name: code for code, name in enumerate(CHANNELS)}
_OUTCOME_CODES: Final = {name: code for code, name in enumerate(OUTCOMES)}


class Encoder:
    """Turn tables of events into `Rows`, table after table.

    Codes count from 0 in order of first appearance within this encoder. ``as_of`` is the largest
    ``occurred_at`` seen that is not later than its ``received_at`` plus five minutes, over all events,
    dropped ones included; None before there is one. ``nameless`` counts events without an identifier.
    """

    def __init__(self, rules: TouchpointRules) -> None:
        self.matcher = Matcher(rules)
        self.customers = Names()
        self.touchpoints = Names()
        self.sources = Names()
        promoted = [one.name for one in rules.promote]
        self.reader = PropertyReader([*promoted, *self.matcher.properties] if promoted else None)
        self.as_of: int | None = None
        self.nameless = 0
        self._memory: dict[Seen, int] = {}

    def encode(self, events: Table, first_row: int = 0) -> Rows:
        """Encode the events that have a customer and are not dropped, in their order.

        Parameters
        ----------
        events
            Rows of the event schema.
        first_row
            Place of the first of these events among the side rows.
        """
        self._tell_time(events)
        keys = resolve(events.column("ids"))
        properties = self.reader.read(events.column("properties"))
        touchpoints = self._touchpoints(events, properties)
        named = pc.is_valid(keys).to_numpy(zero_copy_only=False)
        self.nameless += int(len(named) - named.sum())
        kept = np.flatnonzero(named & (touchpoints != DROPPED))
        return Rows(
            customer=_recoded(pc.fill_null(keys, ""), self.customers)[kept],
            occurred_at=_integers(events.column("occurred_at"))[kept],
            seq=_integers(events.column("seq"))[kept],
            event_id=id_numbers(events.column("event_id"))[kept],
            source=_recoded(events.column("source"), self.sources)[kept].astype(np.int32),
            touchpoint=touchpoints[kept].astype(np.int32),
            channel_outcome=_channel_outcome(events)[kept],
            row=kept + first_row,
            properties=properties[kept],
        )

    def _tell_time(self, events: Table) -> None:
        occurred, received = (_integers(events.column(name)) for name in ("occurred_at", "received_at"))
        believed = occurred[occurred <= received + LATE]
        if believed.size:
            latest = int(believed.max())
            self.as_of = latest if self.as_of is None else max(self.as_of, latest)

    def _touchpoints(self, events: Table, properties: NDArray[np.uint16]) -> NDArray[np.int64]:
        tests = [coded(events.column(name)) for name in ("channel", "kind", "name", "url")]
        tests += [self._where(name, properties) for name in self.matcher.properties]
        if not events.num_rows:
            return np.zeros(0, np.int64)
        number, first = combined([codes for codes, _ in tests], [len(texts) for _, texts in tests])
        found = [self._touchpoint([texts[codes[row]] for codes, texts in tests]) for row in first]
        return np.array(found, np.int64)[number]

    def _where(self, name: str, properties: NDArray[np.uint16]) -> tuple[NDArray[np.int64], list[str]]:
        column = self.reader.names.code(name) if name in self.reader.names else -1
        if column < 0:
            return np.zeros(len(properties), np.int64), [""]
        return properties[:, column].astype(np.int64), ["", *self.reader.texts[column].names]

    def _touchpoint(self, texts: list[str]) -> int:
        channel = CHANNEL_ALIASES.get(texts[0], texts[0])
        seen = Seen(channel, texts[1], texts[2], texts[3], tuple(texts[4:]))
        if seen not in self._memory:
            name = self.matcher.find(seen).touchpoint
            self._memory[seen] = DROPPED if name is None else self.touchpoints.code(name)
        return self._memory[seen]


def id_numbers(column: Column) -> NDArray[np.uint64]:
    """Return (events, 2) the sixteen bytes of each event id as two big-endian numbers."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    data = np.frombuffer(array.buffers()[1] or b"", ">u8").reshape(-1, 2)
    return data[array.offset : array.offset + len(array)].astype(np.uint64)


def _integers(column: Column) -> NDArray[np.int64]:
    return column.cast(pa.int64()).to_numpy()


def _recoded(column: Column, names: Names) -> NDArray[np.int64]:
    codes, texts = coded(column)
    return names.codes(texts)[codes]


def _channel_outcome(events: Table) -> NDArray[np.uint8]:
    channels, names = coded(events.column("channel"))
    outcomes, results = coded(events.column("outcome"))
    channel = np.array([_CHANNEL_CODES.get(CHANNEL_ALIASES.get(one, one), 0) for one in names], np.uint8)
    outcome = np.array([_OUTCOME_CODES.get(one, 0) for one in results], np.uint8)
    return (channel[channels] | (outcome[outcomes] << _OUTCOME_SHIFT)).astype(np.uint8)
