"""About the data: what came in, what was refused, up to when; and the way in for more."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.analyses.overview.answer import Overview, OverviewQuestion
from trodden.collect import jobs
from trodden.registry import find
from trodden.store.disk import size_text
from trodden.web.actors import actor_of
from trodden.web.addresses import address_of_links
from trodden.web.explore.pages import files_of
from trodden.web.home import walks
from trodden.web.pages import few, figure_of, no_data, show
from trodden.web.people.rights import Right
from trodden.web.shield import TooFewError
from trodden.web.sources.pages import (
    DataPage,
    Drop,
    arrivals_of,
    facts_of,
    imports_of,
    nothing_yet,
    tabs_at,
)
from trodden.web.uploading import ROUTE, largest_upload, pass_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from trodden.api import StoredWalks
    from trodden.store.folder import Workspace


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Show what is known about the data."""
    found = walks()
    drop = _drop(request)
    page = DataPage(_("Sources"), drop=drop)
    if found is None:
        return show(
            request, "sources/data.html", dataclasses.replace(page, empty=nothing_yet(drop, no_data()))
        )
    workspace = found.workspace
    page = dataclasses.replace(
        page,
        imports=imports_of(workspace),
        faults=found.catalog.faults,
        tabs=tabs_at("data") if drop else (),
        busy=_busy(workspace) if drop else "",
    )
    if not found.snapshot.buckets():
        return show(
            request, "sources/data.html", dataclasses.replace(page, empty=nothing_yet(drop, no_data()))
        )
    try:
        page = _told(page, found)
    except TooFewError as error:
        page = dataclasses.replace(page, empty=few(error))
    return show(request, "sources/data.html", page)


def _told(page: DataPage, found: StoredWalks) -> DataPage:
    """Return the page of a workspace something has come into."""
    overview = found.ask(OverviewQuestion())
    if not isinstance(overview, Overview):  # the registry ties the two types together
        raise TypeError(type(overview).__name__)
    registration = find("overview")
    files, reference = files_of(registration, {}), reverse("reference", args=["overview"])
    return dataclasses.replace(
        page,
        facts=facts_of(found, overview),
        figure=figure_of(registration.chart(overview), address_of_links({}), files, reference),
        arrivals=arrivals_of(found.workspace),
        zone_is_default=page.drop is not None and found.catalog.time_zone == "UTC",
    )


def _drop(request: HttpRequest) -> Drop | None:
    """Return the form that takes a file, for who may bring one."""
    actor = actor_of(request)
    if not actor.may(Right.MANAGE):
        return None
    most = largest_upload()
    return Drop(reverse(ROUTE, args=[pass_for(actor.name)]), most, size_text(most))


def _busy(workspace: Workspace) -> str:
    """Return where work under way is shown."""
    key = jobs.is_busy(workspace)
    return reverse("work", args=[key]) if key else ""
