"""Map files: what they may say, what is refused and where, and that a published version stays as it is."""

from __future__ import annotations

import json
import pickle
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from trodden.demo.sample import SAMPLE_MAP
from trodden.methods.journeys import maps_write
from trodden.methods.journeys.flow import (
    first_steps,
    last_steps,
    reached_touchpoints,
    scope_touchpoints,
    start_touchpoints,
    step_ids,
)
from trodden.methods.journeys.maps import (
    check_map,
    dump_map,
    map_hash,
    next_version,
    parse_map,
    publish,
    show_map,
)
from trodden.methods.tests.journeys_aligned import maps
from trodden.model.errors import MapError
from trodden.model.journey_map import (
    Branch,
    Choice,
    Forecast,
    JourneyMap,
    Loop,
    Optional,
    Parallel,
    Step,
    StepRef,
    Wait,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)


def refused(text: str) -> MapError:
    with pytest.raises(MapError) as caught:
        parse_map(text, "m.yaml")
    return caught.value


def ref(*ids: str) -> tuple[StepRef, ...]:
    return tuple(StepRef(id_) for id_ in ids)


# What may be written


def test_every_short_form_of_the_flow() -> None:
    found = parse_map(
        """
name: All
flow:
  - a
  - choice: [[b, c], {flow: [d]}, e]
  - parallel: [[f], g]
  - optional: [h]
  - loop: [i]
  - loop: {flow: [j], again: [k]}
"""
    )
    assert found.flow == (
        StepRef("a"),
        Choice((Branch(ref("b", "c")), Branch(ref("d")), Branch(ref("e")))),
        Parallel((ref("f"), ref("g"))),
        Optional(ref("h")),
        Loop(ref("i")),
        Loop(ref("j"), ref("k")),
    )


def test_values_stay_as_they_were_written() -> None:
    found = parse_map('{name: no, flow: [0012, "null", on, 1e3], steps: [{id: on, match: [yes, ~x]}]}')
    assert (found.name, step_ids(found.flow)) == ("no", ("0012", "null", "on", "1e3"))
    assert found.steps[0].match == ("yes", "~x")


def test_one_value_stands_for_a_list_of_one_and_nothing_for_the_default() -> None:
    found = parse_map("{name: m, personas: all, goal: , flow: a, steps: [{id: a, outcome: ok}]}")
    assert (found.personas, found.goal, found.steps[0].outcome) == (("all",), "", ("ok",))


def test_durations_dates_numbers_and_switches() -> None:
    found = parse_map(
        "{name: m, flow: [a], version: 3, valid_from: 2026-01-31, bounds: {silence: P2D}, steps: "
        "[{id: a, wait: {typical: 90s, longest: 2h 30min}, emotion: -1.5, front: no, moment_of_truth: yes}]}"
    )
    step = found.steps[0]
    assert (found.version, found.valid_from, found.bounds.silence) == (
        3,
        date(2026, 1, 31),
        timedelta(days=2),
    )
    assert step.wait == Wait(timedelta(seconds=90), timedelta(hours=2, minutes=30))
    assert (step.emotion, step.front, step.moment_of_truth) == (-1.5, False, True)


def test_json_reads_like_yaml_whatever_it_is_indented_by() -> None:
    plain = {"name": "J", "flow": ["a", {"choice": [["b"], ["c"]]}], "goal": '😀 tab\tquote"'}
    yaml_like = parse_map("{name: J, flow: [a, choice: [[b], [c]]]}")
    for text in (json.dumps(plain), json.dumps(plain, indent="\t"), json.dumps(plain, ensure_ascii=False)):
        found = parse_map(text, "m.json")
        assert found.flow == yaml_like.flow
        assert found.goal == plain["goal"]


def test_touchpoint_rules_come_along() -> None:
    found = parse_map("{name: m, flow: [a], touchpoints: [{touchpoint: a, url_pattern: ^/a}]}")
    assert (found.touchpoints[0].touchpoint, found.touchpoints[0].url_pattern) == ("a", "^/a")


def test_bounds_and_scope_follow_the_flow_where_they_are_left_out() -> None:
    found = parse_map(
        "{name: m, flow: [optional: [a], b, choice: [c, d], optional: [e]], "
        "steps: [{id: b, match: [b1, b2]}], bounds: {abandoned: [x]}, scope: {also: [y, b1]}}"
    )
    assert first_steps(found.flow) == {"a", "b"}
    assert last_steps(found.flow) == {"c", "d", "e"}
    assert start_touchpoints(found) == ("a", "b1", "b2")
    assert reached_touchpoints(found) == ("c", "d", "e")
    assert scope_touchpoints(found) == ("a", "b1", "b2", "c", "d", "e", "x", "y")


