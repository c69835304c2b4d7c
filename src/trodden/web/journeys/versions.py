"""Versions of a map as its page shows them, and the four things that can be done: each by one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trodden.analyses.conformance.answer import ConformanceQuestion
from trodden.methods.journeys.select import shared_fields
from trodden.model.errors import QuestionError
from trodden.model.journey_map import DeviationKind
from trodden.web.home import walks
from trodden.web.journeys.drafts import (
    draft_accepted,
    draft_part,
    draft_redesign,
    newest_draft,
    parent_of,
    publish_draft,
    put_aside,
    superseding,
)
from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.analyses.conformance.answer import Conformance
    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Question, Rate


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
    found: StoredWalks, journey_map: JourneyMap, whose: Question, as_designed: Rate
) -> dict[str, Any]:
    """Return what a page says of versions: what this one is a draft of, which newer one there is."""
    parts: dict[str, Any] = {"newer": _newer(found.maps, journey_map)}
    if journey_map.published_at is None:
        parent = parent_of(found.maps, journey_map)
        both = (_rate(found, parent, whose), as_designed) if parent else None
        parts["draft"] = draft_part(journey_map, parent, both)
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
    drafted = draft_redesign(found, base, request.POST.get("step", ""), request.POST.get("why", ""))
    return redirect("journey", drafted.key)


@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Make the next version of a map, a draft in which one way more counts as designed."""
    found, base = _base(request, key)
    kind, at = _kind(request.POST.get("kind", "")), request.POST.get("at", "")
    drafted = draft_accepted(found, base, kind, at, request.POST.get("why", ""))
    return redirect("journey", drafted.key)


def _kind(text: str) -> DeviationKind:
    try:
        return msgspec.convert(text, DeviationKind)
    except msgspec.ValidationError as error:
        raise QuestionError(_("There is no such kind of deviation.")) from error


@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001 - views take one
    """Lock what a draft predicts."""
    found, draft = mapped(key)
    publish_draft(found, draft)
    return redirect("journey", draft.key)


@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001 - views take one
    """Put a draft aside, and show what it was a draft of."""
    found, draft = mapped(key)
    parent = parent_of(found.maps, draft)
    put_aside(found, draft)
    return HttpResponseRedirect(reverse("journey", args=[parent.key]) if parent else reverse("journeys"))


def _base(request: HttpRequest, key: str) -> tuple[StoredWalks, JourneyMap]:
    """Return the version the form was shown for: exactly that is changed, whatever came meanwhile."""
    found, journey_map = mapped(key)
    base = found.maps.get(request.POST.get("base", key))
    if base is None or base.name != journey_map.name:
        raise Http404(_("The version this was shown for is gone. Look again."))
    return found, base
