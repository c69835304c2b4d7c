"""Pauses on walks worked out by hand, and against plain loops."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.oracles import pauses as oracle
from tests.oracles import stats as stats_oracle
from tests.support.logs import AS_OF, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.pauses.answer import PausePlace, Pauses, PausesQuestion
from trodden.analyses.pauses.finish import CURVE_POINTS
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.maps import parse_map
from trodden.methods.stats.logbins import middle
from trodden.model.event import Event, Identifier
from trodden.model.question import Period
from trodden.registry import find

if TYPE_CHECKING:
    from trodden.model.walks import Snapshot

NEXT = {"same channel": oracle.DESIGNED, "another channel": oracle.CHANNEL, "nothing": oracle.NOTHING}

MAP = """
name: Buying
stages: [Look, Choose, Buy]
steps:
  - {id: look, stage: Look}
  - {id: pick, stage: Choose, wait: {longest: 1h}}
  - {id: call, stage: Choose, match: [sales], wait: {longest: 2h}}
  - {id: pay, label: Pay, stage: Buy, wait: {longest: 1d}}
flow:
  - look
  - choice: [{flow: [pick]}, {flow: [call]}]
  - pay
scope: {also: [help]}
bounds: {start: [look], reached: [pay], abandoned: [cancel]}
"""


def ask(snapshot: Snapshot, maps: str = "", **fields: Any) -> Pauses:  # noqa: ANN401 - any field
    found = (parse_map(maps, "map.yaml"),) if maps else ()
    answer = Asker(snapshot, catalog_of(snapshot, found), engine=ThreadEngine(1)).ask(
        PausesQuestion(**fields)
    )
    assert isinstance(answer, Pauses)
    return answer


def of_text(text: str, as_of: str | None = None, **fields: Any) -> Pauses:  # noqa: ANN401 - any field
    return ask(walks_from_text(text, as_of=as_of), MAP, map="Buying", **fields)


def place(answer: Pauses, name: str, *, on_map: bool = True) -> PausePlace:
    (found,) = (one for one in answer.places if (one.place, one.on_map) == (name, on_map))
    return found


def next_counts(found: PausePlace) -> dict[str, tuple[int, int]]:
    counts = {one.next: (one.after_pause.count, one.without.count) for one in found.next}
    return {name: both for name, both in counts.items() if any(both)}


def told(length: int) -> float:
    return middle(stats_oracle.bin_of(length // 1_000))


def check_against_loops(answer: Pauses, log: list[Event], unit: str, as_of: datetime = AS_OF) -> None:
    units = oracle.units_of(log, as_of, unit)
    learned = oracle.learn(units, 60_000_000, told)
    silence = timedelta(minutes=30) if unit == "session" else timedelta(days=30)
    expected = oracle.count(
        units, round(as_of.timestamp() * 1e6), silence // timedelta(microseconds=1), learned
    )
    assert {one.place for one in answer.places} == set(expected)
    for one in answer.places:
        check_place(one, expected[one.place])


def check_place(one: PausePlace, expected: dict[str, Any]) -> None:
    counted: Counter[tuple[bool, int]] = expected["next"]
    assert one.not_yet == counted[True, oracle.NOT_YET]
    assert one.within == counted[False, oracle.WITHIN]
    for share in one.next:
        kind = NEXT[share.next]
        assert (share.after_pause.count, share.without.count) == (counted[True, kind], counted[False, kind])
        assert share.without.of == sum(
            count for (paused, other), count in counted.items() if not paused and other in NEXT.values()
        )
    limits = {
        one.to: [round(one.limit_s * 1e6), one.source, one.rests_on, one.gaps, one.paused, one.units]
        for one in one.limits
    }
    assert limits == {to: [*rest, len(units)] for to, (*rest, units) in expected["limits"].items()}
    assert one.beyond_s == expected["beyond"] / 1_000
    assert one.open_beyond_s == expected["open_beyond"] / 1_000
    lengths = [told(length) for length in expected["pauses"]]
    assert one.median.value == (stats_oracle.quantile_of(lengths, "0.5") if lengths else None)
    assert one.p90_s == (stats_oracle.quantile_of(lengths, "0.9") if lengths else None)
    curve = stats_oracle.survival(*([told(length) for length in expected[side]] for side in ("ended", "cut")))
    assert one.median_wait.value == next(
        (time for time, share, _, _ in curve if share <= Fraction(1, 2)), None
    )
    exact = {time: (at_risk, events) for time, _, at_risk, events in curve}
    assert all(exact[point.after] == (point.at_risk, point.events) for point in one.curve)
    assert len(one.curve) == min(len(curve), CURVE_POINTS)


@settings(max_examples=200, deadline=None)
@given(log=logs())
@pytest.mark.parametrize("unit", ["customer", "session"])
def test_pauses_without_a_map_equal_plain_loops(unit: str, log: list[Event]) -> None:
    check_against_loops(ask(walks_of(log), unit=unit, top=200), log, unit)


def busy_log(seed: int, customers: int = 40, touchpoints: int = 6) -> list[Event]:
    """Return a log with moves walked more often and less often than thirty times."""
    random, found = np.random.default_rng(seed), list[Event]()
    for customer in range(customers):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=int(random.integers(0, 5_000_000)))
        for _ in range(int(random.integers(1, 12))):
            name = "abcdefghijklmnopqrstuvwxyz0123456789"[int(min(random.geometric(0.5), touchpoints)) - 1]
            identifiers = (Identifier("customer", str(customer)),)
            found.append(
                Event(
                    source="log",
                    message_id=str(len(found)),
                    seq=len(found),
                    occurred_at=at,
                    received_at=at,
                    ids=identifiers,
                    channel=("web", "phone")[int(random.integers(0, 2))],
                    name=name,
                )
            )
            at += timedelta(seconds=float(random.lognormal(7, 2)))
    return [event for event in found if event.occurred_at <= AS_OF]


@pytest.mark.parametrize("seed", range(4))
def test_limits_learned_from_moves_steps_and_all_equal_plain_loops(seed: int) -> None:
    log = busy_log(seed)
    answer = ask(walks_of(log), top=200)
    check_against_loops(answer, log, "customer")
    assert {limit.source for one in answer.places for limit in one.limits} >= {"move", "step", "all"}


def test_with_many_touchpoints_two_passes_give_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than forty touchpoints need the pass that finds the most walked moves; few enough are all kept."""
    log = busy_log(9, customers=60, touchpoints=36) + busy_log(10, customers=2)
    log = [
        Event(
            **{
                **{name: getattr(event, name) for name in event.__struct_fields__},
                "seq": at,
                "message_id": str(at),
            }
        )
        for at, event in enumerate(log)
    ]
    rare = [
        Event(
            source="rare",
            message_id=str(at),
            occurred_at=AS_OF - timedelta(days=1, minutes=at),
            received_at=AS_OF,
            ids=(Identifier("customer", "rare"),),
            name=f"rare {at:02d}",
            seq=10_000 + at,
        )
        for at in range(40)
    ]
    whole = ask(walks_of([*log, *rare]), top=200)
    check_against_loops(whole, [*log, *rare], "customer")
    monkeypatch.setattr("trodden.analyses.pauses.reference.FEW_TOUCHPOINTS", 1_000)
    again = ask(walks_of([*log, *rare]), top=200)
    assert again.places == whole.places


