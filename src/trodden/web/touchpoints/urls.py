"""Addresses of touchpoints."""

from __future__ import annotations

from django.urls import path

from trodden.web.touchpoints import views

urlpatterns = [path("<any:name>/", views.touchpoint, name="touchpoint")]
