from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import transitions as oracle
from tests.support.desk import desk_events
from tests.support.logs import AS_OF, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.transitions.answer import Transition, Transitions, TransitionsQuestion
from trodden.analyses.transitions.chart import transitions_chart
from trodden.asking import Asker
from trodden.charts import Flow
from trodden.model.errors import QuestionError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

SILENCE_S = 30 * 86_400


def asked(snapshot: Snapshot, **fields: object) -> Transitions:
    answer = Asker(snapshot, catalog_of(snapshot)).ask(TransitionsQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Transitions)
    return answer


def transitions(text: str, **fields: object) -> Transitions:
    return asked(walks_from_text(text), **fields)


def told(answer: Transitions) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.source, one.target): (one.count, one.customers) for one in answer.transitions}


def plain_units(log: list[Event]) -> list[oracle.Unit]:
    """Return customers as units, their events in order."""
    walks: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        if event.occurred_at <= AS_OF:
            walks.setdefault(customer_of(event), []).append(event)
    return [
        (
            who,
            [(one.name, round(one.occurred_at.timestamp() * 1_000_000)) for one in walk],
            (AS_OF - walk[-1].occurred_at).total_seconds() <= SILENCE_S,
        )
        for who, walk in walks.items()
    ]


def same(found: Transition, expected: oracle.Move) -> bool:
    return (found.count, found.customers, found.median.n, found.median.value, found.p90.value) == (
        expected.count,
        len(expected.customers),
        len(expected.gaps),
        oracle.quantile(expected.gaps, 5),
        oracle.quantile(expected.gaps, 9),
    )


@settings(deadline=None, max_examples=200)
@given(log=logs(), limit=st.sampled_from((1, 3, 2_000)))
def test_transitions_equal_plain_loops(log: list[Event], limit: int) -> None:
    moves = oracle.count(plain_units(log))
    answer = asked(walks_of(log), limit=limit)
    order = sorted(moves, key=lambda pair: (-moves[pair].count, *pair))
    assert [(one.source, one.target) for one in answer.transitions] == order[:limit]
    for one in answer.transitions:
        assert same(one, moves[one.source, one.target])
        assert one.share.of == sum(move.count for pair, move in moves.items() if pair[0] == one.source)
    hidden = oracle.together([moves[pair] for pair in order[limit:]])
    other = answer.other
    if other is None:
        assert hidden.count == 0
    else:
        assert (other.kinds, other.count, other.customers) == (
            len(order) - limit,
            hidden.count,
            len(hidden.customers),
        )
        assert (other.median.value, other.p90.value) == (
            oracle.quantile(hidden.gaps, 5),
            oracle.quantile(hidden.gaps, 9),
        )
    assert answer.moves == sum(move.count for move in moves.values())


WALK = "a x 10:00 | a y 10:10 | a x 10:20 | b x 10:00 | b y 10:30 | c y 10:00"


def test_start_and_open_are_moves_and_so_is_every_step() -> None:
    assert told(transitions(WALK)) == {
        ("START", "x"): (2, 2),
        ("START", "y"): (1, 1),
        ("x", "y"): (2, 2),
        ("y", "x"): (1, 1),
        ("x", "OPEN"): (1, 1),
        ("y", "OPEN"): (2, 2),
    }


def test_a_unit_that_is_over_ends() -> None:
    answer = transitions("a x 10:00 | b x +31 10:00")
    assert told(answer)[("x", "END")] == (1, 1)
    assert told(answer)[("x", "OPEN")] == (1, 1)


def test_the_share_is_of_all_moves_out_of_the_source() -> None:
    (move,) = transitions(WALK, source="y", target="x").transitions
    assert (move.share.count, move.share.of) == (1, 3)


@pytest.mark.parametrize(
    ("fields", "pairs"),
    [
        ({"touchpoint": "y"}, {("START", "y"), ("x", "y"), ("y", "x"), ("y", "OPEN")}),
        ({"source": "START"}, {("START", "x"), ("START", "y")}),
        ({"target": "OPEN"}, {("x", "OPEN"), ("y", "OPEN")}),
        ({"target": "END"}, set()),
        ({"source": "any"}, {("x", "y"), ("y", "x"), ("x", "OPEN"), ("y", "OPEN")}),
        ({"source": "[x|y]", "target": "[^y]"}, {("y", "x")}),
    ],
)
def test_only_the_moves_asked_for_are_told(fields: dict[str, str], pairs: set[tuple[str, str]]) -> None:
    whole, one_pass = transitions(WALK, **fields), transitions(WALK, limit=2000, **fields)
    assert set(told(whole)) == pairs
    assert told(one_pass) == told(whole)
    assert [one.share for one in one_pass.transitions] == [one.share for one in whole.transitions]


