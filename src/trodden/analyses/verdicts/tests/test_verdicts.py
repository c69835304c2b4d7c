"""Verdicts on walks worked out by hand, and their counts against plain loops on random logs."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings

from tests.oracles import verdicts as oracle
from tests.oracles.alignment import Seen
from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.verdicts import Verdicts, VerdictsQuestion
from trodden.analyses.verdicts.answer import Effect, JudgedRoute
from trodden.analyses.verdicts.judging import Margins, verdict_of
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.deviations import KINDS, deviations_of
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.select import select
from trodden.methods.journeys.units import OPEN, REACHED
from trodden.methods.journeys.verdicts import judge_bucket
from trodden.methods.journeys.verdicts_like import factors_of
from trodden.methods.tests.journeys_aligned import in_words
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.question import Estimate
from trodden.registry import find

if TYPE_CHECKING:
    from trodden.analyses.verdicts import Plan
    from trodden.model.event import Event
    from trodden.model.walks import Bucket, Snapshot

MAP = parse_map(
    "name: Shop\nflow: [a, b, c, g]\nbounds: {silence: 2h, abandoned: [q]}\nscope: {also: [x, y, q]}",
    "shop.yaml",
)
AS_OF = "2027-01-01"


def many(walk: str, days: range) -> str:
    """Repeat a walk on these days by as many customers: ``{0}`` is the day."""
    return " | ".join(walk.format(day) for day in days)


def asker_of(text: str, as_of: str = AS_OF) -> Asker:
    snapshot = walks_from_text(text, as_of=as_of)
    return Asker(snapshot, catalog_of(snapshot, (MAP,)), engine=ThreadEngine(1))


def ask(text: str, as_of: str = AS_OF, **fields: Any) -> Verdicts:  # noqa: ANN401 - any field
    question = VerdictsQuestion(**{"map": "Shop", "min_count": 1, "match": (), **fields})
    answer = asker_of(text, as_of).ask(question)
    assert isinstance(answer, Verdicts)
    return answer


def only(answer: Verdicts, kind: str) -> JudgedRoute:
    (found,) = (one for one in answer.routes if one.kind == kind)
    return found


def effect(route: JudgedRoute, outcome: str) -> Effect:
    (found,) = (one for one in route.effects if one.outcome == outcome)
    return found


DESIGNED = "k{0} a +{0} 10:00 | k{0} b +{0} 10:10 | k{0} c +{0} 10:20 | k{0} g +{0} 10:30"
SKIPPED = "k{0} a +{0} 10:00 | k{0} c +{0} 10:05 | k{0} g +{0} 10:09"
GONE_AT_B = "k{0} a +{0} 10:00 | k{0} b +{0} 10:10"
GONE_AT_C = "k{0} a +{0} 10:00 | k{0} b +{0} 10:10 | k{0} c +{0} 10:20"
BY_X = "k{0} a +{0} 10:00 | k{0} x +{0} 10:02 | k{0} b +{0} 10:10 | k{0} c +{0} 10:20 | k{0} g +{0} 10:30"
GONE_AT_X = "k{0} a +{0} 10:00 | k{0} x +{0} 10:02"


def test_who_skips_is_compared_with_who_took_the_step_and_came_as_far() -> None:
    text = " | ".join(
        (
            many(SKIPPED, range(20)),
            many(DESIGNED, range(20, 40)),
            many(GONE_AT_C, range(40, 50)),
            many(GONE_AT_B, range(50, 90)),
        )
    )
    route = only(ask(text, start="quarter"), "missing")
    met = effect(route, "met")
    assert (route.step, route.source, route.target) == ("b", "a", "c")
    assert (met.having.n, met.having.value, met.others.n, met.others.value) == (
        20,
        1.0,
        30,
        pytest.approx(2 / 3),
    )
    assert route.verdict == "a better way"


def test_a_step_that_may_still_come_is_seen_to_be_skipped_only_beyond_its_part_of_the_map() -> None:
    """Who leaves among steps in any order has skipped nothing yet; so the same who took it must not count.

    Half of everybody leaves after the check, whether or not the mail came; the skip changes nothing.
    """
    in_any_order = parse_map(
        "name: Test\nflow: [a, parallel: [[m], [c]], d, g]\nbounds: {start: [a], reached: [g], silence: 2h}\n"
    )
    took, skipped = "{who} a 10:00 | {who} m 10:01 | {who} c 10:02", "{who} a 10:00 | {who} c 10:02"
    on = " | {who} d 10:03 | {who} g 10:04"
    text = " | ".join(
        walk.format(who=f"{name}{number}")
        for name, walk in (("k", took), ("l", took + on), ("m", skipped), ("n", skipped + on))
        for number in range(30)
    )
    snapshot = walks_from_text(text, as_of=AS_OF)
    asker = Asker(snapshot, catalog_of(snapshot, (in_any_order,)), engine=ThreadEngine(1))
    answer = asker.ask(VerdictsQuestion(map="Test", match=(), min_count=1, start="quarter"))
    (route,) = (one for one in answer.routes if one.kind == "missing")
    met = effect(route, "met")
    assert (met.having.n, met.having.value, met.others.n, met.others.value) == (30, 1.0, 30, 1.0)
    assert route.verdict != "a better way"


def test_time_is_counted_from_the_fork_on_both_sides() -> None:
    text = f"{many(SKIPPED, range(20))} | {many(DESIGNED, range(20, 40))}"
    time = effect(only(ask(text, start="quarter"), "missing"), "time")
    assert (time.having.value, time.others.value) == (
        pytest.approx(540, rel=0.01),
        pytest.approx(1_800, rel=0.01),
    )
    assert time.effect.value == pytest.approx(0.3, rel=0.01)


def test_those_who_leave_after_a_detour_count_from_the_fork() -> None:
    text = " | ".join(
        (
            many(BY_X, range(30)),
            many(GONE_AT_X, range(30, 60)),
            many(DESIGNED, range(60, 85)),
            many("k{0} a +{0} 10:00", range(85, 90)),
        )
    )
    route = only(ask(text, start="quarter", match=()), "ad hoc")
    met, fork = effect(route, "met"), effect(route, "met from the fork")
    assert (met.having.n, met.having.value, met.others.n) == (30, 1.0, 25)
    assert (fork.having.n, fork.having.value, fork.others.n) == (60, 0.5, 30)
    assert (route.verdict, route.decided_by) == ("worse", "met from the fork")


def test_only_the_first_time_at_a_fork_counts() -> None:
    again = (
        "k{0} a +{0} 10:00 | k{0} b +{0} 10:10 | k{0} x +{0} 10:12 | k{0} c +{0} 10:20 | k{0} g +{0} 10:30"
    )
    route = only(ask(f"{many(again, range(12))} | {many(DESIGNED, range(12, 30))}"), "ad hoc")
    assert (route.source, route.journeys, route.comparable.having, route.comparable.others) == (
        "b",
        12,
        12,
        18,
    )


def test_later_contacts_are_counted_within_the_horizon_and_only_where_it_has_passed() -> None:
    calls = "k{0} x@phone +{0} 11:10 | k{0} x@web +{0} 11:11 | k{0} b@phone +{0} 23:00"
    text = " | ".join((many(SKIPPED, range(12)), many(calls, range(12)), many(DESIGNED, range(12, 30))))
    found = effect(only(ask(text, within=timedelta(hours=2), start="quarter"), "missing"), "contacts")
    assert (found.having.n, found.having.value, found.others.value) == (12, 1.0, 0.0)
    longer = effect(only(ask(text, within=timedelta(days=1), start="quarter"), "missing"), "contacts")
    assert longer.having.value == 2.0
    early = ask(text, as_of="2026-01-13T00:00:00", within=timedelta(days=2), start="quarter")
    assert [one.outcome for one in only(early, "missing").effects] == []


def test_an_event_that_abandons_the_journey_is_no_way() -> None:
    text = f"{many('k{0} a +{0} 10:00 | k{0} q +{0} 10:02', range(15))} | {many(DESIGNED, range(15, 40))}"
    assert ask(text).routes == ()


def test_open_journeys_are_left_out() -> None:
    text = f"{many(SKIPPED, range(15))} | {many(DESIGNED, range(15, 30))} | {many(GONE_AT_C, range(30, 31))}"
    answer = ask(text, as_of="2026-01-31T10:25:00", start="quarter")
    assert (answer.about.open, only(answer, "missing").comparable.others) == (1, 15)


def test_few_are_not_judged_but_told() -> None:
    route = only(
        ask(f"{many(SKIPPED, range(9))} | {many(DESIGNED, range(9, 60))}", start="quarter"), "missing"
    )
    assert (route.verdict, route.effects, route.comparable.having, route.comparable.share) == (
        "too few to say",
        (),
        9,
        None,
    )


def test_rare_ways_and_those_beyond_the_limit_are_counted() -> None:
    text = f"{many(SKIPPED, range(12))} | {many(BY_X, range(12, 17))} | {many(DESIGNED, range(17, 40))}"
    answer = ask(text, limit=1)
    assert (len(answer.routes), answer.hidden, answer.rare) == (1, 1, 0)
    assert (len(ask(text, min_count=6).routes), ask(text, min_count=6).rare) == (1, 1)


def test_nobody_is_an_answer() -> None:
    answer = ask("k z 10:00")
    assert (answer.routes, answer.tried, answer.rare) == ((), 0, 0)


def test_questions_that_cannot_be_asked_say_why() -> None:
    asker = asker_of(f"{DESIGNED.format(1)} | k1 x{{n=1,word=two}} 12:00")
    for fields, error in (
        ({"map": None}, QuestionError),
        ({"match": ("nothing",)}, UnknownNameError),
        ({"price": "word"}, QuestionError),
        ({"score": "nothing"}, UnknownNameError),
        ({"within": "-P1D"}, QuestionError),
    ):
        with pytest.raises(error):
            asker.ask(msgspec.convert({"map": "Shop", **fields}, VerdictsQuestion))


def test_too_many_values_to_match_on_are_refused() -> None:
    text = " | ".join(f"k{number} a{{code=c{number}}} 10:00" for number in range(51))
    with pytest.raises(QuestionError, match="51 values"):
        ask(text, match=("code",))


def told(outcome: str, low: float, high: float, p: float) -> Effect:
    value = Estimate((low + high) / 2, low, high, 100, "share")
    return Effect(
        outcome=outcome,  # type: ignore[arg-type]
        having=value,
        others=value,
        effect=value,
        p=p,
        adjusted_p=p,
        method="matched",
    )


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ([told("met", 0.06, 0.2, 0.001)], "a better way"),
        ([told("met", -0.2, -0.01, 0.03)], "worse"),
        ([told("met", 0.01, 0.04, 0.001), told("time", 0.97, 1.03, 0.9)], "different but equal"),
        ([told("met", 0.01, 0.2, 0.06), told("time", 0.97, 1.03, 0.9)], "too few to say"),
        ([told("met", -0.04, 0.2, 0.06), told("time", 0.5, 0.8, 0.01)], "a better way"),
        ([told("met", -0.06, 0.2, 0.06), told("time", 0.5, 0.8, 0.01)], "too few to say"),
        ([told("met", -0.3, 0.3, 0.9), told("time", 1.2, 1.8, 0.01)], "worse"),
        ([told("met", -0.01, 0.01, 0.9), told("time", 0.8, 1.2, 0.9)], "too few to say"),
        ([told("met", 0.1, 0.2, 0.01), told("met from the fork", -0.3, -0.1, 0.01)], "worse"),
        ([told("met", -0.3, 0.3, 0.9), told("met from the fork", 0.1, 0.3, 0.01)], "too few to say"),
        ([], "too few to say"),
    ],
)
def test_verdicts_follow_needs_met_then_time(effects: list[Effect], verdict: str) -> None:
    assert verdict_of(effects, Margins(0.05, 0.1))[0] == verdict


# Against plain loops


def plan_of(snapshot: Snapshot) -> Plan:
    question = VerdictsQuestion(
        map=SAMPLE.name, min_count=1, limit=200, match=("plan", "region"), score="score", price="n"
    )
    catalog = catalog_of(snapshot)
    registration = find("verdicts")
    asker = Asker(snapshot, catalog, engine=ThreadEngine(1))
    needs = {name: asker.ask(one) for name, one in registration.analysis.needs(question, catalog).items()}
    return registration.analysis.plan(question, catalog, needs)


def with_numbers(log: list[Event]) -> list[Event]:
    """Give every event a number, and every third a score."""
    found = []
    for place, event in enumerate(log):
        properties = msgspec.json.decode(event.properties)
        more = {"n": place % 7} | ({"score": place % 5} if place % 3 == 0 else {})
        text = msgspec.json.encode({**properties, **more}, order="sorted").decode()
        found.append(msgspec.structs.replace(event, properties=text))
    return found


def counted_by_loops(plan: Plan, snapshot: Snapshot, bucket: Bucket) -> dict[tuple[Any, ...], list[int]]:
    units = select(bucket, plan.selection)
    automaton = compile_map(SAMPLE, catalog_of(snapshot))
    aligned = align_units(automaton, bucket, units)
    deviations = deviations_of(automaton, units, aligned)
    words = in_words(automaton, units, aligned, deviations, snapshot.dictionaries.touchpoints)
    is_matched = set(units.rows[aligned.event_step >= 0].tolist())
    properties = {one.name: one for one in snapshot.dictionaries.properties}
    found: dict[tuple[Any, ...], list[int]] = {}
    names = plan.names
    for unit, (first, end) in enumerate(pairwise(units.offsets.tolist())):
        if units.state[unit] == OPEN:
            continue
        who = int(units.customer[unit])
        rows = range(int(bucket.starts[who]), int(bucket.ends[who]))
        customer = [event_of(bucket, row, properties, row in is_matched) for row in rows]
        places = [int(row) - rows.start for row in units.rows[first:end]]
        walk = [seen_of(customer[place], bucket, rows.start + place, names) for place in places]
        reached = bool(units.state[unit] == REACHED)
        for number, way in enumerate(plan.judging.ways):
            named = oracle.Way(
                names.step(way.source), KINDS[way.kind - 1], names.step(way.step),
                names.touchpoint(way.touchpoint), names.step(way.target),
            )  # fmt: skip
            at = oracle.passage(SAMPLE, walk, words[unit], named, reached=reached)
            if at is None:
                continue
            horizon, as_of = plan.judging.ending.horizon, plan.selection.as_of
            sums = oracle.outcomes(customer, places, at, met=reached, horizon=horizon, as_of=as_of)
            values = [(name, [str(one) for one in properties[name].values]) for name in ("plan", "region")]
            key = (number, at.did, oracle.likeness(customer, places, at, values))
            found[key] = [a + b for a, b in zip(found.get(key, [0] * 16), sums, strict=True)]
    return found


def event_of(bucket: Bucket, row: int, properties: Any, matched: bool) -> dict[str, Any]:  # noqa: ANN401, FBT001 - by name
    at = int(bucket.occurred_at[row])
    day = np.datetime64(at, "us").astype(object)
    code = int(bucket.channel_outcome[row])
    told: dict[str, Any] = {"at": at, "year": day.year, "month": day.month, "matched": matched}
    told |= {"channel": CHANNELS[code & 15], "outcome": OUTCOMES[code >> 4]}
    for name in ("plan", "region", "n", "score"):
        column = bucket.properties.get(name)
        value = int(column[row]) if column is not None else 0
        told[name] = properties[name].values[value - 1] if value else None
    return told


def seen_of(event: dict[str, Any], bucket: Bucket, row: int, names: Any) -> Seen:  # noqa: ANN401 - `Names`
    return Seen(
        names.touchpoint(int(bucket.touchpoint[row])), event["outcome"], event["channel"], event["at"]
    )


@settings(deadline=None)
@given(log=logs(longest=60))
def test_counts_equal_plain_loops(log: list[Event]) -> None:
    if len(log) < 2:
        return
    snapshot = walks_of(with_numbers(log))
    plan = plan_of(snapshot)
    for bucket in snapshot.buckets():
        found = judge_bucket(plan.judging, plan.selection, bucket, select(bucket, plan.selection)).table
        cells = plan.judging.like.cells
        factors = factors_of(plan.judging.like, found.keys % cells)
        told = {
            (int(key // cells // 2), bool(key // cells % 2), tuple(map(int, levels))): sums.tolist()
            for key, levels, sums in zip(found.keys, factors, found.sums, strict=True)
        }
        assert told == counted_by_loops(plan, snapshot, bucket)


@settings(deadline=None)
@given(log=logs())
def test_the_journeys_of_a_way_are_those_a_list_opens(log: list[Event]) -> None:
    snapshot = walks_of(log)
    asker = Asker(snapshot, catalog_of(snapshot), engine=ThreadEngine(1))
    answer = asker.ask(VerdictsQuestion(map=SAMPLE.name, min_count=1, limit=200))
    assert isinstance(answer, Verdicts)
    for route in answer.routes[:8]:
        question = find("customers").question(
            map=SAMPLE.name,
            state="closed",
            deviation=route.kind,
            at=route.step or route.touchpoint,
            after=route.source or "START",
            before=route.target or None,
        )
        listed: Any = asker.ask(question)
        assert len(listed.rows) + listed.hidden == route.journeys
        assert route.comparable.having <= route.journeys
