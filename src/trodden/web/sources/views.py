"""About the data: what came in, what was refused, up to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.analyses.overview.answer import Overview, OverviewQuestion
from trodden.registry import find
from trodden.web.addresses import address_of_links
from trodden.web.explore.pages import files_of
from trodden.web.home import walked
from trodden.web.pages import figure_of, no_data, show
from trodden.web.sources.pages import DataPage, facts_of, imports_of, rejects_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Show what is known about the data."""
    found = walked()
    if found is None:
        return show(request, "sources/data.html", DataPage(_("About the data"), empty=no_data()))
    overview = found.ask(OverviewQuestion())
    if not isinstance(overview, Overview):  # the registry ties the two types together
        raise TypeError(type(overview).__name__)
    registration = find("overview")
    files, reference = files_of(registration, {}), reverse("reference", args=["overview"])
    figure = figure_of(registration.chart(overview), address_of_links({}), files, reference)
    page = DataPage(
        title=_("About the data"),
        facts=facts_of(found, overview),
        imports=imports_of(found),
        rejects=rejects_of(found),
        faults=found.catalog.faults,
        figure=figure,
        empty=None if overview.about.events else no_data(),
    )
    return show(request, "sources/data.html", page)
