from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings

from tests.oracles import overview as oracle
from tests.support.logs import AS_OF, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.overview.answer import Overview, OverviewQuestion
from trodden.asking import Asker

if TYPE_CHECKING:
    from trodden.model.event import Event


def overview(text: str, time_zone: str = "UTC", **fields: object) -> Overview:
    snapshot = walks_from_text(text, time_zone=time_zone)
    asker = Asker(snapshot, catalog_of(snapshot, time_zone=time_zone))
    answer = asker.ask(OverviewQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Overview)
    return answer


@settings(deadline=None)
@given(log=logs())
def test_the_overview_equals_plain_loops(log: list[Event]) -> None:
    snapshot = walks_of(log)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(OverviewQuestion(by="day", top=100))
    assert isinstance(answer, Overview)
    expected = oracle.count(log, AS_OF)
    assert answer.about.customers == answer.about.units == expected["customers"]
    assert answer.about.events == expected["events"]
    assert answer.about.ties == expected["ties"]
    found = {one.touchpoint: [one.events, one.customers] for one in answer.touchpoints}
    assert found == expected["touchpoints"]
    assert {one.name: one.events for one in answer.outcomes} == expected["outcomes"]
    assert {one.name: one.events for one in answer.channels} == expected["channels"]
    assert {one.start: one.units for one in answer.starts if one.units} == expected["days"]
    assert answer.steps.value == expected["steps_mean"]


def test_a_start_just_after_local_midnight_counts_on_the_local_day() -> None:
    answer = overview("a search 2026-03-01T23:30", "Europe/Berlin", by="day")
    assert [str(one.start) for one in answer.starts] == ["2026-03-02"]


def test_days_are_those_of_any_clock_there_was() -> None:
    """Until 1972 Liberia was 44 minutes and 30 seconds behind."""
    text = "a search 1970-01-02T00:44:15 | b search 1970-01-02T00:44:45"
    answer = overview(text, "Africa/Monrovia", by="day")
    assert [(str(one.start), one.units) for one in answer.starts] == [("1970-01-01", 1), ("1970-01-02", 1)]


def test_weeks_begin_on_monday_and_empty_ones_are_shown() -> None:
    answer = overview("a search 2026-03-04T10:00 | b search 2026-03-19T10:00", by="week")
    assert [(str(one.start), one.units) for one in answer.starts] == [
        ("2026-03-02", 1),
        ("2026-03-09", 0),
        ("2026-03-16", 1),
    ]


def test_months_across_the_end_of_a_year() -> None:
    answer = overview("a search 2025-12-31T10:00 | b search 2026-02-01T00:00", by="month")
    assert [(str(one.start), one.units) for one in answer.starts] == [
        ("2025-12-01", 1),
        ("2026-01-01", 0),
        ("2026-02-01", 1),
    ]


def test_touchpoints_beyond_the_top_are_counted_not_shown() -> None:
    answer = overview("a x 10:00 | a x 10:01 | a y 10:02 | a z 10:03", top=1)
    assert [one.touchpoint for one in answer.touchpoints] == ["x"]
    assert answer.hidden == 2


def test_durations_are_from_first_to_last_step() -> None:
    answer = overview("a x 10:00 | a y 10:01 | b x 10:00")
    assert answer.duration.value == 0.0
    assert answer.duration_p90_s == 60.0
