"""Everything known of one customer, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from trodden.model.event import CHANNELS, OUTCOMES, Event
from trodden.model.walks import NULL_CODE, TIE
from trodden.store.walks.snapshot import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.model.walks import Bucket, PropertyDictionary
    from trodden.store.walks.snapshot import WalkSnapshot

Value = str | float | bool | int | None


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a walk, complete: as it arrived, and as the walk has it.

    ``channel`` and ``outcome`` are the known ones analyses count by; the event has them as they arrived.
    ``is_tie``: it and the row before it could as well stand the other way round. ``properties``: promoted
    ones that have a value.
    """

    event_id: str
    touchpoint: str
    channel: str
    outcome: str
    is_tie: bool
    properties: dict[str, Value]
    event: Event


def timeline_rows(snapshot: WalkSnapshot, customer: str) -> list[TimelineRow]:
    """Return the events of one customer in walk order; none where nobody goes by that name.

    Raises
    ------
    DamagedFileError
        If a file read for it is not as written.
    """
    bucket = snapshot.customer(customer)
    if bucket is None:
        return []
    return rows_at(snapshot, bucket, range(int(bucket.starts[0]), int(bucket.ends[0])))


def rows_at(snapshot: WalkSnapshot, bucket: Bucket, places: Sequence[int]) -> list[TimelineRow]:
    """Return the events at these rows of a bucket, in the order asked.

    Raises
    ------
    DamagedFileError
        If a file read for it is not as written.
    """
    side: Any = bucket.side
    columns = snapshot.sides.table(side.rows()[np.array(places, dtype=np.int64)]).to_pylist()
    return [_row(snapshot, bucket, place, column) for place, column in zip(places, columns, strict=True)]


def _row(snapshot: WalkSnapshot, bucket: Bucket, place: int, side: dict[str, Any]) -> TimelineRow:
    code = int(bucket.channel_outcome[place])
    dictionaries = snapshot.dictionaries
    given = {name: side[name] for name in Event.__struct_fields__ if name in side}
    occurred_at = moment(int(bucket.occurred_at[place]))
    values = {
        one.name: _value(one, int(bucket.properties[one.name][place])) for one in dictionaries.properties
    }
    return TimelineRow(
        event_id=side["event_id"].hex(),
        touchpoint=dictionaries.touchpoints[int(bucket.touchpoint[place])],
        channel=CHANNELS[code & 15],
        outcome=OUTCOMES[code >> 4],
        is_tie=bool(bucket.flags[place] & TIE),
        properties={name: value for name, value in values.items() if value is not None},
        event=msgspec.convert({**given, "occurred_at": occurred_at}, Event),
    )


def _value(dictionary: PropertyDictionary, code: int) -> Value:
    return None if code == NULL_CODE else dictionary.values[code - 1]
