"""How the next step shows itself: one bar for each outcome, with how often it came."""

from __future__ import annotations

from trodden.analyses.next_step.answer import NextCandidate, NextStep
from trodden.charts import Bar, Bars, Chart
from trodden.charts.formats import format_count, format_share
from trodden.charts.heads import units_said
from trodden.methods.journeys.transitions import END
from trodden.model.durations import format_duration
from trodden.model.words import tr


def next_step_chart(answer: NextStep) -> Chart:
    """Draw the probability of each outcome."""
    return Bars(
        title=_title(answer),
        unit=tr("places") if answer.after else tr("open {units}", **units_said(answer.about.unit)),
        n=answer.places if answer.after else answer.open,
        as_of=answer.about.as_of,
        definition="next_step",
        notes=(*answer.about.notes, *_notes(answer)),
        axis=tr("Probability that it comes next"),
        of=tr("what comes next"),
        kind="share",
        bars=tuple(_bar(answer, one) for one in answer.candidates),
    )


def _title(answer: NextStep) -> str:
    first = answer.candidates[0] if answer.candidates else None
    where = (
        tr("After {after}:", after=", ".join(answer.after))
        if answer.after
        else tr("For open {units}", **units_said(answer.about.unit))
    )
    if first is None:
        return tr("{where} nothing is known to come next", where=where)
    comes = (
        tr("nothing comes next")
        if first.outcome == END
        else tr("{outcome} comes next", outcome=first.outcome)
    )
    ends = "" if first.outcome == END else tr(", {share} end there", share=format_share(answer.ends))
    return tr(
        "{where} {comes} with probability {share}{ends}",
        where=where,
        comes=comes,
        share=format_share(first.probability),
        ends=ends,
    )


def _notes(answer: NextStep) -> tuple[str, ...]:
    told: list[str] = []
    if answer.context < len(answer.after):
        told.append(
            tr(
                "Only the last {context} of these steps were ever seen one after the other.",
                context=answer.context,
            )
        )
    if answer.rest > 0:
        told.append(
            tr("All other outcomes together have a probability of {share}.", share=format_share(answer.rest))
        )
    return tuple(told)


def _bar(answer: NextStep, one: NextCandidate) -> Bar:
    return Bar(
        label=tr("END (nothing comes next)") if one.outcome == END else one.outcome,
        value=one.probability,
        low=one.seen.low if answer.after else None,
        high=one.seen.high if answer.after else None,
        detail=", ".join(_details(one)),
        tone="muted" if one.outcome == END else "plain",
    )


def _details(one: NextCandidate) -> list[str]:
    told = [tr("{count} of {all}", count=format_count(one.seen.count), all=format_count(one.seen.of))]
    if one.median_s is not None:
        told.append(tr("half within {time}", time=format_duration(one.median_s)))
    return told
