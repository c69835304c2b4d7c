"""How sequences show themselves: a bar of its support for each, or a table of both groups."""

from __future__ import annotations

from trodden.analyses.sequences.answer import Contrast, FrequentSequence, Sequences
from trodden.charts import Bar, Bars, Chart, Column, Link, Table
from trodden.charts.formats import NOTHING, format_count, format_estimate, format_share
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.question import Estimate

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
        unit=f"{answer.about.unit}s",
        n=answer.about.units,
        as_of=answer.about.as_of,
        definition="sequences",
        notes=(*answer.about.notes, *_notes(answer)),
        axis=f"Share of {answer.about.unit}s that contain it",
        of="sequence",
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
        unit=f"{answer.about.unit}s",
        n=answer.about.units - answer.left_out,
        as_of=answer.about.as_of,
        definition="sequences",
        notes=(*answer.about.notes, *_notes(answer)),
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
        told.append(f"The first: {answer.groups[0]}. The second: {answer.groups[1]}.")
        told.append(f"{format_count(answer.tested)} sequences were tested, p adjusted over all of them.")
    if answer.left_out:
        told.append(f"{format_count(answer.left_out)} {answer.about.unit}s are still open and left out.")
    if answer.found > len(answer.sequences):
        told.append(f"{format_count(answer.found - len(answer.sequences))} more sequences are frequent.")
    return tuple(told)


def _title(answer: Sequences) -> str:
    if not answer.sequences:
        return "No sequence of steps is that frequent"
    first = answer.sequences[0]
    share = f"{format_share(first.support.value or 0.0)} of {format_count(first.support.of)}"
    if first.contrast is None:
        return f"{_name(first)}: {share} {answer.about.unit}s walk so"
    if first.contrast.adjusted_p is None or first.contrast.reading == "no clear difference":
        return f"No sequence is clearly more frequent in one group, of {format_count(answer.tested)} tested"
    told = _written(first.contrast.difference, "points")
    return f"{_name(first)}: {first.contrast.reading} in the first group, by {told}"