def test_the_longest_wait_of_the_map_is_the_limit_of_the_step_a_gap_leads_to() -> None:
    answer = of_text(
        "a look 10:00 | a pick 11:00 | a pay 11:30 | b look 10:00 | b pick 11:00:01 | b pay 11:30"
    )
    look = place(answer, "look")
    assert [(one.to, one.limit_s, one.source, one.gaps, one.paused) for one in look.limits] == [
        ("pick", 3_600.0, "map", 2, 1)
    ]
    assert (look.late.count, look.late.of) == (1, 2)
    assert look.beyond_s == 1.0
    assert place(answer, "pick").label == "pick"
    assert answer.beyond_s == 1.0


def test_a_wait_as_long_as_the_limit_is_no_pause() -> None:
    assert of_text("a look 10:00 | a pick 11:00 | a pay 11:30").paused.count == 0


def test_the_floor_holds_where_the_map_promises_less() -> None:
    answer = of_text("a look 10:00 | a pick 11:00 | a pay 11:30", floor=timedelta(hours=2))
    assert [(one.limit_s, one.source, one.rests_on) for one in place(answer, "look").limits] == [
        (7_200.0, "floor", 0)
    ]


def test_a_reached_goal_has_no_gap_and_an_abandoned_end_has_one() -> None:
    answer = of_text(
        "a look 10:00 | a pick 10:10 | a pay 10:20 | b look 10:00 | b cancel 10:10", "2026-03-01"
    )
    assert [one.place for one in answer.places if one.on_map] == ["look", "pick"]
    assert next_counts(place(answer, "cancel", on_map=False)) == {"nothing": (1, 0)}
    assert answer.gaps == 4


