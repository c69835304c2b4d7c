"""A shop whose customers have trodden a path over the lawn: who skips the advice buys far more often."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import trodden
from trodden.collect.importers import ImportOptions, import_files
from trodden.insights.findings.kept import search
from trodden.methods.journeys.maps import parse_map, publish
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace

FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)
MAP = """
name: Shop
steps:
  - {id: look, label: Look, match: [Look], channels: [web]}
  - {id: advice, label: Advice, match: [Advice], channels: [phone]}
  - {id: basket, label: Basket, match: [Basket], channels: [web]}
  - {id: buy, label: Buy, match: [Buy], channels: [web]}
flow: [look, advice, basket, buy]
bounds: {start: [Look], reached: [Buy], silence: 1d}
"""
WAYS = (
    (("Look", "Basket", "Buy"), 70),
    (("Look", "Basket"), 10),
    (("Look", "Advice", "Basket", "Buy"), 40),
    (("Look", "Advice", "Basket"), 80),
)
CUSTOMERS = sum(number for _way, number in WAYS)
SKIPPED = 80
"""Customers who skip the advice."""


def fill_lawn(home: Path) -> Workspace:
    """Import the shop's events, publish its map, and look for findings."""
    workspace = Workspace.create(home)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("customer", "touchpoint", "time"), *_rows()])
        import_files(workspace, [path], ImportOptions())
    add_map(workspace, publish(parse_map(MAP), FIRST - timedelta(days=1)))
    walks = trodden.open(home)
    search(workspace, walks.snapshot, walks.catalog)
    return workspace


def _rows() -> list[tuple[str, str, str]]:
    """Write every event; those of each way begin day by day, so that no way is of another season."""
    people = count(1)
    return [
        (who, place, (FIRST + timedelta(days=day, minutes=5 * step)).isoformat())
        for way, number in WAYS
        for day, who in ((day, f"K{next(people):05}") for day in range(number))
        for step, place in enumerate(way)
    ]
