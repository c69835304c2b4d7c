"""How transitions show themselves: a graph of moves, the most frequent named in the title."""

from __future__ import annotations

from collections.abc import Iterable

from trodden.analyses.transitions.answer import Transition, Transitions
from trodden.charts import Chart, Flow, FlowEdge, FlowNode, Link
from trodden.charts.formats import format_count, format_share
from trodden.charts.heads import units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.methods.journeys.transitions import ENDS, START
from trodden.model.durations import format_duration
from trodden.model.words import tr


def transitions_chart(answer: Transitions) -> Chart:
    """Draw the moves."""
    return Flow(
        title=_title(answer),
        unit=tr("moves"),
        n=answer.moves,
        as_of=answer.about.as_of,
        definition="transitions",
        notes=answer.about.notes,
        nodes=tuple(_nodes(answer.transitions)),
        edges=tuple(_edge(one) for one in answer.transitions),
        hidden=answer.other.count if answer.other else 0,
    )


def _title(answer: Transitions) -> str:
    """Name the most frequent move between two touchpoints."""
    between = [one for one in answer.transitions if not {one.source, one.target} & set(ENDS)]
    if not between:
        return tr(
            "No move between two touchpoints, in {count} {units}",
            count=format_count(answer.about.units),
            **units_said(answer.about.unit),
        )
    first = between[0]
    return tr(
        "{source} to {target} is the most frequent move: {count} times, {share} of all moves out of {source}",
        source=first.source,
        target=first.target,
        count=format_count(first.count),
        share=format_share(first.share.value or 0.0),
    )


def _nodes(moves: tuple[Transition, ...]) -> Iterable[FlowNode]:
    """Yield every place with the moves into it; its rank is the fewest moves it takes from START."""
    ranks = _ranks(moves)
    for name in ranks:
        into = sum(one.count for one in moves if one.target == name)
        out_of = sum(one.count for one in moves if one.source == name)
        yield FlowNode(id=name, label=name, count=max(into, out_of), rank=ranks[name], link=_link(name))


def _ranks(moves: tuple[Transition, ...]) -> dict[str, int]:
    ranks = {START: 0} if any(one.source == START for one in moves) else {}
    rank, frontier = 0, set(ranks)
    while frontier:
        rank += 1
        frontier = {one.target for one in moves if one.source in frontier} - set(ranks) - set(ENDS)
        ranks.update(dict.fromkeys(sorted(frontier), rank))
    last = max(ranks.values(), default=0)
    names = dict.fromkeys(name for one in moves for name in (one.source, one.target))
    ends = {name: last + 1 for name in names if name in ENDS and name != START}
    return {**ranks, **{name: 1 for name in names if name not in ranks and name not in ends}, **ends}


def _link(name: str) -> Link:
    return behind("transitions", write_mark(name))


def _edge(one: Transition) -> FlowEdge:
    label = format_share(one.share.value or 0.0)
    if one.median.value is not None:
        label += tr(", half within {time}", time=format_duration(one.median.value))
    return FlowEdge(source=one.source, target=one.target, count=one.count, label=label, link=_move_link(one))


def _move_link(one: Transition) -> Link:
    return behind("transitions", write_mark(one.source, one.target), customers=one.customers)
