"""Addresses of journeys."""

from __future__ import annotations

from django.urls import path

from trodden.web.journeys import versions, views

urlpatterns = [
    path("", views.journeys, name="journeys"),
    path("mine", views.mine, name="mine"),
    path("<path:key>/redesign", versions.redesign, name="redesign"),
    path("<path:key>/accept", versions.accept, name="accept"),
    path("<path:key>/publish", versions.publish, name="publish"),
    path("<path:key>/discard", versions.discard, name="discard"),
    path("<path:key>/", views.journey, name="journey"),
]
