"""How a flow shows itself: columns of places in the order of time, the most frequent first step named."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from trodden.analyses.flow.answer import FlowEdge, FlowGrid, FlowNode
from trodden.charts import Chart, Flow, Link
from trodden.charts import FlowEdge as Edge
from trodden.charts import FlowNode as Node
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.charts.links import behind
from trodden.methods.journeys.flow_grid import OTHER
from trodden.methods.journeys.patterns_write import write_items
from trodden.methods.journeys.transitions import ENDS
from trodden.model.question import Question
from trodden.model.words import phrase, tr

_ANCHOR: Final = "0"
_AFTER: Final = {
    "forward": phrase("{share} {interval} of {starts} {counted} come to {first} next after {anchor}"),
    "backward": phrase("{share} {interval} of {starts} {counted} come from {first} just before {anchor}"),
}
_AT_END: Final = {
    "forward": phrase("{share} {interval} of {starts} {counted} begin with {first}"),
    "backward": phrase("{share} {interval} of {starts} {counted} have {first} last"),
}
_NOTHING: Final = {
    "forward": phrase("Nothing comes after {anchor}, for {starts} {counted}"),
    "backward": phrase("Nothing comes before {anchor}, for {starts} {counted}"),
}


def flow_chart(answer: FlowGrid) -> Chart:
    """Draw positions as columns from left to right in time, the anchor at one side."""
    return Flow(
        title=_title(answer),
        unit=tr(answer.counted),
        n=answer.starts,
        as_of=answer.about.as_of,
        definition="flow",
        notes=answer.about.notes,
        nodes=(_anchor(answer), *(_node(answer, one) for one in answer.nodes)),
        edges=tuple(_edge(answer, one) for one in answer.edges),
    )


def _title(answer: FlowGrid) -> str:
    """Say where most go first, or come from last."""
    if not answer.starts:
        return tr("Nobody came to {anchor}", anchor=answer.anchor)
    first = next((one for one in answer.nodes if one.position == 1 and one.name not in (*ENDS, OTHER)), None)
    if first is None:
        return tr(
            _NOTHING[answer.direction],
            anchor=answer.anchor,
            starts=format_count(answer.starts),
            counted=tr(answer.counted),
        )
    interval = format_interval(first.share.low, first.share.high, "share")
    share = format_share(first.share.value or 0.0)
    return tr(
        (_AT_END if answer.anchor in ENDS else _AFTER)[answer.direction],
        share=share,
        interval=interval,
        starts=format_count(answer.starts),
        counted=tr(answer.counted),
        first=first.name,
        anchor=answer.anchor,
    )


def _anchor(answer: FlowGrid) -> Node:
    return Node(id=_ANCHOR, label=_name(answer.anchor), count=answer.starts)


def _node(answer: FlowGrid, one: FlowNode) -> Node:
    return Node(
        id=_id(one.position, one.name),
        label=f"{tr(OTHER)} ({format_count(one.kinds)})" if one.name == OTHER else _name(one.name),
        count=one.count,
        rank=one.position if answer.direction == "forward" else -one.position,
        tone="muted" if one.name in (OTHER, *ENDS) else "plain",
        link=_link(answer, one),
    )


def _name(name: str) -> str:
    return tr(name) if name in ENDS else name


def _edge(answer: FlowGrid, one: FlowEdge) -> Edge:
    """Draw from the earlier place to the later, whichever way the flow is read."""
    ends = (_id(one.position - 1, one.source), _id(one.position, one.target))
    source, target = ends if answer.direction == "forward" else ends[::-1]
    return Edge(
        source=source,
        target=target,
        count=one.count,
        label=tr(
            "step {position}, {share} of {source}",
            position=one.position,
            share=format_share(one.share.value or 0.0),
            source=one.source,
        ),
        link=_link(answer, one),
    )


def _id(position: int, name: str) -> str:
    return f"{position} {name}" if position else _ANCHOR


def _link(answer: FlowGrid, one: FlowNode | FlowEdge) -> Link:
    """Return the units at the last step of the funnel that counts the same."""
    own = {name: text for name, text in answer.fields.items() if name not in Question.__struct_fields__}
    asked = urlencode({**own, "entry": "best", "steps": write_items(one.funnel)})
    return behind("funnel", str(len(one.funnel) - 1), units=one.units, asked=asked)
