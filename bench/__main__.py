"""Measure what is claimed in public, beside the peers, and write ``docs/benchmarks.md``.

``python -m bench [CUSTOMERS]``: by default 1,000,000 customers, about 20 million events, and a twentieth
and a quarter of them. ``--only import,funnel`` measures some claims and prints the page instead of
writing it, unless ``--write`` says so; ``--largest`` leaves the smaller sizes out, ``--no-peers`` the peers.
The page says by which command it was measured. Budgets that are missed stay in the table, by how much.

What is measured is kept in ``bench/data`` at once: a run that was interrupted is taken up by the same
command, on the same code, where it stopped; ``--anew`` forgets it. A peer that runs out of memory or time
is said to have, and the others go on. What of ours failed is tried again by the same command.
``python -m bench 5000000 --largest`` measures 100 million events.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from bench.claims.data import Data
from bench.ledger import NAME, is_measured, measured, opened
from bench.measure import FailedError, generated, process
from bench.page import PAGE, AnyRow, Row, page
from bench.peers.environment import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

CUSTOMERS: Final = 1_000_000
SHARES: Final = (20, 4, 1)
MIDDLE: Final = 4
DATA: Final = ROOT / "bench" / "data"
CLAIMS: Final = {
    "import": "importing",
    "transitions": "transitions",
    "funnel": "funnel",
    "sessions": "sessions",
    "alignment": "alignment",
    "answers": "answers",
    "http": "http",
    "pages": "pages",
    "starts": "starts",
    "demo": "demo",
}
"""The claims by what ``--only`` calls them, and their modules. Importing comes first: the others need it."""


def main() -> None:
    """Measure; write the page, or print it where only a part was measured."""
    given = _given()
    only = given.only.split(",") if given.only else list(CLAIMS)
    command = " ".join(["python -m bench", *(text for text in sys.argv[1:] if text != "--anew")])
    place = opened(DATA / f"{given.customers}", f"{_state()}{command}", anew=given.anew)
    process("warm", "--quiet", home=str(place / "warm"))
    rows: list[AnyRow] = []
    shares = SHARES[-1:] if given.largest else SHARES
    for share in shares:
        folder = place / f"{share}"
        rows += _measured(folder, share, only, given)
        if _is_whole(folder, only):
            _clear(folder)
    is_whole = set(only) == set(CLAIMS) and not (given.largest or given.no_peers)
    text = page(_in_order(rows), command, given.customers)
    if is_whole or given.write:
        PAGE.write_text(text, encoding="utf-8")
    print(text)
    if all(_is_whole(place / f"{share}", only) for share in shares):
        shutil.rmtree(place)


def _state() -> str:
    """Return what tells this state of the code from another: what is committed, and what was changed."""
    commands = ("rev-parse", "HEAD:src", "HEAD:bench"), ("diff", "HEAD", "--", "src", "bench")
    return "".join(subprocess.check_output(["git", *one], cwd=ROOT, text=True) for one in commands)


def _is_whole(folder: Path, only: Sequence[str]) -> bool:
    """Say whether nothing of ours failed in this size."""
    return all(is_measured(folder, _key(claim)) for claim in _claims(only))


def _clear(folder: Path) -> None:
    """Delete the data of a size, and keep what was measured on it."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != NAME:
            path.unlink()


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("customers", nargs="?", type=int, default=CUSTOMERS)
    parser.add_argument("--only", default="", help=f"some of {', '.join(CLAIMS)}")
    parser.add_argument("--largest", action="store_true", help="leave the smaller sizes out")
    parser.add_argument("--no-peers", action="store_true", help="leave the peers out")
    parser.add_argument("--anew", action="store_true", help="forget what an interrupted run has measured")
    parser.add_argument("--demo", type=int, default=20_000, help="customers of the demo firm")
    parser.add_argument("--write", action="store_true", help="write the page of a part, too")
    given = parser.parse_args()
    if unknown := set(filter(None, given.only.split(","))) - set(CLAIMS):
        parser.error(f"--only takes {', '.join(CLAIMS)}, not {', '.join(sorted(unknown))}")
    return given


def _measured(folder: Path, share: int, only: Sequence[str], given: argparse.Namespace) -> Iterator[AnyRow]:
    """Measure on data of one size; importing is told only where it was asked for, and done always."""
    folder.mkdir(exist_ok=True)
    data = Data(
        folder,
        generated(folder / "events.parquet", given.customers // share),
        is_largest=share == 1,
        is_middle=share == MIDDLE or given.largest,
        with_peers=not given.no_peers,
        demo=given.demo,
    )
    for claim in _claims(only):
        measure = importlib.import_module(f"bench.claims.{CLAIMS[claim]}").measure
        found = _rows(claim, measure, data)
        yield from (row for row in found if claim in only)


def _claims(only: Sequence[str]) -> list[str]:
    """Return the claims to measure in their order: importing, which the others need, and those asked for."""
    return [claim for claim in CLAIMS if claim == "import" or claim in only]


def _key(claim: str) -> str:
    """Return what the ledger calls the rows of a claim."""
    return f"rows of {claim}"


def _rows(claim: str, measure: Callable[[Data], Iterator[AnyRow]], data: Data) -> list[AnyRow]:
    """Return the rows of a claim; where ours fails, say so and let the other claims be measured.

    Only the rows of a claim that came to its end are kept: a failure is tried again.
    """
    rows: list[AnyRow] = []

    def run() -> list[AnyRow]:
        for row in measure(data):
            print(row, flush=True)
            rows.append(row)
        return rows

    try:
        return measured(data.folder, _key(claim), list[AnyRow], run)
    except FailedError as error:
        print(f"{claim} failed: {error}", flush=True)
        return [*rows, Row(claim, f"failed: {error}", 0.0, None)]


def _in_order(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Put rows of one job together, by size."""
    jobs = list(dict.fromkeys(row.job for row in rows))
    return sorted(rows, key=lambda row: jobs.index(row.job))


if __name__ == "__main__":
    main()
