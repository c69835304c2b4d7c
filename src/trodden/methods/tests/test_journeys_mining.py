"""Maps mined from walks: they compile, fit what was asked, and say how they came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import alignment as oracle
from tests.support.walks import walks_from_text
from trodden.methods.journeys.flow import step_ids
from trodden.methods.journeys.maps import dump_map, mine_map, parse_map
from trodden.methods.journeys.mining import most_frequent, walked_variants
from trodden.methods.journeys.mining_cuts import expected_shares
from trodden.methods.journeys.select import resolve_selection
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.question import Question

if TYPE_CHECKING:
    from trodden.model.journey_map import JourneyMap


def mined(**walked: int) -> JourneyMap:
    return mine_map({tuple(walk): count for walk, count in walked.items()}, 1.0)


def flow_of(text: str) -> object:
    return parse_map(f"{{name: m, flow: {text}}}").flow


def is_walked_by(journey_map: JourneyMap, walk: tuple[str, ...]) -> bool:
    """Tell by the tree alone whether a walk is a complete run."""
    rests = [journey_map.flow]
    for touchpoint in walk:
        rests = [after for rest in rests for step, after in oracle.ways(rest) if step == touchpoint]
    return any(oracle.can_end(rest) for rest in rests)


@pytest.mark.parametrize(
    ("walked", "flow"),
    [
        ({"abc": 3}, "[a, b, c]"),
        ({"abd": 3, "acd": 1}, "[a, choice: [{flow: b, share: 0.75}, {flow: c, share: 0.25}], d]"),
        ({"abc": 1, "ac": 1}, "[a, optional: [b], c]"),
        ({"abcd": 1, "acbd": 1}, "[a, parallel: [b, c], d]"),
        ({"ab": 1, "abab": 1}, "[loop: [a, b]]"),
        ({"a": 1, "aba": 2, "ababa": 1}, "[loop: {flow: [a], again: [b]}]"),
        ({"aa": 1}, "[loop: [a]]"),
    ],
)
def test_the_cut_that_holds_is_found(walked: dict[str, int], flow: str) -> None:
    assert mined(**walked).flow == flow_of(flow)


def test_where_no_cut_holds_anything_goes() -> None:
    found = mined(abcab=1, bacc=1, cabba=1, ccaab=1, bcaac=1)
    assert all(is_walked_by(found, tuple(walk)) for walk in ("abcab", "bacc", "cabba", "ccaab", "bcaac"))


@given(
    st.dictionaries(st.text("abcde", min_size=1, max_size=7), st.integers(1, 9), min_size=1, max_size=8),
    st.sampled_from((0.3, 0.5, 0.8, 1.0)),
)
@settings(max_examples=300, deadline=None)
def test_a_mined_map_compiles_and_fits_at_least_the_share_asked(walked: dict[str, int], share: float) -> None:
    variants = {tuple(walk): count for walk, count in walked.items()}
    found = mine_map(variants, share)
    assert parse_map(dump_map(found)) == found
    fitting = sum(count for walk, count in variants.items() if is_walked_by(found, walk))
    assert fitting >= share * sum(variants.values())
    assert found.evidence.startswith(f"Mined: {fitting:,} of {sum(variants.values()):,} journeys fit; ")
    assert len(step_ids(found.flow)) == len(set(step_ids(found.flow)))


def test_the_most_frequent_are_taken_until_they_are_enough() -> None:
    variants = {("c",): 2, ("b",): 2, ("a",): 5, ("d",): 1}
    assert most_frequent(variants, 0.5) == {("a",): 5}
    assert most_frequent(variants, 0.6) == {("a",): 5, ("b",): 2}


def test_parallel_parts_that_would_be_too_many_states_are_given_up() -> None:
    names = tuple(f"t{number}" for number in range(14))
    variants = {names[place:] + names[:place]: 1 for place in range(14)}
    variants |= {tuple(reversed(walk)): 1 for walk in variants}
    found = mine_map(variants, 1.0)
    assert all(is_walked_by(found, walk) for walk in variants)


@pytest.mark.parametrize("share", [0.0, 1.1, -1.0])
def test_a_share_that_cannot_be_is_refused(share: float) -> None:
    with pytest.raises(QuestionError, match="cannot be asked for"):
        mine_map({("a",): 1}, share)


def test_nothing_to_mine_from_is_refused() -> None:
    with pytest.raises(QuestionError, match="no journey to mine"):
        mine_map({})


def test_shares_add_up_whatever_the_counts() -> None:
    assert expected_shares([1, 1, 1]) == [0.3334, 0.3333, 0.3333]
    assert expected_shares([0, 5]) == [0.0, 1.0]


def test_variants_are_counted_over_closed_units_by_name() -> None:
    snapshot = walks_from_text(
        "a x 10:00 | a y 10:01 | b x 10:00 | b y 10:01 | c x 10:00 | d x +60 10:00",
        as_of="2026-03-03T00:00:00Z",
    )
    catalog = Catalog(snapshot=snapshot.name, as_of=snapshot.as_of, dictionaries=snapshot.dictionaries)
    selection = resolve_selection(Question(), catalog)
    assert walked_variants(snapshot, selection) == {("x", "y"): 2, ("x",): 1}
