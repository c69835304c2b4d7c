"""Walks of one table, in memory: for notebooks and tests."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from trodden.model.touchpoints import TouchpointRules
from trodden.model.walks import Dictionaries, PropertyDictionary
from trodden.store.walks.build import Codes, customers_of, promotions, segment_of, touchpoint_codes
from trodden.store.walks.encode import Encoder
from trodden.store.walks.sides import MemorySides
from trodden.store.walks.snapshot import EPOCH, WalkSnapshot, moment
from trodden.store.walks.vocabulary import Vocabulary, typed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from trodden.store._arrow import Table
    from trodden.store.property_reader import PropertyReader
    from trodden.store.walks.build import Promotion
    from trodden.store.walks.rows import Rows
    from trodden.store.walks.segment import Segment

_DIGEST = 8


def build_snapshot(
    events: Table,
    rules: TouchpointRules | None = None,
    time_zone: str = "UTC",
    as_of: datetime | None = None,
) -> WalkSnapshot:
    """Build the walks of a table of events in memory.

    Parameters
    ----------
    events
        Rows of the event schema, in any order.
    rules
        Touchpoint rules; by default every event is at the touchpoint its name says.
    time_zone
        Zone in which times without one are read.
    as_of
        Up to when this was told; default the largest ``occurred_at`` not later than its
        ``received_at`` plus five minutes (the epoch where there is none).

    Raises
    ------
    RulesError
        If a pattern of the rules cannot be used.
    """
    rules = rules or TouchpointRules()
    encoder = Encoder(rules)
    rows = encoder.encode(events)
    touchpoints, codes = touchpoint_codes((), encoder.touchpoints.names)
    promoted = promotions(encoder.reader, rules, Vocabulary(), time_zone)
    segment, ordered = segment_of(rows, customers_of(encoder.customers.names), Codes(codes, promoted))
    dictionaries = Dictionaries(
        touchpoints, tuple(_dictionary(one, segment, encoder.reader, time_zone) for one in promoted)
    )
    known = as_of or moment(encoder.as_of or 0)
    return WalkSnapshot(
        name=_name(segment, ordered, dictionaries, known),
        as_of=known,
        dictionaries=dictionaries,
        segments=[segment],
        sides=MemorySides(events),
        time_zone=time_zone,
    )


def _dictionary(
    one: Promotion, segment: Segment, reader: PropertyReader, time_zone: str
) -> PropertyDictionary:
    column = segment.blocks[0].properties[one.name]
    found = typed(one.name, one.texts, one.type, time_zone)
    nulls = int(len(column) - np.count_nonzero(column))
    return msgspec.structs.replace(found, nulls=nulls, unparsed=reader.unparsed[one.name])


def _name(segment: Segment, ordered: Rows, dictionaries: Dictionaries, as_of: datetime) -> str:
    digest = blake2b(digest_size=_DIGEST)
    block = segment.blocks[0]
    columns: Sequence[np.ndarray] = (
        segment.index.hashes,
        segment.index.lengths,
        ordered.event_id,
        block.occurred_at,
        block.touchpoint,
        block.channel_outcome,
        block.flags,
        *block.properties.values(),
    )
    for column in columns:
        digest.update(np.ascontiguousarray(column).view(np.uint8).data)
    digest.update(msgspec.json.encode([dictionaries, (as_of - EPOCH).total_seconds()]))
    return f"memory-{digest.hexdigest()}"
