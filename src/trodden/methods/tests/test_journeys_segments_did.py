from __future__ import annotations

import operator
from datetime import timedelta
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import segments as oracle
from trodden.methods.journeys import kernels_segments
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.segments import Compare, Every, Not, parse_segment
from trodden.methods.journeys.segments_did import Deviated, Did, Paused, Times, When
from trodden.methods.journeys.segments_write import write_leaf
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.tests.buckets import bucket_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.question import Period, Question
from trodden.model.walks import Dictionaries

NAMES = "abc"
HOUR = 3_600_000_000
PATTERNS = ("a", "a->b", "a->.*->b", "a->[^b]*->c", "^a", "b$", "^a->.*->c$", "[a|b]->.", "a+->b?")
COMPARE = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, ">=": operator.ge}

Walk = list[tuple[str, int]]


def _timed(steps: list[tuple[str, int]]) -> Walk:
    hours = np.cumsum([gap for _, gap in steps]).tolist()
    return [(name, int(at)) for (name, _), at in zip(steps, hours, strict=True)]


steps = st.tuples(st.sampled_from(NAMES), st.sampled_from((0, 0, 1, 1, 2, 5)))
walks = st.lists(st.lists(steps, min_size=1, max_size=9).map(_timed), min_size=1, max_size=3)
hours = st.none() | st.integers(0, 12)
times = st.tuples(st.sampled_from(sorted(COMPARE)), st.integers(0, 3))


def catalog(*maps: str) -> Catalog:
    found = [parse_map(text, "test.yaml") for text in maps]
    return Catalog(
        snapshot="s",
        as_of=moment(0) + timedelta(days=1_000),
        dictionaries=Dictionaries(touchpoints=tuple(NAMES)),
        maps={one.key: one for one in found},
    )


