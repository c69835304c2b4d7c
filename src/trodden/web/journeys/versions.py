"""Versions of a map as its page shows them, and the four things that can be done: each by one form."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from trodden.analyses.conformance.answer import ConformanceQuestion
from trodden.methods.journeys.select import shared_fields
from trodden.methods.journeys.select_names import find_newest
from trodden.model.errors import MapError, QuestionError
from trodden.model.journey_map import Accepted, DeviationKind
from trodden.store.catalog import by_hand
from trodden.web.actors import actor_of
from trodden.web.home import walks
from trodden.web.journeys.deeds import own, reason_of, take_down
from trodden.web.journeys.drafts import (
    draft_accepted,
    draft_part,
    draft_redesign,
    newest_draft,
    next_draft,
    parent_of,
    publish_draft,
    put_aside,
    superseding,
)
from trodden.web.journeys.history import digest_of, forget
from trodden.web.journeys.version_pages import versions_page
from trodden.web.pages import File, show
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.analyses.conformance.answer import Conformance
    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Question, Rate
    from trodden.web.actors import Actor


def mapped(key: str) -> tuple[StoredWalks, JourneyMap]:
    """Return the walks and the map of this key.

    Raises
    ------
    Http404
        There is none.
    """
    found = walks()
    if found is None or key not in found.maps:
        raise Http404(_("There is no journey map of that name here."))
    return found, found.maps[key]


def versions_of(
    found: StoredWalks, journey_map: JourneyMap, whose: Question, as_designed: Rate, actor: Actor
) -> dict[str, Any]:
    """Return what a page says of versions: what this one is a draft of, which newer one there is."""
    parts: dict[str, Any] = {"newer": _newer(found.maps, journey_map)}
    if journey_map.published_at is None:
        parent = parent_of(found.maps, journey_map)
        both = (_rate(found, parent, whose), as_designed) if parent else None
        part = draft_part(journey_map, parent, both)
        parts["draft"] = changed(
            part,
            publish=part.publish if actor.may(Right.MANAGE) else "",
            discard=part.discard if actor.may(Right.EDIT) else "",
            by_hand=by_hand(found.workspace, journey_map.key),
        )
    return parts


def _newer(maps: Mapping[str, JourneyMap], journey_map: JourneyMap) -> File | None:
    """Return the way to the published version after this one, else to the draft on top of it."""
    published = superseding(maps, journey_map)
    newer = published or newest_draft(maps, journey_map)
    if newer is None:
        return None
    said = (
        _("Version {n} was published after this one; changes are proposed there")
        if published
        else _("Version {n} is a draft on top of this one")
    )
    return File(said.format(n=newer.version), reverse("journey", args=[newer.key]))


def _rate(found: StoredWalks, journey_map: JourneyMap, whose: Question) -> Rate:
    fields: dict[str, Any] = {**shared_fields(whose), "map": journey_map.key}
    return cast("Conformance", found.ask(ConformanceQuestion(**fields))).as_designed


@require_POST
def redesign(request: HttpRequest, key: str) -> HttpResponse:
    """Make the next version of a map, a draft in which one step may be left out."""
    found, base = _base(request, key)
    step, why = request.POST.get("step", ""), request.POST.get("why", "")
    return redirect("journey", redesigned(request, found, base, step, why).key)


def redesigned(
    request: HttpRequest, found: StoredWalks, base: JourneyMap, step: str, text: str
) -> JourneyMap:
    """Make the next version of a map, a draft in which one step may be left out, and return it."""
    why = reason_of(text)
    drafted = draft_redesign(found, base, step, why)
    take_down(request, "redesigned", drafted, why)
    return drafted


@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Make the next version of a map, a draft in which one way more counts as designed."""
    found, base = _base(request, key)
    given = request.POST
    way = Accepted(_kind(given.get("kind", "")), given.get("at", ""), why=given.get("why", ""))
    return redirect("journey", accepted(request, found, base, way).key)


def accepted(request: HttpRequest, found: StoredWalks, base: JourneyMap, way: Accepted) -> JourneyMap:
    """Make the next version of a map, a draft in which one way more counts as designed, and return it."""
    why = reason_of(way.why)
    drafted = draft_accepted(found, base, replace(way, by=actor_of(request).name, why=why))
    said = _("{kind} at {at}: {why}").format(kind=way.kind, at=way.step, why=why or "\u2013")
    take_down(request, "accepted", drafted, said)
    return drafted


def _kind(text: str) -> DeviationKind:
    try:
        return msgspec.convert(text, DeviationKind)
    except msgspec.ValidationError as error:
        raise QuestionError(_("There is no such kind of deviation.")) from error


@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Lock what a draft predicts, with a note on why; refused where the draft says something else by now."""
    found, draft = mapped(key)
    why = reason_of(request.POST.get("why", ""))
    if request.POST.get("base", "") not in ("", digest_of(draft)):
        said = _("Somebody changed {key} since you looked at it, so it was not published.")
        raise MapError(said.format(key=draft.key), hint=_("Look at it again."))
    publish_draft(found, draft)
    take_down(request, "published", draft, why)
    forget(draft)
    return redirect("journey", draft.key)


@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Put a draft aside, and show what it was a draft of."""
    found, draft = mapped(key)
    parent = parent_of(found.maps, draft)
    put_aside(found, draft)
    forget(draft)
    take_down(request, "discarded", draft)
    return HttpResponseRedirect(reverse("journey", args=[parent.key]) if parent else reverse("journeys"))


@require_safe
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """List the versions of a map, and say what differs between two of them."""
    found, journey_map = mapped(key)
    page = versions_page(found, journey_map, request.GET.dict(), may_edit=actor_of(request).may(Right.EDIT))
    return show(request, "journeys/versions.html", page)


@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Make a draft that says what an older version says; nothing of the newer ones is lost."""
    return redirect("map-editor", restored(request, *mapped(key)).key)


def restored(request: HttpRequest, found: StoredWalks, old: JourneyMap) -> JourneyMap:
    """Make a draft that says what an older version says, and return it.

    Raises
    ------
    MapError
        It is the newest version, or somebody made one meanwhile.
    """
    newest = find_newest(found.maps, old.name)
    if newest.version == old.version:
        raise MapError(_("{key} is the newest version already.").format(key=old.key))
    drafted = next_draft(found, replace(old, version=newest.version))
    take_down(request, "restored", drafted, str(old.version))
    return drafted


@require_POST
def owner(request: HttpRequest, key: str) -> HttpResponse:
    """Say who answers for a map."""
    _found, journey_map = mapped(key)
    own(request, journey_map.name, request.POST.get("owner", ""))
    return redirect("versions", journey_map.key)


def _base(request: HttpRequest, key: str) -> tuple[StoredWalks, JourneyMap]:
    """Return the version the form was shown for: exactly that is changed, whatever came meanwhile."""
    found, journey_map = mapped(key)
    base = found.maps.get(request.POST.get("base", key))
    if base is None or base.name != journey_map.name:
        raise Http404(_("The version this was shown for is gone. Look again."))
    return found, base
