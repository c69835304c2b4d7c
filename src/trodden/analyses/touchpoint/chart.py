"""How a touchpoint shows itself: how many came, period by period."""

from __future__ import annotations

from trodden.analyses.touchpoint.answer import Touchpoint, TouchpointPeriod
from trodden.charts import Chart, Lines, Link, Series
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.model.words import tr


def touchpoint_chart(answer: Touchpoint) -> Chart:
    """Draw units over time; only periods that are over."""
    over = [one for one in answer.periods if one.complete]
    times = tuple(one.starts_at.timestamp() for one in over)
    unit = answer.about.unit
    return Lines(
        title=_title(answer),
        **head_of(answer.about),
        n=answer.units.count,
        series=(
            Series(
                label=units_said(unit)["units"],
                x=times,
                y=tuple(float(one.units) for one in over),
                links=tuple(_link(one) for one in over),
            ),
            Series(label=tr("events"), x=times, y=tuple(float(one.events) for one in over), tone="muted"),
        ),
        x_axis=tr("Start of the period"),
        y_axis=tr("In the period"),
        x_kind="time",
        until=answer.about.as_of.timestamp(),
        y_kind="count",
    )


def _link(one: TouchpointPeriod) -> Link | None:
    return behind("touchpoint", one.label, units=one.units) if one.units else None


def _title(answer: Touchpoint) -> str:
    units = units_said(answer.about.unit)["units"]
    if not answer.events:
        return tr("Nobody was at {touchpoint}", touchpoint=answer.touchpoint)
    share = answer.failed
    went = ""
    if share.value is not None:
        interval = format_interval(share.low, share.high, "share")
        went = tr(
            ", {share} {interval} of what is known went wrong",
            share=format_share(share.value),
            interval=interval,
        )
    count = format_count(answer.units.count)
    return tr(
        "{count} {units} were at {touchpoint} {events} times{went}",
        count=count,
        units=units,
        touchpoint=answer.touchpoint,
        events=format_count(answer.events),
        went=went,
    )
