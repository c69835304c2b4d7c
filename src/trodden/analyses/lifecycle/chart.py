"""How a lifecycle shows itself: one line for each kind, the dormant below zero."""

from __future__ import annotations

from collections.abc import Callable

from trodden.analyses.lifecycle.answer import Lifecycle, LifecyclePeriod
from trodden.charts import Chart, Lines, Series, Tone
from trodden.charts.formats import format_count

_LINES: tuple[tuple[str, Tone, Callable[[LifecyclePeriod], int]], ...] = (
    ("returning", "plain", lambda one: one.returning),
    ("new", "plain", lambda one: one.new),
    ("resurrected", "plain", lambda one: one.resurrected),
    ("dormant, below zero", "muted", lambda one: -one.dormant),
)


def lifecycle_chart(answer: Lifecycle) -> Chart:
    """Draw the kinds over time; only periods that are over."""
    over = [one for one in answer.periods if one.complete]
    times = tuple(one.starts_at.timestamp() for one in over)
    return Lines(
        title=_title(answer, over),
        unit=f"{answer.about.unit}s",
        n=answer.about.units,
        as_of=answer.about.as_of,
        definition="lifecycle",
        notes=(*answer.about.notes, *_notes(answer)),
        series=tuple(
            Series(label=label, x=times, y=tuple(float(count(one)) for one in over), tone=tone)
            for label, tone, count in _LINES
        ),
        x_axis="Start of the period",
        y_axis=f"{answer.about.unit}s".capitalize(),
        x_kind="time",
        y_kind="count",
    )


def _notes(answer: Lifecycle) -> tuple[str, ...]:
    last = answer.periods[-1] if answer.periods else None
    if last is None or last.complete:
        return ()
    return (
        f"The period from {last.label} is not over and not drawn: {format_count(last.active)} active so far.",
    )


def _title(answer: Lifecycle, over: list[LifecyclePeriod]) -> str:
    units = f"{answer.about.unit}s"
    if not over:
        return f"No period with active {units} is over yet"
    last = over[-1]
    change = f"{format_count(abs(last.net))} {'more' if last.net > 0 else 'fewer'} than"
    return (
        f"{format_count(last.active)} {units} active from {last.label},"
        f" {change if last.net else 'as many as in'} the period before:"
        f" {format_count(last.new)} new, {format_count(last.returning)} returning,"
        f" {format_count(last.resurrected)} resurrected, {format_count(last.dormant)} dormant"
    )
