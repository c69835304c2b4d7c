"""Addresses of journeys."""

from __future__ import annotations

from django.urls import path

from trodden.web.journeys import views

urlpatterns = [
    path("", views.journeys, name="journeys"),
    path("mine", views.mine, name="mine"),
    path("<path:key>/", views.journey, name="journey"),
]
