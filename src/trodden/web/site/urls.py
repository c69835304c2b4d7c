"""Addresses that belong to every page."""

from __future__ import annotations

from django.urls import path

from trodden.web.site import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("mark.svg", views.mark, name="mark"),
    path("theme", views.theme, name="theme"),
    path("keys/", views.keys, name="keys"),
    path("find/", views.find, name="find"),
    path("palette.json", views.palette, name="palette"),
]
