"""Every address of the product; an area's own addresses live with it."""

from __future__ import annotations

from django.urls import include, path

handler400 = "trodden.web.errors.bad_request"
handler403 = "trodden.web.errors.forbidden"
handler404 = "trodden.web.errors.not_found"
handler429 = "trodden.web.errors.too_many"
handler500 = "trodden.web.errors.failed"

urlpatterns = [
    path("", include("trodden.web.findings.urls")),
    path("", include("trodden.web.site.urls")),
    path("", include("trodden.web.people.urls")),
    path("", include("trodden.web.sso.urls")),
    path("settings/log/", include("trodden.web.audit.urls")),
    path("journeys/", include("trodden.web.journeys.urls")),
    path("explore/", include("trodden.web.explore.urls")),
    path("segments/", include("trodden.web.segments.urls")),
    path("boards/", include("trodden.web.boards.urls")),
    path("marks/", include("trodden.web.marks.urls")),
    path("customers/", include("trodden.web.customers.urls")),
    path("touchpoints/", include("trodden.web.touchpoints.urls")),
    path("data/", include("trodden.web.sources.urls")),
    path("settings/", include("trodden.web.setup.urls")),
    path("api/", include("trodden.web.api.urls")),
]
