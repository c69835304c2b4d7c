"""Compiling the kernels of importing once, so that the first import starts fast."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

from trodden.collect.importers.arrow import pa
from trodden.collect.importers.frames import events_of

_LOG = (
    "customer,event,time,amount,duration,note\n"
    'ana,view,1.2.2024 10:00,"1,5",7,"a ""b"""\n'
    "ana,view,,,,\n"
    'ana,view,1.2.2024 10:00,"1,5",7,"a ""b"""\n'
    "ben\n"
)


def warm() -> None:
    """Read a few rows of every kind there is a kernel for."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warm.csv"
        path.write_text(_LOG, encoding="utf-8")
        columns = {"customer": "customer", "touchpoint": "event", "time": "time"}
        with warnings.catch_warnings(action="ignore"):  # of rows left out
            events_of(path, columns=columns, time_zone="Europe/Berlin")
    numbers = pa.table({"customer": [1, 1], "event": ["a", "b"], "time": [1_700_000_000, 1_700_000_001]})
    events_of(numbers, columns=columns)
