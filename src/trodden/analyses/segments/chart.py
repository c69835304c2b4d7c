"""How segments show themselves: their sizes, whom they share, or how they grew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from trodden.charts import Bar, Bars, Chart, Lines, Series
from trodden.charts.formats import format_count, format_day, format_interval, format_share
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.methods.stats.rates import wilson
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.analyses.segments.answer import Overlap, Segments, Size
    from trodden.model.question import Rate

BARS = 20


def segments_chart(answer: Segments) -> Chart:
    """Draw what the question asks for."""
    return {"sizes": _sizes, "overlap": _overlaps, "history": _history}[answer.show](answer)


def _sizes(answer: Segments) -> Chart:
    largest = max(answer.sizes, key=lambda one: one.units.count)
    return Bars(
        title=_title(answer, tr("{share} are in {segment}", share=_share(largest), segment=largest.segment)),
        **head_of(answer.about),
        n=answer.about.units,
        axis=tr("Share of all {units}", **units_said(answer.about.unit)),
        of=tr("segment"),
        kind="share",
        bars=tuple(_bar(one, one.segment, "in", one.segment) for one in answer.sizes),
    )


def _overlaps(answer: Segments) -> Chart:
    shared = sum(one.units.count for one in answer.overlaps if len(one.inside) > 1)
    of = answer.about.units
    share = format_share(shared / of) if of else ""
    return Bars(
        title=_title(
            answer,
            tr("{share} ({shared}) are in more than one segment", share=share, shared=format_count(shared)),
        ),
        **head_of(answer.about),
        n=of,
        axis=tr("Share of all {units}", **units_said(answer.about.unit)),
        of=tr("exactly in"),
        kind="share",
        bars=(
            *(_bar(one, name_of(one), "exactly", *one.inside) for one in answer.overlaps[:BARS]),
            *_rest(answer.overlaps[BARS:], of),
        ),
    )


def _rest(overlaps: tuple[Overlap, ...], of: int) -> tuple[Bar, ...]:
    """Return what is left out as one bar, so that all of them share out everybody."""
    if not overlaps:
        return ()
    rate = wilson(sum(one.units.count for one in overlaps), of)
    label = tr("{n} other combinations", n=format_count(len(overlaps)))
    return (_as_bar(rate, label),)


def name_of(one: Overlap) -> str:
    """Return what an overlap is called."""
    if not one.inside:
        return tr("in none")
    first, *others = one.inside
    return " + ".join(one.inside) if others else tr("{first} alone", first=first)


def _bar(one: Size | Overlap, label: str, *mark: str) -> Bar:
    link = behind("segments", write_mark(*mark), units=one.units.count)
    return replace(_as_bar(one.units, label), link=link)


def _as_bar(rate: Rate, label: str) -> Bar:
    detail = format_count(rate.count)
    return Bar(label=label, value=rate.value or 0.0, low=rate.low, high=rate.high, detail=detail)


def _share(one: Size) -> str:
    rate = one.units
    interval = format_interval(rate.low, rate.high, "share")
    return tr(
        "{share} {interval} of {all}",
        share=format_share(rate.value or 0.0),
        interval=interval,
        all=format_count(rate.of),
    )


def _title(answer: Segments, said: str) -> str:
    return (
        said if answer.about.units else tr("There are no {units} to tell of", **units_said(answer.about.unit))
    )


def _history(answer: Segments) -> Chart:
    told = answer.history
    return Lines(
        title=_title(answer, _grew(answer)),
        **head_of(answer.about),
        n=answer.about.units,
        series=tuple(
            Series(
                label=size.segment,
                x=tuple(one.at.timestamp() for one in told),
                y=tuple(float(one.sizes[place]) for one in told),
            )
            for place, size in enumerate(answer.sizes)
        ),
        x_axis=tr("As it was known on"),
        y_axis=units_said(answer.about.unit)["units"].capitalize(),
        x_kind="time",
        y_kind="count",
    )


def _grew(answer: Segments) -> str:
    first, last = answer.history[0], answer.history[-1]
    now, then = (format_count(one.sizes[0]) for one in (last, first))
    return tr(
        "{segment}: {now} now, {then} on {format_day}",
        segment=answer.sizes[0].segment,
        now=now,
        then=then,
        format_day=format_day(first.at, answer.about.time_zone),
    )
