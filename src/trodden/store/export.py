"""Events and journeys as rows for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.charts import Chart
from trodden.charts.tables import table_of
from trodden.methods.journeys.select import Selection, select
from trodden.store._arrow import Schema, Table, pa

if TYPE_CHECKING:
    from trodden.methods.journeys.units import Units
    from trodden.model.walks import Bucket, Snapshot

_TIME: Final = pa.timestamp("us", tz="UTC")
_STATES: Final = ("open", "reached", "abandoned", "silent")

EXTRA: Final = ("name", "url", "text", "duration_ms", "value_minor", "currency", "properties", "source")
"""Columns of an event an export carries beside those of the walks."""

JOURNEYS: Final[Schema] = pa.schema(
    [
        ("customer", pa.string()),
        ("started_at", _TIME),
        ("ended_at", _TIME),
        ("closed_at", _TIME),
        ("state", pa.string()),
        ("steps", pa.int64()),
        ("duration_s", pa.float64()),
        ("route", pa.string()),
    ]
)
"""One row a unit: ``route`` are its touchpoints joined by `` > ``, ``closed_at`` is null while it is open."""


def journey_batches(snapshot: Snapshot, selection: Selection) -> Iterator[Any]:
    """Yield the selected units as record batches of `JOURNEYS`, bucket by bucket."""
    names = np.array(snapshot.dictionaries.touchpoints, dtype=object)
    for bucket in snapshot.buckets():
        units = select(bucket, selection)
        if len(units):
            yield pa.RecordBatch.from_arrays(_columns(bucket, units, names), schema=JOURNEYS)


def _columns(bucket: Bucket, units: Units, names: np.ndarray[Any, Any]) -> list[Any]:
    first = units.occurred_at[units.offsets[:-1]]
    last = units.occurred_at[units.offsets[1:] - 1]
    routes = np.split(names[units.touchpoint], units.offsets[1:-1])
    return [
        pa.array([bucket.keys[customer] for customer in units.customer.tolist()]),
        pa.array(first, _TIME),
        pa.array(last, _TIME),
        pa.array(units.closed_at, _TIME, mask=units.state == 0),
        pa.array(np.array(_STATES, dtype=object)[units.state]),
        pa.array(np.diff(units.offsets)),
        pa.array((last - first) / 1e6),
        pa.array([" > ".join(route) for route in routes]),
    ]


def table_rows(chart: Chart) -> Table:
    """Return a chart's table as an Arrow table, values unrounded."""
    table = table_of(chart)
    columns = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.columns)
    named = {
        column.label: _uniform(list(values)) for column, values in zip(table.columns, columns, strict=True)
    }
    return pa.table(named)


def _uniform(values: list[Any]) -> Any:  # noqa: ANN401 - an Arrow array
    present = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
        whole = all(isinstance(value, int) for value in present)
        return pa.array(values if whole else [None if value is None else float(value) for value in values])
    return pa.array([None if value is None else str(value) for value in values], pa.string())
