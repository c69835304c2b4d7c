"""Every planted truth leaves its trace in the raw events, and none where it is not planted."""

from __future__ import annotations

import pytest

from trodden.demo.places import PLACES
from trodden.demo.tests.records import Walk, walks_of
from trodden.demo.tests.traces import LEAST, NOTHING
from trodden.demo.truths import TRUTHS, check_keys, list_truths
from trodden.demo.world import Plan
from trodden.model.errors import UnknownNameError

Trace = "Callable[[dict[str, Walk]], float]"
NAMES = {key: place.name for key, place in PLACES.items()}


def plan(seed: int = 11, customers: int = 3_000, without: tuple[str, ...] = ()) -> Plan:
    return Plan(seed, customers, without=frozenset(without), renamed=True)


@pytest.fixture(scope="module")
def planted() -> dict[str, Walk]:
    return walks_of(plan())


@pytest.fixture(scope="module")
def bare() -> dict[str, Walk]:
    """Make the world without any truth."""
    return walks_of(plan(without=tuple(TRUTHS)))


@pytest.mark.parametrize("trace", LEAST, ids=lambda trace: trace.__name__)
def test_a_planted_truth_leaves_its_trace_and_only_where_it_is_planted(
    trace: Trace, planted: dict[str, Walk], bare: dict[str, Walk]
) -> None:
    assert trace(planted) > LEAST[trace]
    assert trace(bare) < LEAST[trace] / 2


@pytest.mark.parametrize("trace", NOTHING, ids=lambda trace: trace.__name__)
def test_a_control_has_no_effect(trace: Trace, planted: dict[str, Walk]) -> None:
    assert abs(trace(planted)) < NOTHING[trace]


@pytest.mark.slow
@pytest.mark.parametrize("trace", LEAST, ids=lambda trace: trace.__name__)
@pytest.mark.parametrize("seed", [101, 102])
def test_the_twin_without_one_truth_lacks_its_trace_and_keeps_the_others(trace: Trace, seed: int) -> None:
    twin = walks_of(plan(seed, without=(trace.__name__,)))
    found = {other.__name__: other(twin) > least for other, least in LEAST.items() if other is not trace}
    assert trace(twin) < LEAST[trace] / 2
    assert all(found.values()), found


def test_every_truth_has_a_trace() -> None:
    traced = {trace.__name__ for trace in (*LEAST, *NOTHING)}
    assert traced == set(TRUTHS)
    assert {key for key, truth in TRUTHS.items() if truth.is_control} == {one.__name__ for one in NOTHING}


def test_the_list_says_what_is_planted_by_the_names_of_the_world() -> None:
    listed = {one.key: one for one in list_truths(NAMES, frozenset({"branch_share"}))}
    assert "branch_share" not in listed
    assert listed["checkout_bug"].touchpoints == ("Payment",)
    assert listed["checkout_bug"].begins is not None
    assert listed["desire_path"].begins is None
    assert all(one.description and one.expected and one.analysis for one in listed.values())


def test_an_unknown_truth_is_named() -> None:
    with pytest.raises(UnknownNameError, match="goldfish"):
        check_keys(("goldfish",))
