"""Claim: an answer from the command line in 2.5 s from nothing, in 0.3 s through a running server."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bench.claims.data import COLUMNS, Data
from bench.measure import RUNS, generated, process, timed
from bench.page import Row
from bench.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = 2_500
"""Customers of the small workspace, about 50,000 events."""
IMPORT = "import time; t = time.perf_counter(); import trodden; print(time.perf_counter() - t)"


def measure(data: Data) -> Iterator[Row]:
    """Measure it on a small workspace."""
    if not data.is_largest:
        return
    home, small = str(data.folder / "small"), data.folder / "small.parquet"
    events = generated(small, SMALL)
    process("import", str(small), *COLUMNS, "--quiet", home=home)
    counted = f"{events:,} events"
    cold = timed([_ask(home, number) for number in range(RUNS)])
    yield Row("`trodden ask`, cold process", str(cold), cold.median, 2.5, "s", counted)
    with serving(home) as server:
        first = _ask(home, RUNS)
        server.rest()
        asked = timed([_ask(home, number) for number in range(RUNS + 1, 2 * RUNS + 1)])
    yield Row("`trodden ask` through a server just started", f"{first:.3g} s", first, None, "s", counted)
    yield Row("`trodden ask` through a running server", str(asked), asked.median, 0.3, "s", counted)
    bare = timed([float(subprocess.check_output([sys.executable, "-c", IMPORT])) for _ in range(RUNS)])
    yield Row("`import trodden`", str(bare), bare.median, 0.15)


def _ask(home: str, number: int) -> float:
    """Ask as of a time nobody asked about before, so that no answer is remembered."""
    moment = f"2016-01-01T00:00:{number:02d}Z"
    return process("ask", "transitions", "--json", "--as-of", moment, home=home).seconds
