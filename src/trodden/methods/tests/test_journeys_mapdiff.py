"""Two versions of a map compared, in sentences."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from trodden.methods.journeys.mapdiff_said import sentences
from trodden.methods.journeys.maps import diff_maps, next_version, parse_map
from trodden.methods.tests.journeys_aligned import maps
from trodden.model.journey_map import JourneyMap


def changes(before: str, after: str) -> list[str]:
    return [str(change) for change in diff_maps(parse_map(before), parse_map(after))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{name: m, flow: [a, b]}", "{name: m, flow: [a, b, c]}", ["step c added: c"]),
        (
            "{name: m, flow: [a, b], steps: [{id: b, label: Bill}]}",
            "{name: m, flow: [a]}",
            ["step b removed: Bill"],
        ),
        (
            "{name: m, flow: [a], goal: Sell}",
            "{name: m, flow: [a], owner: Ana}",
            ["goal changed: Sell -> nothing", "owner changed: nothing -> Ana"],
        ),
        (
            "{name: m, flow: [a], steps: [{id: a, wait: {longest: 1d}}]}",
            "{name: m, flow: [a], steps: [{id: a, wait: {longest: 2h}, outcome: [ok, partial]}]}",
            [
                "step a: outcome changed: nothing -> ok, partial",
                "step a: wait changed: longest 1d -> longest 2h",
            ],
        ),
        (
            "{name: m, flow: [a, b, c]}",
            "{name: m, flow: [a, c, b]}",
            ["step b moved: after a -> after c", "step c moved: after b -> after a"],
        ),
        (
            "{name: m, flow: [a, b]}",
            "{name: m, flow: [a, optional: [b]]}",
            ["step b moved: after a -> after a, in an optional part"],
        ),
        (
            "{name: m, flow: [loop: {flow: [a], again: [b]}]}",
            "{name: m, flow: [parallel: [a, loop: [choice: [c, b]]]]}",
            [
                "step c added: c",
                "step a moved: first, in a loop -> first, in a parallel part",
                (
                    "step b moved: after a, in the way back of a loop"
                    " -> after a, in a parallel part in a loop in branch 2 of a choice"
                ),
            ],
        ),
        (
            "{name: m, flow: [choice: [{flow: [a], share: 0.5}, {flow: [b], share: 0.5}]]}",
            "{name: m, flow: [choice: [{flow: [a], share: 0.6}, {flow: [b], share: 0.4}]]}",
            ["share of the branch of a changed: 0.5 -> 0.6", "share of the branch of b changed: 0.5 -> 0.4"],
        ),
        (
            "{name: m, flow: [a], bounds: {silence: 30d}}",
            "{name: m, flow: [a], bounds: {silence: 7d, abandoned: x}}",
            ["bounds changed: nothing -> abandoned x, silence 7d"],
        ),
    ],
)
def test_what_differs_is_said_once(before: str, after: str, expected: list[str]) -> None:
    assert changes(before, after) == expected


@given(maps())
@settings(max_examples=50, deadline=None)
def test_a_map_does_not_differ_from_itself_nor_from_its_next_version(journey_map: JourneyMap) -> None:
    assert diff_maps(journey_map, journey_map) == ()
    assert diff_maps(journey_map, next_version(journey_map)) == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("optional: [a, b]", "optional: [a], optional: [b]", "May be left out together: a"),
        ("loop: [a], loop: [b, c]", "loop: [a, b], loop: [c]", "May be repeated together: a, b"),
        ("choice: [[a], [b, c]]", "choice: [[a, b], [c]]", "Are different ways: a, b | c"),
        ("parallel: [[a], [b, c]]", "parallel: [[a, b], [c]]", "May come in any order: a, b | c"),
    ],
)
def test_steps_grouped_otherwise_are_told(before: str, after: str, said: str) -> None:
    maps = (
        parse_map(f"name: m\nflow: [{', '.join(f'{{{part}}}' for part in parts)}]")
        for parts in (_parts(before), _parts(after))
    )
    assert said in sentences(*maps)


def _parts(flow: str) -> list[str]:
    return [part.strip(", ") for part in re.split(r", (?=optional|loop)", flow)]


@given(maps(), maps())
@settings(max_examples=100, deadline=None)
def test_different_flows_are_always_told(one: JourneyMap, other: JourneyMap) -> None:
    told = sentences(one, replace(other, name=one.name))
    assert bool(told) == (replace(other, name=one.name, version=one.version) != one)


@given(maps(), maps())
@settings(max_examples=100, deadline=None)
def test_different_flows_always_differ_somewhere(one: JourneyMap, other: JourneyMap) -> None:
    assert bool(diff_maps(one, other)) == (one != other)
