from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import touchpoint as oracle
from tests.support.logs import TOUCHPOINTS, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.touchpoint.answer import Touchpoint, TouchpointQuestion
from trodden.analyses.touchpoint.chart import touchpoint_chart
from trodden.asking import Asker
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot


def asked(snapshot: Snapshot, touchpoint: str, **fields: object) -> Touchpoint:
    question = TouchpointQuestion(touchpoint=touchpoint, **fields)  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
    assert isinstance(answer, Touchpoint)
    return answer


def told(text: str, touchpoint: str = "x", **fields: object) -> Touchpoint:
    return asked(walks_from_text(text), touchpoint, **fields)


@settings(deadline=None)
@given(log=logs(), data=st.data())
def test_a_touchpoint_equals_plain_loops(log: list[Event], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted({event.name for event in log}) or TOUCHPOINTS))
    answer = asked(walks_of(log), name, by="day", limit=400)
    expected = oracle.count(log, name)
    assert (answer.events, answer.units.count) == (expected["events"], expected["units"])
    assert {one.outcome: one.share.count for one in answer.outcomes} == expected["outcomes"]
    assert (answer.before.gaps, answer.before.none) == (len(expected["before"]), expected["first"])
    assert (answer.after.gaps, answer.after.none) == (len(expected["after"]), expected["last"])
    assert {one.label: one.units for one in answer.periods if one.units} == expected["days"]
    assert sum(one.events for one in answer.periods) == expected["events"]
    found = {(one.property, one.value): [one.failed.count, one.failed.of] for one in answer.differs}
    assert all(expected["groups"][key] == counts for key, counts in found.items())


def test_waits_are_those_to_the_steps_beside_it() -> None:
    answer = told("a y 10:00 | a x 10:10 | a y 12:10 | b x 10:00 | c y 10:00 | c x 10:30")
    assert (answer.before.gaps, answer.before.none) == (2, 1)
    assert (answer.after.gaps, answer.after.none) == (1, 2)
    assert answer.before.median.value == pytest.approx(600, rel=0.005)
    assert answer.after.median.value == pytest.approx(7_200, rel=0.005)
    assert answer.after.open == 2


def test_a_period_that_is_not_over_says_so_and_empty_ones_are_told() -> None:
    answer = told("a x 10:00 | b x +15 10:00")
    assert [(one.label, one.events, one.complete) for one in answer.periods] == [
        ("2025-12-29", 1, True),
        ("2026-01-05", 0, True),
        ("2026-01-12", 1, False),
    ]
    assert told("a x 10:00 | b x +15 10:00", limit=1).hidden == 2


def test_for_whom_it_fails_more_often_is_said_with_interval_and_correction() -> None:
    rows = [
        f"c{place} x!{how}{{side={side},wing={'aabb'[place % 4]}}} {10 + place // 60}:{place % 60:02}"
        for place in range(80)
        for how, side in [(("failed", "left") if place % 2 else (("ok", "failed")[place % 20 == 0], "right"))]
    ]
    answer = told(" | ".join(rows))
    first = answer.differs[0]
    assert (first.property, first.failed.count, first.failed.of) in {("side", 40, 40), ("side", 4, 40)}
    assert {one.value: one.verdict for one in answer.differs} == {
        "left": "more often",
        "right": "less often",
        "a": "no clear difference",
        "b": "no clear difference",
    }
    assert answer.tried == 4
    assert first.difference.low is not None
    assert first.difference.low > 0.5 or first.difference.high < -0.5  # type: ignore[operator]


def test_of_few_events_nothing_is_said_to_differ() -> None:
    answer = told("a x!failed{side=left} 10:00 | b x!ok{side=right} 10:01")
    assert {one.verdict for one in answer.differs} == {"too few to say"}
    assert {one.adjusted_p for one in answer.differs} == {None}


@pytest.mark.parametrize(
    ("scores", "peaks", "is_split"),
    [
        ((20, 5, 2, 5, 20), (1.0, 5.0), True),
        ((2, 5, 20, 5, 2), (3.0,), False),
        ((4, 1, 1, 1, 4), (1.0, 5.0), False),
        ((40, 20, 22, 20, 4), (1.0, 3.0), False),
    ],
)
def test_where_reactions_split_the_two_peaks_are_told(
    scores: tuple[int, ...], peaks: tuple[float, ...], *, is_split: bool
) -> None:
    given = [score for score, many in enumerate(scores, 1) for _ in range(many)]
    rows = [
        f"c{place} x{{score={score}}} {10 + place // 60}:{place % 60:02}" for place, score in enumerate(given)
    ]
    (found,) = told(" | ".join(rows)).scores
    assert tuple(one.share.count for one in found.values) == scores
    assert (found.peaks, found.is_split) == (peaks, is_split)


def test_a_touchpoint_nobody_knows_is_an_error_and_one_only_designed_is_empty() -> None:
    with pytest.raises(UnknownNameError, match="'nowhere'"):
        told("a x 10:00", "nowhere")
    answer = told("a x 10:00", "Installation")
    assert (answer.events, answer.periods) == (0, ())
    assert touchpoint_chart(answer).title == "Nobody was at Installation"
