"""How departures show themselves: steps by the share of those who came and left for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart
from trodden.charts.formats import format_count, format_estimate
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark

if TYPE_CHECKING:
    from trodden.analyses.departures.answer import Departures, DepartureStep
    from trodden.model.question import Rate

BARS = 12
_ENDED = {"customer": "fell silent", "session": "ended"}
"""How units end that have no goal."""


def departures_chart(answer: Departures) -> Chart:
    """Draw the steps."""
    about = answer.about
    return Bars(
        title=_title(answer),
        unit=f"{about.unit}s that departed",
        n=answer.departed.of,
        as_of=about.as_of,
        definition="departures",
        notes=about.notes,
        axis=f"{about.unit.capitalize()}s that departed",
        of="last step",
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
    to = f", first to {first.touchpoint}" if first else ""
    parts = [f"{_share(one.left)} of those who came by", f"{_share(one.gone)} gone"]
    if one.elsewhere.count:
        parts.append(f"{_share(one.elsewhere)} elsewhere{to}")
    if one.again.count:
        parts.append(f"{_share(one.again)} began again")
    return "; ".join(parts)


def _share(rate: Rate) -> str:
    return format_estimate(rate.value or 0.0, rate.low, rate.high, "share")


def _title(answer: Departures) -> str:
    departed, units = answer.departed, f"{answer.about.unit}s"
    if not departed.of:
        return f"No {answer.about.unit} has ended yet"
    if not departed.count:
        return f"None of {format_count(departed.of)} {units} ended without the goal"
    most = f"most often at {answer.steps[0].touchpoint} ({format_count(answer.steps[0].departures)})"
    if answer.about.unit != "journey":
        return f"{format_count(departed.count)} {units} {_ENDED[answer.about.unit]}, {most}"
    return (
        f"{format_count(departed.count)} of {format_count(departed.of)} {units} ended without the goal "
        f"({_share(departed)}), {most}"
    )
