"""How the next step shows itself: one bar for each outcome, with how often it came."""

from __future__ import annotations

from trodden.analyses.next_step.answer import NextCandidate, NextStep
from trodden.charts import Bar, Bars, Chart
from trodden.charts.formats import format_count, format_share
from trodden.methods.journeys.transitions import END
from trodden.model.durations import format_duration


def next_step_chart(answer: NextStep) -> Chart:
    """Draw the probability of each outcome."""
    return Bars(
        title=_title(answer),
        unit="places" if answer.after else f"open {answer.about.unit}s",
        n=answer.places if answer.after else answer.open,
        as_of=answer.about.as_of,
        definition="next_step",
        notes=(*answer.about.notes, *_notes(answer)),
        axis="Probability that it comes next",
        of="what comes next",
        kind="share",
        bars=tuple(_bar(answer, one) for one in answer.candidates),
    )


def _title(answer: NextStep) -> str:
    first = answer.candidates[0] if answer.candidates else None
    where = f"After {', '.join(answer.after)}:" if answer.after else f"For open {answer.about.unit}s"
    if first is None:
        return f"{where} nothing is known to come next"
    comes = "nothing comes next" if first.outcome == END else f"{first.outcome} comes next"
    ends = "" if first.outcome == END else f", {format_share(answer.ends)} end there"
    return f"{where} {comes} with probability {format_share(first.probability)}{ends}"


def _notes(answer: NextStep) -> tuple[str, ...]:
    told: list[str] = []
    if answer.context < len(answer.after):
        told.append(f"Only the last {answer.context} of these steps were ever seen one after the other.")
    if answer.rest > 0:
        told.append(f"All other outcomes together have a probability of {format_share(answer.rest)}.")
    return tuple(told)


def _bar(answer: NextStep, one: NextCandidate) -> Bar:
    return Bar(
        label="END (nothing comes next)" if one.outcome == END else one.outcome,
        value=one.probability,
        low=one.seen.low if answer.after else None,
        high=one.seen.high if answer.after else None,
        detail=", ".join(_details(one)),
        tone="muted" if one.outcome == END else "plain",
    )


def _details(one: NextCandidate) -> list[str]:
    told = [f"{format_count(one.seen.count)} of {format_count(one.seen.of)}"]
    if one.median_s is not None:
        told.append(f"half within {format_duration(one.median_s)}")
    return told
