"""How pauses show themselves: places by the time lost beyond the limit, with what came next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Column, Table
from trodden.charts.formats import format_count, format_estimate, format_interval, format_share
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.methods.stats.compare import is_clear
from trodden.model.durations import format_duration

if TYPE_CHECKING:
    from trodden.analyses.pauses.answer import NextShare, PauseMoves, PausePlace, PauseReference, Pauses
    from trodden.charts import Tone
    from trodden.model.question import About, Rate

BARS = 12


def pauses_chart(answer: Pauses) -> Chart:
    """Draw the places where time was lost."""
    about = answer.about
    places = [one for one in answer.places if one.paused.count]
    return Bars(
        title=_title(answer, places),
        unit="gaps",
        as_of=about.as_of,
        definition="pauses",
        notes=(*_counted(answer), *about.notes),
        axis="Time beyond the limit, of all pauses",
        of="place",
        kind="duration",
        bars=tuple(_bar(one) for one in places[:BARS]),
    )


def _is_promised(answer: Pauses) -> bool:
    """Say whether the map states a longest wait for any gap shown."""
    return any(one.late.of for one in answer.places)


def _counted(answer: Pauses) -> tuple[str, ...]:
    """Say of how many gaps, and against which limits."""
    gaps = answer.paused
    learned = f"what nine of ten of {format_count(answer.reference_gaps)} gaps do not exceed, by move"
    limits = f"the longest wait the map states, else {learned}" if _is_promised(answer) else learned
    return (
        f"{format_count(gaps.count)} of {format_count(gaps.of)} gaps are longer than their limit: {limits}.",
    )


def _bar(one: PausePlace) -> Bar:
    return Bar(
        label=one.label,
        value=one.beyond_s,
        detail=_detail(one),
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


def _detail(one: PausePlace) -> str:
    then = _most_changed(one)
    told = f"; then {then.next} {_share(then.after_pause)} against {_share(then.without)}" if then else ""
    return f"{_paused(one)}{_went_on(one)}{told}"


def _paused(one: PausePlace) -> str:
    """Count the pauses; their share says something only of waits the map promises."""
    count = f"{format_count(one.paused.count)} paused"
    if not one.late.of:
        return f"{count} over a learned limit"
    return f"{count}, {_share(one.late)} of {format_count(one.late.of)} later than promised"


def _went_on(one: PausePlace) -> str:
    if one.median.value is None:
        return ", nobody went on"
    median = format_estimate(one.median.value, one.median.low, one.median.high, "duration")
    slowest = "" if one.p90_s is None else f", one in ten after over {format_duration(one.p90_s)}"
    return f"; {format_count(one.median.n)} went on, half after over {median}{slowest}"


def _share(rate: Rate) -> str:
    if rate.value is None:
        return "none"
    return f"{format_share(rate.value)} {format_interval(rate.low, rate.high, 'share')}"


def _most_changed(one: PausePlace) -> NextShare | None:
    """Return what became clearly more frequent after a pause, by most."""
    clear = [
        share for share in one.next if is_clear(share.difference) and (share.difference.value or 0.0) > 0
    ]
    return max(clear, key=lambda share: share.difference.value or 0.0, default=None)


def _title(answer: Pauses, places: list[PausePlace]) -> str:
    if not answer.gaps:
        return "Nobody took two steps, so nobody paused"
    if not places:
        return f"None of {format_count(answer.gaps)} gaps is longer than its limit"
    first = places[0]
    return f"Most time is lost after {first.label}: {_paused(first)}"


def moves_chart(answer: PauseMoves) -> Chart:
    """List the most walked moves."""
    return _table(
        answer.about,
        f"{format_count(answer.gaps)} gaps between steps",
        (Column("from"), Column("to"), Column("gaps", "count")),
        tuple((one.source.name, one.target.name, one.gaps) for one in answer.moves),
    )


def reference_chart(answer: PauseReference) -> Chart:
    """List how long gaps are."""
    return _table(
        answer.about,
        f"How long {format_count(answer.gaps)} gaps were",
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
        title=title, unit="gaps", as_of=about.as_of, definition=about.analysis, columns=columns, rows=rows
    )
