"""How a lifecycle shows itself: one line for each kind, the dormant below zero."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from trodden.analyses.lifecycle.answer import Lifecycle, LifecyclePeriod
from trodden.charts import Chart, Lines, Link, Series, Tone
from trodden.charts.formats import format_count
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.model.words import phrase, tr

FEWEST_MOVES: Final = 6
OFTEN: Final = 0.7
HIGH: Final = 0.15
"""From so many moves on, where so many of them turn back and they are so high beside what they lead to."""

_LINES: tuple[tuple[str, str, Tone, Callable[[LifecyclePeriod], int]], ...] = (
    ("returning", phrase("returning"), "plain", lambda one: one.returning),
    ("new", phrase("new"), "plain", lambda one: one.new),
    ("resurrected", phrase("resurrected"), "plain", lambda one: one.resurrected),
    ("dormant", phrase("dormant, below zero"), "muted", lambda one: -one.dormant),
)


def lifecycle_chart(answer: Lifecycle) -> Chart:
    """Draw the kinds over time; only periods that are over."""
    over = [one for one in answer.periods if one.complete]
    times = tuple(one.starts_at.timestamp() for one in over)
    return Lines(
        title=_title(answer, over),
        **head_of(answer.about, *_notes(answer), *_swings(answer, over)),
        n=answer.about.units,
        series=tuple(
            Series(
                label=tr(label),
                x=times,
                y=tuple(float(count(one)) for one in over),
                tone=tone,
                links=tuple(_link(kind, one, abs(count(one))) for one in over),
            )
            for kind, label, tone, count in _LINES
        ),
        x_axis=tr("Start of the period"),
        y_axis=units_said(answer.about.unit)["units"].capitalize(),
        x_kind="time",
        until=answer.about.as_of.timestamp(),
        y_kind="count",
    )


def _link(kind: str, one: LifecyclePeriod, units: int) -> Link | None:
    return behind("lifecycle", f"{kind} {one.label}", units=units) if units else None


def _notes(answer: Lifecycle) -> tuple[str, ...]:
    last = answer.periods[-1] if answer.periods else None
    if last is None or last.complete:
        return ()
    return (
        tr(
            "The period from {place} is not over and not drawn: {active} active so far.",
            place=last.label,
            active=format_count(last.active),
        ),
    )


def _swings(answer: Lifecycle, over: list[LifecyclePeriod]) -> tuple[str, ...]:
    """Say that the periods are not those customers live by, where the lines go up and down in turn."""
    moves = [one.net for one in over[1:]]
    turns = sum((a > 0) != (b > 0) for a, b in pairwise(moves))
    height = sum(map(abs, moves)) / max(sum(one.active for one in over[1:]), 1)
    is_longest = answer.counted == "months"
    if is_longest or len(moves) < FEWEST_MOVES or turns < OFTEN * (len(moves) - 1) or height < HIGH:
        return ()
    return (
        tr(
            "It goes up and down in turn: what customers do comes in another rhythm than {periods}, such as a"
            " bill a month. Ask by months.",
            periods=tr(answer.counted),
        ),
    )


def _title(answer: Lifecycle, over: list[LifecyclePeriod]) -> str:
    units = units_said(answer.about.unit)["units"]
    if not over:
        return tr("No period with active {units} is over yet", units=units)
    last = over[-1]
    return tr(
        "{active} {units} active from {place}, {change} the period before: {new} new, "
        "{returning} returning, {resurrected} resurrected, {dormant} dormant",
        active=format_count(last.active),
        units=units,
        place=last.label,
        change=_change(last.net),
        new=format_count(last.new),
        returning=format_count(last.returning),
        resurrected=format_count(last.resurrected),
        dormant=format_count(last.dormant),
    )


def _change(net: int) -> str:
    if not net:
        return tr("as many as in")
    n = format_count(abs(net))
    return tr("{n} more than", n=n) if net > 0 else tr("{n} fewer than", n=n)
