"""The addresses of settings."""

from __future__ import annotations

from django.urls import path

from trodden.web.setup import views

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("workspace/", views.workspace, name="workspace"),
    path("workspace/change/", views.change, name="workspace-change"),
    path("about/", views.about, name="about"),
]
