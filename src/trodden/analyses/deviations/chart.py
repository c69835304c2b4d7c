"""How deviations show themselves: each kind at each place by the share of journeys that have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Link
from trodden.charts.formats import format_count, format_interval, format_share, format_value
from trodden.charts.heads import head_of

if TYPE_CHECKING:
    from trodden.analyses.deviations.answer import DeviationRow, Deviations

BARS = 20


def deviations_chart(answer: Deviations) -> Chart:
    """Draw the rows in the order asked."""
    about = answer.about
    return Bars(
        title=_title(answer),
        **head_of(about),
        n=answer.journeys.of,
        axis=f"Share of closed {about.unit}s",
        of="deviation",
        kind="share",
        bars=tuple(_bar(answer.map, row) for row in answer.rows[:BARS] if row.journeys.value is not None),
    )


def name_of(row: DeviationRow) -> str:
    """Return what a row is called: its kind, and where."""
    return f"{row.kind}: {row.label}"


def _title(answer: Deviations) -> str:
    parted, unit = answer.journeys, answer.about.unit
    if parted.value is None:
        return f"No {unit} has ended yet"
    if not answer.rows:
        return f"None of {format_count(parted.of)} {unit}s parted from the map in a way asked about"
    interval = format_interval(parted.low, parted.high, "share")
    most = max(answer.rows, key=lambda row: row.journeys.count)
    return (
        f"{format_share(parted.value)} {interval} of {format_count(parted.of)} {unit}s parted from the map, "
        f"most often {name_of(most)} ({format_count(most.journeys.count)})"
    )


def _bar(map_key: str, row: DeviationRow) -> Bar:
    return Bar(
        label=name_of(row),
        value=row.journeys.value or 0.0,
        low=row.journeys.low,
        high=row.journeys.high,
        detail=_detail(row),
        tone="muted" if row.accepted else "plain",
        link=Link(
            "customers",
            {"map": map_key, "deviation": row.kind, "at": row.step or row.touchpoint, "state": "closed"},
            row.journeys.count,
        ),
    )


def _detail(row: DeviationRow) -> str:
    parts = [f"{format_count(row.times)} times"]
    difference = row.elapsed.difference.value
    if difference is not None:
        longer = "longer" if difference >= 0 else "shorter"
        parts.append(f"median {format_value(abs(difference), 'duration')} {longer}")
    if row.accepted:
        parts.append("accepted")
    return ", ".join(parts)
