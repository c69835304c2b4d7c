"""A map edited in one place: the flow after each edit, and what every edit keeps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trodden.methods.journeys import editing, flow_edit
from trodden.methods.journeys.flow import step_ids
from trodden.methods.journeys.mapdiff_said import sentences
from trodden.methods.journeys.maps import diff_maps, dump_map, map_hash, parse_map, show_map
from trodden.methods.journeys.maps_write import plain_flow
from trodden.methods.tests.journeys_aligned import maps
from trodden.model.errors import MapError
from trodden.model.journey_map import JourneyMap


def flow_of(text: str) -> flow_edit.Flow:
    return parse_map(f"name: m\nflow: {text}").flow


def written(flow: flow_edit.Flow) -> str:
    return str(plain_flow(flow)).replace("'", "")


@pytest.mark.parametrize(
    ("before", "id_", "by", "after"),
    [
        ("[a, b, c]", "b", 1, "[a, c, b]"),
        ("[a, b, c]", "b", -1, "[b, a, c]"),
        ("[a, b]", "b", 1, "[a, b]"),
        ("[a, b]", "a", -1, "[a, b]"),
        ("[a, choice: [[b], [c]], d]", "a", 1, "[{choice: [[b], [c]]}, a, d]"),
        ("[optional: [a, b], c]", "b", 1, "[{optional: [a]}, b, c]"),
        ("[optional: [a, b], c]", "a", -1, "[a, {optional: [b]}, c]"),
        ("[choice: [[a], [b]], c]", "b", 1, "[a, b, c]"),
        ("[loop: {flow: [a], again: [b]}, c]", "b", 1, "[{loop: [a]}, b, c]"),
        ("[loop: {flow: [a], again: [b]}, c]", "a", 1, "[b, a, c]"),
        ("[optional: [choice: [[a], [b], [c, d]]]]", "d", 1, "[{optional: [{choice: [[a], [b], [c]]}, d]}]"),
    ],
)
def test_a_step_goes_past_its_neighbour_and_out_of_the_part_it_ends(
    before: str, id_: str, by: int, after: str
) -> None:
    assert written(flow_edit.shift(flow_of(before), id_, 1 if by > 0 else -1)) == after


@pytest.mark.parametrize(
    ("before", "first", "last", "kind", "after"),
    [
        ("[a, b, c]", "b", "b", "optional", "[a, {optional: [b]}, c]"),
        ("[a, b, c]", "c", "b", "loop", "[a, {loop: [b, c]}]"),
        ("[a, b, c]", "a", "b", "choice", "[{choice: [[a], [b]]}, c]"),
        ("[choice: [[a], [b]], c]", "a", "c", "choice", "[{choice: [[a], [b], [c]]}]"),
        ("[parallel: [[a], [b]], c]", "b", "c", "parallel", "[{parallel: [[a], [b], [c]]}]"),
        (
            "[choice: [[a, b], [c]], d]",
            "a",
            "b",
            "parallel",
            "[{choice: [[{parallel: [[a], [b]]}], [c]]}, d]",
        ),
        ("[choice: [[a], [b]], c]", "a", "b", "optional", "[{optional: [{choice: [[a], [b]]}]}, c]"),
        ("[a, optional: [b]]", "b", "b", "optional", "[a, {optional: [b]}]"),
    ],
)
def test_a_run_of_steps_becomes_a_group(
    before: str, first: str, last: str, kind: flow_edit.Kind, after: str
) -> None:
    assert written(flow_edit.group(flow_of(before), first, last, kind)) == after


def test_one_step_is_no_choice() -> None:
    with pytest.raises(MapError, match="two steps or more"):
        flow_edit.group(flow_of("[a, b]"), "a", "a", "choice")


@pytest.mark.parametrize(
    ("before", "id_", "after"),
    [
        ("[a, optional: [b, c]]", "c", "[a, b, c]"),
        ("[optional: [loop: [a], b]]", "a", "[{optional: [a, b]}]"),
        ("[choice: [{flow: [a], share: 0.2}, {flow: [b], share: 0.8}]]", "a", "[a, b]"),
    ],
)
def test_the_innermost_group_is_dissolved(before: str, id_: str, after: str) -> None:
    assert written(flow_edit.ungroup(flow_of(before), id_)) == after


def test_shares_of_the_branches_that_stay_add_up_again() -> None:
    flow = flow_of("[choice: [{flow: [a], share: 0.5}, {flow: [b], share: 0.3}, {flow: [c], share: 0.2}]]")
    (choice,) = flow_edit.choices_of(flow_edit.remove(flow, "a"))
    assert [branch.share for branch in choice.branches] == [0.6, 0.4]


@pytest.mark.parametrize("shares", [(0.5, None), (0.5, 0.6), (0.5, 0.5, 0.0)])
def test_shares_are_for_every_branch_and_add_up(shares: tuple[float | None, ...]) -> None:
    found = parse_map("name: m\nflow: [choice: [[a], [b]]]")
    with pytest.raises(MapError):
        editing.expect_shares(found, "a,b", shares)


def test_a_removed_step_takes_along_what_was_accepted_of_it() -> None:
    found = parse_map(
        "name: m\nflow: [a, b]\naccepted: [{kind: missing, step: b}, {kind: repeated, step: a}]"
    )
    left = editing.remove_step(found, "b")
    assert [one.step for one in left.accepted] == ["a"]
    with pytest.raises(MapError, match="one step at least"):
        editing.remove_step(left, "a")


def test_a_new_step_stands_in_the_stage_of_its_neighbour_under_an_id_of_its_own() -> None:
    found = parse_map("name: m\nstages: [S]\nsteps: [{id: call_us, stage: S}]\nflow: [call_us]")
    added, id_ = editing.add_step(found, "Call us", "call_us")
    assert (id_, editing.step_of(added, id_).stage, added.flow[1].id) == ("call_us_2", "S", "call_us_2")


def test_steps_follow_their_stage_to_its_new_name_and_lose_one_that_is_gone() -> None:
    found = parse_map("name: m\nstages: [S, T]\nsteps: [{id: a, stage: S}, {id: b, stage: T}]\nflow: [a, b]")
    listed = editing.list_stages(found, (("", "First"), ("S", "Start")))
    assert listed.stages == ("First", "Start")
    assert [step.stage for step in listed.steps] == ["Start", ""]


def test_a_fault_names_its_place() -> None:
    found = parse_map("name: m\nflow: [a, b]")
    with pytest.raises(MapError) as caught:
        editing.describe_step(found, "b", {"channels": ("pigeon",)})
    assert caught.value.place == "steps[1].channels"


def test_what_each_side_does_is_read_written_shown_and_locked() -> None:
    plain = parse_map("name: m\nflow: [a]")
    text = "name: m\nsteps: [{id: a, does: {customer: Asks, back: Checks}}]\nflow: [a]"
    told = parse_map(text)
    assert parse_map(dump_map(told)) == told
    assert "  customer: Asks\n  back stage: Checks" in show_map(told)
    assert map_hash(plain) != map_hash(told)
    assert sentences(plain, told) == ("What each side does of a: nothing \u2192 customer Asks, back Checks",)


def test_a_map_that_was_published_before_sides_were_told_keeps_its_name() -> None:
    found = parse_map(
        "name: m\nsteps: [{id: a, wait: {typical: 90s}, emotion: 1}]\nflow: [a, choice: [[b], [c]]]"
    )
    assert map_hash(found) == "027c7548c73af1cef8acd813f4750acb"


@given(maps(), st.data())
@settings(deadline=None)
def test_every_edit_of_any_map_keeps_its_steps_and_all_rules(found: JourneyMap, data: st.DataObject) -> None:
    ids = step_ids(found.flow)
    one, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
    kind = data.draw(st.sampled_from(["optional", "loop", "choice", "parallel"]))
    edits = [
        lambda: editing.shift_step(found, one, data.draw(st.sampled_from([-1, 1]))),
        lambda: editing.put_step(found, one, other),
        lambda: editing.group_steps(found, one, other, kind),
        lambda: editing.ungroup_step(found, one),
        lambda: editing.add_step(found, "new", one)[0],
    ]
    try:
        edited = data.draw(st.sampled_from(edits))()
    except MapError:
        return
    assert set(step_ids(edited.flow)) - {"new"} == set(ids)
    assert parse_map(dump_map(edited)) == edited
    assert bool(sentences(found, edited)) == (diff_maps(found, edited) != ())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[a, b]", "[a, optional: [b]]", ["b became optional"]),
        ("[a, loop: [b]]", "[a, b]", ["b is no longer repeated"]),
        ("[a, b, c, d]", "[d, a, b, c]", ["d moved to the beginning"]),
        ("[a, b, c, d]", "[b, c, a, d]", ["a moved after c"]),
        ("[a]", "[x, a]", ["x added at the beginning"]),
        ("[a, b]", "[a]", ["b removed"]),
        (
            "[choice: [{flow: [a], share: 0.5}, {flow: [b], share: 0.5}]]",
            "[choice: [{flow: [a], share: 0.6}, {flow: [b], share: 0.4}]]",
            [
                "Expected share of the way by a 50 % \u2192 60 %",
                "Expected share of the way by b 50 % \u2192 40 %",
            ],
        ),
        (
            "[a]\nsteps: [{id: a, label: Delivery, wait: {typical: 2d}}]",
            "[a]\nsteps: [{id: a, label: Delivery, wait: {typical: 3d}, moment_of_truth: true}]",
            ["Expected wait of Delivery 2d \u2192 3d", "Delivery is a moment of truth"],
        ),
        (
            "[a]\naccepted: [{kind: repeated, step: a, why: No harm}]",
            "[a]\ngoal: Sold",
            ["No longer accepted: repeated at a (No harm)", "Goal: nothing \u2192 Sold"],
        ),
    ],
)
def test_what_changed_is_said_in_plain_words(before: str, after: str, said: list[str]) -> None:
    one, other = (parse_map(f"name: m\nflow: {text}") for text in (before, after))
    assert list(sentences(one, other)) == said
    assert sentences(one, one) == ()
