from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import patterns as oracle
from trodden.methods.journeys import kernels_patterns
from trodden.methods.journeys.patterns import Place, parse_pattern, parse_place
from trodden.methods.journeys.patterns_dfa import STATES, compile_contains, compile_finder, step_codes
from trodden.methods.journeys.patterns_match import Which, contains, find_matches
from trodden.methods.journeys.patterns_write import read_items, write_mark
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import Units
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.journey_map import JourneyMap, StepRef
from trodden.model.walks import Dictionaries

NAMES = "abcd"


def touchpoints(*names: str, **fields: object) -> Touchpoints:
    dictionaries = Dictionaries(touchpoints=names or tuple(NAMES))
    return Touchpoints(Catalog(snapshot="s", as_of=None, dictionaries=dictionaries, **fields))  # type: ignore[arg-type]


def units(*walks: str) -> Units:
    return units_of([[(NAMES.index(name), at) for at, name in enumerate(walk)] for walk in walks])


def found(walk: str, pattern: str, which: Which = "every") -> list[tuple[int, int]]:
    matches = find_matches(units(walk), compile_finder(parse_pattern(pattern), touchpoints()), which)
    return list(zip(matches.first.tolist(), matches.last.tolist(), strict=True))


def is_in(walk: str, pattern: str) -> bool:
    return contains(units(walk), compile_contains(parse_pattern(pattern), touchpoints())).tolist() == [True]


elements = st.tuples(
    st.sampled_from(("a", "b", "[a|b]", "[^a]", "[^b|c]", ".", "c")),
    st.sampled_from(("", "", "", "*", "+", "?")),
).map("".join)
patterns = st.tuples(
    st.sampled_from(("", "", "^")),
    st.lists(elements, min_size=1, max_size=4).map("->".join),
    st.sampled_from(("", "", "$")),
).map("".join)
walks = st.text(NAMES, max_size=10)


@settings(deadline=None, max_examples=600)
@given(walk=walks, pattern=patterns)
def test_matches_equal_trying_every_run_of_steps(walk: str, pattern: str) -> None:
    expected = oracle.matches(walk, pattern)
    assert found(walk, pattern) == expected
    assert found(walk, pattern, "first") == expected[:1]
    assert found(walk, pattern, "last") == expected[-1:]
    assert is_in(walk, pattern) == bool(expected)


@pytest.mark.parametrize(
    ("pattern", "walk", "expected"),
    [
        ("a->b", "aab", [(1, 2)]),
        ("a->.*->b", "aacb", [(0, 3)]),
        ("[a|b]", "cab", [(1, 1), (2, 2)]),
        ("a->[^c]*->b", "acaab", [(2, 4)]),
        ("a->a", "aaa", [(0, 1)]),
        ("^a", "aa", [(0, 0)]),
        ("a$", "aa", [(1, 1)]),
        ("^[^c]*$", "abd", [(0, 2)]),
        ("^[^c]*$", "abc", []),
        (" a -> b ", "ab", [(0, 1)]),
    ],
)
def test_worked_patterns(pattern: str, walk: str, expected: list[tuple[int, int]]) -> None:
    assert found(walk, pattern) == expected


def test_matches_never_reach_over_the_end_of_a_unit() -> None:
    matches = find_matches(units("a", "b", "ab"), compile_finder(parse_pattern("a->b"), touchpoints()))
    assert (matches.unit.tolist(), matches.first.tolist(), matches.last.tolist()) == ([2], [2], [3])


def test_names_in_quotes_hold_anything() -> None:
    read = parse_pattern('"Take in charge"->"a->b"->["x|y"|"say ""hi"""]')
    assert [place.names for place in read.places] == [("Take in charge",), ("a->b",), ("x|y", 'say "hi"')]


