"""Two sides of a comparison laid on a map: what share of each came to each step, and the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts.formats import NOTHING, format_interval, format_share, format_signed_points
from trodden.insights.lanes import Cell, Lane
from trodden.methods.journeys.flow import steps_in_order
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.analyses.compare.answer import Compared, Difference
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Estimate

_SIGNS: Final = {"higher": "\u25b2 ", "lower": "\u25bc "}


def lanes_beside(journey_map: JourneyMap, compared: Compared) -> tuple[Lane, ...]:
    """Return the share of either side that came to each step, and the first less the second, in points.

    ``compared`` is the answer of ``compare`` about ``conformance``, whose steps come first and in order.
    """
    steps = steps_in_order(journey_map)
    told = [one for one in compared.differences if one.name.endswith(", journeys")][: len(steps)]
    if len(told) < len(steps):
        return ()
    hint = tr("Share of ended journeys that came to the step; both sides followed for the same time")
    return (
        _lane("first", compared.first.label, hint, told, lambda one: _share(one.first)),
        _lane("second", compared.second.label, hint, told, lambda one: _share(one.second)),
        _lane(
            "difference", tr("Difference"), tr("The first less the second; descriptive"), told, _difference
        ),
    )


def _lane(
    name: str, label: str, hint: str, told: list[Difference], cell: Callable[[Difference], Cell]
) -> Lane:
    return Lane(f"beside-{name}", label, hint, tuple(cell(one) for one in told))


def _share(side: Estimate) -> Cell:
    if side.value is None:
        return Cell(NOTHING)
    return Cell(format_share(side.value), format_interval(side.low, side.high, "share"))


def _difference(one: Difference) -> Cell:
    found = one.difference
    if found.value is None:
        return Cell(NOTHING, tr(one.verdict))
    points = format_signed_points(found.value)
    interval = format_interval(found.low, found.high, "points")
    clear = "" if one.verdict in _SIGNS else f", {tr(one.verdict)}"
    return Cell(f"{_SIGNS.get(one.verdict, '')}{tr('{n} points', n=points)}", f"{interval}{clear}")
