"""A map changed in one place: what changes, what stays, what is refused."""

from __future__ import annotations

import pytest

from trodden.methods.journeys.flow import reached_touchpoints, start_touchpoints, step_ids
from trodden.methods.journeys.mapdiff import diff_maps
from trodden.methods.journeys.maps import dump_map, parse_map
from trodden.methods.journeys.redesign import accept, is_accepted, is_optional, make_optional
from trodden.model.errors import MapError
from trodden.model.journey_map import Accepted

SHOP = parse_map(
    """
name: Shop
flow:
- a
- choice: [{flow: [b, c], share: 0.4}, {flow: [d], share: 0.6}]
- parallel: [[e], [f]]
- loop: {flow: [g], again: [h]}
- optional: [i, j]
- k
"""
)


@pytest.mark.parametrize("step", step_ids(SHOP.flow))
def test_any_step_becomes_optional_where_it_stands(step: str) -> None:
    changed = make_optional(SHOP, step)
    assert step_ids(changed.flow) == step_ids(SHOP.flow)
    assert is_optional(changed, step)
    assert not is_optional(SHOP, step)
    assert [one for one in step_ids(SHOP.flow) if is_optional(changed, one)] == [step]
    assert [str(change) for change in diff_maps(SHOP, changed) if "moved" in str(change)]
    assert parse_map(dump_map(changed)) == changed


@pytest.mark.parametrize("step", ["a", "k"])
def test_what_begins_and_ends_a_journey_stays_where_an_end_of_the_flow_may_be_left_out(step: str) -> None:
    changed = make_optional(SHOP, step)
    assert start_touchpoints(changed) == start_touchpoints(SHOP) == ("a",)
    assert reached_touchpoints(changed) == reached_touchpoints(SHOP) == ("k",)


def test_a_step_in_the_middle_leaves_the_bounds_unsaid() -> None:
    assert make_optional(SHOP, "b").bounds == SHOP.bounds


def test_a_published_map_can_be_changed_only_as_another_version() -> None:
    changed = make_optional(SHOP, "b")
    assert (changed.name, changed.version) == (SHOP.name, SHOP.version)


def test_a_step_that_is_not_there_cannot_be_optional() -> None:
    with pytest.raises(MapError, match="no step 'x'"):
        make_optional(SHOP, "x")


def test_two_steps_at_one_touchpoint_are_not_left_side_by_side() -> None:
    twice = parse_map(
        "name: Twice\nsteps: [{id: first, match: [call]}, {id: second, match: [call]}]\n"
        "flow: [begin, first, second, end]\n"
    )
    with pytest.raises(MapError, match="call"):
        make_optional(twice, "first")


def test_an_accepted_way_is_added_once() -> None:
    way = Accepted("missing", "b", why="They know it")
    changed = accept(SHOP, way)
    assert changed.accepted == (way,)
    assert is_accepted(changed, "missing", "b")
    assert not is_accepted(changed, "missing", "c")
    assert not is_accepted(changed, "repeated", "b")
    with pytest.raises(MapError, match="accepts missing at 'b' already"):
        accept(changed, Accepted("missing", "b"))


def test_a_kind_accepted_everywhere_is_accepted_at_each_place() -> None:
    changed = accept(SHOP, Accepted("ad hoc"))
    assert is_accepted(changed, "ad hoc", "anywhere")
    with pytest.raises(MapError):
        accept(changed, Accepted("ad hoc", "x"))


def test_a_way_at_no_step_of_the_map_is_not_accepted() -> None:
    with pytest.raises(MapError, match="no step 'x'"):
        accept(SHOP, Accepted("missing", "x"))
