"""How variants show themselves: a ranked list, each with its steps; the title names the most frequent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts import Chart, Sequence, Sequences
from trodden.charts.formats import format_count, format_interval, format_places, format_share
from trodden.charts.heads import units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.durations import format_duration
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.analyses.variants.answer import OtherVariants, Variant, Variants

MOST_NAMED: Final = 12
"""Steps named one by one; of longer variants the first and the last half of as many."""


def variants_chart(answer: Variants) -> Chart:
    """Draw the steps of each variant with its share, Other last."""
    unit = units_said(answer.about.unit)["units"]
    shown = [_sequence(one, unit) for one in answer.variants]
    rest = [_other(answer.other, unit)] if answer.other and answer.other.units else []
    return Sequences(
        title=_title(answer),
        unit=unit,
        n=answer.closed,
        as_of=answer.about.as_of,
        definition="variants",
        notes=answer.about.notes,
        axis=tr("Share of {units} that are over", units=unit),
        sequences=(*shown, *rest),
    )


def _title(answer: Variants) -> str:
    if not answer.variants:
        return tr("No {unit} is over yet", **units_said(answer.about.unit))
    first = answer.variants[0]
    interval = format_interval(first.share.low, first.share.high, "share")
    ways = tr("{kinds} ways", kinds=format_count(answer.kinds)) if answer.kinds > 1 else tr("one way")
    return tr(
        "{share} {interval} of {closed} {units} took the most frequent of {ways}",
        share=format_share(first.share.value or 0.0),
        interval=interval,
        closed=format_count(answer.closed),
        ways=ways,
        **units_said(answer.about.unit),
    )


def _sequence(one: Variant, unit: str) -> Sequence:
    return Sequence(
        steps=_named(one.steps),
        value=one.share.value or 0.0,
        low=one.share.low,
        high=one.share.high,
        detail=", ".join(_details(one, unit)),
        link=behind("variants", write_mark("steps", *one.steps), units=one.units),
    )


def _named(steps: tuple[str, ...]) -> tuple[str, ...]:
    """Return the steps, of long variants without those in the middle."""
    if len(steps) <= MOST_NAMED:
        return steps
    half = MOST_NAMED // 2
    return (*steps[:half], tr("… {half} more …", half=len(steps) - 2 * half), *steps[-half:])


def _other(other: OtherVariants, unit: str) -> Sequence:
    return Sequence(
        steps=(tr("{kinds} others", kinds=format_count(other.kinds)),),
        value=other.share.value or 0.0,
        low=other.share.low,
        high=other.share.high,
        detail=", ".join(_details(other, unit)),
        tone="muted",
        link=behind("variants", write_mark("other"), units=other.units),
    )


def _details(one: Variant | OtherVariants, unit: str) -> list[str]:
    parts = [f"{format_count(one.units)} {unit}"]
    if one.units != one.customers:
        parts.append(tr("by {customers} customers", customers=format_count(one.customers)))
    if one.median_s:
        parts.append(tr("half within {time}", time=format_duration(one.median_s)))
    if one.open:
        parts.append(tr("{open} more so far, still open", open=format_count(one.open)))
    if one.fit is not None:
        parts.append(tr("fitness {fitness}", fitness=format_places(one.fit.fitness, 2)))
        parts.append(tr("{share} as designed", share=format_share(one.fit.as_designed.value or 0.0)))
    return parts
