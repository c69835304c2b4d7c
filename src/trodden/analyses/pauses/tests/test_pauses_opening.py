"""Pauses by the opening hours of a calendar, on walks worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given

from tests.support.fields import calendars_of
from tests.support.logs import catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.pauses.answer import Pauses, PausesQuestion
from trodden.analyses.pauses.chart import pauses_chart
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

CALENDARS = calendars_of({"Desk": "mon-fri 9-17", "Always": "mon-sun 0-24"})
HOUR = 3_600
# 2026-01-01 is a Thursday.
MAP = """
name: Buying
stages: [Look, Buy]
steps:
  - {id: look, stage: Look}
  - {id: pay, stage: Buy, wait: {longest: 2h}}
flow: [look, pay]
"""


def ask(snapshot: Snapshot, maps: str = "", **fields: Any) -> Pauses:  # noqa: ANN401 - any field
    catalog = catalog_of(snapshot, (parse_map(maps, "map.yaml"),) if maps else ())
    catalog = msgspec.structs.replace(catalog, calendars=CALENDARS)
    answer = Asker(snapshot, catalog).ask(PausesQuestion(**fields))
    assert isinstance(answer, Pauses)
    return answer


def promised(text: str, **fields: Any) -> Pauses:  # noqa: ANN401 - any field
    return ask(walks_from_text(text), MAP, map="Buying", **fields)


@pytest.mark.parametrize(
    ("text", "elapsed", "opening"),
    [
        # Thursday 15:00 to Friday 10:00: 19 h, 3 of them open; the promise ran out with the second.
        ("a look 15:00 | a pay +1 10:00", 17 * HOUR, 1 * HOUR),
        # Friday 16:30 to Monday 9:30: the promise runs out when it is closed, half an hour into the wait.
        ("a look +1 16:30 | a pay +4 09:30", 63 * HOUR, HOUR // 2),
        # Nobody is there from 18:00 on: no opening time passes, and the floor of a minute holds.
        ("a look 18:00 | a pay 23:00", 3 * HOUR, 0),
        ("a look 18:00 | a pay +1 09:31", 13 * HOUR + 31 * 60, 30 * 60),
        # Within the promise by either clock.
        ("a look 10:00 | a pay 12:00", 0, 0),
    ],
)
def test_of_a_wait_beyond_what_the_map_promises_only_open_hours_count(
    text: str, elapsed: int, opening: int
) -> None:
    assert promised(text).beyond_s == elapsed
    found = promised(text, calendar="Desk")
    assert (found.beyond_s, found.calendar) == (opening, "Desk")
    assert found.paused.count == (opening > 0)


@pytest.mark.parametrize("longest", ["900000d", "100000000d"])
def test_what_is_promised_for_ever_is_kept_by_any_clock(longest: str) -> None:
    snapshot = walks_from_text("a look 15:00 | a pay +1 10:00")
    found = ask(snapshot, MAP.replace("2h", longest), map="Buying", calendar="Desk")
    assert (found.gaps, found.paused.count, found.beyond_s) == (1, 0, 0)


def test_limits_are_learned_by_the_clock_they_are_held_against() -> None:
    """Thirty waits of 10 to 39 minutes, and one over night: by opening hours that is half an hour, too."""
    walks = [f"c{n} look 10:00 | c{n} help 10:{n + 10:02}" for n in range(30)]
    walks.append("late look 16:45 | late help +1 09:14")
    snapshot = walks_from_text(" | ".join(walks))
    by_clock, elapsed = (ask(snapshot, calendar=name) for name in ("Desk", None))
    assert elapsed.beyond_s > 15 * HOUR
    assert 0 < by_clock.beyond_s < HOUR
    assert by_clock.reference_gaps == elapsed.reference_gaps == 31


@given(log=logs())
def test_a_calendar_that_is_always_open_changes_nothing_but_what_is_said(log: list[Event]) -> None:
    snapshot = walks_of(log)
    always, elapsed = ask(snapshot, calendar="Always"), ask(snapshot)
    assert always.about.notes != elapsed.about.notes
    about = msgspec.structs.replace(always.about, notes=elapsed.about.notes)
    assert msgspec.structs.replace(always, about=about, calendar="") == elapsed


def test_the_answer_says_by_which_clock() -> None:
    answer = promised("a look +1 16:30 | a pay +4 11:30 | b look 10:00 | b pay 10:10", calendar="Desk")
    chart = pauses_chart(answer)
    assert chart.title.startswith("Most opening time is lost after look")
    assert any("only hours of Desk count (UTC)" in note for note in chart.notes)
    assert any("What the map promises is elapsed time" in note for note in chart.notes)
    (bar,) = chart.bars  # type: ignore[union-attr]
    assert "of opening time" in bar.detail


def test_a_calendar_nobody_keeps_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="There are Always, Desk"):
        ask(walks_from_text("a look 10:00"), calendar="Desc")
