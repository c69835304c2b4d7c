"""An event as a row: ids, months, defaults and what is refused."""

import hashlib
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from tests.support.events import event, events
from trodden.model.errors import DataError
from trodden.store import schema
from trodden.store.schema import EVENT_SCHEMA, conform, empty_events, event_id, event_ids, months_of


def test_an_event_id_is_half_of_a_blake2b_of_source_and_message() -> None:
    expected = hashlib.blake2b("läden.csv\x1fm1".encode(), digest_size=16).digest()
    assert event_id("läden.csv", "m1") == expected


def test_ids_of_many_messages_are_those_of_each() -> None:
    messages = ["", "m1", "größer", "x" * 127, "x" * 128, "x" * 129, "x" * 300]
    ids = event_ids("web.csv", pa.chunked_array([messages[:2], messages[2:]]))
    assert ids.to_pylist() == [event_id("web.csv", message) for message in messages]


def test_source_and_message_cannot_run_into_each_other() -> None:
    assert event_id("a", "bc") != event_id("ab", "c")


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC), 202601),
        (datetime(2026, 2, 1, tzinfo=UTC), 202602),
        (datetime(1969, 12, 31, 23, tzinfo=UTC), 196912),
        (datetime(2400, 2, 29, tzinfo=UTC), 240002),
    ],
)
def test_the_month_is_that_of_the_time_in_utc(moment: datetime, month: int) -> None:
    assert months_of(pa.array([moment], schema.TIME)).to_pylist() == [month]


def test_missing_columns_take_their_defaults() -> None:
    table = conform(events([1, 2]).select(list(schema.REQUIRED)))
    assert table.schema == EVENT_SCHEMA
    row = table.to_pylist()[0]
    assert (row["channel"], row["outcome"], row["properties"], row["duration_ms"]) == (
        "other",
        "unknown",
        "{}",
        None,
    )
    assert row["event_id"] == event_id("web.csv", "m1")


def test_a_null_takes_the_default_of_its_column() -> None:
    table = events([1]).drop_columns(["name"]).append_column("name", pa.array([None], pa.string()))
    assert conform(table).column("name").to_pylist() == [""]


def test_ids_given_are_believed() -> None:
    given = pa.array([b"0123456789abcdef"], pa.binary(16))
    table = events([1]).set_column(0, EVENT_SCHEMA.field("event_id"), given)
    assert conform(table).column("event_id").to_pylist() == [b"0123456789abcdef"]


def test_two_sources_in_one_table_keep_their_own_ids() -> None:
    both = pa.concat_tables([events([1]), events([1], source="app.csv")]).drop_columns(["event_id"])
    assert conform(both).column("event_id").to_pylist() == [
        event_id("web.csv", "m1"),
        event_id("app.csv", "m1"),
    ]


@pytest.mark.parametrize("name", schema.REQUIRED)
def test_a_column_nobody_can_make_up_must_be_there(name: str) -> None:
    with pytest.raises(DataError, match=name):
        conform(events([1]).drop_columns([name]))


@pytest.mark.parametrize("name", schema.REQUIRED)
def test_a_column_nobody_can_make_up_has_no_nulls(name: str) -> None:
    kind = EVENT_SCHEMA.field(name).type
    table = events([1]).drop_columns([name]).append_column(name, pa.array([None], kind))
    with pytest.raises(DataError, match=name):
        conform(table)


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(DataError, match="colour"):
        conform(events([1]).append_column("colour", pa.array(["red"])))


def test_a_value_that_does_not_fit_is_refused_with_its_column() -> None:
    table = events([1]).drop_columns(["seq"]).append_column("seq", pa.array(["first"]))
    with pytest.raises(DataError, match="seq"):
        conform(table)


def test_no_events_are_a_table_of_the_schema() -> None:
    assert empty_events().num_rows == 0
    assert conform(empty_events()).schema == EVENT_SCHEMA


def test_an_event_survives_the_way_into_a_row() -> None:
    one = event(12, text="größer\n\x00")
    row = events([12]).to_pylist()[0]
    assert row["occurred_at"] == one.occurred_at
    assert row["ids"] == [{"kind": "customer", "value": "C5"}]
