from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.funnel import Ask, Walk, attempts_of
from tests.support.desk import desk_events
from tests.support.logs import TOUCHPOINTS, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.funnel.answer import Funnel, FunnelQuestion
from trodden.analyses.funnel.chart import funnel_chart
from trodden.asking import Asker
from trodden.charts import Bars
from trodden.methods.journeys.maps import parse_map
from trodden.model.errors import QuestionError, UnknownNameError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

SHOP = parse_map("{name: Shop, flow: [x, y, z], bounds: {silence: 1d}}", "shop.yaml")


def asked(snapshot: Snapshot, steps: str, **fields: object) -> Funnel:
    question = FunnelQuestion(steps=tuple(steps.split()), **fields)  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot, (SHOP,))).ask(question)
    assert isinstance(answer, Funnel)
    return answer


def funnel(text: str, steps: str, as_of: str | None = None, **fields: object) -> Funnel:
    return asked(walks_from_text(text, as_of=as_of), steps, **fields)


def units(answer: Funnel) -> list[int]:
    return [step.units for step in answer.steps]


WALK = (
    "a x 10:00 | a y 10:10 | a z 10:30 | b x 10:00 | b z 10:05 | c x 10:00 | c n 10:01 | c y 10:02"
    " | d y 10:00 | e x 10:00"
)


def test_units_never_grow_and_those_not_at_the_next_step_left_or_are_pending() -> None:
    answer = funnel(WALK, "x y z")
    assert units(answer) == [4, 2, 1]
    assert [(step.left, step.pending) for step in answer.steps] == [(0, 2), (0, 1), (0, 0)]
    assert (answer.entered.count, answer.entered.of) == (4, 5)
    assert (answer.converted.count, answer.converted.of) == (1, 4)
    assert answer.counted == "customers"


def test_once_the_window_has_passed_nobody_is_pending() -> None:
    answer = funnel(WALK, "x y z", as_of="2026-01-31T10:00:00.000001")
    assert [(step.left, step.pending) for step in answer.steps] == [(2, 0), (1, 0), (0, 0)]
    assert funnel(WALK, "x y z", as_of="2026-01-31T10:00:00").steps[0].pending == 2


def test_shares_are_of_the_first_step_and_of_the_one_before() -> None:
    second, third = funnel(WALK, "x y z").steps[1:]
    assert (third.of_first.count, third.of_first.of) == (1, 4)
    assert (third.of_previous.count, third.of_previous.of) == (1, 2)
    assert (second.of_previous.count, second.of_previous.of) == (2, 4)
    assert second.of_first.low is not None


def test_times_are_from_the_start_to_each_step() -> None:
    first, second, third = funnel(WALK, "x y z").steps
    assert (first.median.value, third.median.value) == (0.0, pytest.approx(1_800, rel=0.004))
    assert (second.median.value, second.p95.value) == (120.0, pytest.approx(600, rel=0.004))


@pytest.mark.parametrize(
    ("steps", "fields", "expected"),
    [
        ("x z", {}, [4, 2]),
        ("x z", {"order": "strict"}, [4, 1]),
        ("x any z", {"order": "strict"}, [4, 3, 1]),
        ("x [^n] z", {"order": "strict"}, [4, 2, 1]),
        ("x [y|z]", {}, [4, 3]),
        ("x y", {"exclude": ("n",)}, [4, 1]),
        ("z x", {"direction": "backward"}, [2, 2]),
        ("x z y", {"order": "any"}, [4, 3, 1]),
        ("x y", {"within": timedelta(minutes=5)}, [4, 1]),
        ("x y", {"limits": ("5min",)}, [4, 1]),
        ("x y z", {"limits": ("-", "5min")}, [4, 2, 0]),
    ],
)
def test_each_option_counts_as_defined(steps: str, fields: dict[str, object], expected: list[int]) -> None:
    assert units(funnel(WALK, steps, **fields)) == expected


def test_the_first_step_may_be_a_pattern() -> None:
    text = "a x 10:00 | a n 10:01 | a y 10:02 | b x 10:00 | b y 10:01 | c n 10:00 | c y 10:01"
    assert [step.units for step in funnel_of(text, "x->n", "y").steps] == [1, 1]
    assert [step.units for step in funnel_of(text, "^[x|n]", "y", order="strict").steps] == [3, 2]
    assert [step.units for step in funnel_of(text, "n->y", "x", direction="backward").steps] == [2, 1]
    with pytest.raises(QuestionError, match="steps: expected a touchpoint at position 4"):
        funnel_of(text, "x->", "y")


def funnel_of(text: str, *steps: str, **fields: object) -> Funnel:
    snapshot = walks_from_text(text)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(FunnelQuestion(steps=steps, **fields))  # type: ignore[arg-type]
    assert isinstance(answer, Funnel)
    return answer


def test_attempts_are_named_so() -> None:
    answer = funnel("a x 10:00 | a x 10:01 | a y 10:02 | a x 10:03 | b y 10:00", "x y", entry="every")
    assert answer.counted == "attempts"
    assert units(answer) == [2, 1]
    assert (answer.about.unit, answer.about.units) == ("customer", 2)
    assert (answer.entered.count, answer.entered.of) == (1, 2)


def test_optional_steps_stand_beside_the_chain() -> None:
    answer = funnel(WALK, "x y z", optional=("y",))
    assert [(step.step, step.optional, step.units) for step in answer.steps] == [
        ("x", False, 4),
        ("y", True, 2),
        ("z", False, 2),
    ]
    assert (answer.steps[1].of_previous.count, answer.steps[1].of_previous.of) == (2, 4)
    assert (answer.steps[2].of_previous.count, answer.steps[2].of_previous.of) == (2, 4)


