"""Draw and edit a map: one change at a time, each saved, each of which can be undone."""

from __future__ import annotations

from dataclasses import replace as changed
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from trodden.charts.formats import format_moment
from trodden.methods.journeys.editing import new_map
from trodden.methods.journeys.maps import parse_map
from trodden.model.errors import CallerError, MapError
from trodden.store.catalog import add_map
from trodden.web.actors import actor_of
from trodden.web.addresses import with_query
from trodden.web.audit.requests import record
from trodden.web.home import or_404, walks
from trodden.web.journeys.deeds import take_down
from trodden.web.journeys.drafts import free_version, newest_draft, next_draft
from trodden.web.journeys.editor_pages import (
    Late,
    Problem,
    conflict_page,
    editor_page,
    new_map_page,
)
from trodden.web.journeys.edits import COMPARED, edit
from trodden.web.journeys.fields import FieldFaultsError, filled, printable
from trodden.web.journeys.history import changes_since, digest_of, save, state_before, step_back
from trodden.web.journeys.mining import LONGEST_NAME
from trodden.web.journeys.presence import seen
from trodden.web.journeys.step_form import FAULTY
from trodden.web.journeys.versions import mapped
from trodden.web.pages import show

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap
    from trodden.web.journeys.editor_pages import EditorPage


@require_safe
def editor(request: HttpRequest, key: str) -> HttpResponse:
    """Show a map to be edited."""
    found, journey_map = mapped(key)
    return show(request, "journeys/edit.html", editor_page(found, journey_map, request.GET))


@require_safe
def others(request: HttpRequest, key: str) -> HttpResponse:
    """Say who else has a draft open, and that this one has it open, too."""
    found, journey_map = mapped(key)
    zone = found.catalog.time_zone
    there = [
        _("{who} has this draft open, too, since {moment}.").format(
            who=one.name, moment=format_moment(one.since, zone)
        )
        for one in seen(journey_map.key, actor_of(request).name)
    ]
    return show(request, "journeys/_others.html", there)


