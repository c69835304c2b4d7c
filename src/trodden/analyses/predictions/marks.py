"""What a bar of the chart is called in the address of the journeys behind it."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from trodden.analyses.predictions.planned import branch_of
from trodden.methods.journeys.patterns_write import read_items
from trodden.methods.journeys.patterns_write import write_mark as written
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select_names import code_of
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.analyses.predictions.answer import Predicted, Scored
    from trodden.analyses.predictions.planned import Plan
    from trodden.methods.journeys.predictions import Prediction

Edges = tuple[tuple[int, int], ...]

NAMES, NAMES_OF_BRANCH = 2, 5
"""Items of a mark that name its prediction; those after them are periods."""


def write_mark(found: Predicted, periods: tuple[Scored, ...]) -> str:
    """Write a prediction's kind, its step, the branch it is about and the complete periods its share is of.

    Which periods are complete is known only once journeys were counted, so a mark names them.
    """
    spans = _spans([one for one in periods if one.is_complete])
    return written(found.kind, found.step, *found.branch, *spans)


def _spans(periods: list[Scored]) -> Iterator[str]:
    """Yield ``start/end`` of the periods, those that follow each other as one."""
    if not periods:
        return
    start = periods[0].start
    for one, following in pairwise(periods):
        if one.end != following.start:
            yield f"{start.isoformat()}/{one.end.isoformat()}"
            start = following.start
    yield f"{start.isoformat()}/{periods[-1].end.isoformat()}"


def read_mark(plan: Plan, mark: str) -> tuple[int, Edges]:
    """Return the number of the prediction in the plan, and the periods in microseconds.

    Raises
    ------
    UnknownNameError
        The plan has no such prediction, or a period cannot be read.
    """
    items = read_items(mark)
    names = NAMES_OF_BRANCH if items[:1] == ("branch",) else NAMES
    known = [written(*_names(plan, one)) for one in plan.predictions]
    number = code_of(written(*items[:names]), known)
    return number, tuple(sorted(_edges(span) for span in items[names:]))


def _names(plan: Plan, said: Prediction) -> tuple[str, ...]:
    step = plan.steps[said.step] if said.step >= 0 else ""
    return said.kind, step, *branch_of(said, plan.steps)


def _edges(span: str) -> tuple[int, int]:
    try:
        start, end = (datetime.fromisoformat(text) for text in span.split("/"))
        return microseconds(start), microseconds(end)
    except (ValueError, TypeError) as error:
        raise UnknownNameError(
            f"{span!r} is no period of this chart.", hint="Open it from the chart anew."
        ) from error