def selected(logs: list[Walk], maps: tuple[str, ...] = (), **asked: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - fields of a question
    """Return customer and first row of each unit, rows counted within the customer's walk."""
    found = bucket_of([[(NAMES.index(name), at * HOUR) for name, at in walk] for walk in logs])
    units = select(found, resolve_selection(Question(**asked), catalog(*maps)))
    firsts = units.rows[units.offsets[:-1]]
    starts = np.asarray(found.starts)[units.customer]
    return list(zip(units.customer.tolist(), (firsts - starts).tolist(), strict=True))


def when(since: int | None, until: int | None) -> str:
    if since is None and until is None:
        return ""
    start, end = ("" if hour is None else moment(hour * HOUR).isoformat() for hour in (since, until))
    return f" in {start}..{end}"


@settings(deadline=None, max_examples=300)
@given(
    logs=walks, pattern=st.sampled_from(PATTERNS), within=hours.filter(lambda one: one != 0), how=times,
    span=st.tuples(hours, hours).filter(lambda one: None in one or one[0] < one[1]),  # type: ignore[operator]
    as_of=st.integers(0, 20),
)  # fmt: skip
def test_what_customers_did_equals_plain_loops(
    logs: list[Walk],
    pattern: str,
    within: int | None,
    how: tuple[str, int],
    span: tuple[int | None, int | None],
    as_of: int,
) -> None:
    limit = f" within {within}h" if within else ""
    text = f"did ({pattern}){limit} {how[0]} {how[1]} times{when(*span)}"
    expected = []
    for who, walk in enumerate(logs):
        known = [step for step in walk if step[1] <= as_of]
        done = oracle.times_did(oracle.part(known, *span), pattern, within)
        expected += [(who, 0)] if known and COMPARE[how[0]](done, how[1]) else []
    assert selected(logs, segment=text, as_of=moment(as_of * HOUR)) == expected


@settings(deadline=None, max_examples=300)
@given(
    logs=walks, over=st.integers(1, 4), how=times, last=hours.filter(lambda one: one != 0),
    after=st.sampled_from(("", "a")), before=st.sampled_from(("", "b")),
)  # fmt: skip
def test_pauses_up_to_each_first_step_equal_plain_loops(
    logs: list[Walk], over: int, how: tuple[str, int], last: int | None, after: str, before: str
) -> None:
    """Units are sessions of single steps, so every step that is an hour after the one before is told of."""
    named = "".join(f" {word} {name}" for word, name in (("after", after), ("before", before)) if name)
    lately = f" in last {last}h" if last else ""
    text = f"paused over {over}h{named} {how[0]} {how[1]} times{lately}"
    expected = []
    for who, walk in enumerate(logs):
        for place, (_, at) in enumerate(walk):
            if place and at == walk[place - 1][1]:
                continue
            known = oracle.part(walk[: place + 1], at - last + 1 if last else None, None)
            done = oracle.times_paused(known, over, after, before)
            expected += [(who, place)] if COMPARE[how[0]](done, how[1]) else []
    assert selected(logs, segment=text, segment_at="start", unit="session") == expected


@pytest.mark.parametrize(
    ("walk", "segment", "holds"),
    [
        ("a0 b7", "did (a -> b) within 7h", True),
        ("a0 b7", "did (a -> b) within 6h", False),
        ("a0 a1 b7", "did (a -> .* -> b) within 6h", True),
        ("a0 b14", "paused over 14h", False),
        ("a0 b15", "paused over 14h", True),
        ("a0 b15", 'paused over 14h after "[^a]"', False),
        ("a10 b20", "did a in last 10h", False),
        ("a11 b20", "did a in last 10h", True),
        ("a5", "did a in 1970-01-01T05:00..1970-01-01T06:00", True),
        ("a5", "did a in 1970-01-01T04:00..1970-01-01T05:00", False),
        ("a0", "did b < 1 times", True),
        ("a0 b1 c2", "did (a -> c)", False),
        ("a0 b1 c2", "did (a -> c) in 1970-01-02..", False),
        ("a0", "not did b and did a", True),
    ],
)
def test_at_the_limits(walk: str, segment: str, *, holds: bool) -> None:
    read = [(step[0], int(step[1:])) for step in walk.split()]
    assert bool(selected([read], segment=segment, as_of=moment(20 * HOUR))) is holds


CHAIN = "{name: m, flow: [a, b, c], bounds: {silence: 3h}}"


@pytest.mark.parametrize(
    ("walk", "segment", "holds"),
    [
        ("a0 c1", "deviated from m", True),
        ("a0 b1 c2", "deviated from m", False),
        ("a0 c1", "deviated from m by missing at b", True),
        ("a0 c1", "deviated from m by missing at a", False),
        ("a0 c1", "deviated from m by repeated", False),
        ("a0 c1 a2 c3", "deviated from m >= 2 times", True),
        ("a0 c1 a2 c3", "deviated from m = 1 times in 1970-01-01T01:00..", True),
        ("a0", "deviated from m by departed", True),
        ("a18", "deviated from m by departed", False),
        ("a17", "deviated from m by departed", False),
        ("a16", "deviated from m by departed", True),
        ("a0", "deviated from m by departed in last 20h", False),
        ("a1", "deviated from m by departed in last 20h", True),
    ],
)
def test_deviations_of_journeys_that_are_over(walk: str, segment: str, *, holds: bool) -> None:
    read = [(step[0], int(step[1:])) for step in walk.split()]
    assert bool(selected([read], (CHAIN,), segment=segment, as_of=moment(20 * HOUR))) is holds


@settings(deadline=None, max_examples=200)
@given(logs=walks, kind=st.sampled_from(("", " by missing", " by departed", ' by "out of order"')))
def test_what_is_told_at_a_first_step_is_what_was_known_then(logs: list[Walk], kind: str) -> None:
    """Cutting the walk behind the step, as if nothing had come after it, says the same."""
    text = f"deviated from m{kind} or did (a -> .* -> c) or paused over 2h in last 4h"
    at_start = selected(logs, (CHAIN,), segment=text, segment_at="start", unit="session")
    for who, walk in enumerate(logs):
        for place, (_, at) in enumerate(walk):
            if place and walk[place - 1][1] == at:
                continue
            alone = [walk[: place + 1]]
            known = selected(alone, (CHAIN,), segment=text, as_of=moment(at * HOUR))
            assert ((who, place) in at_start) == bool(known)


@settings(deadline=None, max_examples=200)
@given(logs=walks, pattern=st.sampled_from(PATTERNS), unit=st.sampled_from(("customer", "session")))
def test_a_behaviour_and_its_not_share_out_everybody(logs: list[Walk], pattern: str, unit: str) -> None:
    text = f"did ({pattern}) or paused over 2h or deviated from m"
    sides = [selected(logs, (CHAIN,), segment=one, unit=unit) for one in (text, f"not ({text})")]
    assert sorted(sides[0] + sides[1]) == selected(logs, (CHAIN,), unit=unit)


MUTANTS = (
    ("steps.occurred_at[row] - steps.occurred_at[first] > within", ">", ">="),
    ("steps.occurred_at[row] - steps.occurred_at[row - 1] > over", ">", ">="),
    ("steps.occurred_at[end - 1] >= parts.until[unit]", ">=", ">"),
    ("row = last + 1", "last + 1", "last + 2"),
    ("ended.over_at[place] < moment[unit]", "<", "<="),
    ("ended.last[place] < parts.end[unit]", "<", "<="),
)


@pytest.mark.parametrize(("line", "old", "new"), MUTANTS)
def test_the_tests_see_a_mistake_in_the_kernels(
    monkeypatch: pytest.MonkeyPatch, line: str, old: str, new: str
) -> None:
    found = plain_module(kernels_segments, line, line.replace(old, new))
    _replace(monkeypatch, found)
    with pytest.raises(AssertionError):
        _hold_all()


def _replace(monkeypatch: pytest.MonkeyPatch, found: ModuleType) -> None:
    for name in ("count_matches", "count_pauses", "count_ended"):
        monkeypatch.setattr(kernels_segments, name, getattr(found, name))


def _hold_all() -> None:
    for test in (test_at_the_limits, test_deviations_of_journeys_that_are_over):
        (mark,) = test.pytestmark  # type: ignore[attr-defined]
        for walk, segment, holds in mark.args[1]:
            test(walk, segment, holds=holds)
    whole = [[("a", 0), ("c", 1)]]
    found = selected(whole, (CHAIN,), segment="deviated from m", segment_at="start", unit="session")
    assert found == [(0, 1)]
    test_what_customers_did_equals_plain_loops.hypothesis.inner_test(  # type: ignore[attr-defined]
        [[("a", 0), ("a", 1), ("b", 2)]], "a", None, (">=", 2), (None, None), 20
    )


def test_what_customers_did_is_read() -> None:
    text = (
        'did "Order" and DID (a -> "b (c)") within 7d >= 2 times in last 30d and not paused over 14d after a'
    )
    assert parse_segment(text) == Every(
        (
            Did("Order"),
            Did('a -> "b (c)"', timedelta(days=7), Times(">=", 2), When(last=timedelta(days=30))),
            Not(Paused(timedelta(days=14), "a")),
        )
    )
    assert parse_segment('deviated from "My map" by "ad hoc" at Help = 0 times in 2026-03-01..') == Deviated(
        "My map", "ad hoc", "Help", Times("=", 0), When(Period("2026-03-01", None))
    )


def test_properties_may_still_bear_these_names() -> None:
    assert parse_segment("did = a and paused in (b) and deviated is not null and did in (c)") == Every(
        (
            Compare("did", "=", ("a",)),
            Compare("paused", "=", ("b",)),
            parse_segment("deviated is not null"),
            Compare("did", "=", ("c",)),
        )
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("did", "=, !=, <, <=, >, >=, in or is at position 4, found the end"),
        ("did Order >= x times", "a number of times up to 1,000,000 at position 14, found 'x'"),
        ("did Order >= 3", "`times` at position 15, found the end"),
        ("did Order within soon", "a length of time such as 14d at position 18, found 'soon'"),
        ("paused over 0d", "a length of time such as 14d at position 13, found '0d'"),
        ("paused over 9999999999999d", "a length of time"),
        ("did Order in March", "a period such as 2026-03-01..2026-04-01"),
        ("did Order in ..", "a period such as"),
        ("did Order in last", "a length of time such as 14d at position 18, found the end"),
        ("deviated from", "a map at position 14, found the end"),
        ("did (a -> b", "=, !=, <, <=, >, >=, in or is at position 5, found .\\(."),
    ],
)
def test_what_cannot_be_read_says_where(text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        parse_segment(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("did Nowhere", "Nowhere"),
        ("paused over 2h after Nowhere", "Nowhere"),
        ("deviated from nomap", "no map called 'nomap'"),
        ("deviated from m by lateness", "no deviation called 'lateness'"),
        ("deviated from m by missing at Nowhere", "no step 'Nowhere'"),
        ('deviated from m by "ad hoc" at Nowhere', "Nowhere"),
    ],
)
def test_names_nobody_knows_are_refused(text: str, says: str) -> None:
    with pytest.raises(UnknownNameError, match=says):
        resolve_selection(Question(segment=text), catalog(CHAIN))


words = st.sampled_from(("a", "Order", "big plan", 'say "hi"', "in", "a -> b", "(x)", "@x", "a,b", "did"))
lengths = st.integers(1, 10**13).map(lambda one: timedelta(microseconds=one))
whens = st.one_of(
    st.just(When()), lengths.map(lambda one: When(last=one)), st.just(When(Period("2026-01-01", None)))
)
counts = st.builds(Times, st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), st.integers(0, 99))
leaves = st.one_of(
    st.builds(Did, words, st.none() | lengths, counts, whens),
    st.builds(Paused, lengths, words, words, counts, whens),
    st.builds(Deviated, words, words, words, counts, whens),
    st.builds(
        Compare, words, st.sampled_from(("=", "!=")), st.lists(words, min_size=2, max_size=3).map(tuple)
    ),
    st.builds(Compare, words, st.sampled_from(("=", "<", ">=")), st.tuples(words)),
)


@settings(deadline=None, max_examples=400)
@given(condition=leaves)
def test_what_is_written_is_read_back_as_the_same(condition: Any) -> None:  # noqa: ANN401 - any condition
    assert parse_segment(write_leaf(condition)) == condition
