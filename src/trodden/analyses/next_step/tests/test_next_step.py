from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import next_step as oracle
from tests.oracles.transitions import quantile
from tests.support.desk import desk_events
from tests.support.logs import AS_OF, TOUCHPOINTS, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.next_step.answer import NextStep, NextStepQuestion
from trodden.analyses.next_step.chart import next_step_chart
from trodden.asking import Asker
from trodden.charts import Bars
from trodden.model.errors import QuestionError, TooLargeError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

SILENCE = timedelta(days=30)


def asked(snapshot: Snapshot, after: str = "", **fields: object) -> NextStep:
    question = NextStepQuestion(after=tuple(after.split()), **fields)  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
    assert isinstance(answer, NextStep)
    return answer


def next_step(text: str, after: str = "", as_of: str | None = None, **fields: object) -> NextStep:
    return asked(walks_from_text(text, as_of=as_of), after, **fields)


def told(answer: NextStep) -> dict[str, float]:
    return {one.outcome: one.probability for one in answer.candidates}


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def plain(log: list[Event]) -> list[oracle.Unit]:
    walks: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        walks.setdefault(customer_of(event), []).append(event)
    return [
        ([(one.name, micros(one.occurred_at)) for one in walk], walk[-1].occurred_at >= AS_OF - SILENCE)
        for walk in walks.values()
    ]


@settings(deadline=None)
@given(
    log=logs(),
    names=st.lists(st.sampled_from(TOUCHPOINTS[:4]), max_size=4),
    start=st.booleans(),
    days=st.sampled_from((None, 1, 9)),
)
def test_what_comes_next_equals_plain_loops(
    log: list[Event], names: list[str], days: int | None, *, start: bool
) -> None:
    after = [*(["START"] if start else []), *names] or ["START"]
    snapshot = walks_of(log)
    horizon = None if days is None else timedelta(days)
    question = NextStepQuestion(after=tuple(after), order=5, horizon=horizon, limit=200)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
    assert isinstance(answer, NextStep)
    limit = None if horizon is None else horizon // timedelta(microseconds=1)
    units, outcomes = plain(log), len(snapshot.dictionaries.touchpoints) + 1
    expected = oracle.ask(units, after, outcomes, limit, micros(AS_OF))
    assert told(answer) == {name: pytest.approx(float(share)) for name, share in expected.items()}
    assert answer.rest == pytest.approx(float(1 - sum(expected.values(), Fraction())), abs=1e-12)
    every = [place for unit in units for place in oracle.places(unit, limit, micros(AS_OF))]
    here = [came for before, came, _ in every if before[-len(after) :] == after]
    assert answer.open == here.count("?")
    if answer.context == len(after):
        assert answer.places == len(here) - answer.open
    for one in answer.candidates:
        last = after[len(after) - one.waits_after :] if one.waits_after else []
        gaps = [
            (wait + 500_000) // 1_000_000
            for before, came, wait in every
            if came == one.outcome and wait is not None and before[len(before) - len(last) :] == last
        ]
        assert (one.median_s, one.p90_s) == (quantile(gaps, 5), quantile(gaps, 9))
        assert one.waits == len(gaps)


@settings(deadline=None)
@given(log=logs(), order=st.sampled_from((1, 3)), fewest=st.sampled_from((2, 30)))
def test_open_units_are_asked_about_one_by_one(log: list[Event], order: int, fewest: int) -> None:
    snapshot = walks_of(log)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("trodden.analyses.next_step.limits.FEWEST_WAITS", fewest)
        answer = asked(snapshot, order=order, limit=200)
    units, outcomes = plain(log), len(snapshot.dictionaries.touchpoints) + 1
    waiting = [number for number, (_, is_open) in enumerate(units) if is_open]
    mean = Counter[str]()
    for number in waiting:
        for name, share in oracle.ask_paced(units, number, outcomes, order, fewest).items():
            mean[name] += float(share) / len(waiting)  # type: ignore[assignment]
    assert answer.open == len(waiting)
    assert told(answer) == {name: pytest.approx(share) for name, share in mean.items()}


WALK = (
    "a x 10:00 | a y 10:10 | a x 10:20 | b x 10:00 | b y 10:30 | c y 10:00 | d x +40 10:00 | d y +40 10:20"
    " | e x +40 10:00"
)


