"""Rows of what was measured, and the page they make."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.generate import TOUCHPOINTS
from bench.peers.environment import ROOT, versions

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = ROOT / "docs" / "benchmarks.md"
_NONE = "–"  # noqa: RUF001 - a dash for nothing


@dataclass(frozen=True)
class Row:
    """One budget: what was measured, what it may take, and what it counted."""

    job: str
    measured: str
    value: float
    budget: float | None
    unit: str = "s"
    counted: str = ""

    def __str__(self) -> str:
        """Write the row of the table."""
        if self.budget is None:
            return f"| {self.job} | {self.measured} | {_NONE} | {_NONE} | {self.counted} |"
        ratio = self.value / self.budget
        verdict = "met" if ratio <= 1 else f"missed, {ratio:.2g} times"
        return (
            f"| {self.job} | {self.measured} | {self.budget:.3g} {self.unit} | {verdict} | {self.counted} |"
        )


@dataclass(frozen=True)
class Beside:
    """One product at one job on so many events; ``ratio`` is its time in times of ours."""

    job: str
    events: int
    product: str
    cold: str
    warm: str
    each_ns: float
    ratio: float
    peak_mb: float
    counted: str

    def __str__(self) -> str:
        """Write the row of the table."""
        return (
            f"| {self.job} | {self.events:,} | {self.product} | {self.cold} | {self.warm} "
            f"| {self.each_ns:,.3g} | {self.ratio:.2g} | {self.peak_mb:,.0f} MB | {self.counted} |"
        )


_RULES = """\
Times are from the public call to the answer. A product runs each job in a process of its own: *cold* is
the first run there, with opening its data; *warm* the median of the runs after it, with the least and the
most. No answer is remembered. Every product counts the same before a time is written; medians of gaps are
computed by all and not compared, since not all of them are exact. Peers are asked as their documentation has
it, on data sorted by customer and time where ours is, with customers as numbers. *Times ours* is warm over
warm, cold over cold where there is no warm run: above 1, ours is faster. Loading by peers neither guesses
columns, nor gives events ids, nor recognises those known already, nor flushes each batch; ours does.
"""


def page(rows: Sequence[Row | Beside], command: str, customers: int) -> str:
    """Return the page."""
    ours = [str(row) for row in rows if isinstance(row, Row)]
    beside = [str(row) for row in rows if isinstance(row, Beside)]
    parts = [
        _head(command, customers),
        "## Budgets\n",
        "| job | measured | budget | | counted |\n|---|---|---|---|---|",
        *ours,
    ]
    if beside:
        parts += [
            "\n## Beside other products\n",
            _RULES,
            "| job | events | product | cold | warm | ns an event | times ours | peak memory | counted |",
            "|---|---|---|---|---|---|---|---|---|",
            *beside,
        ]
    return "\n".join(parts) + "\n"


def _head(command: str, customers: int) -> str:
    found = {name: importlib.metadata.version(name) for name in ("numba", "numpy", "pyarrow", "deltalake")}
    named = ", ".join(f"{name} {version}" for name, version in (found | versions()).items())
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    return (
        "<!-- Written by `make bench`; not edited by hand. -->\n\n# Benchmarks\n\n"
        f"{datetime.now(UTC):%-d %B %Y}, commit {commit}; {os.cpu_count()} cores, {_memory()} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {named}.\n\n"
        f"`{command}`: the generator of `bench/generate.py`, seed 1, {customers:,} customers, {TOUCHPOINTS} "
        "touchpoints. Budgets of 20 million events are taken in proportion where there are fewer.\n"
    )


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
