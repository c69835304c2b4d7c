"""A small shop whose customers have found a better way: those who skip the advice buy more often."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from trodden.collect.importers import ImportOptions, Mapping, import_files
from trodden.methods.journeys.maps import parse_map, publish
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

MAP = """
name: Shop
goal: Bought
evidence: A workshop
steps:
  - {id: look, label: Look}
  - {id: advice, label: Advice}
  - {id: basket, label: Basket}
  - {id: buy, label: Buy}
flow: [look, advice, basket, buy]
bounds: {start: [look], reached: [buy], silence: 1h}
scope: {also: [leaflet]}
"""
WALKS = (
    ("look basket buy", 70),
    ("look basket", 10),
    ("look advice basket buy", 40),
    ("look advice basket", 80),
    ("look leaflet advice basket buy", 20),
    ("look leaflet advice basket", 30),
    ("look advice look basket buy", 12),
)
FIRST = datetime(2026, 3, 2, 10, tzinfo=UTC)


def fill_shop(home: Path) -> Workspace:
    """Import the shop's events and publish its map."""
    workspace = Workspace.create(home)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((("customer", "touchpoint", "time"), *_rows()))
        mapping = Mapping(customer="customer", touchpoint="touchpoint", time=("time",))
        import_files(workspace, [path], ImportOptions(mapping=mapping))
    add_map(workspace, publish(parse_map(MAP, "shop.yaml"), FIRST - timedelta(days=1)))
    return workspace


def _rows() -> Iterator[tuple[str, str, str]]:
    ids = count(1)
    for walk, number in WALKS:
        for day in range(number):
            who = f"S{next(ids):04}"
            for place, touchpoint in enumerate(walk.split()):
                at = FIRST + timedelta(days=day, minutes=5 * place)
                yield who, touchpoint, at.isoformat()
