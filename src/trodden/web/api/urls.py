"""Addresses for programs."""

from __future__ import annotations

from django.urls import path

from trodden.web.api import views

urlpatterns = [
    path("analyses", views.analyses, name="api-analyses"),
    path("ask/<slug:name>", views.ask, name="api-ask"),
    path("said/<slug:name>", views.say, name="api-said"),
]