def test_what_came_next_is_told_apart() -> None:
    text = """
    a look@web 10:00 | a pick@web 12:00 | a pay@web 12:05
    b look@web 10:00 | b sales@phone 10:05 | b pay@web 10:10
    c look@web 10:00 | c pay@web 10:05
    d look@web 10:00 | d pick@web 10:05 | d look@web 10:10 | d pay@web 10:20
    e look@web 10:00 | e help@web 10:01 | e pick@web 10:02 | e pay@web 10:03
    f look@web 10:00 | f help@phone 10:01 | f pick@web 10:02 | f pay@web 10:03
    g look@web 10:00
    h look@web +58 22:30
    i look@web +58 23:30
    """
    answer = of_text(text, "2026-03-01")
    assert next_counts(place(answer, "look")) == {
        "designed next step": (1, 2),
        "another designed branch": (0, 1),
        "unplanned step": (0, 1),
        "another channel": (0, 1),
        "nothing": (1, 0),
    }
    assert next_counts(place(answer, "pick")) == {"designed next step": (0, 3), "earlier stage": (0, 1)}
    assert next_counts(place(answer, "help", on_map=False)) == {"designed next step": (0, 2)}
    assert (place(answer, "look").not_yet, place(answer, "look").within) == (0, 2)


def test_a_gap_that_lasts_is_a_pause_once_every_designed_next_step_would_be_late() -> None:
    open_looks = place(of_text("a look 10:00 | b look 09:59:59", "2026-01-01T12:00:00"), "look")
    assert (open_looks.not_yet, open_looks.within) == (1, 1)
    (limit,) = open_looks.limits
    assert (limit.to, limit.limit_s, limit.source, limit.gaps, limit.paused) == ("", 7_200.0, "map", 2, 1)


def test_open_time_stands_apart_from_time_of_pauses_that_ended() -> None:
    answer = of_text("a look 10:00 | a pick 12:00 | a pay 12:01 | b look 09:00", "2026-01-01T12:00:00")
    look = place(answer, "look")
    assert (look.beyond_s, look.open_beyond_s) == (3_600.0, 3_600.0)
    assert look.median.n == 1


def test_a_censored_gap_is_cut_at_the_silence_limit_or_at_as_of() -> None:
    long_ago = place(of_text("a look 10:00", "2026-06-01"), "look")
    assert long_ago.median_wait.value is None
    assert (long_ago.median_wait.n, long_ago.curve) == (1, ())
    text = "a look 10:00 | b look 10:00 | b pick 10:10 | b pay 10:20"
    assert place(of_text(text, "2026-01-01T10:05:00"), "look").curve == ()
    curve = place(of_text(text, "2026-01-01T10:20:00"), "look").curve
    assert [(point.after, point.at_risk, point.events) for point in curve] == [(601.5, 2, 1)]


def test_the_median_wait_is_not_reached_while_more_than_half_wait() -> None:
    text = "a look 10:00 | b look 10:00 | c look 10:00 | c pick 10:10 | c pay 10:20"
    assert place(of_text(text, "2026-01-01T11:00:00"), "look").median_wait.value is None


def test_those_who_paused_and_went_on_are_compared_by_how_it_ended() -> None:
    text = "\n".join(
        [f"p{n} look 10:00 | p{n} pick 14:00" for n in range(12)]
        + [f"q{n} look 10:00 | q{n} pick 10:10 | q{n} pay 10:20" for n in range(12)]
    )
    answer = of_text(text, "2026-06-01")
    look = place(answer, "look")
    assert look.reached is not None
    assert (look.reached.after_pause.count, look.reached.after_pause.of) == (0, 12)
    assert (look.reached.without.count, look.reached.without.of) == (12, 12)
    assert look.ranks.outcome == 1
    assert place(answer, "pick").ranks.outcome is None
    chart = find("pauses").chart(answer)
    assert chart.bars[0].tone == "worse"
    assert "12 paused" in chart.title


def test_a_journey_counts_once_at_a_place_however_often_it_was_there() -> None:
    answer = of_text("a look 10:00 | a help 10:01 | a help 14:00 | a pick 14:01 | a pay 14:02")
    helped = place(answer, "help", on_map=False)
    assert helped.reached is not None
    assert helped.reached.after_pause.of + helped.reached.without.of == 1


