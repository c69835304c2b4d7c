"""Departures on walks worked out by hand, and against plain loops."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from tests.oracles import departures as oracle
from tests.oracles import pauses as pauses_oracle
from tests.support.logs import AS_OF, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.departures.answer import Departures, DeparturesQuestion, DepartureStep
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.maps import parse_map
from trodden.registry import find

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

MAP = """
name: Buying
steps:
  - {id: look}
  - {id: pick}
  - {id: pay}
flow: [look, pick, pay]
scope: {also: [help]}
bounds: {start: [look], reached: [pay], abandoned: [cancel], silence: 10d}
"""
LATER = "2026-06-01"


def ask(snapshot: Snapshot, maps: str = "", **fields: Any) -> Departures:  # noqa: ANN401 - any field
    found = (parse_map(maps, "map.yaml"),) if maps else ()
    asker = Asker(snapshot, catalog_of(snapshot, found), engine=ThreadEngine(1))
    answer = asker.ask(DeparturesQuestion(**fields))
    assert isinstance(answer, Departures)
    return answer


def of_text(text: str, as_of: str = LATER, **fields: Any) -> Departures:  # noqa: ANN401 - any field
    return ask(walks_from_text(text, as_of=as_of), MAP, map="Buying", **fields)


def step(answer: Departures, touchpoint: str) -> DepartureStep:
    (found,) = (one for one in answer.steps if one.touchpoint == touchpoint)
    return found


def kinds(answer: Departures) -> tuple[int, int, int, int]:
    return answer.gone.count, answer.elsewhere.count, answer.again.count, answer.pending


@settings(max_examples=200, deadline=None)
@given(log=logs())
@pytest.mark.parametrize("unit", ["customer", "session"])
def test_departures_without_a_map_equal_plain_loops(unit: str, log: list[Event]) -> None:
    answer = ask(walks_of(log), unit=unit, top=100)
    counted: Counter[tuple[str, int]] = Counter()
    cut = pauses_oracle.units_of(log, AS_OF, unit)
    silence = 1_800_000_000 if unit == "session" else 30 * 86_400_000_000
    visits = []
    for one in cut:
        last = one["steps"][-1]
        kind = what_became(one, log, silence)
        counted[last["touchpoint"], kind] += 1
        visits.append(([each["touchpoint"] for each in one["steps"]], kind))
    came = oracle.came_by(visits)
    for found in answer.steps:
        name = found.touchpoint
        assert found.gone.count == counted[name, oracle.GONE]
        assert found.elsewhere.count == counted[name, oracle.ELSEWHERE]
        assert found.pending == counted[name, oracle.PENDING]
        assert found.left.of == came.get(name, 0)
    assert sum(one.departures + one.pending for one in answer.steps) == len(cut)


def what_became(unit: dict[str, Any], log: list[Event], silence: int) -> int:
    """Follow the customer whose unit this is: every event of the log is one of exactly one unit."""
    last = unit["steps"][-1]["event"]
    mine = sorted(
        (event for event in log if event.ids == last.ids), key=lambda event: (event.occurred_at, event.seq)
    )
    events = [
        {"at": round(event.occurred_at.timestamp() * 1e6), "touchpoint": event.name, "in_scope": True}
        for event in mine
    ]
    as_of = round(AS_OF.timestamp() * 1e6)
    return oracle.what_became(events, mine.index(last), unit["state"], as_of, silence, is_journey=False)[0]


def test_gone_elsewhere_again_and_pending_are_told_apart() -> None:
    text = """
    a look 10:00 | a pick 11:00
    b look 10:00 | b chat +3 10:00 | b chat +4 10:00
    c look 10:00 | c cancel 11:00 | c look +2 10:00 | c pick +2 11:00 | c pay +2 12:00
    d look 10:00 | d pick 10:01 | d pay 10:02
    e look +150 10:00
    f look +150 10:00 | f cancel +150 11:00
    """
    answer = of_text(text)
    assert kinds(answer) == (1, 1, 1, 2)
    assert (answer.departed.count, answer.departed.of) == (3, 5)
    assert step(answer, "pick").gone.count == 1
    look = step(answer, "look")
    assert [(one.touchpoint, one.share.count) for one in look.to] == [("chat", 1)]
    assert (look.departures, look.left.of, look.pending) == (1, 5, 1)
    cancel = step(answer, "cancel")
    assert (cancel.again.count, cancel.abandoned, cancel.pending) == (1, 1, 1)


def test_an_event_exactly_at_the_limit_is_elsewhere_and_one_later_is_too_late() -> None:
    answer = of_text("a look 10:00 | a chat +10 10:00 | b look 10:00 | b chat +10 10:00:00.000001")
    assert kinds(answer) == (1, 1, 0, 0)


def test_events_outside_the_map_before_the_last_step_are_no_departure() -> None:
    answer = of_text("a look 10:00 | a chat 10:30 | a pick 11:00")
    assert [one.touchpoint for one in answer.steps] == ["pick"]
    assert kinds(answer) == (1, 0, 0, 0)


def test_an_abandonment_is_pending_until_the_limit_has_passed() -> None:
    text = "a look 10:00 | a cancel 11:00"
    assert kinds(of_text(text, "2026-01-11T11:00:00")) == (0, 0, 0, 1)
    assert kinds(of_text(text, "2026-01-11T11:00:01")) == (1, 0, 0, 0)


def test_a_reached_goal_is_no_departure_but_came_by() -> None:
    answer = of_text("a look 10:00 | a pick 10:01 | a pay 10:02 | b look 10:00")
    assert [one.touchpoint for one in answer.steps] == ["look"]
    assert (step(answer, "look").left.count, step(answer, "look").left.of) == (1, 2)


def test_the_time_to_departure_is_from_the_first_step() -> None:
    answer = of_text("a look 10:00 | a pick 10:00:50 | b look 10:00 | b pick 10:01:40 | c look 09:00")
    assert step(answer, "pick").time.value == 50
    assert step(answer, "pick").time_p90_s == 100
    assert step(answer, "look").time.value == 0


def test_examples_are_those_who_took_most_steps() -> None:
    text = """
    a look 10:00 | b look 10:00 | b look 10:01 | b look 10:02 | c look 09:00 | d look 10:00 | d look 10:01
    """
    shown = step(of_text(text), "look").examples
    assert [(one.customer, one.cost) for one in shown] == [("b", 3), ("d", 2), ("c", 1)]


def test_details_of_the_departing_event_are_shown() -> None:
    text = """
    a look 10:00 | a call@phone!abandoned{position=4,wait_s=30,reason=late} 10:01
    b look 10:00 | b call@phone!abandoned{position=9,wait_s=90,reason=late} 10:01
    c look 10:00 | c call@phone!abandoned{position=2,reason=shut} 10:01
    d look 10:00 | d call@phone!abandoned 10:01 | d look 10:05
    """
    answer = ask(walks_from_text(text, as_of=LATER))
    call = {one.name: one for one in step(answer, "call").details}
    assert (call["position"].known, call["position"].median) == (3, 4.0)
    assert (call["wait_s"].known, call["wait_s"].median) == (2, 30.0)
    assert (call["reason"].most, call["reason"].most_count, call["reason"].median) == ("late", 2, None)
    assert step(answer, "look").details == ()


def test_a_session_left_for_another_channel_is_elsewhere() -> None:
    text = "a help@web 10:00 | a call@phone 10:10 | b help@web 10:00 | b call@phone 10:40"
    answer = ask(walks_from_text(text, as_of=LATER), unit="session")
    assert step(answer, "help").elsewhere.count == 1
    assert step(answer, "help").gone.count == 1
    assert step(answer, "call").gone.count == 2


def test_the_chart_says_how_many_and_where() -> None:
    answer = of_text("a look 10:00 | b look 10:00 | c look 10:00 | c pick 11:00")
    chart = find("departures").chart(answer)
    assert chart.title.startswith("3 of 3 journeys ended without the goal")
    assert "most often at look (2)" in chart.title
    assert [bar.value for bar in chart.bars] == [2, 1]


def test_steps_beyond_the_top_are_counted() -> None:
    answer = of_text("a look 10:00 | b look 10:00 | c look 10:00 | c pick 11:00", top=1)
    assert ([one.touchpoint for one in answer.steps], answer.hidden) == (["look"], 1)


def test_units_without_a_goal_fall_silent_or_end() -> None:
    snapshot = walks_from_text("a look@web 10:00 | a pick@web 10:01", as_of=LATER)
    titles = [find("departures").chart(ask(snapshot, unit=unit)).title for unit in ("customer", "session")]
    assert titles == [
        "1 customers fell silent, most often at pick (1)",
        "1 sessions ended, most often at pick (1)",
    ]
