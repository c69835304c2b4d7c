"""Every address for programs. An area adds its own here, by the ``RESOURCES`` of a module of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.urls import get_script_prefix

from trodden.web.api import (
    arranging,
    asking,
    calendars,
    customers,
    drafts,
    files,
    findings,
    imports,
    keeping,
    live,
    maps,
    marks,
    own,
    people,
    privacy,
    rules,
    said,
    segments,
    settings,
    sharing,
    shoes,
    talking,
    work,
)
from trodden.web.api.operations import Call, Operation, Resource


def openapi(_call: Call) -> dict[str, Any]:
    """Describe every address for programs, in OpenAPI 3.1."""
    return {**_description(), "servers": [{"url": f"{get_script_prefix()}api"}]}


@cache
def _description() -> dict[str, Any]:
    from trodden.web.api.openapi import description

    return description(RESOURCES)


RESOURCES = (
    *asking.RESOURCES,
    *said.RESOURCES,
    *drafts.RESOURCES,
    *maps.RESOURCES,
    *findings.RESOURCES,
    *segments.RESOURCES,
    *customers.RESOURCES,
    *privacy.RESOURCES,
    *shoes.RESOURCES,
    *arranging.RESOURCES,
    *talking.RESOURCES,
    *sharing.RESOURCES,
    *marks.RESOURCES,
    *files.RESOURCES,
    *work.RESOURCES,
    *imports.RESOURCES,
    *rules.RESOURCES,
    *settings.RESOURCES,
    *calendars.RESOURCES,
    *people.RESOURCES,
    *own.RESOURCES,
    *keeping.RESOURCES,
    *live.RESOURCES,
    Resource("api-openapi", "openapi.json", {"GET": Operation(openapi, dict[str, Any])}),
)
