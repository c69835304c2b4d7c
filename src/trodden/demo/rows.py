"""The record as rows of the events table."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.people import AGES, BILL_DAYS, DEVICES, PLANS, REGIONS
from trodden.demo.places import KEYS, PLACES, SOURCES
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.store._arrow import Column, Table, pa, pc
from trodden.store.schema import IDS, TIME, conform, event_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.demo.draws import Ints, Keys
    from trodden.demo.people import People
    from trodden.demo.world import World

HOST: Final = "https://kestrel.example"
NONE: Final = -1
_HEX: Final = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint8).reshape(256, 2)
_OWN: Final = {name: code for code, name in enumerate(CHANNELS)}
_WEB, _APP = CHANNELS.index("web"), CHANNELS.index("app")
_FACTS: Final = {
    "region": REGIONS,
    "age_group": AGES,
    "device": DEVICES,
    "plan": PLANS,
    "bill_day": BILL_DAYS,
}


def rows_of(world: World) -> Table:
    """Return what happened in a world up to its end, in the order of time, as rows of the events table.

    Nothing is heard of customers after the end of their contract.
    """
    columns = world.log.columns()
    keep = (columns["at"] < world.until) & (columns["at"] <= world.people.gone_at[columns["who"]])
    order = np.flatnonzero(keep)
    order = order[np.lexsort((columns["step"][order], columns["keys"][order], columns["at"][order]))]
    return _table(world, {name: values[order] for name, values in columns.items()})


def _table(world: World, columns: dict[str, Ints]) -> Table:
    people, who, place = world.people, columns["who"], columns["place"]
    channel = _channels(people, who, place)
    messages = _hex(columns["keys"].view(np.uint64))
    source = _texts([SOURCES.get(name, "") for name in CHANNELS], channel)
    rows = {
        "source": source,
        "message_id": messages,
        "event_id": _event_ids(channel, messages),
        "seq": columns["step"],
        "occurred_at": pa.array(columns["at"]).cast(TIME),
        "received_at": pa.array(columns["at"]).cast(TIME),
        "ids": _ids(_texts(people.ids, who)),
        "channel": _texts(CHANNELS, channel),
        "name": _texts([world.names[key] for key in KEYS], place),
        "url": _texts([_url(world.names[key]) for key in KEYS], np.where(channel == _WEB, place, len(KEYS))),
        "outcome": _texts(OUTCOMES, columns["outcome"]),
        "duration_ms": _numbers(columns["duration"]),
        "value_minor": _numbers(columns["value"]),
        "currency": _texts(("", "EUR"), (columns["value"] != NONE).astype(np.int64)),
        "text": _texts(world.log.texts.texts, columns["text"]),
        "properties": _properties(world, who, columns["extra"]),
    }
    return conform(pa.table(rows))


def _channels(people: People, who: Ints, place: Ints) -> Ints:
    """Return the channel of each event: of the touchpoint, or the app for who has it, else the site."""
    own = np.array([_OWN.get(one.channel, NONE) for one in PLACES.values()])
    return np.where(own[place] == NONE, np.where(people.has_app[who], _APP, _WEB), own[place])


def _url(name: str) -> str:
    return f"{HOST}/{name.lower().replace(' ', '-')}"


def _texts(texts: Sequence[str], codes: Ints) -> Column:
    """Return (rows,) texts by code; empty beyond the last."""
    return pa.array([*texts, ""], pa.string()).take(pa.array(codes))


def _numbers(values: Ints) -> Column:
    return pa.array(values, mask=values == NONE)


def _hex(keys: Keys) -> Column:
    """Return (rows,) keys in 16 hexadecimal digits."""
    digits = np.ascontiguousarray(_HEX[keys.astype(">u8").view(np.uint8).reshape(-1, 8)])
    offsets = np.arange(0, 16 * len(keys) + 1, 16, dtype=np.int32)
    return pa.StringArray.from_buffers(len(keys), pa.py_buffer(offsets), pa.py_buffer(digits))


def _event_ids(channel: Ints, messages: Column) -> Column:
    """Return (rows,) event ids, source by source."""
    order = np.argsort(channel, kind="stable")
    found = [
        event_ids(SOURCES.get(name, ""), messages.take(pa.array(np.flatnonzero(channel == code))))
        for code, name in enumerate(CHANNELS)
    ]
    return pa.concat_arrays(found).take(pa.array(np.argsort(order, kind="stable")))


def _ids(customers: Column) -> Column:
    """Return (rows,) one identifier each, of the kind ``customer``."""
    kinds = pa.array(["customer"]).take(pa.array(np.zeros(len(customers), np.int64)))
    pairs = pa.StructArray.from_arrays([kinds, customers], fields=list(IDS.value_type))
    return pa.ListArray.from_arrays(pa.array(np.arange(len(customers) + 1, dtype=np.int32)), pairs).cast(IDS)


def _properties(world: World, who: Ints, extra: Ints) -> Column:
    """Return (rows,) what is known of each customer, and of each event, as JSON."""
    facts = np.zeros(len(who), np.int64)
    people = world.people
    codes = (people.region, people.age, people.device, people.plan, people.bill_day)
    for values, one in zip(_FACTS.values(), codes, strict=True):
        facts = facts * len(values) + one[who]
    known = [
        ",".join(f'"{name}":"{value}"' for name, value in zip(_FACTS, each, strict=True))
        for each in product(*_FACTS.values())
    ]
    begin = _texts(["{" + one for one in known], facts)
    end = _texts([f"{one}}}" for one in world.log.extras.texts], extra)
    return pc.binary_join_element_wise(begin, end, "")
