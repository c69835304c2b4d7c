from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import retention as oracle
from tests.oracles import stats
from tests.support.desk import desk_events
from tests.support.logs import AS_OF, TOUCHPOINTS, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.retention import MOST_CELLS, RetentionAnalysis
from trodden.analyses.retention.answer import Retention, RetentionQuestion
from trodden.analyses.retention.chart import retention_chart
from trodden.asking import Asker
from trodden.charts import Lines, Matrix
from trodden.charts.svg import draw
from trodden.methods.stats.logbins import middle
from trodden.model.errors import QuestionError, TooLargeError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot


def asked(snapshot: Snapshot, zone: str = "UTC", **fields: object) -> Retention:
    asker = Asker(snapshot, catalog_of(snapshot, time_zone=zone))
    answer = asker.ask(RetentionQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Retention)
    return answer


def retention(text: str, as_of: str | None = None, zone: str = "UTC", **fields: object) -> Retention:
    return asked(walks_from_text(text, as_of=as_of), zone, **fields)


def told(answer: Retention) -> dict[str, list[tuple[int, int, bool]]]:
    return {
        one.label: [(cell.returned.count, cell.returned.of, cell.complete) for cell in one.cells]
        for one in answer.cohorts
    }


def plain(log: list[Event]) -> list[oracle.Walk]:
    walks: dict[str, oracle.Walk] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        walks.setdefault(customer_of(event), []).append((event.name, event.occurred_at))
    return list(walks.values())


@settings(deadline=None)
@given(
    log=logs(),
    by=st.sampled_from(("day", "week", "month")),
    rolling=st.sampled_from((None, None, 1, 5)),
    later=st.booleans(),
    some=st.booleans(),
    zone=st.sampled_from(("UTC", "Europe/Vienna", "America/New_York")),
)
def test_retention_equals_plain_loops(
    log: list[Event],
    by: str,
    rolling: int | None,
    later: bool,  # noqa: FBT001 - drawn
    some: bool,  # noqa: FBT001 - drawn
    zone: str,
) -> None:
    names = TOUCHPOINTS[:5] if some else TOUCHPOINTS
    ask = oracle.Ask(frozenset(names), frozenset(TOUCHPOINTS[:5:2]), by, rolling, 4, later)
    answer = asked(
        walks_of(log),
        zone,
        start=f"[{'|'.join(names)}]" if some else "any",
        returns=f"[{'|'.join(TOUCHPOINTS[:5:2])}]",
        by=by,
        rolling=rolling,
        counting="on or after" if later else "on",
        periods=4,
        limit=400,
    )
    clocks = ZoneInfo(zone)
    expected: dict[tuple[str, int], tuple[int, int, bool]] = {}
    for (cohort, period), counts in oracle.cells(plain(log), ask, clocks).items():
        begins, is_over = oracle.ends_of(cohort, period, ask, clocks)
        if begins <= AS_OF:
            expected[cohort.isoformat()[: 7 if by == "month" else 10], period] = (*counts, is_over <= AS_OF)
    found = {(one, k): cell for one, cells in told(answer).items() for k, cell in enumerate(cells)}
    assert found == expected
    for one in answer.pooled:
        cells = [cell for (_, k), cell in expected.items() if k == one.period and cell[2]]
        assert (one.returned.count, one.returned.of) == tuple(sum(cell[i] for cell in cells) for i in (0, 1))
        assert one.cohorts == len(cells)


