"""How worth shows itself: a row for each currency."""

from __future__ import annotations

from trodden.analyses.worth.answer import Amount, Worth
from trodden.charts import Cell, Chart, Column, Table
from trodden.charts.formats import format_count, format_share
from trodden.charts.heads import head_of, units_said
from trodden.model.money import format_money, minor_digits
from trodden.model.words import tr


def worth_chart(answer: Worth) -> Chart:
    """List the mean amounts with their intervals, in units of their currency."""
    return Table(
        title=_title(answer),
        **head_of(answer.about),
        n=answer.counted,
        columns=(
            Column("Currency"),
            Column("With an amount", "count"),
            Column("Share", "share"),
            Column("Mean", "number"),
            Column("Mean, low", "number"),
            Column("Mean, high", "number"),
        ),
        rows=tuple(_row(one) for one in answer.amounts),
    )


def _title(answer: Worth) -> str:
    units = units_said(answer.about.unit)
    if not answer.counted:
        return tr("None of the {units} got there yet", **units)
    if not answer.amounts:
        return tr("None of {all} {units} has an amount", all=format_count(answer.counted), **units)
    first = answer.amounts[0]
    return tr(
        "{money} on average, of the {share} of {all} {units} that have an amount",
        money=format_money(round(first.mean.value or 0.0), first.currency),
        share=format_share(first.units.value or 0.0),
        all=format_count(answer.counted),
        **units,
    )


def _row(one: Amount) -> tuple[Cell, ...]:
    whole = 10 ** minor_digits(one.currency)
    figures = (None if end is None else end / whole for end in (one.mean.value, one.mean.low, one.mean.high))
    return (one.currency, one.units.count, one.units.value, *figures)
