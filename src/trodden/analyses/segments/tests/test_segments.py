from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.logs import AS_OF, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.overview.answer import OverviewQuestion
from trodden.analyses.segments.answer import Segments, SegmentsQuestion
from trodden.analyses.segments.chart import segments_chart
from trodden.asking import Asker
from trodden.charts import Bars
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.questions import question_from

if TYPE_CHECKING:
    from trodden.model.event import Event

THREE = ("region = north", "did Order", "not paused over 2d")


def segments(text: str, *asked: str, time_zone: str = "UTC", **fields: Any) -> Segments:  # noqa: ANN401 - any field
    as_of = fields.pop("told", None)
    snapshot = walks_from_text(text, time_zone=time_zone, as_of=as_of)
    catalog = catalog_of(snapshot, (), {"buyers": "did buy"}, time_zone)
    answer = Asker(snapshot, catalog).ask(SegmentsQuestion(segments=asked, **fields))
    assert isinstance(answer, Segments)
    return answer


@settings(deadline=None)
@given(log=logs(), unit=st.sampled_from(("customer", "session", "journey")))
def test_sizes_are_those_of_any_other_question_about_the_segment(log: list[Event], unit: str) -> None:
    snapshot = walks_of(log)
    asker = Asker(snapshot, catalog_of(snapshot))
    shared: dict[str, Any] = {"unit": unit, "map": "Getting connected"}
    answer = asker.ask(SegmentsQuestion(segments=THREE, periods=2, **shared))
    assert isinstance(answer, Segments)

    def asked(segment: str, **more: Any) -> int:  # noqa: ANN401 - any field
        return asker.ask(OverviewQuestion(segment=segment, **shared, **more)).about.units

    assert [one.units.count for one in answer.sizes] == [asked(text) for text in THREE]
    for one in answer.history:
        assert one.sizes == tuple(asked(text, as_of=one.at) for text in THREE)
    for one in answer.overlaps:
        exactly = " and ".join(f"({text})" if text in one.inside else f"not ({text})" for text in THREE)
        assert one.units.count == asked(exactly)
    assert sum(one.units.count for one in answer.overlaps) == answer.about.units


def test_history_is_told_at_the_end_of_each_period_and_now() -> None:
    text = "a buy 2026-01-10 | b buy 2026-02-20 | c look 2026-03-05"
    answer = segments(text, "@buyers", told="2026-03-05T12:00", periods=3)
    assert [(one.at, one.units, one.sizes) for one in answer.history] == [
        (datetime(2025, 12, 31, 23, 59, 59, 999_999, UTC), 0, (0,)),
        (datetime(2026, 1, 31, 23, 59, 59, 999_999, UTC), 1, (1,)),
        (datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC), 2, (2,)),
        (datetime(2026, 3, 5, 12, tzinfo=UTC), 3, (2,)),
    ]


def test_a_period_ends_by_the_workspaces_clocks() -> None:
    answer = segments(
        "a buy 2026-03-31T22:30", "did buy", time_zone="Europe/Berlin", told="2026-04-01T12:00", periods=1
    )
    assert [one.sizes for one in answer.history] == [(0,), (1,)]


def test_overlaps_share_out_everybody() -> None:
    text = (
        "a buy{plan=x} 10:00 | b buy{plan=y} 10:00 | c look{plan=x} 10:00 | d look{plan=y} 10:00"
        " | e buy 10:00"
    )
    answer = segments(text, "did buy", "plan = x", periods=0)
    assert {one.inside: one.units.count for one in answer.overlaps} == {
        ("did buy",): 2,
        ("did buy", "plan = x"): 1,
        ("plan = x",): 1,
        (): 1,
    }
    assert len(answer.history) == 1


def test_what_cannot_be_asked_says_why() -> None:
    with pytest.raises(UnknownNameError, match="winback"):
        segments("a buy 10:00", "@winback")
    with pytest.raises(QuestionError, match="segments"):
        question_from(SegmentsQuestion, {"segments": ",".join(["did buy"] * 9)})


def test_nobody_is_in_a_segment_where_nobody_is() -> None:
    snapshot = walks_of([], AS_OF)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(SegmentsQuestion(segments=THREE))
    assert isinstance(answer, Segments)
    assert [one.units.value for one in answer.sizes] == [None, None, None]
    assert answer.overlaps == ()


def test_a_drawing_shares_out_everybody_among_its_bars_however_many_combinations_there_are() -> None:
    text = " | ".join(
        f"k{number} t{place} 10:00" for number in range(1, 32) for place in range(5) if number >> place & 1
    )
    answer = segments(text, *(f"did t{place}" for place in range(5)), show="overlap")
    chart = segments_chart(answer)
    assert isinstance(chart, Bars)
    assert len(answer.overlaps) == 31
    assert chart.bars[-1].label == "11 other combinations"
    assert sum(bar.value for bar in chart.bars) == pytest.approx(1)
