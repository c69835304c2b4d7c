"""How an overview shows itself: touchpoints by the share of units that were there."""

from __future__ import annotations

from trodden.analyses.overview.answer import Overview, TouchpointCount
from trodden.charts import Bar, Bars, Chart
from trodden.charts.formats import format_count, format_day
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.words import tr


def overview_chart(answer: Overview) -> Chart:
    """Draw the touchpoints."""
    about = answer.about
    return Bars(
        title=_title(answer),
        **head_of(about),
        n=about.units,
        axis=tr("Share of {units} that were there", **units_said(about.unit)),
        of=tr("touchpoint"),
        kind="share",
        bars=tuple(_bar(one) for one in answer.touchpoints if one.units.value is not None),
    )


def _bar(one: TouchpointCount) -> Bar:
    return Bar(
        label=one.touchpoint,
        value=one.units.value or 0.0,
        low=one.units.low,
        high=one.units.high,
        detail=tr(
            "{events} events, {customers} customers",
            events=format_count(one.events),
            customers=format_count(one.customers),
        ),
        link=behind("overview", write_mark(one.touchpoint), units=one.units.count),
    )


def _title(answer: Overview) -> str:
    about = answer.about
    if answer.first_at is None or answer.last_at is None:
        return tr("Nothing was recorded for this question")
    first, last = (format_day(moment, about.time_zone) for moment in (answer.first_at, answer.last_at))
    span = tr("{first} to {last}", first=first, last=last)
    return tr(
        "{customers} customers left {events} events, {span}",
        customers=format_count(about.customers),
        events=format_count(about.events),
        span=span,
    )
