"""How a comparison shows itself: each difference with its interval, on a table."""

from __future__ import annotations

from trodden.analyses.compare.answer import Compared, Difference
from trodden.charts import Chart, Column, Table
from trodden.charts.formats import NOTHING, format_count, format_estimate
from trodden.charts.heads import head_of, units_said
from trodden.model.question import Estimate
from trodden.model.words import tr

_KINDS = {"share": "share", "s": "duration"}


def compare_chart(answer: Compared) -> Chart:
    """Draw the differences as a table, clear ones first."""
    ordered = sorted(answer.differences, key=lambda one: one.verdict not in ("higher", "lower"))
    return Table(
        title=_title(answer),
        **head_of(answer.about),
        n=answer.first.units + answer.second.units,
        columns=(
            Column("Figure"),
            Column(answer.first.label, is_name=True),
            Column(answer.second.label, is_name=True),
            Column("Difference"),
            Column("Reading"),
        ),
        rows=tuple(_row(one) for one in ordered),
    )


def _row(one: Difference) -> tuple[str, ...]:
    return (one.name, _text(one.first), _text(one.second), _text(one.difference, sign=True), tr(one.verdict))


def _text(one: Estimate, *, sign: bool = False) -> str:
    kind = _KINDS.get(one.unit, "number")
    if one.value is None:
        return NOTHING
    plus = "+" if sign and one.value > 0 else ""
    kind = "points" if sign and kind == "share" else kind
    return f"{plus}{format_estimate(one.value, one.low, one.high, kind)}"


def _title(answer: Compared) -> str:
    clear = [one for one in answer.differences if one.verdict in ("higher", "lower")]
    sides = tr(
        "{first} against {second} {units}",
        first=format_count(answer.first.units),
        second=format_count(answer.second.units),
        **units_said(answer.about.unit),
    )
    if not clear:
        return tr("No clear difference in {question}: {sides}", question=answer.question, sides=sides)
    one = clear[0]
    return tr(
        "{what} is {verdict}: {difference}, {sides}",
        what=one.name.capitalize(),
        verdict=tr(one.verdict),
        difference=_text(one.difference, sign=True),
        sides=sides,
    )
