from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import flow as oracle
from tests.support.desk import desk_events
from tests.support.logs import AS_OF, TOUCHPOINTS, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.flow.answer import FlowGrid, FlowQuestion
from trodden.analyses.flow.chart import flow_chart
from trodden.analyses.flow.plan import FOREVER
from trodden.analyses.funnel.answer import Funnel, FunnelQuestion
from trodden.asking import Asker
from trodden.charts import Flow
from trodden.charts.links import opened
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.questions import read_question, write_question

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

SILENCE_S = 30 * 86_400


def asker_of(snapshot: Snapshot) -> Asker:
    return Asker(snapshot, catalog_of(snapshot))


def asked(snapshot: Snapshot, **fields: object) -> FlowGrid:
    answer = asker_of(snapshot).ask(FlowQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, FlowGrid)
    return answer


def flow(text: str, as_of: str | None = None, **fields: object) -> FlowGrid:
    return asked(walks_from_text(text, as_of=as_of), **fields)


def nodes(answer: FlowGrid) -> dict[tuple[int, str], tuple[int, int]]:
    return {(one.position, one.name): (one.count, one.units) for one in answer.nodes}


def edges(answer: FlowGrid) -> dict[tuple[int, str, str], int]:
    return {(one.position, one.source, one.target): one.count for one in answer.edges}


WALKS = "a x 10:00 | a y 10:01 | a z 10:02 | b x 10:00 | b z 10:05 | c y 10:00 | c x 10:01 | d z 10:00"


def test_without_an_anchor_units_are_read_from_their_beginning() -> None:
    answer = flow(WALKS, positions=2)
    assert (answer.counted, answer.anchor, answer.starts) == ("customers", "START", 4)
    assert nodes(answer) == {
        (1, "x"): (2, 2),
        (1, "y"): (1, 1),
        (1, "z"): (1, 1),
        (2, "x"): (1, 1),
        (2, "y"): (1, 1),
        (2, "z"): (1, 1),
        (2, "OPEN"): (1, 1),
    }
    assert edges(answer)[2, "x", "y"] == 1
    assert edges(answer)[1, "START", "x"] == 2


def test_what_is_over_ends_and_what_is_not_stays_open() -> None:
    answer = flow("a x 10:00 | b x +40 10:00", positions=2)
    assert nodes(answer) == {(1, "x"): (2, 2), (2, "END"): (1, 1), (2, "OPEN"): (1, 1)}
    over = flow("a x 10:00 | b y +40 10:00", direction="backward")
    assert nodes(over) == {(1, "x"): (1, 1), (2, "START"): (1, 1)}
    still = flow("a x 10:00 | b y +40 10:00", direction="backward", anchor="OPEN", positions=1)
    assert nodes(still) == {(1, "y"): (1, 1)}


def test_backward_tells_what_came_before() -> None:
    answer = flow(WALKS, anchor="z", direction="backward", positions=2)
    assert answer.starts == 3
    assert nodes(answer) == {
        (1, "x"): (1, 1),
        (1, "y"): (1, 1),
        (1, "START"): (1, 1),
        (2, "x"): (1, 1),
        (2, "START"): (1, 1),
    }
    assert answer.nodes[0].funnel == ("z", "x")
    assert (answer.anchored.count, answer.anchored.of) == (3, 4)


def test_the_rest_is_other_and_each_unit_in_it_counts_once() -> None:
    text = "a x 10:00 | a p 10:01 | a x 10:02 | a q 10:03 | a x 10:04 | a r 10:05 | a x 10:06 | a r 10:07"
    answer = flow(text, anchor="x", occurrence="every", nodes=1, positions=1)
    assert (answer.counted, answer.starts) == ("attempts", 4)
    assert nodes(answer) == {(1, "r"): (2, 1), (1, "Other"): (2, 1)}
    other = answer.nodes[1]
    assert (other.kinds, other.funnel) == (2, ("x", "[^r]"))
    assert (other.share.count, other.share.of) == (2, 4)


def test_a_pattern_starts_a_flow_where_it_ends() -> None:
    assert nodes(flow(WALKS, anchor="x->y", positions=1)) == {(1, "z"): (1, 1)}
    before = flow(WALKS, anchor="y->z", direction="backward", positions=1)
    assert nodes(before) == {(1, "x"): (1, 1)}
    assert edges(before) == {(1, "y->z", "x"): 1}


