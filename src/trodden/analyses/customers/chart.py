"""How a list of customers shows itself: a table, each row leading to a customer's walk."""

from __future__ import annotations

from trodden.analyses.customers.answer import Customers, Listed
from trodden.charts import Cell, Chart, Column, Link, Table
from trodden.charts.formats import format_count
from trodden.charts.heads import head_of, units_said
from trodden.model.words import tr

_COLUMNS = (
    Column("customer"),
    Column("first step", "time"),
    Column("last step", "time"),
    Column("took", "duration"),
    Column("steps", "count"),
    Column("last seen at"),
    Column("state"),
)


def customers_chart(answer: Customers) -> Chart:
    """Write one row for each unit."""
    about = answer.about
    return Table(
        title=_title(answer),
        **head_of(about),
        n=about.units,
        columns=_COLUMNS,
        rows=tuple(_row(one) for one in answer.rows),
        links=tuple(Link("timeline", {"customer": one.customer}) for one in answer.rows),
    )


def _title(answer: Customers) -> str:
    about = answer.about
    if not about.units:
        return tr("Nobody is selected by this question")
    people = tr("{customers} customers", customers=format_count(about.customers))
    if about.unit == "customer":
        return people
    return tr(
        "{count} {units} of {people}",
        count=format_count(about.units),
        people=people,
        **units_said(about.unit),
    )


def _row(one: Listed) -> tuple[Cell, ...]:
    return (
        one.customer,
        one.first_at.isoformat(),
        one.last_at.isoformat(),
        one.elapsed_s,
        one.steps,
        one.last_touchpoint,
        tr(one.state) if one.state else one.state,
    )
