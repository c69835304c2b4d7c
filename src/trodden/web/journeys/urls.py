"""Addresses of journeys."""

from __future__ import annotations

from django.urls import path

from trodden.web.journeys import views

urlpatterns = [
    path("", views.journeys, name="journeys"),
    path("<str:key>/", views.journey, name="journey"),
]
