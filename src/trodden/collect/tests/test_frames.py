"""Frames and files are events in memory, by the same rules as an import."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import trodden
from trodden.collect.importers import events_of, warm
from trodden.collect.tests.helpers import walk, write
from trodden.model.errors import MappingError, UnreadableFileError
from trodden.store.schema import EVENT_SCHEMA

TABLE = pa.table(
    {
        "user": [12, 12, 7],
        "event": ["view", "buy", "view"],
        "ts": pa.array([1_704_103_200, 1_704_106_800, 1_704_189_600], pa.timestamp("s")),
        "plan": pa.array(["a", "b", "a"]).dictionary_encode(),
    }
)
EXPECTED = [
    ("12", "view", "2024-01-01 10:00:00"),
    ("12", "buy", "2024-01-01 11:00:00"),
    ("7", "view", "2024-01-02 10:00:00"),
]


def frames() -> dict[str, Any]:
    frame = pl.from_arrow(TABLE)
    assert isinstance(frame, pl.DataFrame)
    return {
        "arrow": TABLE,
        "reader": TABLE.to_reader(),
        "pandas": TABLE.to_pandas(),
        "polars": frame,
        "lazy": frame.lazy(),
        "duckdb": duckdb.from_arrow(TABLE),
    }


@pytest.mark.parametrize("kind", ["arrow", "reader", "pandas", "polars", "lazy", "duckdb"])
def test_any_frame_is_events(kind: str) -> None:
    events = events_of(frames()[kind])
    assert events.schema == EVENT_SCHEMA
    assert walk(events.to_pylist()) == EXPECTED
    assert events["properties"].to_pylist()[0] == '{"plan":"a"}'


def test_every_frame_gives_the_same_messages() -> None:
    names = {tuple(events_of(frame)["message_id"].to_pylist()) for frame in frames().values()}
    assert len(names) == 1


def test_a_path_is_a_file(tmp_path: Path) -> None:
    path = write(tmp_path, "customer,event,time\nana,view,2024-01-01\n")
    for given in (path, str(path)):
        assert walk(events_of(given).to_pylist()) == [("ana", "view", "2024-01-01 00:00:00")]


def test_columns_and_zone_are_taken_from_the_call() -> None:
    frame = pd.DataFrame({"a": ["x"], "b": ["y"], "c": ["2024-07-01 12:00"]})
    events = events_of(
        frame, time_zone="Europe/Berlin", columns={"customer": "a", "touchpoint": "b", "time": "c"}
    )
    assert walk(events.to_pylist()) == [("x", "y", "2024-07-01 10:00:00")]


def test_rows_left_out_are_warned_about() -> None:
    frame = pl.DataFrame(
        {"user": ["a", None, "c"], "event": ["x"] * 3, "time": ["2024-01-01", "2024-01-01", "soon"]}
    )
    with pytest.warns(UserWarning, match="2 of 3 rows are left out: 1 have no customer, 1 have a time that"):
        events = events_of(frame, columns={"customer": "user", "touchpoint": "event", "time": "time"})
    assert events.num_rows == 1


def test_an_empty_frame_has_no_events() -> None:
    columns = {"customer": "user", "touchpoint": "event", "time": "ts"}
    assert events_of(TABLE.slice(0, 0), columns=columns).num_rows == 0


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="neither a path nor a data frame"):
        events_of(3)
    with pytest.raises(MappingError, match="frame"):
        events_of(pa.table({"a": ["x"], "b": ["y"]}))
    with pytest.raises(MappingError, match="colour"):
        events_of(TABLE, columns={"colour": "red"})


def test_the_library_reads_frames() -> None:
    walks = trodden.read(TABLE)
    assert [bucket for bucket in walks.snapshot.buckets() if len(bucket.keys)]


def test_warming_up_says_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warm()
