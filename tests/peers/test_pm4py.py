"""Cost and fitness of every variant of two real logs, equal to what pm4py finds.

pm4py is AGPL-3.0: it lives in an environment of its own (`.venv-peers`), is run as a separate program on
JSON, and never becomes part of Trodden.
"""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from trodden.methods.journeys.align import Alignments, align_symbols
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.kernels_align_structs import Journeys
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.units import REACHED
from trodden.methods.tests.journeys_aligned import catalog_of
from trodden.model.journey_map import Choice, FlowItem, JourneyMap, Loop, Optional, Parallel, StepRef

if TYPE_CHECKING:
    from trodden.methods.journeys.flow import Flow

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-peers"
PM4PY = "2.7.23.11"

RECEIPT = """
name: Receipt
flow:
  - Confirmation of receipt
  - optional: [T02 Check confirmation of receipt]
  - choice:
      - [T04 Determine confirmation of receipt, T05 Print and send confirmation of receipt]
      - [T03 Adjust confirmation of receipt]
  - optional:
      - loop:
          flow: [T06 Determine necessity of stop advice]
          again:
            - choice:
                - [T07-1 Draft intern advice aspect 1]
                - [T07-2 Draft intern advice aspect 2]
                - [T07-5 Draft intern advice aspect 5]
  - parallel:
      - [T10 Determine necessity to stop indication]
      - [optional: [T08 Draft and send request for advice]]
      - [optional: [T11 Create document X request unlicensed, T12 Check document X request unlicensed]]
"""

SEPSIS = """
name: Sepsis
flow:
  - ER Registration
  - parallel:
      - [ER Triage, optional: [ER Sepsis Triage]]
      - [optional: [IV Liquid]]
      - [optional: [IV Antibiotics]]
      - [optional: [LacticAcid]]
  - optional:
      - choice: [[Admission NC], [Admission IC]]
  - loop: {flow: [CRP], again: [Leucocytes]}
  - optional:
      - choice: [[Release A], [Release B], [Release C], [Release D], [Release E]]
  - optional: [Return ER]
"""


def variants_of(path: Path, case: str, name: str, time: str) -> list[tuple[str, ...]]:
    """Return the distinct traces of a log; rows of equal time keep their order in the file."""
    cases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cases[row[case]].append((row[time], row[name]))
    traces = {tuple(name for _, name in sorted(rows, key=lambda row: row[0])) for rows in cases.values()}
    return sorted(traces)


def tree_of(flow: Flow) -> str:
    """Write a flow as pm4py reads process trees."""
    parts = [item_of(item) for item in flow]
    return parts[0] if len(parts) == 1 else f"->( {', '.join(parts)} )"


def item_of(item: FlowItem) -> str:
    match item:
        case StepRef():
            return f"'{item.id}'"
        case Choice():
            return f"X( {', '.join(tree_of(branch.flow) for branch in item.branches)} )"
        case Parallel():
            return f"+( {', '.join(tree_of(branch) for branch in item.branches)} )"
        case Optional():
            return f"X( {tree_of(item.flow)}, tau )"
        case Loop():
            return f"*( {tree_of(item.flow)}, {tree_of(item.again) if item.again else 'tau'} )"


def aligned(journey_map: JourneyMap, variants: list[tuple[str, ...]]) -> tuple[Alignments, int]:
    """Align variants by the kernels; return also what the cheapest run costs."""
    touchpoints = sorted({name for variant in variants for name in variant})
    automaton = compile_map(journey_map, catalog_of(journey_map, touchpoints))
    symbols = [
        automaton.symbols.by_outcome.get(touchpoints.index(name), (0,))[0]
        for variant in variants
        for name in variant
    ]
    journeys = Journeys(
        np.cumsum([0, *map(len, variants)], dtype=np.int64),
        np.full(len(variants), REACHED, dtype=np.uint8),
        np.array(symbols, dtype=np.int32),
    )
    return align_symbols(automaton, journeys), automaton.cheapest_run


@pytest.fixture(scope="session")
def peer() -> Path:
    """Return the peers' Python, with this version of pm4py, made where it is not there yet."""
    python = PEERS / "bin" / "python"
    stamp = PEERS / f"pm4py-{PM4PY}"
    if not stamp.exists():
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(PEERS)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), f"pm4py=={PM4PY}"]
        subprocess.run(install, check=True)
        stamp.touch()
    return python


def asked_of_pm4py(
    python: Path, journey_map: JourneyMap, variants: list[tuple[str, ...]]
) -> list[tuple[int, float]]:
    """Run pm4py on the same flow and traces."""
    question = json.dumps({"tree": tree_of(journey_map.flow), "traces": variants})
    script = str(Path(__file__).with_name("pm4py_alignments.py"))
    done = subprocess.run([str(python), script], input=question, capture_output=True, text=True, check=True)
    return [(cost, fitness) for cost, fitness in json.loads(done.stdout)]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.requires("package_index", "shared")
@pytest.mark.parametrize(
    ("text", "log", "columns", "expected"),
    [
        (RECEIPT, "receipt.csv.gz", ("case:concept:name", "concept:name", "time:timestamp"), 116),
        (SEPSIS, "sepsis.csv.gz", ("case:concept:name", "concept:name", "time:timestamp"), 846),
    ],
)
def test_every_variant_costs_what_pm4py_says(
    text: str, log: str, columns: tuple[str, str, str], expected: int, peer: Path, shared: Path
) -> None:
    journey_map = parse_map(text)
    variants = variants_of(shared / "data/journeys" / log, *columns)
    assert len(variants) == expected
    found, cheapest = aligned(journey_map, variants)
    theirs = asked_of_pm4py(peer, journey_map, variants)
    assert [cost for cost, _ in theirs] == found.cost.tolist()
    fitness = [
        1 - int(cost) / (len(walk) + cheapest) for cost, walk in zip(found.cost, variants, strict=True)
    ]
    assert [fit for _, fit in theirs] == pytest.approx(fitness)
