"""How departures show themselves: steps by the share of those who came and left for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart
from trodden.charts.formats import (
    format_count,
    rate_said,
)
from trodden.charts.heads import units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.words import phrase, tr

if TYPE_CHECKING:
    from trodden.analyses.departures.answer import Departures, DepartureStep

BARS = 12
_ENDED = {
    "customer": phrase("{count} {units} fell silent, {most}"),
    "session": phrase("{count} {units} ended, {most}"),
}
"""How units end that have no goal."""


def departures_chart(answer: Departures) -> Chart:
    """Draw the steps."""
    about = answer.about
    return Bars(
        title=_title(answer),
        unit=tr("{units} that departed", **units_said(about.unit)),
        n=answer.departed.of,
        as_of=about.as_of,
        definition="departures",
        notes=about.notes,
        axis=tr("{units} that departed", units=units_said(about.unit)["units"].capitalize()),
        of=tr("last step"),
        kind="count",
        bars=tuple(_bar(one) for one in answer.steps[:BARS] if one.departures),
    )


def _bar(one: DepartureStep) -> Bar:
    return Bar(
        label=one.touchpoint,
        value=one.departures,
        part=one.gone.count,
        detail=_detail(one),
        link=behind("departures", write_mark(one.touchpoint), units=one.departures),
    )


def _detail(one: DepartureStep) -> str:
    first = one.to[0] if one.to else None
    to = tr(", first to {touchpoint}", touchpoint=first.touchpoint) if first else ""
    parts = [
        tr("{share} of those who came by", share=rate_said(one.left)),
        tr("{share} gone", share=rate_said(one.gone)),
    ]
    if one.elsewhere.count:
        parts.append(tr("{share} elsewhere{to}", share=rate_said(one.elsewhere), to=to))
    if one.again.count:
        parts.append(tr("{share} began again", share=rate_said(one.again)))
    return "; ".join(parts)


def _title(answer: Departures) -> str:
    departed, units = answer.departed, units_said(answer.about.unit)["units"]
    if not departed.of:
        return tr("No {unit} has ended yet", **units_said(answer.about.unit))
    if not departed.count:
        return tr("None of {all} {units} ended without the goal", all=format_count(departed.of), units=units)
    most = tr(
        "most often at {touchpoint} ({departures})",
        touchpoint=answer.steps[0].touchpoint,
        departures=format_count(answer.steps[0].departures),
    )
    if answer.about.unit != "journey":
        return tr(_ENDED[answer.about.unit], count=format_count(departed.count), units=units, most=most)
    return tr(
        "{count} of {all} {units} ended without the goal ({share}), {most}",
        count=format_count(departed.count),
        all=format_count(departed.of),
        units=units,
        share=rate_said(departed),
        most=most,
    )
