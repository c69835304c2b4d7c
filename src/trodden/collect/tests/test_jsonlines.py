"""JSON Lines are read whatever their keys; a line that is no sound object is told apart."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.collect.importers import EXPLANATIONS
from trodden.collect.importers.jsonlines import JsonLinesReader, read_object
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.rowwise import Literal, RowRefused
from trodden.collect.tests.helpers import properties, read_text, reasons, walk
from trodden.collect.tests.test_delimited import Memory

GOOD = '{"customer": "ana", "event": "view", "time": "2024-01-01T10:00:00Z"}\n'
LIMITS = Limits(cell_bytes=1_000, depth=6)


def refused(line: str | bytes) -> str:
    with pytest.raises(RowRefused) as caught:
        read_object(line.encode() if isinstance(line, str) else line, LIMITS)
    return str(caught.value)


def test_nested_objects_become_dotted_columns(tmp_path: Path) -> None:
    line = {
        "customer": 12,
        "event": "view",
        "time": 1_700_000_000,
        "context": {"page": {"title": "T"}, "tags": ["a", {"n": 1.0}]},
        "ok": True,
        "none": None,
    }
    events, _ = read_text(tmp_path, json.dumps(line) + "\n", "log.jsonl")
    assert walk(events) == [("12", "view", "2023-11-14 22:13:20")]
    assert properties(events) == [{"context.page.title": "T", "context.tags": ["a", {"n": 1.0}], "ok": True}]


def test_keys_may_come_and_go(tmp_path: Path) -> None:
    more = GOOD.replace("}", ', "a": 1}') + GOOD + GOOD.replace("}", ', "b": "x", "a": "2"}')
    events, report = read_text(tmp_path, more, "log.jsonl")
    assert properties(events) == [{"a": 1}, {}, {"a": "2", "b": "x"}]
    assert report.repeated_rows == 0


def test_a_key_that_appears_later_leaves_earlier_messages_as_they_were(tmp_path: Path) -> None:
    alone, _ = read_text(tmp_path, GOOD, "log.jsonl")
    grown, _ = read_text(tmp_path, GOOD + GOOD.replace("}", ', "new": 1}'), "log.jsonl")
    assert grown[0]["message_id"] == alone[0]["message_id"]
    assert grown[1]["message_id"] != alone[0]["message_id"]


def test_the_order_of_keys_does_not_matter(tmp_path: Path) -> None:
    turned = '{"time": "2024-01-01T10:00:00Z", "event": "view", "customer": "ana"}\n'
    _, report = read_text(tmp_path, GOOD + turned, "log.jsonl")
    assert report.repeated_rows == 1


def test_bad_lines_are_told_apart(tmp_path: Path) -> None:
    lines = [GOOD.strip(), "{", "[1]", "", '"x"', GOOD.strip()]
    events, report = read_text(tmp_path, "\n".join(lines), "log.jsonl")
    assert len(events) == 2
    assert reasons(report) == {2: "bad-json", 3: "not-an-object", 4: "not-an-object"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "bad-json"),
        ('{"a": tru}', "bad-json"),
        ("nope", "bad-json"),
        ("1", "not-an-object"),
        ('{"a": 1, "a": 2}', "duplicate-key"),
        ('{"a": {"b": 1}, "a.b": 2}', "duplicate-key"),
        ('{"x": {"a": 1, "a": 2}}', "duplicate-key"),
        ('{"a": NaN}', "number-out-of-range"),
        ('{"a": -Infinity}', "number-out-of-range"),
        ('{"a": 1e999}', "number-out-of-range"),
        ('{"a": ' + "9" * 5_000 + "}", "number-out-of-range"),
        ('{"a": [1, {"b": 1e400}]}', "number-out-of-range"),
        ('{"a": "\\ud800"}', "bad-encoding"),
        ('{"\\udfff": 1}', "bad-encoding"),
        ('{"a": ["\\ud83d"]}', "bad-encoding"),
        ('{"a": "\\u0000"}', "zero-byte"),
        ('{"a": "' + "x" * 1_001 + '"}', "cell-too-large"),
        ('{"' + "k" * 5_000 + '": 1}', "name-too-long"),
        ('{"a":' * 7 + "1" + "}" * 7, "too-deep"),
        ('{"a":' + "[" * 7 + "]" * 7 + "}", "too-deep"),
        ('{"a":' + "[" * 100_000, "too-deep"),
        ('{"a":' * 100_000, "too-deep"),
        (b'{"a": "\xff"}', "bad-encoding"),
        (b'{"a": "\xed\xa0\x80"}', "bad-encoding"),
    ],
)
def test_an_unsound_line_is_refused(line: str | bytes, reason: str) -> None:
    assert refused(line) == reason


def test_numbers_stay_as_they_are_written() -> None:
    row = read_object(
        b'{"a": 1.50, "b": 12345678901234567890123, "c": -0, "d": "1", "e": [1.0, 2e3]}', LIMITS
    )
    assert row == {"a": "1.50", "b": "12345678901234567890123", "c": "-0", "d": "1", "e": "[1.0,2e3]"}
    assert [type(cell) for cell in row.values()] == [Literal, Literal, Literal, str, Literal]


def test_a_pair_of_halves_is_a_character() -> None:
    assert read_object(b'{"a": "\\ud83d\\ude00"}', LIMITS) == {"a": "\N{GRINNING FACE}"}


def test_a_very_long_line_costs_itself_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trodden.collect.importers.jsonlines._BLOCK", 1_000)
    limits = Limits(record_bytes=2_000)
    text = GOOD + '{"a": "' + "x" * 9_000 + '"}\n' + GOOD
    reader = JsonLinesReader(Memory(text.encode()), limits)
    chunks = [task() for task in reader.tasks()]
    assert [row for chunk in chunks for row in chunk.rows.tolist()] == [1, 3]
    assert [reject.reason for chunk in chunks for reject in chunk.rejects] == ["row-too-large"]


def test_too_many_keys_cost_their_row(tmp_path: Path) -> None:
    many = json.dumps({f"k{number}": 1 for number in range(2_001)})
    events, report = read_text(tmp_path, GOOD + many + "\n" + GOOD, "log.jsonl")
    assert len(events) == 2
    assert reasons(report) == {2: "too-many-columns"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5))
def test_any_object_is_cells_of_json_or_refused(found: dict[str, object]) -> None:
    row, reason = read_or_refused(json.dumps(found).encode())
    assert reason in {"", "duplicate-key", "bad-encoding", "zero-byte"}
    for cell in row.values():
        cell.encode()
        if isinstance(cell, Literal):
            msgspec.json.decode(str(cell))


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(line: bytes) -> None:
    row, reason = read_or_refused(line)
    assert not row if reason else reason == ""
    assert not reason or reason in EXPLANATIONS


def read_or_refused(line: bytes) -> tuple[dict[str, str], str]:
    try:
        return read_object(line, Limits()), ""
    except RowRefused as error:
        return {}, str(error)
