"""The small sample firm in a folder of its own, by the way any file comes in."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from trodden.collect.importers import ImportOptions, Mapping, import_files
from trodden.demo.sample import COLUMNS, SAMPLE_MAP, sample_rows
from trodden.methods.journeys.maps import parse_map, publish
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace

PUBLISHED_AT = datetime(2026, 1, 30, 12, tzinfo=UTC)
"""The firm published its map before the first home ordered."""


def fill_home(home: Path, customers: int, *, time_zone: str = "UTC") -> Workspace:
    """Import the firm's events and publish its map."""
    workspace = Workspace.create(home, time_zone=time_zone)
    mapping = Mapping(customer="customer", touchpoint="touchpoint", time=("time",))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kestrel.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((COLUMNS, *sample_rows(seed=1, customers=customers)))
        import_files(workspace, [path], ImportOptions(mapping=mapping))
    add_map(workspace, publish(parse_map(SAMPLE_MAP, "sample.yaml"), PUBLISHED_AT))
    return workspace
