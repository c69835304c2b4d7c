"""The theme, the keys, the palette, health."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

import trodden
from trodden.model.words import LANGUAGES
from trodden.web.actors import actor_of
from trodden.web.home import walks
from trodden.web.languages import AUTOMATIC, COOKIE, keep_choice
from trodden.web.pages import THEMES, show
from trodden.web.site.pages import entries, find_page, found, keys_page, people
from trodden.web.workspaces import within

if TYPE_CHECKING:
    from django.http import HttpRequest

A_YEAR_S = 31_536_000
CHOICES: Final = {"theme": THEMES, "keys": ("on", "off"), COOKIE: (AUTOMATIC, *LANGUAGES)}
"""What a visitor may choose, and out of what."""


@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes the request
    """Say that pages are answered, and whether there is anything to show in the chosen workspace."""
    with within(settings.TRODDEN_WORKSPACE):
        found = walks()
    snapshot = found.snapshot.name if found else None
    return JsonResponse({"status": "ok", "version": trodden.__version__, "snapshot": snapshot})


@require_safe
def mark(request: HttpRequest) -> HttpResponse:
    """Show the mark of the product."""
    return render(request, "site/mark.svg", content_type="image/svg+xml")


@require_POST
def theme(request: HttpRequest) -> HttpResponseRedirect:
    """Keep the theme, the keys or the language a visitor chose, and go back."""
    response = HttpResponseRedirect(_safe_next(request))
    for name, known in CHOICES.items():
        value = request.POST.get(name, "")
        if value in known:
            response.set_cookie(name, value, max_age=A_YEAR_S, samesite="Lax", httponly=True)
    if request.POST.get(COOKIE) in CHOICES[COOKIE]:
        keep_choice(request, request.POST[COOKIE])
    return response


def _safe_next(request: HttpRequest) -> str:
    """Return where to go back to: an address of ours, whatever the form said."""
    wanted = request.POST.get("next", "/")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else "/"


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Show every key."""
    return show(request, "site/keys.html", keys_page())


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Show everything that can be opened."""
    searched = request.GET.get("q", "").strip()
    return show(request, "site/find.html", find_page(found(walks(), actor_of(request), searched), searched))


@require_safe
def palette(request: HttpRequest) -> JsonResponse:
    """List everything that can be opened, for the palette; with ``q`` the customers whose name begins so."""
    searched = request.GET.get("q", "").strip()
    listed = people(walks(), searched) if searched else entries(walks(), actor_of(request))
    return JsonResponse({"entries": [asdict(entry) for entry in listed]})
