"""The benchmark's data: customers' events from a seed, as one Parquet file in order of arrival.

40 touchpoints by Zipf 1.1; walk lengths geometric with mean 20, cut at 5,000; customers interleaved in
time; 3 % of the events arrive late, 1 % twice, 0.5 % have the time of the event before, at the same
touchpoint, so that counts do not depend on how a product breaks ties; five properties and a channel. All
times are past, so that no product leaves events out that have not happened yet.

Memory does not grow with the customers: they are made by the hundred thousand, spread over files by when
their events arrive, and each of these is sorted by itself.

``python -m bench.generate FILE CUSTOMERS`` writes it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

TOUCHPOINTS = 40
ZIPF = 1.1
MEAN = 20
LONGEST = 5_000
SPAN_S = 18 * 30 * 86_400
FIRST_US = 1_420_070_400_000_000
"""2015-01-01, UTC."""
ROWS = 1_000_000
TOGETHER = 100_000
"""Customers made at once, about two million events."""
LATE = 0.03
TWICE = 0.01
EQUAL = 0.005

_CHANNELS = np.array(("web", "app", "phone", "email", "chat"))
_PROPERTIES = {
    "region": 8,
    "plan": 4,
    "device": 3,
    "campaign": 200,
    "age_group": 6,
}


_EVENT = np.dtype([("arrival", "i8"), ("time", "i8"), ("customer", "i4"), ("touchpoint", "i1")])


def generate(path: Path, customers: int, seed: int = 1) -> int:
    """Write the events of so many customers and return how many there are."""
    count = 0
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix="arrivals-") as folder,
        pq.ParquetWriter(path, _schema(), compression="zstd") as writer,
    ):
        for events in _by_arrival(Path(folder), customers, seed):
            count += len(events)
            for first in range(0, len(events), ROWS):
                writer.write_table(_rows(events[first : first + ROWS]), row_group_size=ROWS)
    return count


def _by_arrival(folder: Path, customers: int, seed: int) -> Iterator[np.ndarray[Any, Any]]:
    """Return all events in order of arrival, so many at a time as about so many customers have."""
    firsts = range(0, customers, TOGETHER)
    edges = np.zeros(0)
    for place, first in enumerate(firsts):
        events = _events(np.random.default_rng([seed, place]), first, min(TOGETHER, customers - first))
        if not place:
            edges = np.quantile(events["arrival"], np.arange(1, len(firsts)) / len(firsts))
        parts = np.searchsorted(edges, events["arrival"], side="right")
        for part in range(len(firsts)):
            with (folder / f"{part}").open("ab") as file:
                events[parts == part].tofile(file)
    for part in range(len(firsts)):
        found = np.fromfile(folder / f"{part}", _EVENT)
        yield found[np.argsort(found["arrival"], kind="stable")]


def _schema() -> pa.Schema:
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            ("customer", pa.string()),
            ("time", pa.timestamp("us", "UTC")),
            ("touchpoint", text),
            ("channel", text),
            *((name, text) for name in _PROPERTIES),
        ]
    )


def _events(random: np.random.Generator, first: int, customers: int) -> np.ndarray[Any, Any]:
    """Return the events of so many customers, numbered from ``first``."""
    lengths = np.minimum(random.geometric(1 / MEAN, customers), LONGEST)
    count = int(lengths.sum())
    weights = 1 / np.arange(1, TOUCHPOINTS + 1) ** ZIPF
    drawn = random.choice(TOUCHPOINTS, count, p=weights / weights.sum()).astype(np.int8)
    gaps = _gaps(random, lengths, count)
    late = np.where(random.random(count) < LATE, random.integers(3_600, 86_400, count), 0)
    events = np.empty(count, _EVENT)
    events["customer"] = np.repeat(np.arange(first, first + customers), lengths)
    events["touchpoint"] = drawn[np.maximum.accumulate(np.where(gaps > 0, np.arange(count), 0))]
    events["time"] = _times(gaps, lengths)
    events["arrival"] = events["time"] + late * 1_000_000
    return np.concatenate((events, events[random.random(count) < TWICE]))


def _gaps(random: np.random.Generator, lengths: np.ndarray, count: int) -> np.ndarray:
    """Return seconds since the event before, log-normal; a walk's first event: since the span began."""
    gaps = random.lognormal(7.0, 2.2, count)
    gaps[random.random(count) < EQUAL] = 0.0
    gaps[np.cumsum(lengths) - lengths] = random.random(len(lengths)) * SPAN_S
    return gaps


def _times(gaps: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return times in microseconds."""
    firsts = np.cumsum(lengths) - lengths
    sums = np.cumsum(gaps)
    before = np.repeat(sums[firsts] - gaps[firsts], lengths)
    return FIRST_US + ((sums - before) * 1_000_000).astype(np.int64)


def _rows(events: np.ndarray[Any, Any]) -> pa.Table:
    customer, touchpoint = events["customer"].astype(np.int64), events["touchpoint"]
    properties = {
        name: _coded((customer * (7 + place)) % size, [f"{name} {i}" for i in range(size)])
        for place, (name, size) in enumerate(_PROPERTIES.items())
    }
    return pa.table(
        {
            "customer": pa.array([f"c{number:07d}" for number in customer.tolist()]),
            "time": pa.array(events["time"], pa.timestamp("us", "UTC")),
            "touchpoint": _coded(touchpoint, [f"touchpoint {i}" for i in range(TOUCHPOINTS)]),
            "channel": _coded(touchpoint % len(_CHANNELS), _CHANNELS.tolist()),
            **properties,
        },
        schema=_schema(),
    )


def _coded(codes: np.ndarray, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names))


if __name__ == "__main__":
    print(generate(Path(sys.argv[1]), int(sys.argv[2])))
