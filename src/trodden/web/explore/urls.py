"""Addresses of the analyses."""

from __future__ import annotations

from django.urls import path

from trodden.web.explore import running, views

urlpatterns = [
    path("", views.explore, name="explore"),
    path("running/<str:ticket>/", running.running, name="running"),
    path("running/<str:ticket>/cancel", running.cancel, name="cancel"),
    path("<slug:name>/", views.ask, name="ask"),
    path("<slug:name>/definition/", views.reference, name="reference"),
    path("<slug:name>.<slug:kind>", views.ask_file, name="ask-file"),
]