def test_excluded_units_are_told_where_they_stopped() -> None:
    answer = funnel(WALK, "x y", exclude=("n",))
    assert [(step.excluded, step.left, step.pending) for step in answer.steps] == [(1, 1, 2), (0, 0, 0)]
    assert [step.excluded for step in funnel(WALK, "x y", order="strict").steps] == [0, 0]


def test_a_journey_that_is_over_is_not_pending() -> None:
    text = "a x 10:00 | a y 10:10 | b x +2 10:00"
    answer = funnel(text, "x y z", map="Shop")
    assert [(step.left, step.pending) for step in answer.steps] == [(0, 1), (1, 0), (0, 0)]
    assert answer.counted == "journeys"


def test_sessions_hold_the_steps_of_one_channel() -> None:
    text = "a x@web 10:00 | a y@app 10:05 | a x@web 11:00 | a y@web 11:05"
    answer = funnel(text, "x y", unit="session")
    assert units(answer) == [2, 1]
    assert answer.counted == "sessions"


def test_in_any_order_steps_are_named_by_how_many_were_taken() -> None:
    answer = funnel(WALK, "x y z n", order="any", optional=("n",))
    assert [step.step for step in answer.steps] == ["x", "1 of 2 others", "2 of 2 others", "n"]


@pytest.mark.parametrize(
    ("steps", "fields", "error", "says"),
    [
        ("x serach", {}, UnknownNameError, "serach"),
        ("x y->z", {}, QuestionError, "steps: expected the end of a single step"),
        ("x y", {"within": timedelta(days=-1)}, QuestionError, "within"),
        ("x y", {"optional": ("z",)}, QuestionError, "'z' is not one of the steps"),
        ("x y", {"optional": ("x",)}, QuestionError, "first step cannot be optional"),
        ("x y", {"optional": ("y",)}, QuestionError, "All steps but one"),
        ("x y", {"order": "strict", "exclude": ("z",)}, QuestionError, "strict"),
        ("x y", {"order": "any", "limits": ("1h",)}, QuestionError, "any order"),
        (" ".join("xyz" * 4), {"order": "any"}, QuestionError, "at most 9"),
        ("x y", {"limits": ("1h", "1h")}, QuestionError, "2 were given for 2 steps"),
        ("x y", {"limits": ("soon",)}, QuestionError, "limits: 'soon'"),
    ],
)
def test_what_cannot_be_asked_says_why(
    steps: str, fields: dict[str, object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        funnel(WALK, steps, **fields)


def test_the_chart_says_how_many_come_through() -> None:
    chart = funnel_chart(funnel(WALK, "x y z", optional=("y",)))
    assert isinstance(chart, Bars)
    assert chart.title.startswith("50 % ")
    assert chart.title.endswith("of 4 customers come from x to z")
    assert [bar.label for bar in chart.bars] == ["x", "y (optional)", "z"]
    assert (
        funnel_chart(funnel("a n 10:00 | b y 10:00 | c x +1 10:00", "x y", where="n")).title
        == "Nobody came to x"
    )


steps_drawn = st.lists(st.sampled_from(TOUCHPOINTS), min_size=2, max_size=4, unique=True)


@settings(deadline=None, max_examples=200)
@given(log=logs(), steps=steps_drawn, data=st.data())
def test_a_funnel_in_strict_order_is_the_walks_that_hold_its_pattern(
    log: list[Event], steps: list[str], data: st.DataObject
) -> None:
    """The same count by two roads: a funnel, and the units a pattern selects."""
    window = timedelta(days=10_000)
    snapshot = walks_of(log)
    asker = Asker(snapshot, catalog_of(snapshot))
    known = [name for name in steps if name in snapshot.dictionaries.touchpoints]
    if len(known) < 2:
        return
    order, arrow = data.draw(st.sampled_from((("strict", "->"), ("open", "->.*->"))))
    written = tuple(f'"{name}"' for name in known)
    answer = asker.ask(FunnelQuestion(steps=written, order=order, within=window))
    selected = asker.ask(FunnelQuestion(steps=written, order=order, within=window, where=arrow.join(written)))
    assert isinstance(answer, Funnel)
    assert answer.steps[-1].units == selected.about.units


def test_the_help_desk_comes_from_one_to_six_as_plain_loops_say(shared: Path) -> None:
    log = desk_events(shared)
    last = max(one.occurred_at for one in log)
    snapshot = walks_of(log, last)
    answer = asked(snapshot, "1 8 6", within=timedelta(days=30))
    ask = Ask(
        steps=tuple(frozenset(name) for name in "186"),
        within=30 * 86_400_000_000,
        as_of=_microseconds(last),
        limits=(None, None, None),
    )
    attempts = [one for walk in _walks(log) for one in attempts_of(walk, ask)]
    expected = [sum(one.depth > k for one in attempts) for k in range(3)]
    assert units(answer) == expected == [3_749, 3_489, 3_302]
    assert sum(step.pending for step in answer.steps) == sum(one.waits for one in attempts)


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _walks(log: list[Event]) -> list[Walk]:
    walks: dict[str, Walk] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        walks.setdefault(event.ids[0].value, []).append((event.name, _microseconds(event.occurred_at)))
    return list(walks.values())


def test_who_was_excluded_once_may_be_pending_by_another_start() -> None:
    """The deepest start, the earlier of two equal ones, is excluded; the later one can still go on."""
    text = "a search 10:00 | a help 10:05 | a search 10:10 | b buy 10:00"
    answer = funnel_of(text, "search", "buy", exclude=("help",))
    first = answer.steps[0]
    assert (first.units, first.left, first.pending, first.excluded) == (1, 0, 1, 1)
