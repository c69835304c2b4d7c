"""Measure what is claimed in public, beside the peers, and write ``docs/benchmarks.md``.

``python -m bench [CUSTOMERS]``: by default 1,000,000 customers, about 20 million events, and a twentieth
and a quarter of them. ``--only import,funnel`` measures some claims and prints the page instead of
writing it, unless ``--write`` says so; ``--largest`` leaves the smaller sizes out, ``--no-peers`` the peers.
The page says by which command it was measured. Budgets that are missed stay in the table, by how much.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.claims.data import Data
from bench.measure import generated, process
from bench.page import PAGE, Beside, Row, page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CUSTOMERS: Final = 1_000_000
SHARES: Final = (20, 4, 1)
CLAIMS: Final = {
    "import": "importing",
    "transitions": "transitions",
    "funnel": "funnel",
    "sessions": "sessions",
    "alignment": "alignment",
    "answers": "answers",
    "starts": "starts",
}
"""The claims by what ``--only`` calls them, and their modules. Importing comes first: the others need it."""


def main() -> None:
    """Measure; write the page, or print it where only a part was measured."""
    given = _given()
    only = given.only.split(",") if given.only else list(CLAIMS)
    shares = SHARES[-1:] if given.largest else SHARES
    process("warm", "--quiet", home=tempfile.gettempdir())
    rows: list[Row | Beside] = []
    for share in shares:
        for row in _measured(given.customers // share, only, is_largest=share == 1, peers=not given.no_peers):
            print(row, flush=True)
            rows.append(row)
    is_whole = set(only) == set(CLAIMS) and not (given.largest or given.no_peers)
    text = page(_in_order(rows), " ".join(["python -m bench", *sys.argv[1:]]), given.customers)
    if is_whole or given.write:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("customers", nargs="?", type=int, default=CUSTOMERS)
    parser.add_argument("--only", default="", help=f"some of {', '.join(CLAIMS)}")
    parser.add_argument("--largest", action="store_true", help="leave the smaller sizes out")
    parser.add_argument("--no-peers", action="store_true", help="leave the peers out")
    parser.add_argument("--write", action="store_true", help="write the page of a part, too")
    given = parser.parse_args()
    if unknown := set(filter(None, given.only.split(","))) - set(CLAIMS):
        parser.error(f"--only takes {', '.join(CLAIMS)}, not {', '.join(sorted(unknown))}")
    return given


def _measured(
    customers: int, only: Sequence[str], *, is_largest: bool, peers: bool
) -> Iterator[Row | Beside]:
    """Measure on data of one size; importing is told only where it was asked for, and done always."""
    with tempfile.TemporaryDirectory(prefix="trodden-bench-") as name:
        folder = Path(name)
        events = generated(folder / "events.parquet", customers)
        data = Data(folder, events, is_largest, peers)
        for claim, module in CLAIMS.items():
            if claim == "import" or claim in only:
                found = importlib.import_module(f"bench.claims.{module}").measure(data)
                yield from (row for row in found if claim in only)


def _in_order(rows: Sequence[Row | Beside]) -> list[Row | Beside]:
    """Put rows of one job together, by size."""
    jobs = list(dict.fromkeys(row.job for row in rows))
    return sorted(rows, key=lambda row: jobs.index(row.job))


if __name__ == "__main__":
    main()