@pytest.mark.parametrize(("occurrence", "after"), [("first", "y"), ("last", "z")])
def test_the_first_or_the_last_anchor_counts(occurrence: str, after: str) -> None:
    answer = flow(
        "a x 10:00 | a y 10:01 | a x 10:02 | a z 10:03", anchor="x", occurrence=occurrence, positions=1
    )
    assert nodes(answer) == {(1, after): (1, 1)}


def test_names_that_mean_something_stand_in_quotes() -> None:
    text = 'a Other 10:00 | a END 10:01 | a any 10:02 | a "Pay, now?" 10:03'
    answer = flow(text, positions=4)
    assert [one.name for one in answer.nodes] == ['"Other"', '"END"', "any", "Pay, now?"]
    assert [one.funnel[-1] for one in answer.nodes] == ["Other", '"END"', "any", "Pay, now?"]
    check_funnels(asker_of(walks_from_text(text)), answer)


def test_what_cannot_be_asked_says_why() -> None:
    with pytest.raises(UnknownNameError, match="serach"):
        flow(WALKS, anchor="serach")
    with pytest.raises(QuestionError, match="anchor: expected"):
        flow(WALKS, anchor="x->")
    with pytest.raises(QuestionError, match="nothing comes after END"):
        flow(WALKS, anchor="END")


def test_the_chart_reads_from_left_to_right_in_time() -> None:
    forward = flow_chart(flow(WALKS, anchor="x", positions=1))
    assert isinstance(forward, Flow)
    assert forward.title.startswith("33 % ")
    assert forward.title.endswith("of 3 customers come to y next after x")
    backward = flow_chart(flow(WALKS, anchor="z", direction="backward", positions=1))
    assert isinstance(backward, Flow)
    assert [(node.label, node.rank) for node in backward.nodes] == [
        ("z", 0),
        ("x", -1),
        ("y", -1),
        ("START", -1),
    ]
    assert {edge.target for edge in backward.edges} == {"0"}
    assert flow_chart(flow("a y 10:00 | b x +1 10:00", anchor="x", where="y")).title == "Nobody came to x"
    assert flow_chart(flow("a y 10:00", anchor="y")).title == "Nothing comes after y, for 1 customers"


def test_every_mark_of_the_chart_leads_to_its_funnel() -> None:
    answer = flow(WALKS, anchor="x", nodes=1, segment_at="start")
    chart = flow_chart(answer)
    assert isinstance(chart, Flow)
    for mark, one in [
        *zip(chart.nodes[1:], answer.nodes, strict=True),
        *zip(chart.edges, answer.edges, strict=True),
    ]:
        assert mark.link is not None
        asked = opened(mark.link, write_question(FlowQuestion(anchor="x", segment_at="start")))
        question = read_question(FunnelQuestion, parse_qs(asked["asked"]))
        assert asked["segment_at"] == "start"
        assert (question.steps, mark.link.units) == (one.funnel, one.units)
        assert (question.within, question.order, question.entry) == (FOREVER, "strict", "best")


# Numbers agree


def last_units(asker: Asker, fields: dict[str, str], steps: tuple[str, ...]) -> int:
    question = read_question(
        FunnelQuestion, {**fields, "steps": [f'"{one.replace(chr(34), chr(34) * 2)}"' for one in steps]}
    )
    answer = asker.ask(question)
    assert isinstance(answer, Funnel)
    return answer.steps[-1].units


def check_funnels(asker: Asker, answer: FlowGrid) -> None:
    """Ask the funnel of every node and edge, for what is counted and for distinct units."""
    for one in (*answer.nodes, *answer.edges):
        assert last_units(asker, answer.fields, one.funnel) == one.count, one
        assert last_units(asker, {**answer.fields, "entry": "best"}, one.funnel) == one.units, one


