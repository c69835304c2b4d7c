"""One drawing of a chart for the page, a mail, a notebook, a file and the command line.

Pure text: every label is escaped, every colour is a property of the page with the light theme's value to
fall back on, and nothing is fetched from anywhere.
"""

from __future__ import annotations

from functools import singledispatch

from trodden.charts import (
    Bars,
    Chart,
    Effect,
    Flow,
    Lines,
    Matrix,
    Number,
    Overlay,
    Sequences,
    Stacks,
    Table,
    Timeline,
)
from trodden.charts.svg.bars import draw_bars
from trodden.charts.svg.effect import draw_effect
from trodden.charts.svg.flow import draw_flow
from trodden.charts.svg.lines import draw_lines
from trodden.charts.svg.marks import Sheet
from trodden.charts.svg.matrix import draw_matrix
from trodden.charts.svg.number import draw_number
from trodden.charts.svg.ribbon import draw_ribbon
from trodden.charts.svg.sequences import draw_sequences
from trodden.charts.svg.spine import draw_overlay
from trodden.charts.svg.stacks import draw_stacks
from trodden.charts.svg.table import draw_table

__all__ = ["Sheet", "draw", "has_drawing"]


def draw(chart: Chart, sheet: Sheet | None = None) -> str:
    """Return the drawing of a chart as an ``svg`` element.

    A page reads a table rather than drawing it (:func:`has_drawing`); a file may want the drawing even so.
    """
    return _draw(chart, sheet or Sheet())


def has_drawing(chart: Chart) -> bool:
    """Say whether a chart says more drawn than read: a table does not."""
    return not isinstance(chart, Table)


@singledispatch
def _draw(chart: Chart, sheet: Sheet) -> str:  # noqa: ARG001 - the kinds of chart draw on it
    raise TypeError(f"There is no drawing of a {type(chart).__name__}.")


_draw.register(Bars, draw_bars)
_draw.register(Effect, draw_effect)
_draw.register(Flow, draw_flow)
_draw.register(Lines, draw_lines)
_draw.register(Matrix, draw_matrix)
_draw.register(Number, draw_number)
_draw.register(Overlay, draw_overlay)
_draw.register(Sequences, draw_sequences)
_draw.register(Stacks, draw_stacks)
_draw.register(Table, draw_table)
_draw.register(Timeline, draw_ribbon)
