"""Walks of one table, in memory: for notebooks and tests."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from trodden.model.touchpoints import TouchpointRules
from trodden.model.walks import Dictionaries
from trodden.store.walks.build import customers_of, settle, sort_into_walks
from trodden.store.walks.encode import Encoder
from trodden.store.walks.promotion import choose, merged
from trodden.store.walks.segment import Segment
from trodden.store.walks.sides import MemorySides
from trodden.store.walks.snapshot import EPOCH, WalkSnapshot, moment
from trodden.store.walks.vocabulary import Vocabulary, typed

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from trodden.model.walks import PropertyDictionary
    from trodden.store._arrow import Table
    from trodden.store.walks.build import Walks
    from trodden.store.walks.promotion import Chosen

_DIGEST: Final = 8


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
        Zone in which property values that are times without one are read.
    as_of
        Up to when this was told; default the largest ``occurred_at`` not later than its
        ``received_at`` plus five minutes (the epoch where there is none).

    Raises
    ------
    RulesError
        If a pattern of the rules cannot be used.
    """
    rules = rules or TouchpointRules()
    encoder = Encoder(rules, only=[one.name for one in rules.promote] or None)
    encoded = encoder.encode(events)
    chosen = choose(rules, {}, merged({}, encoder.reader), encoder.reader, time_zone)
    if not chosen.kinds.keys() <= encoder.reader.columns.keys():
        encoder = Encoder(rules, only=chosen.kinds)
        encoded = encoder.encode(events)
    settled = settle(encoder, Vocabulary(), chosen, time_zone)
    customers = customers_of(encoder.people.keys, encoder.people.hashes)
    rows = settled.rows(encoded.rows)
    rows = replace(rows, row=encoded.kept, customer=customers.place[rows.customer])
    walks = sort_into_walks(rows, customers.keys, customers.hashes, settled.names)
    properties = tuple(_dictionary(name, walks, chosen, time_zone) for name in chosen.kinds)
    dictionaries = Dictionaries(settled.vocabulary.touchpoints, properties)
    known = as_of or moment(encoder.as_of or 0)
    return WalkSnapshot(
        name=_name(walks, dictionaries, known),
        as_of=known,
        dictionaries=dictionaries,
        segments=[Segment(walks.index, [walks.block], settled.names)],
        sides=MemorySides(events),
        time_zone=time_zone,
    )


def _dictionary(name: str, walks: Walks, chosen: Chosen, time_zone: str) -> PropertyDictionary:
    found = typed(name, chosen.texts[name], chosen.kinds[name], time_zone)
    codes = walks.block.properties()[name]
    nulls = int(len(codes) - np.count_nonzero(codes))
    return msgspec.structs.replace(found, nulls=nulls, unparsed=chosen.unparsed(name, len(codes) - nulls))


def _name(walks: Walks, dictionaries: Dictionaries, as_of: datetime) -> str:
    digest = blake2b(digest_size=_DIGEST)
    block = walks.block
    columns: list[NDArray[Any]] = [
        walks.index.hashes,
        walks.index.lengths,
        walks.rows.high,
        walks.rows.low,
        block.occurred_at,
        block.touchpoint,
        block.channel_outcome,
        block.flags,
        *block.properties().values(),
    ]
    for column in columns:
        digest.update(np.ascontiguousarray(column).view(np.uint8).data)
    digest.update(msgspec.json.encode([dictionaries, (as_of - EPOCH).total_seconds()]))
    return f"memory-{digest.hexdigest()}"
