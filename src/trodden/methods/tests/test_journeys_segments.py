from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import segments as oracle
from trodden.methods.journeys.periods import find_zone, microseconds
from trodden.methods.journeys.segments import Compare, Every, Missing, Not, Saved, Some, parse_segment
from trodden.methods.journeys.segments_codes import (
    SegmentTest,
    by_code,
    holds,
    resolve_segment,
    unseen_values,
)
from trodden.methods.journeys.segments_did import Did
from trodden.methods.journeys.segments_write import write_leaf
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.tests.buckets import bucket_of
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.question import Question
from trodden.model.walks import Dictionaries, PropertyDictionary

UTC_ZONE = find_zone("UTC")
SIGNED = tuple(microseconds(datetime(2026, 1, day, tzinfo=UTC)) for day in (1, 2, 3))
DICTIONARIES = Dictionaries(
    touchpoints=("a",),
    properties=(
        PropertyDictionary("region", "string", ("north", "south", "big plan", "")),
        PropertyDictionary("age", "number", (29.0, 30.0, 31)),
        PropertyDictionary("vip", "boolean", (True, False)),
        PropertyDictionary("signed up", "time", SIGNED),
    ),
)
VALUES: dict[str, tuple[Any, ...]] = {one.name: one.values for one in DICTIONARIES.properties}
DAYS = dict(zip(SIGNED, ("2026-01-01", "2026-01-02", "2026-01-03"), strict=True))


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value + '"'
    return DAYS.get(value, str(value))  # type: ignore[call-overload]


def _test(name: str) -> st.SearchStrategy[tuple[Any, ...]]:
    ordered = ("<", "<=", ">", ">=") if name in ("age", "signed up") else ()
    value = st.sampled_from(VALUES[name])
    return st.one_of(
        st.tuples(st.sampled_from(("=", "!=", *ordered)), st.just(name), value.map(lambda one: [one])),
        st.tuples(st.sampled_from(("=", "!=")), st.just(name), st.lists(value, min_size=1, max_size=3)),
        st.just(("is null", name)),
    )


conditions = st.recursive(
    st.sampled_from(sorted(VALUES)).flatmap(_test),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(("and", "or")), inner, inner, inner)
    ),
    max_leaves=6,
)
people = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
)


def text_of(condition: tuple[Any, ...]) -> str:
    kind, *rest = condition
    if kind in ("and", "or"):
        return "(" + f" {kind} ".join(text_of(part) for part in rest) + ")"
    if kind == "not":
        return f"not {text_of(rest[0])}"
    if kind == "is null":
        return f'"{rest[0]}" is null'
    name, values = rest
    if len(values) == 1:
        return f'"{name}" {kind} {written(values[0])}'
    return f'"{name}" {"in" if kind == "=" else "not in"} ({", ".join(map(written, values))})'


def codes_of(person: dict[str, Any]) -> dict[str, np.ndarray[Any, np.dtype[np.uint16]]]:
    return {
        name: np.array([values.index(person[name]) + 1 if name in person else 0], dtype=np.uint16)
        for name, values in VALUES.items()
    }


def held(test: SegmentTest, codes: dict[str, Any], units: int = 1) -> list[bool]:
    return holds(test, lambda leaf: by_code(leaf, codes, units)).tolist()  # type: ignore[arg-type]


@settings(deadline=None, max_examples=400)
@given(condition=conditions, person=people)
def test_segments_equal_plain_evaluation(condition: tuple[Any, ...], person: dict[str, Any]) -> None:
    test = resolve_segment(parse_segment(text_of(condition)), DICTIONARIES, UTC_ZONE)
    assert held(test, codes_of(person)) == [oracle.holds(condition, person)]


def test_not_binds_before_and_and_and_before_or() -> None:
    read = parse_segment("not region = north and age >= 30 OR vip is null")
    first, second = Compare("region", "=", ("north",)), Compare("age", ">=", ("30",))
    assert read == Some((Every((Not(first), second)), Missing("vip")))


