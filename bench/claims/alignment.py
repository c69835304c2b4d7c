"""Claim: the exact alignment of every walk with a sequence of twelve steps; pm4py on a sample of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.claims.compared import beside, fault_of
from bench.claims.data import COLUMNS, Data
from bench.measure import OURS, process, work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.page import AnyRow

SAMPLE: Final = "c0000500"
"""The sample is the customers before this one."""
NAME: Final = "exact alignment of every customer's walk, 12 steps"


def measure(data: Data) -> Iterator[AnyRow]:
    """Measure ours on all walks; compare costs with pm4py on a sample, and extrapolate its time."""
    ours = work(OURS, "alignment", data.folder)
    yield beside(NAME, data.events, ours, ours, _says(ours.counted))
    if not data.with_peers:
        return
    sample = data.folder / "sample"
    if not sample.exists():
        _cut(data.parquet, sample)
    process("import", str(sample / "events.parquet"), *COLUMNS, "--quiet", home=str(sample / "home"))
    peer = work("pm4py", "alignment", sample, runs=1)
    mine = work(OURS, "alignment", sample, runs=1)
    fault = peer.failed or fault_of(mine.counted, peer.counted)
    if fault:
        yield beside(NAME, data.events, peer, ours, "", fault)
        return
    share = ours.counted["journeys"] / peer.counted["journeys"]
    whole = replace(peer, cold=peer.cold * share)
    counted = f"{_says(peer.counted)}, in {peer.cold:.3g} s: extrapolated from this sample"
    yield beside(NAME, data.events, whole, ours, counted)


def _says(counted: dict[str, int]) -> str:
    return f"{counted['journeys']:,} walks, cost {counted['cost']:,}"


def _cut(events: Path, sample: Path) -> None:
    """Write the sample, and a later event of somebody else that no walk of it ends with."""
    table: Any = pq.read_table(events, filters=[("customer", "<", SAMPLE)])
    last: Any = pc.max(table.column("time")).as_py() + timedelta(days=1)
    row = table.slice(0, 1).to_pylist()[0] | {"customer": "z", "touchpoint": "touchpoint 39", "time": last}
    end = pa.Table.from_pylist([row], schema=pa.schema([(f.name, _plain(f.type)) for f in table.schema]))
    sample.mkdir()
    pq.write_table(pa.concat_tables([table.cast(end.schema), end]), sample / "events.parquet")


def _plain(kind: Any) -> Any:  # noqa: ANN401 - Arrow has no types
    return kind.value_type if pa.types.is_dictionary(kind) else kind
