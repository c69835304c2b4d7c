"""How sequences show themselves: a bar of its support for each, or a table of both groups."""

from __future__ import annotations

from trodden.analyses.sequences.answer import Contrast, FrequentSequence, Sequences
from trodden.charts import Bar, Bars, Chart, Column, Link, Table
from trodden.charts.formats import NOTHING, format_count, format_estimate, format_share
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.question import Estimate
from trodden.model.words import tr

COLUMNS = (
    Column("sequence"),
    Column("units", "count"),
    Column("in the first", "share"),
    Column("in the second", "share"),
    Column("difference"),
    Column("lift"),
    Column("adjusted p"),
    Column("the first has it"),
)

LEAST_P = 0.0001


def sequences_chart(answer: Sequences) -> Chart:
    """Draw the supports, or list both groups where there are two."""
    return _table(answer) if answer.groups else _bars(answer)


def _bars(answer: Sequences) -> Bars:
    return Bars(
        title=_title(answer),
        **head_of(answer.about, *_notes(answer)),
        n=answer.about.units,
        axis=tr("Share of {units} that contain it", **units_said(answer.about.unit)),
        of=tr("sequence"),
        kind="share",
        bars=tuple(
            Bar(
                label=_name(one),
                value=one.support.value or 0.0,
                low=one.support.low,
                high=one.support.high,
                detail=f"{format_count(one.support.count)} {answer.about.unit}s",
                link=_link(one),
            )
            for one in answer.sequences
        ),
    )


def _table(answer: Sequences) -> Table:
    return Table(
        title=_title(answer),
        **head_of(answer.about, *_notes(answer)),
        n=answer.about.units - answer.left_out,
        columns=COLUMNS,
        rows=tuple(_row(one, one.contrast) for one in answer.sequences if one.contrast is not None),
        links=tuple(_link(one) for one in answer.sequences if one.contrast is not None),
    )


def _link(one: FrequentSequence) -> Link:
    return behind("sequences", write_mark(*one.steps), units=one.support.count)


def _row(one: FrequentSequence, contrast: Contrast) -> tuple[str | float | None, ...]:
    return (
        _name(one),
        one.support.count,
        contrast.first.value,
        contrast.second.value,
        _written(contrast.difference, "points"),
        _written(contrast.lift, "number"),
        NOTHING if contrast.adjusted_p is None else _written_p(contrast.adjusted_p),
        contrast.reading,
    )


def _written_p(p: float) -> str:
    return f"{p:.2g}" if p >= LEAST_P else f"< {LEAST_P:g}"


def _written(one: Estimate, kind: str) -> str:
    return NOTHING if one.value is None else format_estimate(one.value, one.low, one.high, kind)


def _name(one: FrequentSequence) -> str:
    return ", ".join(one.steps)


def _notes(answer: Sequences) -> tuple[str, ...]:
    told: list[str] = []
    if answer.groups:
        told.append(
            tr(
                "The first: {groups}. The second: {groups2}.",
                groups=answer.groups[0],
                groups2=answer.groups[1],
            )
        )
        told.append(
            tr(
                "{tested} sequences were tested, p adjusted over all of them.",
                tested=format_count(answer.tested),
            )
        )
    if answer.left_out:
        told.append(
            tr(
                "{left_out} {units} are still open and left out.",
                left_out=format_count(answer.left_out),
                **units_said(answer.about.unit),
            )
        )
    if answer.found > len(answer.sequences):
        told.append(
            tr(
                "{found} more sequences are frequent.",
                found=format_count(answer.found - len(answer.sequences)),
            )
        )
    return tuple(told)


def _title(answer: Sequences) -> str:
    if not answer.sequences:
        return tr("No sequence of steps is that frequent")
    first = answer.sequences[0]
    share = tr(
        "{share} of {all}", share=format_share(first.support.value or 0.0), all=format_count(first.support.of)
    )
    if first.contrast is None:
        return tr(
            "{name}: {share} {units} walk so", name=_name(first), share=share, **units_said(answer.about.unit)
        )
    if first.contrast.adjusted_p is None or first.contrast.reading == "no clear difference":
        return tr(
            "No sequence is clearly more frequent in one group, of {tested} tested",
            tested=format_count(answer.tested),
        )
    told = _written(first.contrast.difference, "points")
    return tr(
        "{name}: {reading} in the first group, by {told}",
        name=_name(first),
        reading=tr(first.contrast.reading),
        told=told,
    )