def test_limits_come_from_everybody_whoever_is_asked_about() -> None:
    log = busy_log(3)
    snapshot = walks_of(log)
    whole, part = ask(snapshot, top=200), ask(snapshot, top=200, where="a->b")
    limits = {(one.place, limit.to): limit.limit_s for one in whole.places for limit in one.limits}
    some = {(one.place, limit.to): limit.limit_s for one in part.places for limit in one.limits}
    assert part.about.units < whole.about.units
    assert {key: limits[key] for key in some} == some
    assert part.reference_gaps == whole.reference_gaps


def test_the_examples_are_those_who_went_on_latest() -> None:
    text = " | ".join(
        f"{name} look 10:00 | {name} pick 1{hour}:00 | {name} pay 19:00"
        for hour, name in enumerate("abcdefg")
    )
    look = place(of_text(text), "look")
    assert [(one.customer, one.cost) for one in look.examples] == [
        ("g", 5 * 3_600_000),
        ("f", 4 * 3_600_000),
        ("e", 3 * 3_600_000),
    ]
    assert {one.occurred_at.hour for one in look.examples} == {10}


def test_places_are_ranked_by_time_beyond_the_limit_and_by_broken_promises() -> None:
    text = "a look 10:00 | a pick 15:00 | a pay +2 15:00 | b look 10:00 | b pick 10:30 | b pay +3 10:00"
    answer = of_text(text)
    assert [(one.place, one.ranks.time, one.ranks.promise) for one in answer.places] == [
        ("pick", 1, 1),
        ("look", 2, 2),
    ]


def test_a_map_over_sessions_gives_neither_steps_nor_waits_and_says_so() -> None:
    answer = of_text("a look 10:00 | a pick 11:00 | a pay 11:30", unit="session")
    assert all(not one.on_map for one in answer.places)
    assert any("journeys" in note for note in answer.about.notes)
    assert {share.next for one in answer.places for share in one.next} <= set(NEXT)


def test_a_step_repeated_in_another_channel_is_another_channel() -> None:
    answer = of_text("a look@web 10:00 | a look@phone 10:01 | a pick@web 10:02 | a pay@web 10:03")
    assert next_counts(place(answer, "look")) == {"another channel": (0, 1)}
    assert next_counts(place(answer, "look", on_map=False)) == {"designed next step": (0, 1)}


def test_both_sides_of_a_comparison_have_the_same_limits() -> None:
    """Each side is told as of its own time; what is a pause must not depend on which side it is on."""
    from trodden.analyses.compare.answer import CompareQuestion

    log = busy_log(5, customers=80)
    snapshot = walks_of(log)
    asker = Asker(snapshot, catalog_of(snapshot), engine=ThreadEngine(1))
    question = CompareQuestion(
        analysis="pauses",
        period=Period(start="2026-03-01", end="2026-03-15"),
        other_period=Period(start="2026-03-15", end="2026-04-20"),
    )
    sides = find("compare").analysis.needs(question, asker.catalog)
    answers = [asker.ask(sides[name]) for name in ("first", "second")]
    assert answers[0].about.as_of != answers[1].about.as_of
    limits = [
        {(one.place, limit.to): limit.limit_s for one in answer.places for limit in one.limits}
        for answer in answers
        if isinstance(answer, Pauses)
    ]
    both = limits[0].keys() & limits[1].keys()
    assert len(both) > 10
    assert {key: limits[0][key] for key in both} == {key: limits[1][key] for key in both}
    assert asker.ask(question).about.units == sum(answer.about.units for answer in answers)


def test_one_in_ten_is_said_only_of_limits_learned_from_the_same_gaps() -> None:
    text = " | ".join(f"c{n} x 10:00 | c{n} y 11:{n:02}" for n in range(40))
    same = Period(start="2025-01-01", end="2027-01-01")

    def told(**fields: Any) -> bool:  # noqa: ANN401 - any field
        answer = ask(walks_from_text(text, as_of="2026-02-01"), **fields)
        chart = find("pauses").chart(answer)
        assert "by construction" not in chart.title
        return any("about one in ten is a pause by construction" in note for note in chart.notes)

    assert told()
    assert told(top=1)
    assert not told(floor=timedelta(hours=3))
    assert not told(baseline=same)
    assert not told(limits_as_of=datetime(2026, 1, 20, tzinfo=UTC))
