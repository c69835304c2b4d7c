"""Live walk rows as Arrow batches."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from tests.support.events import event
from tests.support.walks import walks_from_text
from trodden.store.tests.walks_bench import WalkBench, quick_folder
from trodden.store.walks import events_schema, iter_event_tables, tables

TEXT = """
b "call us"@voice!failed{plan=basic,spend=12.5,vip=true,since=2026-01-01} 10:05 text=slow
a search 10:00 seq=1
a buy!ok{plan=plus} 10:00 seq=2 source=crm url=https://x.example/
"""


def test_rows_come_customer_by_customer_with_everything_decoded() -> None:
    snapshot = walks_from_text(TEXT)
    rows = pa.Table.from_batches(iter_event_tables(snapshot, ("name", "url", "text"))).to_pylist()
    assert len(rows) == 3
    ten = datetime(2026, 1, 1, 10, tzinfo=UTC)
    shared = {"property_vip": None, "property_spend": None, "property_since": None, "occurred_at": ten}
    assert sorted(rows, key=lambda row: (row["customer"], row["is_tie"])) == [
        shared
        | {"customer": "a", "touchpoint": "search", "channel": "other", "outcome": "unknown", "is_tie": False}
        | {"property_plan": None, "name": "search", "url": "", "text": ""},
        shared
        | {"customer": "a", "touchpoint": "buy", "channel": "other", "outcome": "ok", "is_tie": True}
        | {"property_plan": "plus", "name": "buy", "url": "https://x.example/", "text": ""},
        {
            "customer": "b",
            "touchpoint": "call us",
            "channel": "phone",
            "outcome": "failed",
            "occurred_at": datetime(2026, 1, 1, 10, 5, tzinfo=UTC),
            "is_tie": False,
            "property_plan": "basic",
            "property_since": datetime(2026, 1, 1, tzinfo=UTC),
            "property_spend": 12.5,
            "property_vip": True,
            "name": "call us",
            "url": "",
            "text": "slow",
        },
    ]


@pytest.mark.parametrize("side", [(), ("name", "source", "seq")])
@pytest.mark.parametrize("chunk", [1, 700, 1_000_000])
def test_every_live_row_comes_once_in_batches_of_the_size_asked(
    side: tuple[str, ...], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "CHUNK_ROWS", chunk)
    with quick_folder() as folder:
        bench = WalkBench(folder)
        bench.add([event(number, customer=f"K{number % 300}") for number in range(3_000)])
        bench.add([event(9_000 + number, customer=f"K{number}") for number in range(3)])
        snapshot = bench.open()
        batches = list(iter_event_tables(snapshot, side, batch_rows=50))
    assert all(batch.num_rows <= 50 for batch in batches)
    assert {batch.schema for batch in batches} == {events_schema(snapshot.dictionaries, side)}
    found = pa.Table.from_batches(batches)
    assert found.num_rows == 3_003
    counted = found.group_by("customer").aggregate([("occurred_at", "count")]).to_pydict()
    lengths = dict(zip(counted["customer"], counted["occurred_at_count"], strict=True))
    assert lengths == {f"K{number}": 11 if number < 3 else 10 for number in range(300)}
    if side:
        by_name = zip(found["touchpoint"].to_pylist(), found["name"].to_pylist(), strict=True)
        assert all(touchpoint == name for touchpoint, name in by_name)


def test_columns_walks_have_themselves_are_not_repeated() -> None:
    snapshot = walks_from_text(TEXT)
    names = events_schema(snapshot.dictionaries, ("occurred_at", "channel", "text")).names
    assert names[:6] == ["customer", "touchpoint", "channel", "outcome", "occurred_at", "is_tie"]
    assert names[-1] == "text"
    assert len(names) == len(set(names))


def test_walks_of_nobody_give_no_batches() -> None:
    assert list(iter_event_tables(walks_from_text(""))) == []
