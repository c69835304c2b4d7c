"""Walks in memory, against plain loops over the same events."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import walks as oracle
from tests.support import random_events
from tests.support.rows import events_table
from tests.support.walks import table_from_text, walks_from_text
from trodden.model.event import Event
from trodden.model.touchpoints import Promoted, TouchpointRule, TouchpointRules
from trodden.model.walks import TIE
from trodden.store.schema import empty_events
from trodden.store.walks import WalkSnapshot, build_snapshot, timeline_rows


def told(snapshot: WalkSnapshot) -> dict[str, list[oracle.Row]]:
    """Return what a snapshot says, as the oracle would say it."""
    keys = [key for bucket in snapshot.buckets() for key in bucket.keys]
    assert len(keys) == len(set(keys))
    return {key: [_row(one, snapshot) for one in timeline_rows(snapshot, key)] for key in keys}


def _row(one: object, snapshot: WalkSnapshot) -> oracle.Row:
    times = {found.name for found in snapshot.dictionaries.properties if found.type == "time"}
    values = {
        name: datetime.fromtimestamp(value / 1e6, tz=UTC) if name in times else value
        for name, value in one.properties.items()
    }
    return oracle.Row(
        event_id=one.event_id,
        occurred_at=one.event.occurred_at,
        touchpoint=one.touchpoint,
        channel=one.channel,
        outcome=one.outcome,
        is_tie=one.is_tie,
        properties=tuple(sorted(values.items())),
    )


@given(random_events.logs())
def test_walks_are_what_plain_loops_make_of_the_events(log: list[Event]) -> None:
    snapshot = build_snapshot(events_table(log))
    assert told(snapshot) == oracle.walks(log)
    assert snapshot.as_of == (oracle.as_of(log) or datetime(1970, 1, 1, tzinfo=UTC))


@given(random_events.logs(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_walks(log: list[Event], chance: object) -> None:
    again = [*log, *chance.sample(log, len(log) // 2)]
    chance.shuffle(again)
    assert told(build_snapshot(events_table(again))) == told(build_snapshot(events_table(log)))


@given(random_events.logs())
def test_a_timeline_gives_every_event_back_as_it_arrived(log: list[Event]) -> None:
    snapshot = build_snapshot(events_table(log))
    keys = [key for bucket in snapshot.buckets() for key in bucket.keys]
    found = [row.event for key in keys for row in timeline_rows(snapshot, key)]
    given = [event for event in log if event.ids and event.ids[0].value]
    assert sorted(found, key=oracle.event_id) == sorted(given, key=oracle.event_id)


def test_a_long_walk_in_reverse_is_put_in_order() -> None:
    text = " | ".join(f"a x 2026-01-02T10:{59 - place:02d} seq=0 id={place}" for place in range(60))
    (bucket,) = walks_from_text(text).buckets()
    assert bucket.occurred_at.tolist() == sorted(bucket.occurred_at.tolist())
    assert len(bucket.occurred_at) == 60


def test_equal_times_are_ties_only_where_the_order_is_not_told() -> None:
    same_seq = walks_from_text("a x 10:00 seq=1 | a y 10:00 seq=1").customer("a")
    other_seq = walks_from_text("a x 10:00 seq=1 | a y 10:00 seq=2").customer("a")
    other_source = walks_from_text("a x 10:00 seq=1 | a y 10:00 seq=2 source=crm").customer("a")
    assert same_seq is not None
    assert other_seq is not None
    assert other_source is not None
    assert same_seq.flags.tolist() == [0, TIE]
    assert other_seq.flags.tolist() == [0, 0]
    assert other_source.flags.tolist() == [0, TIE]


def test_a_customer_lies_in_the_bucket_of_the_hash_of_the_key() -> None:
    # BLAKE2b-64("a") begins with 0x40, "b" with 0x84, "c" with 0x37: the top six bits are 16, 33 and 13.
    snapshot = walks_from_text("a x 10:00 | b x 10:00 | c x 10:00")
    assert [(bucket.number, list(bucket.keys)) for bucket in snapshot.buckets()] == [
        (13, ["c"]),
        (16, ["a"]),
        (33, ["b"]),
    ]


def test_nobody_goes_by_an_unknown_name() -> None:
    snapshot = walks_from_text("a x 10:00")
    assert snapshot.customer("b") is None
    assert timeline_rows(snapshot, "b") == []


def test_no_events_are_walks_of_nobody() -> None:
    snapshot = build_snapshot(empty_events())
    assert snapshot.buckets() == []
    assert snapshot.customer("a") is None
    assert snapshot.dictionaries.touchpoints == ()


def test_what_kernels_read_cannot_be_written() -> None:
    bucket = walks_from_text("a x{plan=basic} 10:00").customer("a")
    assert bucket is not None
    arrays = [bucket.starts, bucket.ends, bucket.occurred_at, bucket.touchpoint, bucket.flags]
    arrays += [bucket.channel_outcome, bucket.properties["plan"]]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_name_tells_one_state_from_another() -> None:
    first = walks_from_text("a x 10:00 | b y 10:05")
    assert first.name == walks_from_text("b y 10:05 seq=1 id=1 | a x 10:00 seq=0 id=0").name
    others = [
        walks_from_text("a x 10:00 | b y 10:06"),
        walks_from_text("a x 10:00 | b z 10:05"),
        walks_from_text("a x 10:00 | c y 10:05"),
        walks_from_text("a x!ok 10:00 | b y 10:05"),
        walks_from_text("a x{p=1} 10:00 | b y 10:05"),
        walks_from_text("a x 10:00 | b y 10:05 seq=7 id=7"),
        walks_from_text("a x 10:00 | b y 10:05", as_of="2026-02-01"),
    ]
    assert len({one.name for one in [first, *others]}) == 1 + len(others)


def test_a_dropped_event_tells_the_time_but_is_in_no_walk() -> None:
    rules = TouchpointRules(rules=(TouchpointRule(name=("ping",), drop=True),))
    snapshot = walks_from_text("a x 10:00 | a ping 11:00 | b ping 11:30", rules)
    assert [row.touchpoint for row in timeline_rows(snapshot, "a")] == ["x"]
    assert snapshot.customer("b") is None
    assert snapshot.as_of == datetime(2026, 1, 1, 11, 30, tzinfo=UTC)


def test_time_is_believed_up_to_five_minutes_after_arrival() -> None:
    believed = walks_from_text("a x 10:00 | a y 11:00 late=-300")
    doubted = walks_from_text("a x 10:00 | a y 11:00 late=-300.000001")
    assert believed.as_of == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert doubted.as_of == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_listed_properties_are_read_in_the_type_listed_and_misfits_counted() -> None:
    promote = (Promoted("spend", "number"), Promoted("since", "time"), Promoted("vip", "boolean"))
    text = """
    a x{spend="12.50",since="2026-01-02",vip=yes,plan=basic} 10:00
    a y{spend=cheap,since=yesterday,vip=perhaps} 10:05
    a z 10:10
    """
    snapshot = build_snapshot(table_from_text(text), TouchpointRules(promote=promote), "Europe/Berlin")
    told_by_name = {one.name: one for one in snapshot.dictionaries.properties}
    assert set(told_by_name) == {"spend", "since", "vip"}
    assert told_by_name["spend"].values == (12.5,)
    midnight = datetime(2026, 1, 1, 23, tzinfo=UTC)
    assert told_by_name["since"].values == (int(midnight.timestamp() * 1_000_000),)
    assert told_by_name["vip"].values == (True,)
    assert {(one.nulls, one.unparsed) for one in told_by_name.values()} == {(2, 1)}


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["true", "false"], "boolean"),
        (["1", "2.5", "-3"], "number"),
        (["007", "8"], "string"),
        (["1.10", "1.9"], "string"),
        (["2026-01-02", "2026-01-02T10:00:00+02:00"], "time"),
        (["2026-01-02", "2026-02-30"], "string"),
        (["true", "1"], "string"),
    ],
)
def test_a_property_has_the_one_type_all_its_values_have(texts: list[str], kind: str) -> None:
    text = " | ".join(f'a x{{p="{one}"}} 10:00' for one in texts)
    (found,) = walks_from_text(text).dictionaries.properties
    assert found.type == kind
    assert len(found.values) == len(texts)


def test_the_sixty_four_commonest_properties_are_promoted() -> None:
    rare = {f"rare{number:02d}": "x" for number in range(10)}
    common = {f"common{number:02d}": "x" for number in range(60)}
    events = [rare | common, *[common] * 3]
    encoded = [msgspec.json.encode(one).decode() for one in events]
    log = [
        msgspec.structs.replace(event, properties=encoded[place])
        for place, event in enumerate(_plain_events(len(encoded)))
    ]
    names = [one.name for one in build_snapshot(events_table(log)).dictionaries.properties]
    assert names == sorted([*common, *sorted(rare)[:4]])


def test_a_property_with_too_many_values_gets_no_column() -> None:
    log = [
        msgspec.structs.replace(event, properties=f'{{"order":{place},"plan":{place % 2}}}')
        for place, event in enumerate(_plain_events(65_536))
    ]
    some = build_snapshot(events_table(log[:-1])).dictionaries.properties
    every = build_snapshot(events_table(log)).dictionaries.properties
    assert [(one.name, len(one.values)) for one in some] == [("order", 65_535), ("plan", 2)]
    assert [one.name for one in every] == ["plan"]


def _plain_events(count: int) -> list[Event]:
    from tests.support.events import event

    return [event(number) for number in range(count)]