def test_words_may_be_quoted_and_hold_operators() -> None:
    assert parse_segment('"signed up" > 2026-01-01T10:00:00+02:00') == Compare(
        "signed up", ">", ("2026-01-01T10:00:00+02:00",)
    )
    assert parse_segment('a in ("x, y", "say ""hi""")') == Compare("a", "=", ("x, y", 'say "hi"'))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a property at position 1, found the end"),
        ("region", "found the end"),
        ("region north", "at position 8, found 'north'"),
        ("region = ", "a value at position 10"),
        ("region = and", "a value at position 10, found 'and'"),
        ("(region = north", "`\\)` at position 16, found the end"),
        ("region = north age = 3", "`and`, `or` or the end at position 16"),
        ("region in north", "`\\(` at position 11"),
        ("region not north", "`in` at position 12"),
        ("region is north", "`null` at position 11"),
        ('region = "north', "'\"' at position 10 has no meaning"),
        ("not " * 60 + "a = b", "deeper than 50"),
        ("a = " + "b" * 10_000, "10004 characters"),
    ],
)
def test_what_is_no_segment_says_where_and_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        parse_segment(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("region < north", "region is a string, which has no order"),
        ("vip >= true", "vip is a boolean, which has no order"),
        ("age = old", "age is a number, 'old' is not"),
        ("vip = maybe", "vip is a boolean, 'maybe' is not"),
        ('"signed up" > soon', "'soon' is neither a date nor a time"),
        ('"signed up" > 9999-12-31', "'9999-12-31' is not in the years 1900 to 2199"),
        ('"signed up" <= 0001-01-01T00:00', "is not in the years 1900 to 2199"),
    ],
)
def test_values_are_of_the_type_of_the_property(text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        resolve_segment(parse_segment(text), DICTIONARIES, UTC_ZONE)


def test_an_unknown_property_says_how_to_promote() -> None:
    with pytest.raises(UnknownNameError) as caught:
        resolve_segment(parse_segment("regoin = north"), DICTIONARIES, UTC_ZONE)
    assert "region" in caught.value.hint
    assert "promote" in caught.value.hint


def test_where_nothing_was_walked_every_property_is_missing() -> None:
    test = resolve_segment(parse_segment("age >= 30 or region is null"), Dictionaries(), UTC_ZONE)
    assert held(test, {}, 2) == [True, True]


def test_saved_segments_stand_for_themselves() -> None:
    saved = {"north": "region = north", "grown": "age >= 30 and @north"}
    north = Saved("north", Compare("region", "=", ("north",)))
    assert parse_segment("not @grown", saved) == Not(
        Saved("grown", Every((Compare("age", ">=", ("30",)), north)))
    )


def test_a_saved_segment_within_itself_is_refused() -> None:
    with pytest.raises(QuestionError, match="a -> b -> a"):
        parse_segment("@a", {"a": "not @b", "b": "@a or x = 1"})
    with pytest.raises(UnknownNameError, match="'c'"):
        parse_segment("@c", {"a": "x = 1"})


def test_a_value_nobody_has_is_told() -> None:
    read = parse_segment("not region in (north, nroth) and age = 99")
    assert list(unseen_values(read, DICTIONARIES)) == ["No event has region = nroth."]


walks = st.lists(
    st.lists(st.dictionaries(st.just("region"), st.sampled_from(("north", "south"))), min_size=1, max_size=5),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=200)
@given(logs=walks, as_of=st.integers(0, 5), at_start=st.booleans())
def test_the_last_value_counts_at_as_of_or_at_the_start(
    logs: list[list[dict[str, str]]], as_of: int, *, at_start: bool
) -> None:
    """Sessions start at minutes 0, 60, 120..., so each event is one; as_of cuts the later ones."""
    hour = 3_600_000_000
    codes = [VALUES["region"].index(one["region"]) + 1 if one else 0 for walk in logs for one in walk]
    found = bucket_of(
        [[(0, place * hour) for place in range(len(walk))] for walk in logs],
        properties={"region": np.array(codes, dtype=np.uint16)},
    )
    catalog = Catalog(snapshot="s", as_of=datetime(2026, 1, 1, tzinfo=UTC), dictionaries=DICTIONARIES)
    asked = Question(
        segment="region = north",
        segment_at="start" if at_start else "as_of",
        unit="session",
        as_of=datetime.fromtimestamp(as_of * 3_600, UTC),
    )
    units = select(found, resolve_selection(asked, catalog))
    expected = []
    base = 0
    for walk in logs:
        told = [(0, one) for one in walk]
        for place in range(min(len(walk), as_of + 1)):
            up_to = place if at_start else as_of
            expected += [base + place] if oracle.last_value(told, "region", up_to) == "north" else []
        base += len(walk)
    assert units.rows.tolist() == expected


def test_a_segment_and_its_not_share_out_everybody() -> None:
    found = bucket_of([[(0, 0)]] * 3, properties={"region": np.array([0, 1, 2], dtype=np.uint16)})
    catalog = Catalog(snapshot="s", as_of=datetime(2026, 1, 1, tzinfo=UTC), dictionaries=DICTIONARIES)
    sides = [
        select(found, resolve_selection(Question(segment=text), catalog)).customer.tolist()
        for text in ("region != north", "not (region != north)", "region != north and region = south")
    ]
    assert sides == [[2], [0, 1], [2]]


@pytest.mark.parametrize("quotes", [200, 201])
def test_a_pattern_of_nothing_but_quotes_is_read_at_once(quotes: int) -> None:
    """Each quote more doubled the time it took; with 60 of them it never ended."""
    signs = '"' * quotes
    with pytest.raises(QuestionError, match="segment"):
        parse_segment(f"did ({signs} and region = north")
    assert write_leaf(Did(f"a -> {signs}(")).startswith('did "a -> ')


def test_a_doubled_quote_in_a_pattern_is_one_quote_of_a_name() -> None:
    text = 'did ("say ""hi"" (loud)" -> b)'
    found = parse_segment(text)
    assert found == Did('"say ""hi"" (loud)" -> b')
    assert write_leaf(found) == text