def test_bare_names_hold_spaces_hyphens_and_dots() -> None:
    read = parse_pattern("check-out page -> v1.2 -> Größe")
    assert [place.names for place in read.places] == [("check-out page",), ("v1.2",), ("Größe",)]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "a touchpoint at position 1 of '', found the end"),
        ("a->", "a touchpoint at position 4"),
        ("a->->b", "a touchpoint at position 4"),
        ("a b]", "position 4 of 'a b\\]', found '\\]'"),
        ("[a|b", "`|` or `]` at position 5"),
        ("[]", "a touchpoint at position 2"),
        ('""->a', "a touchpoint at position 1"),
        ("a**", "position 3"),
        ("a->^b", "a touchpoint at position 4"),
        ("a$->b", "the end at position 3"),
        ("->".join("a" * 201), "more than 200"),
    ],
)
def test_what_is_no_pattern_says_where_and_what_was_expected(pattern: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as caught:
        parse_pattern(pattern)
    assert pattern.count("a") > 200 or "Such as" in caught.value.hint


def test_an_unknown_touchpoint_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        compile_contains(parse_pattern("serch->buy"), touchpoints("search", "buy"))
    assert "search" in caught.value.hint


def test_a_touchpoint_designed_but_never_walked_matches_nothing() -> None:
    designed = JourneyMap(name="m", flow=(StepRef("z"),))
    known = touchpoints(maps={"m@1": designed})
    assert not contains(units("abc"), compile_contains(parse_pattern("z"), known)).any()
    assert contains(units("abc"), compile_contains(parse_pattern("^[^z]*$"), known)).all()


def test_any_name_is_taken_where_nothing_was_walked_at_all() -> None:
    empty = Touchpoints(Catalog(snapshot="s", as_of=None))  # type: ignore[arg-type]
    assert compile_contains(parse_pattern("whatever->[^else]"), empty).symbols == b""


def test_a_pattern_too_large_is_refused_with_the_element_that_makes_it_so() -> None:
    fine = "a" + "->." * 11
    compile_contains(parse_pattern(fine), touchpoints())
    with pytest.raises(QuestionError, match=f"more than {STATES} states from '.' at position 37 on"):
        compile_contains(parse_pattern(fine + "->.->."), touchpoints())


def test_a_long_pattern_bound_at_its_start_stays_small() -> None:
    bound = compile_contains(parse_pattern("^a" + "->." * 60), touchpoints())
    assert len(bound.accepts) < 70


def test_a_whole_name_needs_no_quotes_as_a_step() -> None:
    known = touchpoints("/price?plan=b", "a|b", "a", "any")
    assert step_codes("/price?plan=b", "steps", known).tolist() == [True, False, False, False]
    assert step_codes("a|b", "steps", known).tolist() == [False, True, False, False]
    assert step_codes("any", "steps", known).tolist() == [False, False, False, True]
    assert step_codes(".", "steps", known).all()
    assert step_codes("[^a]", "steps", known).tolist() == [True, True, False, True]
    assert step_codes("any", "steps", touchpoints("a", "b")).all()


def test_a_step_is_a_single_element() -> None:
    assert parse_place("[a|b]", "steps") == Place(("a", "b"), other=False, text="[a|b]")
    with pytest.raises(QuestionError, match="steps: expected the end of a single step at position 2"):
        parse_place("a->b", "steps")


MUTANTS = [
    ("if machine.accepts[state] and not machine.at_end:", "if machine.accepts[state]:"),
    ("return machine.accepts[state] == 1", "return False"),
    ("for step in range(end - 1, first - 1, -1):", "for step in range(end - 2, first - 1, -1):"),
    ("(step == first or not backward.at_end)", "True"),
    ("(step == end - 1 or not forward.at_end)", "True"),
    ("step = end if which == FIRST else found.last[used] + 1", "step = end if which == FIRST else step + 1"),
    ("used = unit_used if which == LAST else used", "used = used"),
    ("begins[: end - first] = False", "pass"),
]


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_matches_otherwise(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_patterns, old, new)
    monkeypatch.setattr(kernels_patterns, "units_with_match", plain.units_with_match)
    monkeypatch.setattr(kernels_patterns, "matches_of", plain.matches_of)
    agrees = True
    for pattern in ("a->b", "a->.*->b", "^a->.*->b$", "[a|b]+->c", "a$", "^a", "a->a"):
        for walk in ("", "aab", "acb", "abab", "caabc", "aaa", "ba"):
            expected = oracle.matches(walk, pattern)
            agrees &= found(walk, pattern) == expected and is_in(walk, pattern) == bool(expected)
            agrees &= found(walk, pattern, "last") == expected[-1:]
        pair = find_matches(units("aaab", "aa"), compile_finder(parse_pattern(pattern), touchpoints()))
        expected = oracle.matches("aaab", pattern) + [
            (a + 4, b + 4) for a, b in oracle.matches("aa", pattern)
        ]
        agrees &= list(zip(pair.first.tolist(), pair.last.tolist(), strict=True)) == expected
    assert agrees == (old == "")


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a" * 140_000])
def test_a_list_that_cannot_be_read_is_the_askers_fault(text: str) -> None:
    with pytest.raises(QuestionError, match="not a list of names"):
        read_items(text)


@pytest.mark.parametrize("names", [("a\nb",), ("a\rb", '"'), ("", " c")])
def test_names_in_quotes_hold_what_they_like(names: tuple[str, ...]) -> None:
    assert read_items(write_mark(*names)) == names