def test_a_loop_ends_with_its_flow_and_not_on_its_way_back() -> None:
    found = parse_map("{name: m, flow: [loop: {flow: [a, b], again: [c]}]}")
    assert (first_steps(found.flow), last_steps(found.flow)) == ({"a"}, {"b"})
    skippable = parse_map("{name: m, flow: [loop: {flow: [optional: [a]], again: [c]}]}")
    assert (first_steps(skippable.flow), last_steps(skippable.flow)) == ({"a", "c"}, {"a", "c"})


# What is refused, and where


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name: m\nflow: [a]\ngaol: x", 3, "`gaol`: there is no such key. Did you mean 'goal'?"),
        ("name: m\nflow: [a]\nxyzzy: x", 3, "`xyzzy`: there is no such key. Known here: name"),
        ("flow: [a]", 1, "`name`: found nothing, expected to find it here"),
        ("name: m\ngoal: x", 1, "`flow`: found nothing"),
        ("- a\n- b", 1, "`the map`: found a list of 2, expected names with values"),
        (
            "name: m\nflow: [a]\nversion: two",
            3,
            "`version`: found 'two', expected a whole number, at least 1.",
        ),
        ("name: m\nflow: [a]\nversion: 0", 3, "`version`: found '0', expected a whole number, at least 1."),
        ("name: m\nflow: [a]\nvalid_from: soon", 3, "`valid_from`: found 'soon', expected a date"),
        (
            "name: m\nflow: [a]\nbounds:\n  silence: long",
            4,
            "`bounds.silence`: found 'long', expected a duration",
        ),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  emotion: 3", 5, "expected a number from -2 to 2"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  emotion: nan", 5, "found 'nan', expected a number"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  evidence: guess", 5, "one of assumed, observed, researched"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  front: perhaps", 5, "expected true or false"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  where: [x]", 5, "`steps[0].where`: found a list of 1"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  wait: 1h", 5, "`steps[0].wait`: found '1h', expected names"),
        ("name: m\nflow: []", 2, "found an empty list, expected at least one step"),
        ("name: m\nflow:\n- a\n- chioce: [b, c]", 4, "found 'chioce', expected a step or one of choice"),
        ("name: m\nflow:\n- a\n- [b]", 4, "expected a step's id or one of choice, parallel, optional, loop"),
        ("name: m\nflow:\n- a\n- choice: [b]", 4, "expected a list of two branches or more"),
        ("name: m\nflow:\n- parallel: a", 3, "expected a list of two branches or more"),
        (
            "name: m\nflow:\n- choice: [{flow: b, chance: 1}, c]",
            3,
            "there is no such key; known here: flow, share",
        ),
        ("name: m\nflow:\n- choice: [{flow: b, share: 1.5}, c]", 3, "expected a share from 0 to 1"),
        ("name: m\nflow:\n- choice: [{flow: b, share: nan}, c]", 3, "expected a share from 0 to 1"),
        (
            "name: m\nflow:\n- choice: [{flow: b, share: 0.5}, c]",
            3,
            "a share on 1 of 2 branches, expected all",
        ),
        (
            "name: m\nflow:\n- choice: [{flow: b, share: 0.5}, {flow: c, share: 0.4}]",
            3,
            "the shares add up to 0.9, expected 1",
        ),
        ("name: m\nflow:\n- loop: {flow: b, again: c, often: 2}", 3, "known here: flow, again"),
        ("name: m\nflow:\n- a\n- b\n- a", 5, "step 'a' already stands on line 3; one id stands in one place"),
        ("name: m\nflow:\n- " + "a" * 201, 3, "found an id of 201 characters, expected 1 to 200"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n- id: a", 5, "Step 'a' is described twice."),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n- id: b", 5, "Step 'b' is never used."),
        ("name: m\nsteps:\n- id: checkout\nflow:\n- chekout", 5, "Did you mean 'checkout'?"),
        ("name: m\nflow: [a]\nstages: [Buy]\nsteps:\n- id: a\n  stage: Bye", 6, "Did you mean 'Buy'?"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  stage: Bye", 5, "Stages: none yet."),
        ("name: m\nflow: [a]\nstages: [Buy, Buy]", 3, "Stage 'Buy' is listed twice."),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  outcome: fine", 5, "There is no outcome 'fine'."),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  channels: fax", 5, "There is no channel 'fax'."),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  where: {plan: []}", 5, "against no value at all"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  wait: {longest: -P1D}", 5, "has a wait below 0"),
        ("name: m\nflow: [a]\nsteps:\n- id: a\n  wait: {typical: 2h, longest: 1h}", 5, "above its longest"),
        ("name: m\nflow: [a]\nbounds: {silence: 0s}", 3, "The longest silence must be above 0."),
        (
            "name: m\nflow: [a]\nscope: {only: [b]}",
            3,
            "No step of the flow stands for a touchpoint in scope.",
        ),
        (
            "name: m\nflow: [a]\nscope: {only: [a]}\nbounds: {reached: [b]}",
            4,
            "whose events `scope.only` leaves out",
        ),
        (
            "name: m\nflow: [a]\naccepted: [{kind: missing, step: b}]",
            3,
            "Accepted as missing: there is no step 'b'.",
        ),
        ("name: m\nflow: [a]\naccepted: [{kind: late}]", 3, "expected one of departed, out of order"),
        ("name: m\nflow: [a]\nforecast: {reached: 0.5, low: 0.6}", 3, "must keep low <= reached <= high"),
        ("name: m\nflow: [a]\nvalid_from: 2026-02-01\nvalid_to: 2026-01-01", 4, "is before valid from"),
        ("name: m\nflow: [a]\nparent_step: b", 3, "A parent step without a parent map."),
        ("name: m\nflow: [a]\nname: n", 3, "The key 'name' stands twice."),
        ("name: m\n? [a]\n: b", 2, "A key must be a plain name."),
        ("name: m\nflow: [a, b", 2, "This is not YAML"),
        ("name: m: n\nflow: [a]", 1, "Put texts that hold a colon or start with a mark in quotes."),
        ("name: m\nflow: [a]\n---\nname: n", 3, "This is not YAML"),
        ("name: m\ngoal: \x00", 2, "This is not YAML"),
        ("", 1, "The map is empty"),
        ('{"name": "\\ud83d", "flow": ["a"]}', 1, "A text holds half a letter."),
    ],
)
def test_a_fault_names_its_line_what_was_found_and_what_was_expected(
    text: str, line: int, message: str
) -> None:
    error = refused(text)
    assert error.line == line
    assert message in str(error)
    assert str(error).startswith(f"m.yaml:{line}: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: m\nflow: [&x a, *x]", "An alias"),
        ("name: m\ngoal: !!python/object/apply:os.system [ls]\nflow: [a]", "A tag"),
        ("name: m\nflow: [!!str a]", "A tag"),
        ("name: m\nflow: " + "[" * 60, "40 levels"),
        ("name: m\nflow: [" + "a," * 50_000 + "]", "50,000 nodes"),
        ("name: m\ngoal: " + "x" * 300_000, "at most 262,144 are read"),
    ],
)
def test_bombs_are_refused_before_anything_is_built(text: str, message: str) -> None:
    assert message in str(refused(text))


