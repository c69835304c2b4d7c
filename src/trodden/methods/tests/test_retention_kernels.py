"""The kernels of retention against plain loops, and days by the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import retention as oracle
from trodden.methods.journeys import kernels_retention as kernels
from trodden.methods.journeys.calendar import (
    cut_of,
    first_day,
    label_of,
    number_named,
    number_of,
    numbers_of,
    span_of,
    start_of,
)
from trodden.methods.journeys.periods import microseconds, moment
from trodden.methods.tests.mutants import plain_module

DAY = timedelta(days=1)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = FIRST + 40 * DAY
ASK = oracle.Ask(frozenset("a"), frozenset("ab"), "week", None, 3, later=False)
World = list[oracle.Walk]
SPANS = ("day", "week", "month")


def world_of(random: Random, walk_count: int = 40) -> World:
    """Return walks whose gaps are often exactly as long as the silence limit, ten days."""
    walks: World = []
    for _ in range(walk_count):
        at, walk = FIRST + random.randrange(3) * DAY, []
        for _ in range(random.randrange(1, 7)):
            walk.append((random.choice("abc"), at))
            at += random.choice((timedelta(), timedelta(hours=5), DAY, 7 * DAY, 10 * DAY, 11 * DAY))
        walks.append([(name, at) for name, at in walk if at <= AS_OF])
    return [walk for walk in walks if walk]


def walked_of(module: Any, world: World) -> Any:  # noqa: ANN401 - kernels or mutants
    steps = [step for walk in world for step in walk]
    at = np.array([microseconds(at) for _, at in steps], dtype=np.int64)
    offsets = np.cumsum([0, *(len(walk) for walk in world)], dtype=np.int64)
    start = module.first_marked(offsets, np.array([name in ASK.starts for name, _ in steps]))
    counts = np.array([name in ASK.returns for name, _ in steps])
    return module.Walked(offsets, at, numbers_of(at, "week", "UTC"), counts, start)


def found_by(module: Any, world: World, rolling: int | None) -> tuple[Any, ...]:  # noqa: ANN401 - as above
    walked = walked_of(module, world)
    length = 0 if rolling is None else rolling * microseconds(DAY)
    keys = module.returns(walked, length, ASK.most).tolist()
    spans, kinds = module.active_spans(walked, microseconds(10 * DAY), microseconds(AS_OF))
    lives = [
        sorted(span for span, kind in zip(spans.tolist(), kinds.tolist(), strict=True) if kind == wanted)
        for wanted in (module.LAPSED, module.ACTIVE)
    ]
    everything = walked._replace(counts=np.ones_like(walked.counts))
    return _cells(keys), lives, sorted(module.comings(everything).tolist())


def _cells(keys: list[int]) -> tuple[dict[Any, int], dict[Any, int]]:
    """Return the cells counted on a period, and on or after it, by cohort and period."""
    width = 2 * ASK.most + 3
    counted = [(first_day(key // width, "week"), key % width) for key in keys]
    on: dict[Any, int] = {}
    after: dict[Any, int] = {}
    for cohort, slot in counted:
        if slot <= ASK.most:
            on[cohort, slot] = on.get((cohort, slot), 0) + 1
        elif slot < width - 1:
            for period in range(slot - ASK.most):
                after[cohort, period] = after.get((cohort, period), 0) + 1
    sizes = {cohort: sum(key == (cohort, width - 1) for key in counted) for cohort, _ in counted}
    return {**on, **sizes}, after


def expected(world: World, rolling: int | None) -> tuple[Any, ...]:
    zone = ZoneInfo("UTC")
    told = []
    for later in (False, True):
        ask = oracle.Ask(ASK.starts, ASK.returns, "week", rolling, ASK.most, later)
        cells = oracle.cells(world, ask, zone)
        told.append({key: count for key, (count, _) in cells.items() if count})
    sizes = {cohort: of for (cohort, _), (_, of) in oracle.cells(world, ASK, zone).items()}
    lives = oracle.lives(world, ASK, 10 * DAY, AS_OF)
    kinds = {"new": 0, "returning": 1, "resurrected": 2}
    comings = [
        number_of(microseconds(datetime(*first.timetuple()[:3], tzinfo=UTC)), "week", "UTC") * 3 + kinds[kind]
        for (first, kind), count in oracle.comings(world, "week", zone).items()
        if kind in kinds
        for _ in range(count)
    ]
    in_order = [sorted(microseconds(one) for one in side) for side in lives]
    return ({**told[0], **sizes}, told[1]), in_order, sorted(comings)


@given(st.integers(0, 10_000), st.sampled_from((None, 1, 7)))
def test_what_is_counted_equals_plain_loops(seed: int, rolling: int | None) -> None:
    world = world_of(Random(seed), walk_count=10)
    assert found_by(kernels, world, rolling) == expected(world, rolling)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("                break\n", ""),
        ("period != latest and period <= most", "period != latest and period < most"),
        ("if period != latest and", "if"),
        ("most + 1 + min(latest, most)", "most + 1"),
        ("range(start + 1, walked.offsets[unit + 1])", "range(start, walked.offsets[unit + 1])"),
        ("[step] - walked.occurred_at[last] > silence", "[step] - walked.occurred_at[last] >= silence"),
        ("        last = step\n    return last, False", "    return last, False"),
        ("if followed < 0:", "if followed <= 0:"),
        ("return followed, ACTIVE", "return walked.occurred_at[last] - began, ACTIVE"),
        ("period == latest + 1 else", "period <= latest + 2 else"),
        ("latest, is_first = period, False", "is_first = False"),
    ],
)  # fmt: skip
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    module = plain_module(kernels, old, new)
    worlds = [world_of(Random(seed)) for seed in range(3)]
    worlds.append([[("a", AS_OF - 10 * DAY), ("b", AS_OF)], [("a", AS_OF - 9 * DAY)]])
    same = all(
        found_by(module, world, rolling) == expected(world, rolling)
        for world in worlds
        for rolling in (None, 7)
    )
    assert same == (old == "")


moments = st.datetimes(datetime(1965, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware


@given(st.lists(moments, min_size=1), st.sampled_from(("UTC", "Europe/Vienna", "Asia/Kathmandu")))
def test_periods_follow_the_clocks_on_the_wall(at: list[datetime], zone: str) -> None:
    """Clocks of these zones never go back over midnight."""
    numbers = {span: numbers_of(np.array([microseconds(one) for one in at]), span, zone) for span in SPANS}  # type: ignore[arg-type]
    for span, found in numbers.items():
        named = [first_day(int(number), span) for number in found]  # type: ignore[arg-type]
        assert named == [oracle.period_of(one, span, ZoneInfo(zone)) for one in at]


@given(st.integers(-8_000, 24_000), st.sampled_from(("America/Sao_Paulo", "America/St_Johns", "Asia/Beirut")))
def test_a_day_holds_all_moments_from_its_first_to_the_next_ones(day: int, zone: str) -> None:
    """Also where midnight comes twice, as in St. John's until 2011, or never."""
    begins, ends = (start_of(day + more, "day", zone) for more in (0, 1))
    assert [number_of(at, "day", zone) for at in (begins - 1, begins, ends - 1, ends)] == [
        day - 1,
        day,
        day,
        day + 1,
    ]
    assert moment(begins) < moment(ends)


