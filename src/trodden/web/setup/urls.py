"""The addresses of settings."""

from __future__ import annotations

from django.urls import path

from trodden.web.setup import keeping, switching, views

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("workspace/", views.workspace, name="workspace"),
    path("workspaces/", switching.workspaces, name="workspaces"),
    path("workspaces/title/", switching.title, name="workspace-title"),
    path("workspaces/make/", switching.make, name="workspace-make"),
    path("workspace/change/", views.change, name="workspace-change"),
    path("retention/", keeping.retention, name="workspace-retention"),
    path("retention/keep/", keeping.keep, name="workspace-keep"),
    path("about/", views.about, name="about"),
]