def test_what_came_after_the_same_steps_is_most_probable() -> None:
    answer = next_step(WALK, "START x")
    assert answer.context == 2
    assert (answer.places, answer.open) == (3, 1)
    first = answer.candidates[0]
    assert (first.outcome, first.seen.count, first.seen.of, first.waits) == ("y", 3, 3, 3)
    assert first.probability == pytest.approx(5 / 6)
    assert (first.median_s, first.waits_after) == (pytest.approx(1_200, rel=0.004), 0)


def test_steps_that_never_stood_together_are_told_and_shorter_ones_taken() -> None:
    answer = next_step(WALK, "y y x")
    assert (answer.context, told(answer)) == (2, told(next_step(WALK, "y x")))


def test_end_is_an_outcome_and_open_units_are_not() -> None:
    answer = next_step(WALK, "y")
    assert (answer.places, answer.open) == (3, 1)
    assert {one.outcome: one.seen.count for one in answer.candidates} == {"END": 2, "x": 1, "y": 0}
    assert answer.ends == told(answer)["END"]


def test_with_a_horizon_nothing_in_time_is_nothing() -> None:
    answer = next_step(WALK, "START x", horizon=timedelta(minutes=20))
    assert {one.outcome: one.seen.count for one in answer.candidates if one.seen.count} == {"y": 2, "END": 1}
    shorter = next_step(WALK, "START x", horizon=timedelta(minutes=20) - timedelta(microseconds=1))
    assert shorter.candidates[0].outcome == "END"
    assert (shorter.places, shorter.open) == (4, 0)


def test_only_as_many_steps_as_the_order_are_looked_at() -> None:
    assert next_step(WALK, "START x y x", order=2).after == ("y", "x")
    with pytest.raises(UnknownNameError, match="'START'"):
        next_step(WALK, "x START")


def test_waits_rest_on_thirty_where_there_are_so_many() -> None:
    often = " | ".join(f"k{i} x 10:00 | k{i} y 10:02" for i in range(30))
    answer = next_step(f"{often} | a z 10:00 | a y 12:00", "START x")
    assert (answer.candidates[0].waits, answer.candidates[0].waits_after) == (30, 2)
    assert next_step(f"{often} | a z 10:00 | a y 12:00", "START z").candidates[0].waits == 31


@pytest.mark.parametrize(
    ("after", "fields", "error", "says"),
    [
        ("zz", {}, UnknownNameError, "'zz'"),
        ("[x|y]", {}, QuestionError, "not one touchpoint"),
        ("x", {"horizon": timedelta(-1)}, QuestionError, "horizon"),
    ],
)
def test_what_cannot_be_asked_says_why(
    after: str, fields: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        next_step(WALK, after, **fields)


def test_more_contexts_than_a_state_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trodden.analyses.next_step.MOST_KEYS", 3)
    with pytest.raises(TooLargeError, match="more than 3 different runs"):
        next_step(WALK)


def test_the_chart_says_what_comes_next() -> None:
    chart = next_step_chart(next_step(WALK, "START x"))
    assert isinstance(chart, Bars)
    assert chart.title == "After START, x: y comes next with probability 83 %, 8.3 % end there"
    assert chart.bars[0].detail == "3 of 3, half within 20 min"
    nobody = next_step_chart(next_step("a x 10:00 | b y +40 10:00", as_of="2026-12-01"))
    assert nobody.title == "For open customers nothing is known to come next"


def test_the_help_desk_after_its_first_steps(shared: Path) -> None:
    """Counted from the rows: what follows 1, 8 at the beginning of a case that is over."""
    log = desk_events(shared)
    answer = asked(walks_of(log, max(one.occurred_at for one in log)), "START 1 8", order=3)
    cases: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        cases.setdefault(customer_of(event), []).append(event)
    until = max(one.occurred_at for one in log) - SILENCE
    names = [
        [*(one.name for one in case), *(["END"] if case[-1].occurred_at < until else [])]
        for case in cases.values()
    ]
    expected = Counter(case[2] for case in names if case[:2] == ["1", "8"] and len(case) > 2)
    assert {one.outcome: one.seen.count for one in answer.candidates if one.seen.count} == dict(expected)
    assert answer.places == sum(expected.values())
    assert (answer.candidates[0].outcome, round(answer.candidates[0].probability, 4)) == GOLDEN


GOLDEN = ("6", 0.7683)