FILTERS: tuple[dict[str, object], ...] = (
    {},
    {},
    {"map": "Getting connected"},
    {"unit": "session"},
    {"segment": "region = north"},
    {"where": "[Order|Survey]"},
)
forward_anchors = st.sampled_from((None, "START"))
backward_anchors = st.sampled_from((None, "END", "OPEN"))
pattern_anchors = st.sampled_from(
    (
        *TOUCHPOINTS[:4],
        "any",
        "[Order|Plan page|Survey]",
        "[^Order]->.",
        "^.",
        ".$",
        ".->.*->[Order|Survey]",
        ".+->Order",
    )
)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, object]:
    direction = draw(st.sampled_from(("forward", "backward")))
    ends = forward_anchors if direction == "forward" else backward_anchors
    return {
        "anchor": draw(st.one_of(ends, pattern_anchors, pattern_anchors)),
        "direction": direction,
        "occurrence": draw(st.sampled_from(("first", "last", "every"))),
        "positions": draw(st.integers(1, 3)),
        "nodes": draw(st.sampled_from((1, 2, 3, 20))),
        **draw(st.sampled_from(FILTERS)),
    }


@settings(deadline=None, max_examples=200)
@given(log=logs(longest=30), fields=questions())
def test_every_segment_is_a_funnel_with_exactly_its_count(
    log: list[Event], fields: dict[str, object]
) -> None:
    """Nodes and edges, Other, the ends and backward included: the same count by two roads."""
    snapshot = walks_of(log)
    question = FlowQuestion(**fields)  # type: ignore[arg-type]
    asker = asker_of(snapshot)
    if fields.get("segment") and not log:
        return
    try:
        answer = asker.ask(question)
    except UnknownNameError:
        return  # a log without the place it is asked about
    assert isinstance(answer, FlowGrid)
    check_funnels(asker, answer)


@settings(deadline=None, max_examples=200)
@given(
    log=logs(),
    direction=st.sampled_from(("forward", "backward")),
    occurrence=st.sampled_from(("first", "last", "every")),
    shown=st.sampled_from((1, 2, 20)),
)
def test_a_flow_equals_plain_loops(log: list[Event], direction: str, occurrence: str, shown: int) -> None:
    units = plain_units(log)
    starts = [
        occurrences([place for place, name in enumerate(steps) if name == "Order"], occurrence)
        for steps, _ in units
    ]
    grid = oracle.places(units, starts, 3, backward=direction == "backward")
    wanted = oracle.merged(grid, shown)
    answer = asked(
        walks_of(log), anchor="Order", direction=direction, occurrence=occurrence, positions=3, nodes=shown
    )
    assert answer.starts == wanted.starts
    assert nodes(answer) == {
        (position, name.strip("()")): pair for (position, name), pair in wanted.nodes().items()
    }
    assert {
        (
            one.position,
            one.source.replace("Order", "anchor") if one.position == 1 else one.source,
            one.target,
        ): (
            one.count,
            one.units,
        )
        for one in answer.edges
    } == {(p, s.strip("()"), t.strip("()")): pair for (p, s, t), pair in wanted.edges().items()}


def occurrences(found: list[int], occurrence: str) -> list[int]:
    return {"first": found[:1], "last": found[-1:], "every": found}[occurrence]


def plain_units(log: list[Event], as_of: datetime = AS_OF) -> list[oracle.Unit]:
    walks: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        if event.occurred_at <= as_of:
            walks.setdefault(customer_of(event), []).append(event)
    return [
        ([one.name for one in walk], (as_of - walk[-1].occurred_at).total_seconds() <= SILENCE_S)
        for walk in walks.values()
    ]


def test_the_help_desk_flows_as_plain_loops_say(shared: Path) -> None:
    log = desk_events(shared)
    last = max(one.occurred_at for one in log)
    snapshot = walks_of(log, last)
    answer = asked(snapshot, positions=3, nodes=2)
    units = plain_units(log, last)
    wanted = oracle.merged(oracle.places(units, [[-1]] * len(units), 3), 2)
    assert nodes(answer) == {
        (place, name.strip("()")): pair for (place, name), pair in wanted.nodes().items()
    }
    assert (answer.starts, answer.nodes[0].name, answer.nodes[0].count) == (3_804, "1", 3_644)
    assert nodes(answer)[2, "8"] == (3_071, 3_071)
    check_funnels(asker_of(snapshot), answer)
