"""How conformance shows itself: the designed steps by the share of journeys that came by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Link
from trodden.charts.formats import format_count, format_interval, format_places, format_share, format_value
from trodden.charts.heads import head_of, units_said
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.analyses.conformance.answer import Conformance, StepConformance


def conformance_chart(answer: Conformance) -> Chart:
    """Draw the steps in the order of the map."""
    about = answer.about
    return Bars(
        title=_title(answer),
        **head_of(about),
        n=answer.fits.of,
        axis=tr("Share of closed {units} that came by", **units_said(about.unit)),
        of=tr("step"),
        kind="share",
        bars=tuple(_bar(answer.map, step) for step in answer.steps if step.journeys.value is not None),
    )


def _title(answer: Conformance) -> str:
    fits, unit = answer.fits, answer.about.unit
    if fits.value is None or answer.fitness is None:
        return tr("No {unit} has ended yet", **units_said(unit))
    interval = format_interval(fits.low, fits.high, "share")
    return tr(
        "{share} {interval} of {all} {units} fit the map; fitness {fitness}",
        share=format_share(fits.value),
        interval=interval,
        all=format_count(fits.of),
        fitness=format_places(answer.fitness, 3),
        **units_said(unit),
    )


def _bar(map_key: str, step: StepConformance) -> Bar:
    is_less = step.missing.count > 0
    return Bar(
        label=step.label,
        value=step.journeys.value or 0.0,
        low=step.journeys.low,
        high=step.journeys.high,
        detail=_detail(step),
        tone="warn" if is_less else "plain",
        link=Link("customers", {"map": map_key, "step": step.step, "state": "closed"}, step.journeys.count),
    )


def _detail(step: StepConformance) -> str:
    parts = (
        [tr("median wait {time}", time=format_value(step.wait.value, "duration"))]
        if step.wait.value is not None
        else []
    )
    if step.missing.count:
        parts.append(tr("{count} without it", count=format_count(step.missing.count)))
    if step.paused is not None and step.paused.count:
        parts.append(tr("{share} waited longer than designed", share=format_share(step.paused.value or 0.0)))
    if step.failing.count:
        parts.append(tr("{share} failing", share=format_share(step.failing.value or 0.0)))
    return ", ".join(parts)