def test_periods_are_named_by_their_first_day() -> None:
    at = microseconds(datetime(2026, 3, 4, tzinfo=UTC))
    assert [label_of(number_of(at, span, "UTC"), span) for span in SPANS] == [  # type: ignore[arg-type]
        "2026-03-04",
        "2026-03-02",
        "2026-03",
    ]


@pytest.mark.parametrize(("begins", "weekday"), [("monday", 0), ("saturday", 5), ("sunday", 6)])
def test_weeks_begin_on_the_day_that_is_set(begins: str, weekday: int) -> None:
    cut = cut_of("week", begins)
    assert span_of(cut) == "week"
    for days in range(-40, 40):
        at = microseconds(datetime(2026, 3, 29, 12, tzinfo=UTC) + timedelta(days=days))
        number = number_of(at, cut, "Europe/Vienna")
        first = first_day(number, cut)
        assert first.weekday() == weekday
        assert 0 <= (datetime(2026, 3, 29, tzinfo=UTC).date() + timedelta(days=days) - first).days < 7
        assert number_named(label_of(number, cut), cut) == number
        assert start_of(number, cut, "Europe/Vienna") <= at < start_of(number + 1, cut, "Europe/Vienna")
    assert [cut_of(span, begins) for span in ("day", "month")] == ["day", "month"]  # type: ignore[arg-type]
