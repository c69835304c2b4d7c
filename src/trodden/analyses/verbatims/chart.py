"""How words drawn by lot show themselves: a table, in the order the lot fell."""

from __future__ import annotations

from trodden.analyses.verbatims.answer import Verbatims
from trodden.charts import Chart, Column, Link, Table
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.charts.heads import head_of
from trodden.model.words import tr


def verbatims_chart(answer: Verbatims) -> Chart:
    """List the words, each with where and when."""
    return Table(
        title=_title(answer),
        **head_of(answer.about),
        n=answer.about.units,
        columns=(
            Column("Words"),
            Column("Touchpoint"),
            Column("Channel"),
            Column("Outcome"),
            Column("When", "time"),
        ),
        rows=tuple(
            (one.text, one.touchpoint, one.channel, one.outcome, one.occurred_at.isoformat())
            for one in answer.words
        ),
        links=tuple(Link("timeline", {"customer": one.customer}) for one in answer.words),
    )


def _title(answer: Verbatims) -> str:
    rate = answer.spoken
    if rate.value is None:
        return tr("There is no event to look at")
    interval = format_interval(rate.low, rate.high, "share")
    return tr(
        "{share} {interval} of {all} events looked at have words",
        share=format_share(rate.value),
        interval=interval,
        all=format_count(rate.of),
    )
