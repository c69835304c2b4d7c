"""Properties taken apart by the kernel, against Python's JSON."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import walks as oracle
from tests.support import random_events
from trodden.model.event import Event
from trodden.store.property_reader import MOST_VALUES, PropertyReader

texts = st.one_of(
    random_events.property_texts(),
    st.text(max_size=8),
    st.text('{}[]":, \\ntrue01.e-', max_size=12),
)


def read(reader: PropertyReader, rows: list[str]) -> list[dict[str, str | None]]:
    """Return what a reader says of each row: the text of each name."""
    codes = reader.read(pa.array(rows, pa.string()))
    found: list[dict[str, str | None]] = [{} for _ in rows]
    for name, column in reader.columns.items():
        said = [None, *reader.texts(name)]
        for place, code in enumerate(codes[column].tolist()):
            if code:
                found[place][name] = said[code]
    return found


def expected(row: str) -> dict[str, str | None]:
    event = Event(source="", message_id="", occurred_at=None, received_at=None, ids=(), properties=row)
    found = {name: oracle.text(value) for name, value in oracle.properties(event).items()}
    return {name: value for name, value in found.items() if value is not None}


@given(st.lists(texts, max_size=30))
def test_every_property_is_found_with_its_text(rows: list[str]) -> None:
    reader = PropertyReader()
    half = len(rows) // 2
    found = read(reader, rows[:half]) + read(reader, rows[half:])
    shown = [{name: value for name, value in row.items() if value is not None} for row in found]
    assert shown == [expected(row) for row in rows]


@given(st.lists(texts, max_size=30), st.integers(0, 30))
def test_texts_in_a_dictionary_are_read_as_texts_row_by_row(rows: list[str], cut: int) -> None:
    plain, coded = PropertyReader(), PropertyReader()
    column = pa.array([*rows, *rows], pa.string())
    for part in (column.slice(0, cut), column.slice(cut)):
        found = coded.read(column.dictionary_encode().slice(part.offset, len(part)))
        assert found.tolist() == plain.read(part).tolist()
    for said in ("names", "columns", "seen", "unparsed"):
        assert getattr(coded, said) == getattr(plain, said), said


@given(st.lists(texts, max_size=20))
def test_values_are_counted_as_seen_and_those_without_a_text_as_unparsed(rows: list[str]) -> None:
    reader = PropertyReader()
    read(reader, rows)
    names = {name for row in rows for name in _all_properties(row)}
    seen = {name: sum(name in _all_properties(row) for row in rows) for name in names}
    assert reader.seen == seen


def _all_properties(row: str) -> dict[str, object]:
    event = Event(source="", message_id="", occurred_at=None, received_at=None, ids=(), properties=row)
    return oracle.properties(event)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ('{"a":1,"a":2}', {"a": "2"}),
        ('{"a":"x","b":[1,{"c":"]}"}],"d":"y"}', {"a": "x", "d": "y"}),
        ('{"\\u0061":"\\u0062"}', {"a": "b"}),
        ('{"a":1}x', {}),
        ('{"a":1,}', {}),
        ('{"a"}', {}),
        ('{"a":"x', {}),
        ('{"a":"x\\', {}),
        ("", {}),
        (" { } ", {}),
        (
            "{" + ",".join(f'"n{place}":{place}' for place in range(600)) + "}",
            {f"n{place}": str(place) for place in range(64)},
        ),
    ],
)
def test_what_is_no_plain_object_is_read_as_python_reads_it(row: str, found: dict[str, str]) -> None:
    assert read(PropertyReader(), [row]) == [found]


def test_names_not_asked_for_are_counted_only() -> None:
    reader = PropertyReader(["b"])
    assert read(reader, ['{"a":1,"b":2}']) == [{"b": "2"}]
    assert reader.seen == {"a": 1, "b": 1}


def test_more_values_than_a_column_holds_are_said_to_be_too_many() -> None:
    reader = PropertyReader()
    rows = [f'{{"id":{place},"kind":{place % 3}}}' for place in range(MOST_VALUES + 1)]
    reader.read(pa.array(rows))
    assert reader.over == {"id"}
    assert len(reader.texts("id")) == MOST_VALUES


def test_listed_texts_are_told_apart_however_many_others_there_are() -> None:
    reader = PropertyReader((), {"id": ["wanted", "70000"]})
    rows = [json.dumps({"id": place}) for place in range(MOST_VALUES + 1)]
    found = read(reader, [*rows, '{"id":"wanted"}', '{"id":70000}', '{"id":"70000"}', '{"id":1}'])
    assert found[-4:] == [{"id": "wanted"}, {"id": "70000"}, {"id": "70000"}, {}]
    assert reader.over == set()
