"""Put the sample into a workspace, as its user would: by importing a file."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from trodden.demo.sample import SAMPLE_MAP, write_sample

PUBLISHED_AT: Final = datetime(2026, 1, 30, 12, tzinfo=UTC)
"""The firm published its map before the first home ordered."""


class Filled(msgspec.Struct, frozen=True):
    """How many customers and events there are now, and whether this run added any."""

    customers: int
    events: int
    added: bool


def fill_workspace(home: Path, seed: int = 1, customers: int = 2_400) -> Filled:
    """Import the sample's events and publish its map; another run adds what an interrupted one did not.

    Raises
    ------
    LockedError
        Somebody else is writing the workspace.
    """
    from trodden.collect.importers import ImportOptions, Mapping, import_files
    from trodden.methods.journeys.maps import parse_map, publish
    from trodden.store.catalog import save_map
    from trodden.store.folder import Workspace

    workspace = Workspace.create(home)
    mapping = Mapping(customer="customer", touchpoint="touchpoint", time=("time",))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"kestrel-{seed}.csv"
        rows = write_sample(path, seed, customers)
        report = import_files(workspace, [path], ImportOptions(mapping=mapping))
    save_map(workspace, publish(parse_map(SAMPLE_MAP, "sample.yaml"), PUBLISHED_AT))
    return Filled(customers, rows, added=report.stored > 0)
