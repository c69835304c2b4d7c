"""How a lifecycle shows itself: one line for each kind, the dormant below zero."""

from __future__ import annotations

from collections.abc import Callable

from trodden.analyses.lifecycle.answer import Lifecycle, LifecyclePeriod
from trodden.charts import Chart, Lines, Series, Tone
from trodden.charts.formats import format_count
from trodden.charts.heads import units_said
from trodden.model.words import phrase, tr

_LINES: tuple[tuple[str, Tone, Callable[[LifecyclePeriod], int]], ...] = (
    (phrase("returning"), "plain", lambda one: one.returning),
    (phrase("new"), "plain", lambda one: one.new),
    (phrase("resurrected"), "plain", lambda one: one.resurrected),
    (phrase("dormant, below zero"), "muted", lambda one: -one.dormant),
)


def lifecycle_chart(answer: Lifecycle) -> Chart:
    """Draw the kinds over time; only periods that are over."""
    over = [one for one in answer.periods if one.complete]
    times = tuple(one.starts_at.timestamp() for one in over)
    return Lines(
        title=_title(answer, over),
        unit=units_said(answer.about.unit)["units"],
        n=answer.about.units,
        as_of=answer.about.as_of,
        definition="lifecycle",
        notes=(*answer.about.notes, *_notes(answer)),
        series=tuple(
            Series(label=tr(label), x=times, y=tuple(float(count(one)) for one in over), tone=tone)
            for label, tone, count in _LINES
        ),
        x_axis=tr("Start of the period"),
        y_axis=units_said(answer.about.unit)["units"].capitalize(),
        x_kind="time",
        y_kind="count",
    )


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
