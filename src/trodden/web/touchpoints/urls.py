"""Addresses of touchpoints."""

from __future__ import annotations

from django.urls import path

from trodden.web.touchpoints import views

urlpatterns = [path("<path:name>/", views.touchpoint, name="touchpoint")]
