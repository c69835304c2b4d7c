"""Addresses of journeys."""

from __future__ import annotations

from django.urls import path

from trodden.web.journeys import editor, versions, views

urlpatterns = [
    path("", views.journeys, name="journeys"),
    path("mine", views.mine, name="mine"),
    path("new", editor.new, name="map-new"),
    path("draw", editor.draw, name="map-draw"),
    path("<path:key>/edit/", editor.editor, name="map-editor"),
    path("<path:key>/edit/change", editor.change, name="map-change"),
    path("<path:key>/edit/others", editor.others, name="map-others"),
    path("<path:key>/versions/", versions.versions, name="versions"),
    path("<path:key>/restore", versions.restore, name="map-restore"),
    path("<path:key>/owner", versions.owner, name="map-owner"),
    path("<path:key>/redesign", versions.redesign, name="redesign"),
    path("<path:key>/accept", versions.accept, name="accept"),
    path("<path:key>/publish", versions.publish, name="publish"),
    path("<path:key>/discard", versions.discard, name="discard"),
    path("<path:key>/", views.journey, name="journey"),
]
