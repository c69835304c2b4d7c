"""Fill the scorecard in from what was measured: ``python tools/scorecard.py [--check]``.

A row of ``docs/ux-scorecard.md`` whose last cell says ``make bench`` and names a job gets its figure from
the budgets of ``docs/benchmarks.md``. ``--check`` writes nothing and fails where a figure is another, where
no such job was measured, or where a row names a test file that is not there.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CARD = ROOT / "docs" / "ux-scorecard.md"
MEASURED = ROOT / "docs" / "benchmarks.md"
FROM = re.compile(r"^`make bench`: (?P<job>.+)$")
TESTS = re.compile(r"(?:tests|src)/[\w/]+(?:\.py)?")
CELLS = 5


def main(arguments: list[str]) -> int:
    """Write the card, or say how it differs."""
    text = CARD.read_text(encoding="utf-8")
    figures = figures_of(MEASURED.read_text(encoding="utf-8"))
    filled = "".join(filled_in(line, figures) for line in text.splitlines(keepends=True))
    problems = faults(filled, figures)
    if "--check" not in arguments:
        CARD.write_text(filled, encoding="utf-8")
    elif filled != text:
        problems.append("the scorecard does not say what was measured: run python tools/scorecard.py")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def figures_of(page: str) -> dict[str, str]:
    """Return what was measured by job: the first two cells of the table of budgets."""
    rows = (cells_of(line) for line in page.partition("## Budgets")[2].partition("\n## ")[0].splitlines())
    return {row[0]: row[1] for row in rows if len(row) == CELLS}


def cells_of(line: str) -> list[str]:
    """Return the cells of a row of a table; none where the line is no row."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []


def filled_in(line: str, figures: dict[str, str]) -> str:
    """Return a line of the card, its figure as it was measured."""
    cells = cells_of(line)
    found = FROM.match(cells[-1]) if len(cells) == CELLS else None
    if found is None or found["job"] not in figures:
        return line
    cells[3] = figures[found["job"]]
    return f"| {' | '.join(cells)} |\n"


def faults(card: str, figures: dict[str, str]) -> list[str]:
    """Return what the card names that is not there."""
    last = [cells[-1] for cells in map(cells_of, card.splitlines()) if len(cells) == CELLS]
    jobs = [found["job"] for cell in last if (found := FROM.match(cell))]
    named = [path for cell in last for path in TESTS.findall(cell)]
    return [f"no job is called {job!r}" for job in jobs if job not in figures] + [
        f"{path} is not there" for path in named if not (ROOT / path).exists()
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
