"""How a funnel shows itself: one bar per step, the title says how many come through."""

from __future__ import annotations

from trodden.analyses.funnel.answer import Funnel, FunnelStep
from trodden.charts import Bar, Bars, Chart
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.charts.links import behind
from trodden.model.durations import format_duration
from trodden.model.words import tr


def funnel_chart(answer: Funnel) -> Chart:
    """Draw the share of the first step that reaches each step."""
    return Bars(
        title=_title(answer),
        unit=tr(answer.counted),
        n=answer.steps[0].units,
        as_of=answer.about.as_of,
        definition="funnel",
        notes=answer.about.notes,
        axis=tr("Share of {counted} at the first step", counted=tr(answer.counted)),
        of=tr("step"),
        kind="share",
        bars=tuple(_bar(answer, place) for place in range(len(answer.steps))),
    )


def _title(answer: Funnel) -> str:
    first, rate = answer.steps[0], answer.converted
    if rate.value is None:
        return tr("Nobody came to {step}", step=first.step)
    last = [step for step in answer.steps if not step.optional][-1]
    interval = format_interval(rate.low, rate.high, "share")
    return tr(
        "{share} {interval} of {all} {counted} come from {step} to {step2}",
        share=format_share(rate.value),
        interval=interval,
        all=format_count(rate.of),
        counted=tr(answer.counted),
        step=first.step,
        step2=last.step,
    )


def _bar(answer: Funnel, place: int) -> Bar:
    step = answer.steps[place]
    return Bar(
        label=tr("{step} (optional)", step=step.step) if step.optional else step.step,
        value=step.of_first.value or 0.0,
        low=step.of_first.low,
        high=step.of_first.high,
        detail=", ".join(_details(step, is_first=place == 0)),
        tone="muted" if step.optional else "plain",
        link=behind("funnel", str(place), units=None if answer.counted == "attempts" else step.units),
    )


def _details(step: FunnelStep, *, is_first: bool) -> list[str]:
    """Say what a row of the funnel's table would."""
    parts = [tr("{units} units", units=format_count(step.units))]
    if step.of_previous.value is not None and not is_first:
        parts.append(tr("{share} of the step before", share=format_share(step.of_previous.value)))
    for count, what in (
        (step.left, tr("left")),
        (step.pending, tr("pending")),
        (step.excluded, tr("excluded")),
    ):
        if count:
            parts.append(f"{format_count(count)} {what}")
    if step.median.value:
        parts.append(tr("half within {time}", time=format_duration(step.median.value)))
    return parts
