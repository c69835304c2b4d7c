"""Measure every budget this repository can measure by itself, and write ``docs/benchmarks.md``.

``python -m bench [CUSTOMERS]``: by default 1,000,000 customers, about 20 million events, which
takes a quarter of an hour. Budgets that are missed stay in the table, by how much.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.generate import TOUCHPOINTS, generate
from bench.measure import calls, process, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.api import Walks

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
CUSTOMERS = 1_000_000
BUDGET_EVENTS = 20_000_000
"""The budgets are for this many events; for fewer they are taken in proportion."""

SEQUENCE = "name: Sequence\nflow: [{steps}]\nbounds: {{silence: 3650d}}\n"
BRANCHING = """\
name: Branching
flow:
  - touchpoint 1
  - choice: [[touchpoint 2, touchpoint 3], [touchpoint 4], [touchpoint 5, touchpoint 6]]
  - loop: {flow: [touchpoint 7, touchpoint 8], again: [touchpoint 9]}
  - parallel: [[touchpoint 10, touchpoint 11, touchpoint 12], [touchpoint 13, touchpoint 14, touchpoint 15],
      [touchpoint 16, touchpoint 17, touchpoint 18]]
  - optional: [touchpoint 19]
  - touchpoint 20
bounds: {start: [touchpoint 0, touchpoint 1], silence: 3650d}
"""


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
            return f"| {self.job} | {self.measured} | – | – | {self.counted} |"  # noqa: RUF001 - a dash for nothing
        ratio = self.value / self.budget
        verdict = "met" if ratio <= 1 else f"missed, {ratio:.2g} times"
        return (
            f"| {self.job} | {self.measured} | {self.budget:.3g} {self.unit} | {verdict} | {self.counted} |"
        )


def main() -> None:
    """Generate, measure, write the page."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS
    with tempfile.TemporaryDirectory(prefix="trodden-bench-") as folder:
        rows = list(_measure(Path(folder), customers))
    text = _page(rows, customers)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


def _measure(folder: Path, customers: int) -> Iterator[Row]:
    data = folder / "events.parquet"
    events = generate(data, customers)
    scale = events / BUDGET_EVENTS
    yield from _imports(folder, data, events)
    yield from _answers(folder, scale)
    yield from _starts(folder)


def _imports(folder: Path, data: Path, events: int) -> Iterator[Row]:
    home = str(folder / "home")
    columns = ("--customer", "customer", "--touchpoint", "touchpoint", "--time", "time")
    process("warm", "--quiet", home=home)
    seconds, memory, _ = process("import", str(data), *columns, "--quiet", home=home)
    counted = f"{events:,} events"
    rate = events / seconds
    yield Row(
        "import from Parquet to walks ready",
        f"{rate:,.0f} events/s",
        1.5e6 / rate,
        1.0,
        "of 1.5 M/s",
        counted,
    )
    yield Row("its peak memory, largest process", f"{memory:,.0f} MB", memory, 3_000, "MB", counted)
    again, _, _ = process("import", str(data), *columns, "--quiet", home=home)
    yield Row("the same file again, known by its hash", f"{again:.2g} s", again, None, "s", "0 added")
    core = sum(path.stat().st_size for path in (folder / "home").glob("workspaces/*/walks/*core*"))
    if core:
        yield Row("core columns", f"{core / events:.3g} bytes an event", core / events, 12, "bytes", counted)


def _answers(folder: Path, scale: float) -> Iterator[Row]:
    import trodden

    walks: Walks = trodden.open(folder / "home")
    walks = _without_cache(walks).with_map(
        SEQUENCE.format(steps=", ".join(f"touchpoint {i}" for i in range(12)))
    )
    walks = walks.with_map(BRANCHING)
    funnel = {"steps": [f"touchpoint {i}" for i in range(4)], "within": timedelta(days=7)}
    for job, budget, name, fields in (
        ("transitions", 0.15, "transitions", {}),
        ("funnel of four steps within 7 days", 0.07, "funnel", funnel),
        ("overview", None, "overview", {}),
        ("conformance to a 12-step sequence", 0.5, "conformance", {"map": "Sequence"}),
        ("conformance to a map with choice, loop, 3-way parallel", 5.0, "conformance", {"map": "Branching"}),
        ("pauses on the 12-step sequence", None, "pauses", {"map": "Sequence"}),
    ):
        yield _answer(walks, job, None if budget is None else budget * scale, (name, fields))


def _without_cache(walks: Walks) -> Walks:
    from trodden.api import Walks as Plain

    return Plain(walks.snapshot, walks.catalog)


def _answer(walks: Walks, job: str, budget: float | None, asked: tuple[str, dict[str, Any]]) -> Row:
    name, fields = asked
    taken, answer = calls(lambda: walks.ask(name, **fields))
    counted = f"{answer.about.units:,} {answer.about.unit}s, {answer.about.events:,} events"
    return Row(f"{job}, warm", str(taken), taken.median, budget, "s", counted)


def _starts(folder: Path) -> Iterator[Row]:
    home = str(folder / "small")
    process("demo", "--customers", "2400", home=home)
    cold = timed(
        [process("ask", "transitions", "--json", "--as-of", _moment(i), home=home)[0] for i in range(5)]
    )
    yield Row("`trodden ask`, cold process, a small demo", str(cold), cold.median, 2.5)
    with _server(home):
        asked = timed(
            [
                process("ask", "transitions", "--json", "--as-of", _moment(i), home=home)[0]
                for i in range(5, 10)
            ]
        )
    yield Row("`trodden ask` through a running server", str(asked), asked.median, 0.3)
    code = "import time; t = time.perf_counter(); import trodden; print(time.perf_counter() - t)"
    bare = timed([float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(5)])
    yield Row("`import trodden`", str(bare), bare.median, 0.15)


def _moment(number: int) -> str:
    """Return a time no earlier run asked about, so that no answer is remembered."""
    return f"2026-06-29T00:00:{number:02d}Z"


class _server:  # noqa: N801 - used as a statement
    """A server on the folder, for as long as the block runs."""

    def __init__(self, home: str) -> None:
        self._command = [sys.executable, "-m", "trodden", "--home", home, "serve", "--port", "0"]
        self._ready = Path(home) / "run" / "serve.json"

    def __enter__(self) -> None:
        self._started = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._started.stdout is not None  # noqa: S101 - it was asked for
        while "http" not in self._started.stdout.readline():
            pass

    def __exit__(self, *_: object) -> None:
        self._started.terminate()
        self._started.wait()


def _page(rows: list[Row], customers: int) -> str:
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("numba", "numpy", "pyarrow", "deltalake")
    )
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    head = (
        "<!-- Written by `make bench`; not edited by hand. -->\n\n# Benchmarks\n\n"
        f"{datetime.now(UTC):%-d %B %Y}, commit {commit}; {os.cpu_count()} cores, {_memory()} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {versions}.\n\n"
        f"`python -m bench {customers}`: the generator of `bench/generate.py`, seed 1, "
        f"{customers:,} customers, {TOUCHPOINTS} touchpoints. Times are from the public call to the answer; "
        "medians. Budgets of 20 million events are taken in proportion. Peers are not measured yet.\n\n"
    )
    table = "| job | measured | budget | | counted |\n|---|---|---|---|---|\n"
    return head + table + "\n".join(map(str, rows)) + "\n"


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


if __name__ == "__main__":
    main()
