"""How pauses show themselves: places by the time lost beyond the limit, with what came next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Column, Table
from trodden.charts.formats import format_count, format_estimate, format_interval, format_share
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.methods.stats.compare import is_clear
from trodden.model.words import say, tr

if TYPE_CHECKING:
    from trodden.analyses.pauses.answer import NextShare, PauseMoves, PausePlace, PauseReference, Pauses
    from trodden.charts import Tone
    from trodden.model.question import About, Rate

BARS = 12
HOUR = 3_600
LONG = 48 * HOUR
"""From when on durations would be told in days."""


def pauses_chart(answer: Pauses) -> Chart:
    """Draw the places where time was lost."""
    about = answer.about
    places = [one for one in answer.places if one.paused.count]
    return Bars(
        title=_title(answer, places),
        unit=tr("gaps"),
        as_of=about.as_of,
        definition="pauses",
        notes=(*_counted(answer), *about.notes),
        axis=_axis(answer),
        of=tr("place"),
        kind="number" if answer.calendar else "duration",
        bars=tuple(_bar(one, answer.calendar) for one in places[:BARS]),
    )


def _axis(answer: Pauses) -> str:
    if answer.calendar:
        return tr("Open hours beyond the limit, of all pauses")
    return tr("Time beyond the limit, of all pauses")


def _is_promised(answer: Pauses) -> bool:
    """Say whether the map states a longest wait for any gap shown."""
    return any(one.late.of for one in answer.places)


def _counted(answer: Pauses) -> tuple[str, ...]:
    """Say of how many gaps, and against which limits."""
    gaps = answer.paused
    learned = tr(
        "what nine of ten of {reference_gaps} gaps do not exceed, by move",
        reference_gaps=format_count(answer.reference_gaps),
    )
    limits = (
        tr("the longest wait the map states, else {learned}", learned=learned)
        if _is_promised(answer)
        else learned
    )
    return (
        tr(
            "{count} of {all} gaps are longer than their limit: {limits}.",
            count=format_count(gaps.count),
            all=format_count(gaps.of),
            limits=limits,
        ),
    )


def _bar(one: PausePlace, calendar: str) -> Bar:
    return Bar(
        label=say(one.label),
        value=one.beyond_s / HOUR if calendar else one.beyond_s,
        detail=_detail(one, calendar),
        tone=_tone(one),
        link=behind("pauses", _mark(one), units=one.units),
    )


def _mark(one: PausePlace) -> str:
    return write_mark("step" if one.on_map else "touchpoint", one.place)


def _tone(one: PausePlace) -> Tone:
    """Colour by how it ended, never by mere difference."""
    if one.reached is None or not is_clear(one.reached.difference):
        return "muted"
    return "worse" if (one.reached.difference.value or 0.0) < 0 else "better"


def _detail(one: PausePlace, calendar: str) -> str:
    then = _most_changed(one)
    told = (
        tr(
            "; then {next} {share} against {share2}",
            next=tr(then.next),
            share=_share(then.after_pause),
            share2=_share(then.without),
        )
        if then
        else ""
    )
    return f"{_paused(one)}{_went_on(one, calendar)}{told}"


def _paused(one: PausePlace) -> str:
    """Count the pauses; their share says something only of waits the map promises."""
    count = tr("{count} paused", count=format_count(one.paused.count))
    if not one.late.of:
        return tr("{count} over a learned limit", count=count)
    return tr(
        "{count}, {share} of {all} later than promised",
        count=count,
        share=_share(one.late),
        all=format_count(one.late.of),
    )


def _went_on(one: PausePlace, calendar: str) -> str:
    if one.median.value is None:
        return tr(", nobody went on")
    median = _time(one.median.value, one.median.low, one.median.high, calendar)
    slowest = (
        ""
        if one.p90_s is None
        else tr(", one in ten after over {time}", time=_time(one.p90_s, None, None, calendar))
    )
    return tr(
        "; {n} went on, half after over {median}{slowest}",
        n=format_count(one.median.n),
        median=median,
        slowest=slowest,
    )


def _time(value: float, low: float | None, high: float | None, calendar: str) -> str:
    """Write a wait with its interval; opening time in hours at most, as a day of it would be no day."""
    if not calendar:
        return format_estimate(value, low, high, "duration")
    if value < LONG:
        return tr("{time} of opening time", time=format_estimate(value, low, high, "duration"))
    first, last = (None if end is None else end / HOUR for end in (low, high))
    return tr("{time} open hours", time=format_estimate(value / HOUR, first, last, "number"))


def _share(rate: Rate) -> str:
    if rate.value is None:
        return tr("none")
    return f"{format_share(rate.value)} {format_interval(rate.low, rate.high, 'share')}"


def _most_changed(one: PausePlace) -> NextShare | None:
    """Return what became clearly more frequent after a pause, by most."""
    clear = [
        share for share in one.next if is_clear(share.difference) and (share.difference.value or 0.0) > 0
    ]
    return max(clear, key=lambda share: share.difference.value or 0.0, default=None)


def _title(answer: Pauses, places: list[PausePlace]) -> str:
    if not answer.gaps:
        return tr("Nobody took two steps, so nobody paused")
    if not places:
        return tr("None of {gaps} gaps is longer than its limit", gaps=format_count(answer.gaps))
    first = places[0]
    if answer.calendar:
        return tr(
            "Most opening time is lost after {place}: {paused}", place=say(first.label), paused=_paused(first)
        )
    return tr("Most time is lost after {place}: {paused}", place=say(first.label), paused=_paused(first))


def moves_chart(answer: PauseMoves) -> Chart:
    """List the most walked moves."""
    return _table(
        answer.about,
        tr("{gaps} gaps between steps", gaps=format_count(answer.gaps)),
        (Column("from"), Column("to"), Column("gaps", "count")),
        tuple((one.source.name, one.target.name, one.gaps) for one in answer.moves),
    )


def reference_chart(answer: PauseReference) -> Chart:
    """List how long gaps are."""
    return _table(
        answer.about,
        tr("How long {gaps} gaps were", gaps=format_count(answer.gaps)),
        (
            Column("from"),
            Column("to"),
            Column("gaps", "count"),
            Column("median", "duration"),
            Column("nine of ten within", "duration"),
        ),
        tuple((one.source.name, one.target.name, one.gaps, one.median_s, one.p90_s) for one in answer.moves),
    )


def _table(
    about: About, title: str, columns: tuple[Column, ...], rows: tuple[tuple[str | float, ...], ...]
) -> Chart:
    return Table(
        title=title, unit=tr("gaps"), as_of=about.as_of, definition=about.analysis, columns=columns, rows=rows
    )
