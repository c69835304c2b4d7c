"""The designed journeys and what was walked of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.formats import format_moment
from trodden.charts.tables import table_of
from trodden.insights.ranked import by_cost
from trodden.insights.walked import walked_map
from trodden.model.question import Question
from trodden.model.words import say
from trodden.questions import read_question
from trodden.registry import find
from trodden.web.actors import actor_of
from trodden.web.addresses import SHARED, address_of_links, ask_address, flat, shared_of, texts_of, with_query
from trodden.web.boards.saving import save_form
from trodden.web.explore.pages import files_of
from trodden.web.filters import filters_of
from trodden.web.home import or_404, walks
from trodden.web.journeys.beside import FIELDS, beside_of
from trodden.web.journeys.deeds import owners, take_down
from trodden.web.journeys.drafts import base_of
from trodden.web.journeys.effects import extent_of
from trodden.web.journeys.judging import answered, detail_in, remembered
from trodden.web.journeys.listing import JourneysPage, cards_of, sorted_cards, sorts_of_list
from trodden.web.journeys.mining import SHARES, draft
from trodden.web.journeys.pages import (
    LISTED,
    MOST_BESIDE,
    MapPage,
    Picture,
    changed_part,
    facts_of,
    heads_of,
    waits_of,
)
from trodden.web.journeys.versions import mapped, versions_of
from trodden.web.journeys.ways import chips_of, entries_of, sorts_of
from trodden.web.markup import drawing
from trodden.web.pages import Crumb, Empty, File, filtered, no_data, show
from trodden.web.people.rights import Right
from trodden.web.tables import grid_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.api import StoredWalks
    from trodden.charts.svg.marks import Address
    from trodden.insights.walked import WalkedMap
    from trodden.model.journey_map import JourneyMap
    from trodden.web.journeys.drafts import Base

JUDGED: Final = "judged"
"""The field of an address that waits for what takes long."""


@require_safe
def journeys(request: HttpRequest) -> HttpResponse:
    """List the designed journeys."""
    found = walks()
    title = _("Journeys")
    if found is None:
        return show(request, "journeys/list.html", JourneysPage(title, (), empty=no_data()))
    is_waited_for, order = request.GET.get(JUDGED) == "yes", request.GET.get("sort", "")
    cards = cards_of(found, owners(), partial(answered if is_waited_for else remembered, found))
    known = all(card.is_known for card in cards)
    page = JourneysPage(
        title,
        sorted_cards(cards, order),
        found.catalog.faults,
        sorts=sorts_of_list(order),
        can_draw=actor_of(request).may(Right.EDIT),
        pending="" if known else with_query(reverse("journeys"), {"sort": order, JUDGED: "yes"}),
        shares=SHARES,
        goals=tuple(sorted(name for name in found.touchpoints if name)),
    )
    return show(request, "journeys/list.html", page)


@require_POST
def mine(request: HttpRequest) -> HttpResponse:
    """Mine a first draft of a map and show it, laid under the walks it came from."""
    found = or_404(walks())
    asked = {name: request.POST.get(name, "") for name in ("name", "share", "goal")}
    mined = draft(found, **asked)
    take_down(request, "mined", mined, mined.evidence)
    return redirect("journey", mined.key)


@require_safe
def journey(request: HttpRequest, key: str) -> HttpResponse:
    """Show one journey: as designed, as walked, as judged.

    What takes long is shown where it is remembered. Else the page says where it can be had: at its own
    address with ``judged=yes``, from where script fetches it and puts it in place.
    """
    found, journey_map = mapped(key)
    texts = texts_of(request.GET)
    fields = flat(texts)
    is_waited_for = fields.pop(JUDGED, "") == "yes"
    shared = {name: text for name, text in shared_of(texts).items() if name != "map"}
    detail = detail_in(fields.get("detail", ""))
    later = partial(answered if is_waited_for else remembered, found)
    whose = read_question(Question, shared)
    walked = walked_map(found.ask, journey_map, whose, detail, later)
    page = _page(found, journey_map, fields, detail)
    if actor_of(request).may(Right.EDIT):
        edit = File(_("Edit"), reverse("map-editor", args=[journey_map.key]))
        page = replace(page, links=(edit, *page.links))
    page = replace(page, **versions_of(found, journey_map, whose, walked.as_designed, actor_of(request)))
    if walked.is_empty:
        return show(request, "journeys/one.html", replace(page, empty=_nothing(page, fields)))
    asked = {**shared, "map": key}
    address = address_of_links(asked)
    base = base_of(found.maps, journey_map, may_edit=actor_of(request).may(Right.EDIT))
    parts = {**_parts(walked, address), **_list(walked, page.action, fields, address, base)}
    parts |= _told(walked, page.action, fields, asked)
    parts["beside"] = beside_of(found, journey_map, fields, shared)
    parts["saving"] = save_form(actor_of(request), find("walked"), asked, found, journey_map.name)
    return show(request, "journeys/one.html", replace(page, **parts))


def _page(found: StoredWalks, journey_map: JourneyMap, fields: Mapping[str, str], detail: int) -> MapPage:
    action = reverse("journey", args=[journey_map.key])
    stages, steps = heads_of(journey_map)
    return MapPage(
        title=journey_map.name,
        crumbs=(Crumb(_("Journeys"), reverse("journeys")), Crumb(journey_map.name)),
        facts=facts_of(journey_map, found.catalog.time_zone),
        goal=journey_map.goal,
        owner=owners().get(journey_map.name, "") or journey_map.owner,
        links=(File(_("Versions"), reverse("versions", args=[journey_map.key])),),
        filters=filters_of(action, fields, found, kept=("detail", "kind", "sort", *FIELDS)),
        stages=stages,
        steps=steps,
        is_beside=len(steps) <= MOST_BESIDE,
        detail=detail,
        action=action,
        kept=tuple((name, text) for name, text in fields.items() if name != "detail"),
        files=_files(journey_map, fields),
        definitions=tuple(
            File(label, reverse("reference", args=[name]))
            for label, name in (
                (_("How journeys are laid over the map and judged"), "walked"),
                (_("What went as designed means"), "conformance"),
                (_("What a pause is"), "pauses"),
                (_("How a prediction is scored"), "predictions"),
            )
        ),
    )


def _files(journey_map: JourneyMap, fields: Mapping[str, str]) -> tuple[File, ...]:
    """Return the drawings of a map, and what was walked of it as files."""
    shared = {name: text for name, text in fields.items() if name in SHARED}
    drawn = {**shared, "detail": fields.get("detail", "")}
    return (
        File(_("SVG as designed"), reverse("map-drawing", args=[journey_map.key, "designed"])),
        File(
            _("SVG walked over it"),
            with_query(reverse("map-drawing", args=[journey_map.key, "walked"]), drawn),
        ),
        *files_of(find("walked"), {**shared, "map": journey_map.key}),
    )


def _nothing(page: MapPage, fields: Mapping[str, str]) -> Empty:
    if any(name in fields for name in ("period", "segment", "where", "as_of")):
        return filtered(page.action)
    return Empty(
        "none-yet",
        _("Nobody has begun this journey"),
        _("No event matches what starts it; the data may name its touchpoints otherwise."),
        actions=(File(_("See the touchpoints there are"), reverse("data")),),
    )


def _parts(walked: WalkedMap, address: Address) -> dict[str, Any]:
    overlay = walked.overlay
    picture = Picture(
        svg=drawing(overlay, address),
        grid=grid_of(table_of(overlay), address, 200),
        title=overlay.title,
        n=overlay.n,
        as_of=format_moment(overlay.as_of, overlay.time_zone) if overlay.as_of else "",
        hidden=overlay.hidden,
        notes=overlay.notes,
    )
    return {
        "lead": walked.lead,
        "picture": picture,
        "lanes": walked.lanes,
        "waits": waits_of(walked, address),
        "waits_title": walked.waits_title,
    }


def _list(
    walked: WalkedMap, action: str, fields: Mapping[str, str], address: Address, base: Base
) -> dict[str, Any]:
    chosen, is_by_cost = fields.get("kind", ""), fields.get("sort") == "cost"
    better = tuple(way for way in walked.ranked if way.is_desire_path)
    others = tuple(way for way in walked.ranked if not way.is_desire_path)
    ways = tuple(way for way in others if chosen in {"", way.group})
    ways = by_cost(ways) if is_by_cost else ways
    is_whole = fields.get("all") == "yes" or len(ways) <= LISTED
    more = File(_("All {n} of them").format(n=len(ways)), with_query(action, {**fields, "all": "yes"}))
    extent = extent_of(walked.ranked)
    return {
        "better": entries_of(better, address, extent, base),
        "chips": chips_of(others, chosen, action, fields),
        "sorts": sorts_of(action, fields, is_by_cost=is_by_cost),
        "entries": entries_of(ways if is_whole else ways[:LISTED], address, extent, base),
        "all_entries": None if is_whole else more,
    }


def _told(
    walked: WalkedMap, action: str, fields: Mapping[str, str], question: Mapping[str, str]
) -> dict[str, Any]:
    """Return what was judged, foretold and changed, with the way to the whole answers."""
    is_known = walked.verdicts is not None and walked.changed is not None
    return {
        "foretold": walked.foretold,
        "scores": ask_address("predictions", question),
        "pending": "" if is_known else with_query(action, {**fields, JUDGED: "yes"}),
        "matched_on": ", ".join(map(say, walked.verdicts.matched_on)) if walked.verdicts else "",
        "judged": ask_address("verdicts", question) if walked.verdicts else "",
        "changed": changed_part(
            walked.changed, ask_address("changes_of_mind", question), address_of_links(question)
        )
        if walked.changed
        else None,
    }
