"""Golden answers on a real help desk's log: 13,710 events of 3,804 cases."""

from __future__ import annotations

import csv
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.desk import desk_events
from tests.support.logs import catalog_of
from tests.support.rows import events_table
from trodden.analyses.pauses.answer import PauseReference, PauseReferenceQuestion, Pauses, PausesQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from pathlib import Path

MAP = """
name: Desk
flow: ['1', '8', '6']
scope: {also: ['2', '3', '4', '5', '7', '9']}
bounds: {silence: 365d}
"""


@pytest.fixture(scope="module")
def desk(shared: Path) -> Asker:
    snapshot = build_snapshot(events_table(desk_events(shared)))
    return Asker(snapshot, catalog_of(snapshot, (parse_map(MAP, "desk.yaml"),)))


def test_the_wait_from_1_to_8_is_as_published(desk: Asker) -> None:
    reference = desk.ask(PauseReferenceQuestion())
    assert isinstance(reference, PauseReference)
    (move,) = (one for one in reference.moves if (one.source.name, one.target.name) == ("1", "8"))
    assert move.median_s / 3_600 == pytest.approx(2.4, abs=0.05)
    assert move.p90_s / 3_600 == pytest.approx(184, abs=0.5)
    assert reference.gaps == 13_710 - 3_804


def test_quantiles_are_those_of_the_sorted_gaps(desk: Asker, shared: Path) -> None:
    with (shared / "data/journeys/helpdesk.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    gaps = [
        (
            datetime.fromisoformat(after["CompleteTimestamp"])
            - datetime.fromisoformat(row["CompleteTimestamp"])
        ).total_seconds()
        for row, after in pairwise(rows)
        if row["CaseID"] == after["CaseID"] and (row["ActivityID"], after["ActivityID"]) == ("8", "6")
    ]
    reference = desk.ask(PauseReferenceQuestion())
    assert isinstance(reference, PauseReference)
    (move,) = (one for one in reference.moves if (one.source.name, one.target.name) == ("8", "6"))
    assert move.gaps == len(gaps)
    assert move.p90_s == pytest.approx(np.quantile(gaps, 0.9, method="inverted_cdf"), rel=0.004)
    assert move.median_s == pytest.approx(np.quantile(gaps, 0.5, method="inverted_cdf"), rel=0.004, abs=0.5)


def test_pauses_of_the_desk(desk: Asker) -> None:
    """With a limit at the 0.9 quantile a tenth pauses; here nothing else comes of it."""
    answer = desk.ask(PausesQuestion(map="Desk"))
    assert isinstance(answer, Pauses)
    assert (answer.about.units, answer.gaps, answer.paused.count) == (3_749, 9_139, 929)
    first = next(one for one in answer.places if (one.place, one.on_map) == ("1", True))
    (limit,) = (one for one in first.limits if (one.to, one.to_kind) == ("8", "step"))
    assert (limit.source, limit.rests_on, limit.gaps, limit.paused) == ("move", 3_153, 3_153, 317)
    assert limit.limit_s / 3_600 == pytest.approx(184.9, abs=0.05)
    assert (first.paused.count, first.paused.of, first.median.n) == (378, 3_749, 378)
    designed = first.next[0]
    assert (designed.next, designed.after_pause.count, designed.without.count) == (
        "designed next step",
        317,
        2_836,
    )
    assert designed.difference.value == pytest.approx(-0.00267, abs=1e-5)
    assert all(one.ranks.promise is None for one in answer.places)
