"""How conformance shows itself: the designed steps by the share of journeys that came by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Link
from trodden.charts.formats import format_count, format_interval, format_share, format_value
from trodden.charts.heads import head_of

if TYPE_CHECKING:
    from trodden.analyses.conformance.answer import Conformance, StepConformance


def conformance_chart(answer: Conformance) -> Chart:
    """Draw the steps in the order of the map."""
    about = answer.about
    return Bars(
        title=_title(answer),
        **head_of(about),
        n=answer.fits.of,
        axis=f"Share of closed {about.unit}s that came by",
        of="step",
        kind="share",
        bars=tuple(_bar(answer.map, step) for step in answer.steps if step.journeys.value is not None),
    )


def _title(answer: Conformance) -> str:
    fits, unit = answer.fits, answer.about.unit
    if fits.value is None or answer.fitness is None:
        return f"No {unit} has ended yet"
    interval = format_interval(fits.low, fits.high, "share")
    return (
        f"{format_share(fits.value)} {interval} of {format_count(fits.of)} {unit}s fit the map; "
        f"fitness {answer.fitness:.3f}"
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
        [f"median wait {format_value(step.wait.value, 'duration')}"] if step.wait.value is not None else []
    )
    if step.missing.count:
        parts.append(f"{format_count(step.missing.count)} without it")
    if step.paused is not None and step.paused.count:
        parts.append(f"{format_share(step.paused.value or 0.0)} waited longer than designed")
    if step.failing.count:
        parts.append(f"{format_share(step.failing.value or 0.0)} failing")
    return ", ".join(parts)