def test_two_steps_that_one_event_could_match_are_refused_by_name() -> None:
    text = (
        "name: m\nsteps:\n- {id: one, match: [pay, card]}\n- {id: two, match: [card]}\n"
        "flow:\n- a\n- choice:\n  - one\n  - two"
    )
    error = refused(text)
    assert error.line == 9
    assert "go on with 'one' or with 'two', an event at 'card' would match both" in str(error)


@pytest.mark.parametrize(
    "apart",
    [
        "{id: one, match: x, outcome: ok}, {id: two, match: x, outcome: failed}",
        "{id: one, match: x, where: {plan: basic}}, {id: two, match: x, where: {plan: [plus, pro]}}",
    ],
)
def test_steps_are_told_apart_by_outcome_or_property(apart: str) -> None:
    found = parse_map(f"{{name: m, steps: [{apart}], flow: [a, choice: [one, two]]}}")
    assert len(found.steps) == 2


@pytest.mark.parametrize(
    "same",
    [
        "{id: one, match: x, outcome: ok}, {id: two, match: x}",
        "{id: one, match: x, where: {plan: basic}}, {id: two, match: x, where: {region: north}}",
    ],
)
def test_tests_that_may_both_hold_do_not_tell_steps_apart(same: str) -> None:
    assert "would match both" in str(refused(f"{{name: m, steps: [{same}], flow: [a, choice: [one, two]]}}"))


def test_one_touchpoint_may_stand_in_two_places_of_a_flow() -> None:
    text = "{name: m, steps: [{id: first, match: x}, {id: again, match: x}], flow: [first, b, again]}"
    assert len(parse_map(text).steps) == 2
    both_next = text.replace("[first, b,", "[optional: [first], optional: [b],")
    assert "would match both" in str(refused(both_next))


