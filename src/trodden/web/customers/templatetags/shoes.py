"""The way into a customer's shoes from the page of a map, and what people would change who went it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from trodden.web.actors import actor_of
from trodden.web.addresses import with_query
from trodden.web.customers.wishes import wishes_on
from trodden.web.home import walks, zone_here

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.template import Context

register = template.Library()


@register.inclusion_tag("customers/_on_map.html", takes_context=True)
def shoes_on_map(context: Context, name: str) -> dict[str, Any]:
    """Offer a walk in somebody's shoes on a map, by its name, and show what people would change."""
    request: HttpRequest = context["request"]
    found = walks()
    key = next((key for key, one in found.maps.items() if one.name == name), "") if found else ""
    zone = zone_here()
    return {
        "address": with_query(reverse("shoes"), {"map": key}),
        "wishes": wishes_on(name, actor_of(request).name, zone),
        "csrf_token": context.get("csrf_token"),
    }
