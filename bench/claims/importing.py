"""Claim: from Parquet to walks that can be asked, 1.5 million events a second, CSV 1; 12 bytes an event."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from pyarrow import csv

from bench.claims.compared import beside, fault_of
from bench.claims.data import COLUMNS, Data
from bench.measure import OURS, Ran, Worked, process, work
from bench.page import AnyRow, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

PEERS = ("chdb", "duckdb", "polars")
NAME = "import from Parquet"


def measure(data: Data) -> Iterator[AnyRow]:
    """Import, which all other claims build on; then the same with each peer."""
    command = ("import", str(data.parquet), *COLUMNS, "--quiet")
    ran = process(*command, home=data.home, anew=True)
    if data.is_largest:
        yield from _budgets(data, ran)
        yield from _stages(data, ran)
    if data.is_middle:
        yield _from_csv(data)
    ours = Worked(OURS, ran.seconds, None, ran.peak_mb, data.events)
    yield beside(NAME, data.events, ours, ours, f"{data.events:,} events")
    for product in PEERS if data.with_peers else ():
        peer = work(product, "load", data.folder, runs=1)
        fault = peer.failed or fault_of(data.events, peer.counted)
        yield beside(NAME, data.events, peer, ours, "" if fault else f"{peer.counted:,} events", fault)


def _from_csv(data: Data) -> Row:
    """Import the same events from CSV."""
    path = data.folder / "events.csv"
    if not path.exists():
        _write_csv(data.parquet, path)
    home = str(data.folder / "home-csv")
    ran = process("import", str(path), *COLUMNS, "--quiet", home=home, anew=True)
    rate = data.events / ran.seconds
    told = f"{rate:,.0f} events/s ({ran.seconds:.3g} s, {ran.processor_s:.3g} s of processor time)"
    return Row("import from CSV to walks ready", told, 1e6 / rate, 1.0, "of 1 M/s", f"{data.events:,} events")


def _write_csv(events: Path, path: Path) -> None:
    file: Any = pq.ParquetFile(events)
    scratch = path.with_suffix(".new")
    with csv.CSVWriter(scratch, file.schema_arrow) as writer:
        for batch in file.iter_batches():
            writer.write_batch(batch)
    scratch.replace(path)


def _budgets(data: Data, ran: Ran) -> Iterator[Row]:
    counted = f"{data.events:,} events"
    rate = data.events / ran.seconds
    measured = f"{rate:,.0f} events/s ({ran.seconds:.3g} s, {ran.processor_s:.3g} s of processor time)"
    yield Row(
        "import from Parquet to walks ready, flushed and deduplicated",
        measured,
        1.5e6 / rate,
        1.0,
        "of 1.5 M/s",
        counted,
    )
    yield Row("its peak memory, largest process", f"{ran.peak_mb:,.0f} MB", ran.peak_mb, 3_000, "MB", counted)
    core = sum(path.stat().st_size for path in Path(data.home).glob("workspaces/*/walks/*core*"))
    each = core / data.events
    yield Row("core columns", f"{each:.3g} bytes an event", each, 12, "bytes", counted)


def _stages(data: Data, ran: Ran) -> Iterator[Row]:
    """Split the time: reading alone by a dry run, walks alone by building them anew, the rest is storing."""
    command = ("import", str(data.parquet), *COLUMNS, "--quiet")
    reading = process(*command, "--dry-run", home=data.home)
    walks = process("rebuild", home=data.home)
    for stage, one in (
        ("reading, guessing columns, making events and their ids (dry run)", reading),
        ("building the walks anew from the events", walks),
    ):
        measured = f"{one.seconds:.3g} s, {one.processor_s:.3g} s of processor time"
        yield Row(f"of it: {stage}", measured, one.seconds, None)
    rest = ran.processor_s - reading.processor_s - walks.processor_s
    yield Row(
        "of it: known ids, Parquet, flushing, log (what remains)",
        f"{rest:.3g} s of processor time",
        rest,
        None,
    )
    again = process(*command, home=data.home, what="again").seconds
    yield Row("the same file again, known by its hash", f"{again:.2g} s", again, None, "s", "0 added")