def test_a_map_with_too_many_states_names_the_step_that_makes_it_so() -> None:
    many = ", ".join(f"s{number}" for number in range(13))
    error = refused(f"name: m\nflow:\n- parallel: [{many}]")
    assert error.line == 3
    assert "With step 's12' the flow has 8,192 states; at most 4,096 are allowed." in str(error)


# Writing, publishing, showing


def test_the_sample_map_reads_back_as_it_was_written() -> None:
    found = parse_map(SAMPLE_MAP)
    assert parse_map(dump_map(found)) == found
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)


@given(maps(), texts, st.timedeltas(timedelta(0), timedelta(days=99)), st.floats(0, 1), texts)
@settings(max_examples=60, deadline=None)
def test_any_map_reads_back_as_it_was_written(
    drawn: JourneyMap, goal: str, silence: timedelta, reached: float, name: str
) -> None:
    bounds = replace(drawn.bounds, silence=silence + timedelta(seconds=1))
    found = replace(drawn, name=name or "null", goal=goal, bounds=bounds, forecast=Forecast(reached=reached))
    found = publish(found, AT)
    assert parse_map(dump_map(found)) == found


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_any_text_is_a_map_or_a_map_error(text: str) -> None:
    with suppress(MapError):
        assert isinstance(parse_map(text), JourneyMap)


def test_a_published_version_is_locked_but_for_what_was_accepted_since() -> None:
    published = publish(parse_map("{name: m, version: 2, flow: [a, b], forecast: {reached: 0.6}}"), AT)
    text = dump_map(published)
    assert parse_map(text) == published
    accepted = text.replace("forecast:", "accepted: [{kind: missing, step: b, by: Ana}]\nforecast:")
    assert parse_map(accepted).accepted[0].by == "Ana"
    with pytest.raises(MapError, match="Version 2 of 'm' was published and has been changed since") as caught:
        parse_map(text.replace("0.6", "0.7"))
    assert caught.value.hint == "Restore it, and make the change in version 3."


def test_publishing_twice_is_refused_and_the_next_version_is_a_draft() -> None:
    published = publish(parse_map("{name: m, flow: [a]}"), AT)
    with pytest.raises(MapError, match="'m@1' was published on 2026-03-01"):
        publish(published, AT)
    draft = next_version(published)
    assert (draft.key, draft.published_at, draft.published_hash) == ("m@2", None, "")


def test_the_hash_tells_maps_apart_and_nothing_else() -> None:
    one = parse_map("{name: m, flow: [a, b], steps: [{id: a, where: {x: [p], y: [q]}}]}")
    same = parse_map("{flow: [a, b], steps: [{where: {y: q, x: p}, id: a}], name: m}")
    assert map_hash(one) == map_hash(same)
    assert map_hash(one) != map_hash(replace(one, flow=ref("b", "a")))


def test_a_published_time_without_its_hash_is_no_publication() -> None:
    assert "has been changed since" in str(
        refused("{name: m, flow: [a], published_at: 2026-01-01T00:00:00Z}")
    )


def test_a_map_made_in_python_is_checked_alike() -> None:
    with pytest.raises(MapError, match="Step 'a' stands twice in the flow"):
        check_map(JourneyMap(name="m", flow=ref("a", "a")))
    with pytest.raises(MapError, match="Step 'b' is never used"):
        check_map(JourneyMap(name="m", flow=ref("a"), steps=(Step(id="b"),)))


def test_a_map_shows_itself_as_text() -> None:
    shown = show_map(
        parse_map(
            "{name: Returns, goal: Money back, flow: [ask, choice: [{flow: [mail], share: 0.7}, "
            "{flow: [shop], share: 0.3}], parallel: [check, inform], optional: [call], "
            "loop: {flow: [pay], again: [mend]}], "
            "steps: [{id: pay, label: Refund, match: [refund, credit], outcome: ok, wait: {longest: 14d}}], "
            "accepted: [{kind: missing, step: call, by: Ana, why: nobody needs it}]}"
        )
    )
    assert shown == (
        "Returns, version 1 (draft)\nGoal: Money back\n\n- ask\neither (expected 70%)\n  - mail\n"
        "or (expected 30%)\n  - shop\nin any order\n  - check\nand\n  - inform\nperhaps\n  - call\n"
        "once or more\n  - Refund [at refund, credit; outcome ok; at most 14d later]\n"
        "and before each next time\n  - mend\n\nStarts: ask\nReached: refund, credit\n"
        "Closed after a silence of more than 30d\nAccepted by Ana: missing call: nobody needs it\n"
    )


def test_every_field_of_a_map_is_written() -> None:
    assert {field.name for field in msgspec.structs.fields(JourneyMap)} == set(maps_write._ORDER)
