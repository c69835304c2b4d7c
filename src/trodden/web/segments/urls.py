"""Addresses of the segments."""

from __future__ import annotations

from django.urls import path

from trodden.web.segments import building, views

urlpatterns = [
    path("", views.segments, name="segments"),
    path("new/", building.new, name="segment-new"),
    path("draft/", building.draft, name="segment-draft"),
    path("save/", building.save, name="segment-save"),
    path("overlap/", views.overlap, name="segment-overlap"),
    path("restore/", views.restore, name="segment-restore"),
    path("@<str:name>/", views.segment, name="segment"),
    path("@<str:name>/edit/", building.edit, name="segment-edit"),
    path("@<str:name>/delete/", views.delete, name="segment-delete"),
]
