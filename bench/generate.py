"""The benchmark's data: customers' events from a seed, as one Parquet file in order of arrival.

40 touchpoints by Zipf 1.1; walk lengths geometric with mean 20, cut at 5,000; customers interleaved in
time; 3 % of the events arrive late, 1 % twice, 0.5 % have the time of the event before, at the same
touchpoint, so that counts do not depend on how a product breaks ties; five properties and a channel. All
times are past, so that no product leaves events out that have not happened yet.

``python -m bench.generate FILE CUSTOMERS`` writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TOUCHPOINTS = 40
ZIPF = 1.1
MEAN = 20
LONGEST = 5_000
SPAN_S = 18 * 30 * 86_400
FIRST_US = 1_420_070_400_000_000
"""2015-01-01, UTC."""
ROWS = 1_000_000
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


def generate(path: Path, customers: int, seed: int = 1) -> int:
    """Write the events of so many customers and return how many there are."""
    random = np.random.default_rng(seed)
    lengths = np.minimum(random.geometric(1 / MEAN, customers), LONGEST)
    order, columns = _events(random, lengths)
    with pq.ParquetWriter(path, _schema(), compression="zstd") as writer:
        for first in range(0, len(order), ROWS):
            writer.write_table(_rows(columns, order[first : first + ROWS]), row_group_size=ROWS)
    return len(order)


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


def _events(random: np.random.Generator, lengths: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return rows in order of arrival, and the columns they index."""
    count = int(lengths.sum())
    customer = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    weights = 1 / np.arange(1, TOUCHPOINTS + 1) ** ZIPF
    drawn = random.choice(TOUCHPOINTS, count, p=weights / weights.sum()).astype(np.int8)
    gaps = _gaps(random, lengths, count)
    touchpoint = drawn[np.maximum.accumulate(np.where(gaps > 0, np.arange(count), 0))]
    time = _times(gaps, lengths)
    late = np.where(random.random(count) < LATE, random.integers(3_600, 86_400, count), 0)
    arrival = time + late * 1_000_000
    twice = np.flatnonzero(random.random(count) < TWICE)
    rows = np.concatenate((np.arange(count), twice))
    order = rows[np.argsort(arrival[rows], kind="stable")]
    columns = {
        "customer": customer,
        "time": time,
        "touchpoint": touchpoint,
        "channel": (touchpoint % len(_CHANNELS)).astype(np.int8),
    }
    for place, (name, size) in enumerate(_PROPERTIES.items()):
        columns[name] = ((customer.astype(np.int64) * (7 + place)) % size).astype(np.int16)
    return order, columns


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


def _rows(columns: dict[str, np.ndarray], rows: np.ndarray) -> pa.Table:
    names = pa.array([f"c{number:07d}" for number in columns["customer"][rows].tolist()])
    return pa.table(
        {
            "customer": names,
            "time": pa.array(columns["time"][rows], pa.timestamp("us", "UTC")),
            "touchpoint": _coded(
                columns["touchpoint"][rows], [f"touchpoint {i}" for i in range(TOUCHPOINTS)]
            ),
            "channel": _coded(columns["channel"][rows], _CHANNELS.tolist()),
            **{
                name: _coded(columns[name][rows], [f"{name} {i}" for i in range(size)])
                for name, size in _PROPERTIES.items()
            },
        },
        schema=_schema(),
    )


def _coded(codes: np.ndarray, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names))


if __name__ == "__main__":
    print(generate(Path(sys.argv[1]), int(sys.argv[2])))