@require_POST
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change a map in one place, and save it."""
    found, now = mapped(key)
    base, state = request.POST.get("base", ""), digest_of(now)
    if state not in (base, request.POST.get("over", "")):
        return _conflict(request, found, now, base)
    if request.POST.get("do") in _WAYS:
        return _stepped(request, found, now)
    before = now if base == state else state_before(now, base)
    if before is None and request.POST.get("do", "").partition(":")[0] in COMPARED:
        return _conflict(request, found, now, base)
    try:
        after, opened = edit(now, before or now, request.POST)
        saved = written(request, found, now, after) if after != now else now
    except FieldFaultsError as error:
        return _refused(
            request, found, now, Problem(_("Nothing was changed: see the fields below.")), error.faults
        )
    except MapError as error:
        return _refused(request, found, now, Problem(error.message, error.hint), _faults_of(error))
    return redirect(_opened(saved.key, request.POST.get("do", ""), opened))


_WAYS = frozenset({"undo", "redo"})
_TYPED: tuple[str, ...] = ("name", "goal", "steps", "file")


def _opened(key: str, do: str, step: str) -> str:
    """Return the address of the editor with open beside it what was edited."""
    here = reverse("map-editor", args=[key])
    name, _colon, at = do.partition(":")
    if name == "shares":
        return with_query(here, {"choice": at})
    if name.startswith("stage"):
        return with_query(here, {"open": "stages"})
    return with_query(here, {"open": "map"} if name == "map" else {"step": step})


def written(request: HttpRequest, found: StoredWalks, now: JourneyMap, after: JourneyMap) -> JourneyMap:
    """Save a change, and return it; of what is published it makes the next version, a draft.

    Raises
    ------
    MapError
        Somebody changed it meanwhile, or there is a draft on top of it already.
    """
    if now.published_at is not None:
        _refuse_second(found, now)
        draft = next_draft(found, now)
        take_down(request, "drafted", draft, str(now.version))
        now, after = draft, replace(after, version=draft.version, published_at=None, published_hash="")
    save(found.workspace, now, after, actor_of(request).name)
    record(request, "map.changed", now.key)
    return after


def _refuse_second(found: StoredWalks, published: JourneyMap) -> None:
    """Let one draft stand on top of a version: the second of two quick changes belongs to it, too."""
    draft = newest_draft(found.maps, published)
    if draft is not None:
        said = _("{draft} is a draft on top of {published} already.")
        raise MapError(
            said.format(draft=draft.key, published=published.key), hint=_("Make the change there.")
        )


def _stepped(request: HttpRequest, found: StoredWalks, now: JourneyMap) -> HttpResponse:
    do = request.POST["do"]
    try:
        step_back(found.workspace, now, -1 if do == "undo" else 1, actor_of(request).name)
    except MapError as error:
        return _refused(request, found, now, Problem(error.message, error.hint), {})
    record(request, f"map.{do}", now.key)
    return redirect(with_query(reverse("map-editor", args=[now.key]), {"step": request.POST.get("step", "")}))


def _faults_of(error: MapError) -> dict[str, str]:
    """Say a fault of a map at the field it is about, where it is about one."""
    part = error.place.partition(":")[0].rpartition(".")[2].partition("[")[0]
    return {FAULTY.get(part, part): error.message} if part else {}


def _refused(
    request: HttpRequest, found: StoredWalks, now: JourneyMap, problem: Problem, faults: dict[str, str]
) -> HttpResponse:
    """Show what was typed again, with what is wrong with it."""
    name, _colon, at = request.POST.get("do", "").partition(":")
    asked = request.GET.copy()
    asked.update(_shown(name, at or request.POST.get("step", "")))
    page = _with_typed(editor_page(found, now, asked, problem), request.POST, faults)
    return show(request, "journeys/edit.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _shown(name: str, at: str) -> dict[str, str]:
    if name == "shares":
        return {"choice": at}
    return {"open": name} if name in {"map", "stages"} else {"step": at}


def _with_typed(page: EditorPage, posted: QueryDict, faults: dict[str, str]) -> EditorPage:
    if page.step is not None and posted.get("do", "").startswith("save:"):
        return changed(page, step=changed(page.step, sets=filled(page.step.sets, posted, faults)))
    if page.form is not None:
        return changed(page, form=changed(page.form, sets=filled(page.form.sets, posted, faults)))
    return page


def _conflict(request: HttpRequest, found: StoredWalks, now: JourneyMap, base: str) -> HttpResponse:
    """Say what changed meanwhile, and offer to make the edit on top of it; nothing is lost either way."""
    zone = found.catalog.time_zone
    changes = tuple(
        Late(one.said, one.by, format_moment(one.made_at, zone)) for one in changes_since(now, base)
    )
    page = conflict_page(now, state_before(now, base), changes, request.POST)
    return show(request, "journeys/conflict.html", page, status=HTTPStatus.CONFLICT)


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Show where a map is drawn."""
    typed = dict.fromkeys(_TYPED, "")
    return show(request, "journeys/new.html", new_map_page(or_404(walks()), typed, {}))


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a new map: a name and its steps, or a map file."""
    found = or_404(walks())
    typed = {name: printable(request.POST.get(name, "")) for name in _TYPED}
    try:
        drawn = _drawn(found, typed)
    except CallerError as error:
        place = "file" if typed["file"] else getattr(error, "place", "") or "steps"
        page = new_map_page(found, typed, {place: str(error)})
        return show(request, "journeys/new.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    take_down(request, "read" if typed["file"] else "made", drawn)
    return redirect("map-editor", drawn.key)


def _drawn(found: StoredWalks, typed: dict[str, str]) -> JourneyMap:
    if typed["file"].strip():
        read = replace(parse_map(typed["file"]), published_at=None, published_hash="")
        drawn = replace(read, version=free_version(found.maps, read.name))
    else:
        name = " ".join(typed["name"].split())
        if not 0 < len(name) <= LONGEST_NAME:
            said = _("A map needs a name of at most {n} characters.").format(n=LONGEST_NAME)
            raise MapError(said, place="name")
        labels = tuple(" ".join(line.split()) for line in typed["steps"].splitlines() if line.strip())
        drawn = new_map(name, labels, " ".join(typed["goal"].split()))
        drawn = replace(drawn, version=free_version(found.maps, name))
    add_map(found.workspace, drawn)
    return drawn