@settings(deadline=None)
@given(log=logs(), days=st.sampled_from((1, 7, 30)))
def test_the_curve_equals_plain_loops(log: list[Event], days: int) -> None:
    names = TOUCHPOINTS[:6]
    ask = oracle.Ask(frozenset(names), frozenset(names), "day", None, 1, later=False)
    curve = asked(
        walks_of(log), start=f"[{'|'.join(names)}]", returns=f"[{'|'.join(names)}]", silence=timedelta(days)
    ).still_active
    ended, cut = oracle.lives(plain(log), ask, timedelta(days), AS_OF)
    assert (curve.events, curve.censored) == (len(ended), len(cut))
    bins = [[stats.bin_of(one // timedelta(milliseconds=1)) for one in side] for side in (ended, cut)]
    exact = stats.survival(*bins)
    assert [(one.after, one.at_risk, one.events) for one in curve.points] == [
        (middle(number), at_risk, events) for number, _, at_risk, events in exact
    ]
    for point, (_, share, _, _) in zip(curve.points, exact, strict=True):
        assert point.share == pytest.approx(float(share))


WALK = "a x 10:00 | a y 10:00 | a x +7 10:00 | b x 11:00 | b y +20 10:00 | c x +8 10:00 | d y +8 10:00"
"""The first of January 2026 is a Thursday."""


def test_a_cell_is_who_returned_in_that_period_of_those_who_started() -> None:
    answer = retention(WALK, start="x", periods=3)
    assert told(answer) == {
        "2025-12-29": [(1, 2, True), (1, 2, True), (0, 2, True), (1, 2, False)],
        "2026-01-05": [(0, 1, True), (0, 1, True), (0, 1, False)],
    }
    assert (answer.started.count, answer.started.of) == (3, 4)
    assert [(one.label, one.returned.count, one.returned.of, one.cohorts) for one in answer.pooled] == [
        ("week 0", 1, 3, 2),
        ("week 1", 1, 3, 2),
        ("week 2", 0, 2, 1),
    ]


def test_a_return_at_the_time_of_the_start_counts_by_the_order_of_the_walk() -> None:
    one = retention("a x 10:00 seq=1 | a y 10:00 seq=2", start="x", returns="y")
    other = retention("a x 10:00 seq=2 | a y 10:00 seq=1", start="x", returns="y")
    assert [answer.cohorts[0].cells[0].returned.count for answer in (one, other)] == [1, 0]


def test_on_or_after_counts_whoever_comes_back_later() -> None:
    answer = retention(WALK, start="x", periods=2, counting="on or after")
    assert [cell[0] for cell in told(answer)["2025-12-29"]] == [2, 2, 1]


def test_rolling_periods_begin_with_each_start() -> None:
    answer = retention(WALK, start="x", rolling=7, periods=2, as_of="2026-02-01")
    assert answer.counted == "periods of 168 hours"
    assert told(answer)["2025-12-29"] == [(1, 2, True), (1, 2, True), (1, 2, True)]
    just_before = retention("a x 10:00 | a x +7 09:59:59.999999", rolling=7)
    assert [one[0] for one in told(just_before)["2025-12-29"]] == [1, 0]


def test_a_period_is_complete_once_it_is_over() -> None:
    """A week that began on the 29th is over with the first moment of the 5th."""
    assert not retention("a x 10:00", as_of="2026-01-04T23:59:59.999999").cohorts[0].cells[0].complete
    cells = retention("a x 10:00", as_of="2026-01-05").cohorts[0].cells
    assert [cell.complete for cell in cells] == [True, False]


def test_days_follow_the_clocks_of_the_zone() -> None:
    """On 29 March 2026 a day has 23 hours in Vienna; 22:30 UTC is the next day there, and so is 22:00."""
    text = "a x 2026-03-28T23:00 | a y 2026-03-29T21:59 | a z 2026-03-29T22:00"
    answer = retention(text, by="day", zone="Europe/Vienna", returns="[y|z]")
    assert told(answer) == {"2026-03-29": [(1, 1, True), (1, 1, False)]}
    assert answer.cohorts[0].starts_at == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert set(told(retention(text, by="day"))) == {"2026-03-28"}


def test_start_and_return_may_be_patterns() -> None:
    text = "a x 10:00 | a y 11:00 | a y +7 10:00 | a z +7 11:00 | b y 10:00"
    answer = retention(text, start="x->y", returns="y->z", periods=1)
    assert told(answer) == {"2025-12-29": [(0, 1, True), (1, 1, False)]}


def test_a_unit_is_active_until_its_first_long_silence() -> None:
    """Followed until as_of less the silence: a lapsed and came again, b is cut off, c is too new."""
    text = "a x 10:00 | a x +10 10:00 | a x +60 10:00 | b x +30 10:00 | b x +59 10:00 | c x +59 11:00"
    curve = retention(text, as_of="2026-03-05T10:00", silence=timedelta(days=30)).still_active
    assert (curve.n, curve.events, curve.censored) == (2, 1, 1)
    assert [(round(one.after / 86_400, 1), one.at_risk) for one in curve.points] == [(10.0, 1)]


def test_a_gap_as_long_as_the_limit_is_no_silence() -> None:
    text = "a x 10:00 | a x +30 10:00"
    assert retention(text, as_of="2026-03-02T10:00").still_active.censored == 1
    assert retention(text, as_of="2026-03-02T10:00:00.000001").still_active.events == 1


def test_older_cohorts_are_hidden_and_still_pooled() -> None:
    answer = retention(WALK, start="x", periods=3, limit=1)
    assert list(told(answer)) == ["2026-01-05"]
    assert answer.hidden == 1
    assert answer.pooled == retention(WALK, start="x", periods=3).pooled


def test_the_grid_marks_what_is_not_over_and_names_the_first_period() -> None:
    chart = retention_chart(retention(WALK, start="x", periods=3))
    assert isinstance(chart, Matrix)
    assert chart.title.startswith("33 % [6")
    assert chart.title.endswith("of 3 customers came back in week 1 after the start")
    assert chart.rows == ("all complete (3)", "2026-01-05 (1)", "2025-12-29 (2)")
    assert chart.partial == ((1, 2), (2, 3))
    assert "50 %\N{HORIZONTAL ELLIPSIS}" in draw(chart)


def test_the_curve_names_its_median() -> None:
    chart = retention_chart(retention(WALK, as_of="2026-04-01", show="still active"))
    assert isinstance(chart, Lines)
    assert chart.title.startswith("Half of 4 customers are no longer active after")
    assert chart.series[0].y[0] == 1.0
    young = retention_chart(retention(WALK, show="still active"))
    assert young.title == "Nobody has been followed for long enough to say how long they stay active"


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"start": "zz"}, UnknownNameError, "'zz'"),
        ({"returns": "x->"}, QuestionError, "returns: expected a touchpoint"),
        ({"silence": timedelta()}, QuestionError, "silence"),
    ],
)
def test_what_cannot_be_asked_says_why(fields: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        retention(WALK, **fields)


def test_more_cells_than_a_state_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_CELLS * 16 < 64 * 2**20
    monkeypatch.setattr("trodden.analyses.retention.MOST_CELLS", 3)
    with pytest.raises(TooLargeError, match="more than 3 cells"):
        retention(WALK, by="day")
    assert RetentionAnalysis.__doc__


def test_the_help_desks_weeks(shared: Path) -> None:
    """Counted from the rows themselves, with the standard library's calendar."""
    log = desk_events(shared)
    answer = asked(walks_of(log, max(one.occurred_at for one in log)), limit=400)
    walks: dict[str, list[date]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        day = event.occurred_at.date()
        walks.setdefault(customer_of(event), []).append(day - timedelta(days=day.weekday()))
    weeks = list(walks.values())
    assert answer.started.count == len(weeks) == 3_804
    assert len(answer.cohorts) == len({walk[0] for walk in weeks})
    last = max(week for walk in weeks for week in walk)
    for one in answer.pooled:
        of = [walk for walk in weeks if walk[0] + timedelta(weeks=one.period + 1) <= last]
        came = [walk for walk in of if walk[0] + timedelta(weeks=one.period) in walk[1:]]
        assert (one.returned.count, one.returned.of) == (len(came), len(of))
    assert [one.returned.count for one in answer.pooled[:3]] == GOLDEN


GOLDEN = [2_954, 1_247, 604]
