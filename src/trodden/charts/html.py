"""A chart as HTML that stands alone: for notebooks and mails, where no style sheet of ours is near."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from trodden.charts.formats import format_count, format_head, format_moment, format_value
from trodden.charts.svg import Sheet, draw, has_drawing
from trodden.charts.svg.pieces import clean
from trodden.charts.tables import table_of

if TYPE_CHECKING:
    from trodden.charts import Chart, Table

ROWS = 200
"""More rows than this are counted, not shown."""


def figure(chart: Chart, *, width: int = 720) -> str:
    """Return a ``figure``: the sentence, the drawing, the table (folded where drawn), the notes."""
    drawn = has_drawing(chart)
    drawing = draw(chart, Sheet(width=width)) if drawn else ""
    table = _table(table_of(chart))
    shown = f"<details><summary>As a table</summary>{table}</details>" if drawn else table
    caption = f"<figcaption><strong>{_text(chart.title)}</strong><br>{_facts(chart)}</figcaption>"
    notes = "".join(f"<p><small>{_text(note)}</small></p>" for note in chart.notes)
    return f"<figure>{caption}{drawing}{shown}{notes}</figure>"


def _text(value: str) -> str:
    return escape(clean(value))


def _facts(chart: Chart) -> str:
    facts = [f"n {format_count(chart.n)} {_text(chart.unit)}".rstrip()] if chart.n else []
    facts += [f"as of {_text(format_moment(chart.as_of, chart.time_zone))}"] if chart.as_of else []
    return f"<small>{' · '.join(facts)}</small>"


def _cell(text: str) -> str:
    return f"<td>{_text(text)}</td>"


def _table(table: Table) -> str:
    zone, kinds = table.time_zone, [column.kind for column in table.columns]
    named = [format_head(column.label, column.kind, zone, is_name=column.is_name) for column in table.columns]
    heads = "".join(f'<th scope="col">{_text(label)}</th>' for label in named)
    rows = [
        "".join(_cell(format_value(cell, kind, zone)) for cell, kind in zip(row, kinds, strict=True))
        for row in table.rows[:ROWS]
    ]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    left = len(table.rows) - len(rows)
    more = f"<p>… and {format_count(left)} more rows</p>" if left else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}"
