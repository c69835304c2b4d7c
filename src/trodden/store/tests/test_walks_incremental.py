"""Walks brought up to date bit by bit are the walks built at once."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import walks as oracle
from tests.support import random_events
from tests.support.events import event
from tests.support.rows import events_table
from tests.support.walks import events_from_text
from trodden.model.event import Event
from trodden.model.touchpoints import Promoted, TouchpointRule, TouchpointRules
from trodden.store.tests.walks_bench import WalkBench, quick_folder
from trodden.store.walks import build_snapshot, timeline_rows
from trodden.store.walks.canonical import dump, fingerprint

RULES = TouchpointRules(
    rules=(
        TouchpointRule(touchpoint="bought", name=("buy",)),
        TouchpointRule(name_pattern="^se", channel=("web",), drop=True),
        TouchpointRule(touchpoint="special", where={"plan": ("a", "7", "true")}),
    ),
    promote=(
        Promoted("plan"),
        Promoted("spend", "number"),
        Promoted("vip", "boolean"),
        Promoted("since", "time"),
    ),
)


@given(random_events.logs(60), st.data())
def test_any_order_and_batching_gives_the_walks_built_at_once(log: list[Event], data: st.DataObject) -> None:
    sent = data.draw(st.permutations(log))
    again = data.draw(st.lists(st.sampled_from(log), max_size=5)) if log else []
    rules = data.draw(st.sampled_from([TouchpointRules(), RULES]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=4)))
    parts = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    with quick_folder() as folder:
        bench = WalkBench(folder, rules, "Europe/Berlin")
        for part in [*parts, again]:
            bench.add(part)
            if data.draw(st.booleans()):
                bench.compact()
        grown = b"".join(dump(bench.open()))
        bench.rebuild()
        assert grown == b"".join(dump(bench.open()))
        whole = build_snapshot(events_table([*sent, *again]), rules, "Europe/Berlin")
        assert grown == b"".join(dump(whole))


def test_walks_on_disk_give_every_event_back_as_it_arrived() -> None:
    log = [msgspec.structs.replace(event(number), text=f"said {number}") for number in range(300)]
    with quick_folder() as folder:
        bench = WalkBench(folder)
        for first in range(0, 300, 90):
            bench.add(log[first : first + 90])
        snapshot = bench.open()
        found = [row.event for number in range(7) for row in timeline_rows(snapshot, f"C{number}")]
        assert sorted(found, key=oracle.event_id) == sorted(log, key=oracle.event_id)


def test_a_refresh_writes_only_the_customers_it_touches() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([event(number, customer=f"K{number % 500}") for number in range(5_000)])
        bench.add([event(9_000 + number, customer=f"K{number}") for number in range(3)])
        large, small = bench.state().manifest.segments
        assert (large.customers, large.dead_customers, large.dead_events) == (500, 3, 30)
        assert (small.customers, small.events) == (3, 33)
        assert sum(len(bucket.starts) for bucket in bench.open().buckets()) == 500


def test_small_segments_and_side_files_are_written_together() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([event(number, customer=f"K{number % 500}") for number in range(5_000)])
        for batch in range(40):
            bench.add([event(9_000 + 5 * batch + number, customer=f"L{batch}") for number in range(5)])
        manifest = bench.state().manifest
        assert len(manifest.segments) <= 8
        assert len(manifest.sides) <= 8
        assert manifest.events == 5_200
        assert manifest.next_row == 5_200


def test_a_compacted_workspace_has_one_segment_and_says_the_same() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([event(number, customer=f"K{number % 500}") for number in range(5_000)])
        bench.add([event(9_000 + number, customer=f"K{number}") for number in range(3)])
        before = fingerprint(bench.open())
        bench.compact()
        (segment,) = bench.state().manifest.segments
        assert (segment.events, segment.dead_events, segment.customers) == (5_003, 0, 500)
        assert fingerprint(bench.open()) == before


def test_codes_once_given_stay() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add(events_from_text("a zoo{plan=z} 10:00 id=1"))
        first = bench.open().dictionaries
        bench.add(events_from_text("a ant{plan=a} 11:00 id=2 | b bee{plan=z,new=1} 11:00 id=3"))
        second = bench.open().dictionaries
        assert first.touchpoints == ("zoo",)
        assert second.touchpoints == ("zoo", "ant", "bee")
        assert {one.name: one.values for one in second.properties} == {"plan": ("z", "a"), "new": (1,)}


def test_names_are_written_together_once_there_are_many_files_of_them() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        for number in range(40):
            bench.add(events_from_text(f"a place{number:02d} 10:00 id={number}"))
        assert len(bench.state().manifest.dictionaries) <= 16
        assert bench.open().dictionaries.touchpoints == tuple(f"place{number:02d}" for number in range(40))


def test_a_type_gives_way_when_a_value_does_not_fit() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add(events_from_text("a x{size=1} 10:00 id=1 | a x{size=2.5} 11:00 id=2"))
        assert bench.open().dictionaries.properties[0].type == "number"
        bench.add(events_from_text("b x{size=large} 10:00 id=3"))
        (found,) = bench.open().dictionaries.properties
        assert (found.type, found.values) == ("string", ("1", "2.5", "large"))
        assert bench.rebuilds == 0


def _with(properties: dict[str, object], number: int) -> Event:
    encoded = msgspec.json.encode(properties).decode()
    return msgspec.structs.replace(event(number), properties=encoded)


def test_a_property_that_gets_a_column_later_has_its_earlier_values_too() -> None:
    others = {f"p{number:02d}": "x" for number in range(64)}
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([_with(others | {"q": "early"}, 0), _with(others, 1)])
        assert "q" not in {one.name for one in bench.open().dictionaries.properties}
        bench.add([_with({"q": "late"}, number) for number in range(2, 6)])
        assert bench.rebuilds == 1
        found = {one.name: one for one in bench.open().dictionaries.properties}
        assert set(found["q"].values) == {"early", "late"}
        assert found["q"].nulls == 1
        assert len(found) == 64


def test_a_listed_property_nothing_of_which_can_be_read_is_no_reason_to_rebuild() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder, TouchpointRules(promote=(Promoted("spend", "number"),)))
        for number in range(3):
            bench.add([_with({"spend": "cheap"}, number)])
        assert bench.rebuilds == 0
        (found,) = bench.open().dictionaries.properties
        assert (found.values, found.nulls, found.unparsed) == ((), 3, 3)


def test_a_property_that_outgrows_its_column_loses_it() -> None:
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([_with({"id": number, "plan": "basic"}, number) for number in range(40_000)])
        assert [one.name for one in bench.open().dictionaries.properties] == ["id", "plan"]
        bench.add([_with({"id": number}, number) for number in range(40_000, 66_000)])
        (left,) = bench.open().dictionaries.properties
        assert (left.name, left.nulls) == ("plan", 26_000)
        bench.add([_with({"id": 1, "plan": "plus"}, 70_000)])
        assert [one.name for one in bench.open().dictionaries.properties] == ["plan"]


@pytest.mark.parametrize("held", [0, 1 << 30])
def test_rows_set_aside_on_disk_come_back_whole(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from trodden.store.walks import intake, partition

    monkeypatch.setattr(partition, "HELD_BYTES", held)
    monkeypatch.setattr(intake, "BATCH_ROWS", 700)
    monkeypatch.setattr(intake, "PART_ROWS", 100)
    log = [event(number, customer=f"K{number % 333}") for number in range(4_000)]
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add(log)
        assert fingerprint(bench.open()) == fingerprint(build_snapshot(events_table(log)))
        assert not list(bench.folder.path.glob("*.tmp"))
