"""Addresses of journeys."""

from __future__ import annotations

from django.urls import path

from trodden.web.journeys import drawings, editor, versions, views

urlpatterns = [
    path("", views.journeys, name="journeys"),
    path("mine", views.mine, name="mine"),
    path("new", editor.new, name="map-new"),
    path("draw", editor.draw, name="map-draw"),
    path("<any:key>/edit/", editor.editor, name="map-editor"),
    path("<any:key>/edit/change", editor.change, name="map-change"),
    path("<any:key>/edit/others", editor.others, name="map-others"),
    path("<any:key>/versions/", versions.versions, name="versions"),
    path("<any:key>/restore", versions.restore, name="map-restore"),
    path("<any:key>/owner", versions.owner, name="map-owner"),
    path("<any:key>/redesign", versions.redesign, name="redesign"),
    path("<any:key>/accept", versions.accept, name="accept"),
    path("<any:key>/publish", versions.publish, name="publish"),
    path("<any:key>/discard", versions.discard, name="discard"),
    path("<any:key>/<slug:what>.svg", drawings.map_drawing, name="map-drawing"),
    path("<any:key>/", views.journey, name="journey"),
]
