"""How retention shows itself: cohorts by period as a grid, or the curve of those still active."""

from __future__ import annotations

from collections.abc import Iterable

from trodden.analyses.retention.answer import Cell, Cohort, Pooled, Retention
from trodden.charts import Chart, Lines, Link, Matrix, Series
from trodden.charts.formats import (
    format_count,
    format_interval,
    rate_said,
)
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.model.durations import format_duration
from trodden.model.words import phrase, tr

ALL = phrase("all complete")


def retention_chart(answer: Retention) -> Chart:
    """Draw the grid or the curve, as the question asks."""
    return _curve(answer) if answer.show == "still active" else _grid(answer)


def _grid(answer: Retention) -> Matrix:
    labels = max(
        (tuple(_period(cell.label) for cell in one.cells) for one in answer.cohorts), key=len, default=()
    )
    rows = answer.cohorts[::-1]
    return Matrix(
        title=_title(answer),
        **head_of(answer.about, *_notes(answer)),
        n=answer.started.count,
        rows=(f"{tr(ALL)} ({format_count(answer.started.count)})", *(_row(one) for one in rows)),
        columns=labels,
        values=(_all(answer, len(labels)), *(_values(one, len(labels)) for one in rows)),
        links=(_links("", answer.pooled), *(_links(one.label, one.cells) for one in rows)),
        partial=tuple(
            (row, column)
            for row, one in enumerate(rows, start=1)
            for column, cell in enumerate(one.cells)
            if not cell.complete
        ),
        row_axis=tr("Started"),
        column_axis=tr("periods after")
        if answer.counted.startswith("periods")
        else tr(f"{answer.counted} after"),
        kind="share",
    )


def _period(label: str) -> str:
    """Say which period after the start: ``week 2``."""
    what, _, number = label.partition(" ")
    return f"{tr(what)} {number}"


def _row(one: Cohort) -> str:
    return f"{one.label} ({format_count(one.units)})"


def _values(one: Cohort, width: int) -> tuple[float | None, ...]:
    values = [cell.returned.value for cell in one.cells]
    return (*values, *[None] * (width - len(values)))


def _all(answer: Retention, width: int) -> tuple[float | None, ...]:
    known = {one.period: one.returned.value for one in answer.pooled}
    return tuple(known.get(period) for period in range(width))


def _links(cohort: str, cells: Iterable[Cell | Pooled]) -> tuple[Link | None, ...]:
    return tuple(_link(cohort, one.period, one.returned.count) for one in cells)


def _link(cohort: str, period: int, units: int) -> Link | None:
    return behind("retention", f"{cohort} {period}", units=units) if units else None


def _notes(answer: Retention) -> tuple[str, ...]:
    told = [tr("Cells that are not over yet stand with … and are not in the first row.")]
    if answer.hidden:
        told.append(
            tr(
                "{hidden} older cohorts are not shown; the first row holds them.",
                hidden=format_count(answer.hidden),
            )
        )
    return tuple(told)


def _title(answer: Retention) -> str:
    units = units_said(answer.about.unit)["units"]
    later = [one for one in answer.pooled if one.period > 0] or list(answer.pooled)
    if not answer.started.count:
        return tr("Nobody started, so nobody came back")
    if not later:
        return tr(
            "No period is over yet for the {count} {units} that started",
            count=format_count(answer.started.count),
            units=units,
        )
    told = tr(
        "{share} of {all} {units}",
        share=rate_said(later[0].returned),
        all=format_count(later[0].returned.of),
        units=units,
    )
    return tr("{told} came back in {when}", told=told, when=_when(answer, later[0]))


def _when(answer: Retention, one: Pooled) -> str:
    later = tr(" or later") if answer.counting == "on or after" else ""
    which = f" ({answer.counted})" if answer.counted.startswith("periods") else ""
    return tr("{place}{later} after the start{which}", place=_period(one.label), later=later, which=which)


def _curve(answer: Retention) -> Lines:
    points = answer.still_active.points
    return Lines(
        title=_curve_title(answer),
        **head_of(answer.about),
        n=answer.still_active.n,
        series=(
            Series(
                label=tr("still active"),
                x=(0.0, *(point.after for point in points)),
                y=(1.0, *(point.share for point in points)),
                low=(1.0, *(point.low for point in points)),
                high=(1.0, *(point.high for point in points)),
                step=True,
            ),
        ),
        x_axis=tr("Time since the start"),
        y_axis=tr("Share still active (not silent for {time})", time=format_duration(answer.silence_s)),
        x_kind="duration",
        y_kind="share",
    )


def _curve_title(answer: Retention) -> str:
    curve, units = answer.still_active, units_said(answer.about.unit)["units"]
    if not curve.n:
        return tr("Nobody has been followed for long enough to say how long they stay active")
    if curve.median is None:
        return tr(
            "More than half of {n} {units} are still active as far as they were followed",
            n=format_count(curve.n),
            units=units,
        )
    interval = format_interval(curve.median_low, curve.median_high, "duration")
    return tr(
        "Half of {n} {units} are no longer active after {time} {interval}",
        n=format_count(curve.n),
        units=units,
        time=format_duration(curve.median),
        interval=interval,
    ).rstrip()
