"""Rows of what was measured, and the page they make."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from bench.generate import TOUCHPOINTS
from bench.peers.environment import ROOT, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = ROOT / "docs" / "benchmarks.md"
_SHORT = 1.1
"""From this many times on, a miss is told in times."""

_NONE = "–"  # noqa: RUF001 - a dash for nothing


class Row(msgspec.Struct, frozen=True, tag=True):
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
        missed = f"{ratio:.2g} times" if ratio >= _SHORT else f"by {100 * (ratio - 1):.2g} %"
        verdict = "met" if ratio <= 1 else f"missed, {missed}"
        return (
            f"| {self.job} | {self.measured} | {self.budget:.3g} {self.unit} | {verdict} | {self.counted} |"
        )


class Beside(msgspec.Struct, frozen=True, tag=True):
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


class Left(msgspec.Struct, frozen=True, tag=True):
    """One product that has no time at one job on so many events, and why."""

    job: str
    events: int
    product: str
    why: str

    def __str__(self) -> str:
        """Write the row of the table."""
        return f"| {self.job} | {self.events:,} | {self.product} | {self.why} | | | | | |"


class Cost(msgspec.Struct, frozen=True, tag=True):
    """What ours takes warm for an event, at one size."""

    job: str
    events: int
    each_ns: float

    def __str__(self) -> str:
        """Write it."""
        return f"{self.job}, {self.events:,} events: {self.each_ns:,.3g} ns an event"


AnyRow = Row | Beside | Left | Cost
GROWS = 1.25
"""A cost an event this many times that of the smallest size is said to grow; less is how runs differ."""


_RULES = """\
Times are from the public call to the answer. A product runs each job in a process of its own: *cold* is
the first run there, with opening its data; *warm* the median of the runs after it, with the least and the
most. No answer is remembered. Every product counts the same before a time is written; medians of gaps are
computed by all and not compared, since not all of them are exact. Peers are asked as their documentation has
it, on data sorted by customer and time where ours is, with customers as numbers. *Times ours* is warm over
warm, cold over cold where there is no warm run: above 1, ours is faster. Loading by peers neither guesses
columns, nor gives events ids, nor recognises those known already, nor flushes each batch; ours does.
"""


_COSTS = f"""\
Nanoseconds an event takes ours: warm, cold where nothing is warm. Said to grow where the largest size costs
more than {GROWS} times the smallest.
"""


def page(rows: Sequence[AnyRow], command: str, customers: int) -> str:
    """Return the page."""
    ours = [str(row) for row in rows if isinstance(row, Row)]
    beside = [str(row) for row in rows if isinstance(row, Beside | Left)]
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
    return "\n".join([*parts, *_costs(rows)]) + "\n"


def _costs(rows: Sequence[AnyRow]) -> list[str]:
    """Return the cost of an event by size, and whether it grows, where there are several sizes."""
    jobs: dict[str, dict[int, float]] = {}
    for row in rows:
        if isinstance(row, Cost) or (isinstance(row, Beside) and row.product == "trodden"):
            jobs.setdefault(row.job, {})[row.events] = row.each_ns
    sizes = sorted({size for costs in jobs.values() for size in costs})
    if len(sizes) < 2:  # noqa: PLR2004 - nothing to compare
        return []
    head = [f"| job | {' | '.join(f'{size:,} events' for size in sizes)} | |"]
    head.append("|---" * (len(sizes) + 2) + "|")
    return ["\n## Cost against size\n", _COSTS, *head, *(_cost(job, jobs[job], sizes) for job in jobs)]


def _cost(job: str, costs: Mapping[int, float], sizes: Sequence[int]) -> str:
    told = [f"{costs[size]:,.3g}" if size in costs else _NONE for size in sizes]
    return f"| {job} | {' | '.join(told)} | {_growth([costs[size] for size in sizes if size in costs])} |"


def _growth(costs: Sequence[float]) -> str:
    ratio = costs[-1] / costs[0]
    if len(costs) < 2:  # noqa: PLR2004 - nothing to compare
        return _NONE
    return f"grows, {ratio:.2g} times" if ratio > GROWS else f"does not grow ({ratio:.2g} times)"


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