def test_other_counts_a_customer_once() -> None:
    answer = transitions("a x 10:00 | a y 10:01 | a z 10:02 | b x 10:00", limit=1)
    assert told(answer) == {("START", "x"): (2, 2)}
    assert answer.other is not None
    assert (answer.other.kinds, answer.other.count, answer.other.customers) == (4, 4, 2)


def test_rare_moves_are_other() -> None:
    answer = transitions(WALK, min_count=2)
    assert all(one.count >= 2 for one in answer.transitions)
    assert answer.other is not None
    assert answer.other.kinds == 3


def test_other_holds_only_what_was_asked_for() -> None:
    answer = transitions(WALK, source="y", limit=1)
    assert told(answer) == {("y", "OPEN"): (2, 2)}
    assert answer.other is not None
    assert (answer.other.kinds, answer.other.count, answer.other.customers) == (1, 1, 1)


def test_a_touchpoint_called_end_stands_in_quotes() -> None:
    answer = transitions("a END 10:00 | a x 10:01")
    assert ('"END"', "x") in told(answer)
    assert set(told(transitions("a END 10:00 | a x 10:01", source='"END"'))) == {('"END"', "x")}
    links = [edge.link for edge in transitions_chart(answer).edges if edge.link]  # type: ignore[attr-defined]
    assert links
    assert {link.fields["behind"] for link in links} == {"transitions"}
    assert len({link.fields["mark"] for link in links}) == len(links)


def test_times_of_a_move_with_ties_are_zero() -> None:
    answer = transitions("a x 10:00 seq=1 | a y 10:00 seq=1")
    (move,) = (one for one in answer.transitions if (one.source, one.target) == ("x", "y"))
    assert (move.median.value, move.p90.value) == (0.0, 0.0)
    assert answer.about.ties == 1


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"touchpoint": "zz"}, UnknownNameError, "'zz'"),
        ({"source": "END"}, UnknownNameError, "'END'"),
        ({"target": "x->y"}, QuestionError, "target: expected the end of a single step"),
    ],
)
def test_what_cannot_be_asked_says_why(fields: dict[str, str], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        transitions(WALK, **fields)


def test_the_chart_names_the_most_frequent_move_and_draws_them_all() -> None:
    answer = transitions(WALK, limit=5)
    chart = transitions_chart(answer)
    assert isinstance(chart, Flow)
    assert chart.title == "x to y is the most frequent move: 2 times, 67 % of all moves out of x"
    assert len(chart.edges) == 5
    assert chart.hidden == 1
    assert {node.id: node.rank for node in chart.nodes} == {"START": 0, "x": 1, "y": 1, "OPEN": 2}


def test_the_help_desk_moves_as_published(shared: Path) -> None:
    log = desk_events(shared)
    answer = asked(walks_of(log, max(one.occurred_at for one in log)))
    moves = {(one.source, one.target): one for one in answer.transitions}
    assert answer.about.customers == 3_804
    assert answer.about.events == 13_710
    assert answer.about.ties == 91 - sum(a.seq != b.seq for a, b in _ties(log))
    assert answer.moves == 13_710 + 3_804
    first = moves["1", "8"]
    assert first.median.value is not None
    assert first.p90.value is not None
    assert (first.count, first.customers) == (3_483, 3_483)
    assert first.median.value / 3_600 == pytest.approx(2.4, abs=0.05)
    assert first.p90.value / 3_600 == pytest.approx(184, abs=0.5)
    assert moves["START", "1"].count == 3_644
    assert (moves["8", "6"].count, moves["8", "6"].customers) == (3_286, 3_171)


def _ties(log: list[Event]) -> list[tuple[Event, Event]]:
    ordered = sorted(log, key=lambda one: (customer_of(one), one.occurred_at, one.seq))
    return [
        (before, after)
        for before, after in pairwise(ordered)
        if customer_of(before) == customer_of(after) and before.occurred_at == after.occurred_at
    ]
