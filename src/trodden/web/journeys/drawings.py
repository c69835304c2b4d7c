"""A map as a drawing to take away: as designed, or with what was walked laid over it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from msgspec.structs import replace

from trodden.charts import Table
from trodden.charts.svg.storyboard import Piece, Row, draw_storyboard
from trodden.insights.walked import walked_map
from trodden.model.question import Question
from trodden.questions import read_question
from trodden.web.addresses import flat, shared_of, texts_of
from trodden.web.audit.requests import record
from trodden.web.explore.export import attached
from trodden.web.journeys.grid import grid_of_map
from trodden.web.journeys.judging import detail_in, remembered
from trodden.web.journeys.versions import mapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap
    from trodden.web.journeys.grid import MapGrid

DESIGNED, WALKED = "designed", "walked"


@require_safe
def map_drawing(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Give a map as a drawing: as designed, or walked over that, narrowed as the address says."""
    found, journey_map = mapped(key)
    drawers = {DESIGNED: _designed, WALKED: partial(_walked, request)}
    if what not in drawers:
        raise Http404(_("There is no such drawing."))
    record(request, "export", request.path_info)
    drawn = drawers[what](found, journey_map)
    return attached(drawn.encode(), f"map-{what}-{found.catalog.as_of:%Y-%m-%d}", "svg")


def _designed(found: StoredWalks, journey_map: JourneyMap) -> str:
    grid = grid_of_map(found, journey_map, "", "")
    title = _("{name}, version {n}, as designed").format(name=journey_map.name, n=journey_map.version)
    return draw_storyboard(Table(title=title, columns=(), rows=()), (*_heads(grid), *_lanes(grid)))


def _heads(grid: MapGrid) -> Iterator[Row]:
    """Yield the stages, the groups of the flow and the names of the steps."""
    if grid.has_stages:
        yield Row("", tuple(Piece(one.label, span=one.span) for one in grid.stages), is_head=True)
    for place, parts in enumerate(grid.flow):
        yield Row("" if place else _("Flow"), tuple(Piece(one.text, span=one.span) for one in parts))
    names = (f"{one.name} \u25c6" if one.is_truth else one.name for one in grid.columns)
    yield Row(_("Step"), tuple(map(Piece, names)), is_head=True)


def _lanes(grid: MapGrid) -> Iterator[Row]:
    """Yield what was designed of each step; how many events match it is no part of that."""
    for lane in grid.lanes:
        if lane.name != "match" and any(cell.text for cell in lane.cells):
            yield Row(lane.label, tuple(Piece(cell.text, cell.small) for cell in lane.cells))


def _walked(request: HttpRequest, found: StoredWalks, journey_map: JourneyMap) -> str:
    texts = texts_of(request.GET)
    shared = {name: text for name, text in shared_of(texts).items() if name != "map"}
    detail = detail_in(flat(texts).get("detail", ""))
    whose = read_question(Question, shared)
    walked = walked_map(found.ask, journey_map, whose, detail, partial(remembered, found))
    if walked.is_empty:
        raise Http404(_("Nobody has begun this journey."))
    lanes = (
        Row(lane.label, tuple(Piece(cell.text, cell.small, cell.tone) for cell in lane.cells))
        for lane in walked.lanes
        if lane.name != "changed" or walked.changed is not None
    )
    heads = list(_heads(grid_of_map(found, journey_map, "", "")))[-1:]
    title = _("{name}, version {n}: {finding}").format(
        name=journey_map.name, n=journey_map.version, finding=walked.overlay.title
    )
    overlay = replace(walked.overlay, title=title)
    return draw_storyboard(overlay, (*heads, *lanes), overlay)
