"""Weeks begin on the day the workspace says, in every analysis that tells by week."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.support.logs import catalog_of
from tests.support.walks import walks_from_text
from trodden.asking import Asker
from trodden.questions import question_from
from trodden.registry import find

# 2026-01-01 is a Thursday: the walk has events on Thursday, Saturday, Sunday and Monday.
WALK = "a x 10:00 | a x +2 10:00 | a x +3 10:00 | a x +4 10:00"
BEGINS = {"monday": date(2025, 12, 29), "saturday": date(2025, 12, 27), "sunday": date(2025, 12, 28)}


def ask(name: str, begins: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - each analysis has its own fields
    snapshot = walks_from_text(WALK, as_of="2026-01-20T12:00:00Z")
    catalog = msgspec.structs.replace(catalog_of(snapshot, ()), week_begins=begins)
    question = question_from(find(name).question, {"by": "week", **fields})
    return msgspec.to_builtins(Asker(snapshot, catalog).ask(question))


@pytest.mark.parametrize("begins", BEGINS)
def test_the_first_week_begins_on_the_day_that_is_set(begins: str) -> None:
    first = BEGINS[begins].isoformat()
    assert ask("overview", begins)["starts"][0]["start"] == first
    assert ask("lifecycle", begins)["periods"][0]["label"] == first
    assert ask("touchpoint", begins, touchpoint="x")["periods"][0]["label"] == first
    assert ask("retention", begins)["cohorts"][0]["label"] == first
    answers = [ask(name, begins) for name in ("overview", "lifecycle", "retention")]
    assert (answers[0]["by"], answers[1]["counted"], answers[2]["counted"]) == ("week", "weeks", "weeks")


def test_events_of_a_weekend_fall_into_the_week_that_is_set() -> None:
    counted = {
        name: [one["events"] for one in ask("touchpoint", name, touchpoint="x")["periods"][:2]]
        for name in BEGINS
    }
    assert counted == {"monday": [3, 1], "saturday": [1, 3], "sunday": [2, 2]}


def test_a_history_of_segments_is_told_at_the_end_of_such_weeks() -> None:
    said = {
        begins: ask("segments", begins, segments="did x", show="history", periods=2)["history"]
        for begins in BEGINS
    }
    assert len({str(one) for one in said.values()}) == len(BEGINS)
