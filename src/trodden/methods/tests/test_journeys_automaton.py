"""The compiled flow walks exactly what the tree allows, and events find the steps they may match."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings

from tests.oracles import alignment as oracle
from tests.support.walks import walks_from_text
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.automaton_gates import branches_of
from trodden.methods.journeys.automaton_graph import STATE_LIMIT, FlowError, build_graph
from trodden.methods.journeys.automaton_symbols import symbols_in
from trodden.methods.journeys.flow import step_ids
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.tests.journeys_aligned import catalog_of, maps
from trodden.model.catalog import Catalog
from trodden.model.errors import MapError, UnknownNameError
from trodden.model.journey_map import Choice, JourneyMap, Loop, Optional, Parallel, StepRef
from trodden.model.question import Question
from trodden.model.walks import Dictionaries


def test_equal_futures_share_a_state() -> None:
    graph = build_graph(parse_map("{name: m, flow: [a, choice: [b, c], optional: [d], e]}").flow)
    assert graph.moves == ({0: 1}, {1: 2, 2: 2}, {3: 3, 4: 4}, {4: 4}, {})
    assert graph.ends == {4}


def test_only_loops_lead_back() -> None:
    graph = build_graph(parse_map("{name: m, flow: [a, loop: {flow: [b], again: [c]}, d]}").flow)
    assert [(state, to) for state, ways in enumerate(graph.moves) for to in ways.values() if to <= state] == [
        (2, 1)
    ]


def test_an_empty_flow_ends_where_it_starts() -> None:
    assert build_graph(()).ends == {0}


@given(maps())
@settings(max_examples=200, deadline=None)
def test_the_automaton_walks_what_the_tree_allows(journey_map: JourneyMap) -> None:
    graph, ids = build_graph(journey_map.flow), step_ids(journey_map.flow)
    pairs = [(0, journey_map.flow)]
    for state, rest in pairs:
        assert (state in graph.ends) == oracle.can_end(rest)
        theirs = oracle.ways(rest)
        assert {ids[step] for step in graph.moves[state]} == {step for step, _ in theirs}
        for step, after in theirs:
            pair = (graph.moves[state][ids.index(step)], after)
            if pair not in pairs:
                pairs.append(pair)
    assert {state for state, _ in pairs} == set(range(len(graph.moves)))


@given(maps())
@settings(max_examples=100, deadline=None)
def test_no_two_states_have_the_same_future(journey_map: JourneyMap) -> None:
    graph = build_graph(journey_map.flow)
    classes = [int(state in graph.ends) for state in range(len(graph.moves))]
    for _ in classes:
        signs = [
            (classes[state], tuple(sorted((step, classes[to]) for step, to in ways.items())))
            for state, ways in enumerate(graph.moves)
        ]
        classes = [sorted(set(signs)).index(sign) for sign in signs]
    assert len(set(classes)) == len(graph.moves)


def test_as_many_states_as_the_limit_are_allowed_and_no_more() -> None:
    twelve = (Parallel(tuple((StepRef(f"s{number}"),) for number in range(12))),)
    assert len(build_graph(twelve).moves) == STATE_LIMIT == 4_096
    with pytest.raises(FlowError) as caught:
        build_graph((*twelve, StepRef("one more")))
    assert caught.value.step == "one more"


def test_a_hundred_steps_in_any_order_are_refused_at_once() -> None:
    hundred = (Parallel(tuple((StepRef(f"s{number}"),) for number in range(100))),)
    with pytest.raises(FlowError) as caught:
        build_graph(hundred)
    assert caught.value.step == "s12"


def test_a_map_made_in_python_that_cannot_be_compiled_is_a_map_error() -> None:
    wide = JourneyMap(name="wide", flow=(Parallel(tuple((StepRef(f"s{n}"),) for n in range(13))),))
    with pytest.raises(MapError, match="Map 'wide@1': With step 's12'"):
        compile_map(wide, catalog_of(wide))


def test_a_compiled_map_pickles_to_the_same_bytes_each_time() -> None:
    text = "{name: m, flow: [a, loop: [choice: [b, c]], parallel: [d, e]]}"
    one, other = (compile_map(parse_map(text), catalog_of(parse_map(text))) for _ in range(2))
    assert pickle.dumps(one) == pickle.dumps(other)
    assert one.cheapest_run == 4


def test_a_touchpoint_nobody_walked_yet_matches_nothing_and_one_nobody_knows_is_an_error() -> None:
    journey_map = parse_map("{name: m, flow: [a, b, z]}")
    automaton = compile_map(journey_map, catalog_of(journey_map))
    assert sorted(automaton.symbols.by_outcome) == [0, 1]
    stranger = Catalog(
        snapshot="s", as_of=catalog_of(journey_map).as_of, dictionaries=Dictionaries(("a", "b"))
    )
    with pytest.raises(UnknownNameError):
        compile_map(journey_map, stranger)


def test_events_find_their_step_by_touchpoint_outcome_and_property() -> None:
    journey_map = parse_map(
        "{name: m, steps: [{id: ok, match: pay, outcome: ok}, {id: failed, match: pay, outcome: failed}, "
        "{id: basic, match: use, where: {plan: basic}}, "
        "{id: plus, match: [use, try], where: {plan: [plus, pro]}}], "
        "flow: [choice: [ok, failed], choice: [basic, plus]], bounds: {start: [pay]}}"
    )
    snapshot = walks_from_text(
        "a pay!ok{plan=basic} 10:00 | a pay!failed{plan=basic} 10:01 | a pay!declined{plan=basic} 10:02"
        " | a use{plan=basic} 10:03 | a use{plan=plus} 10:04 | a use{plan=pro} 10:05"
        " | a use{plan=other} 10:06"
        " | a try{plan=basic} 10:07 | a try{plan=pro} 10:08 | a use 10:09"
    )
    catalog = Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        dictionaries=snapshot.dictionaries,
        maps={journey_map.key: journey_map},
    )
    automaton = compile_map(journey_map, catalog)
    selection = resolve_selection(Question(map="m", unit="customer"), catalog)
    found = [
        [automaton.steps[step] for step in automaton.symbols.sets[symbol]]
        for bucket in snapshot.buckets()
        for symbol in symbols_in(automaton.symbols, bucket, select(bucket, selection)).tolist()
    ]
    assert found == [["ok"], ["failed"], [], ["basic"], ["plus"], ["plus"], [], [], ["plus"], []]


def test_a_property_that_is_not_promoted_is_an_error_that_says_what_to_do() -> None:
    journey_map = parse_map("{name: m, steps: [{id: a, where: {plan: basic}}], flow: [a, b]}")
    with pytest.raises(UnknownNameError, match="promoted property called 'plan'"):
        compile_map(journey_map, catalog_of(journey_map))


def test_forced_states_are_those_with_one_way_on_and_no_end() -> None:
    journey_map = parse_map("{name: m, flow: [a, choice: [b, c], d, optional: [e]]}")
    automaton = compile_map(journey_map, catalog_of(journey_map))
    assert automaton.tables.is_forced.tolist() == [True, False, True, False, False]
    assert np.array_equal(automaton.tables.to_end, [3, 2, 1, 0, 0])


def test_branches_know_their_steps_and_their_choice() -> None:
    flow = (
        StepRef("a"),
        Loop(
            (
                Choice(
                    parse_map(
                        "{name: m, flow: [choice: [{flow: [b, c], share: 0.4}, {flow: d, share: 0.6}]]}"
                    )
                    .flow[0]
                    .branches
                ),
            )
        ),  # type: ignore[union-attr]
        Optional((StepRef("e"),)),
    )
    found = [(one.first, one.last, one.choice_first, one.choice_last, one.share) for one in branches_of(flow)]
    assert found == [(1, 3, 1, 4, 0.4), (3, 4, 1, 4, 0.6)]
