"""How deviations show themselves: each kind at each place by the share of journeys that have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Link
from trodden.charts.formats import format_count, format_interval, format_share, format_value
from trodden.charts.heads import head_of, units_said
from trodden.model.words import tr

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
        axis=tr("Share of closed {units}", **units_said(about.unit)),
        of=tr("deviation"),
        kind="share",
        bars=tuple(_bar(answer.map, row) for row in answer.rows[:BARS] if row.journeys.value is not None),
    )


def name_of(row: DeviationRow) -> str:
    """Return what a row is called: its kind, and where."""
    return f"{tr(row.kind)}: {row.label}"


def _title(answer: Deviations) -> str:
    parted, unit = answer.journeys, answer.about.unit
    if parted.value is None:
        return tr("No {unit} has ended yet", **units_said(unit))
    if not answer.rows:
        return tr(
            "None of {all} {units} parted from the map in a way asked about",
            all=format_count(parted.of),
            **units_said(unit),
        )
    interval = format_interval(parted.low, parted.high, "share")
    most = max(answer.rows, key=lambda row: row.journeys.count)
    return tr(
        "{share} {interval} of {all} {units} parted from the map, most often {name} ({count})",
        share=format_share(parted.value),
        interval=interval,
        all=format_count(parted.of),
        name=name_of(most),
        count=format_count(most.journeys.count),
        **units_said(unit),
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
    parts = [tr("{times} times", times=format_count(row.times))]
    difference = row.elapsed.difference.value
    if difference is not None:
        longer = tr("longer") if difference >= 0 else tr("shorter")
        parts.append(
            tr("median {time} {longer}", time=format_value(abs(difference), "duration"), longer=longer)
        )
    if row.accepted:
        parts.append(tr("accepted"))
    return ", ".join(parts)
