"""The designed journeys and what was walked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def journeys(request: HttpRequest) -> HttpResponse:
    """List the designed journeys."""
    return HttpResponse("")


@require_safe
def journey(request: HttpRequest, key: str) -> HttpResponse:
    """Show one journey."""
    return HttpResponse(key)
