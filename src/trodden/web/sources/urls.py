"""The address of what is known about the data."""

from __future__ import annotations

from django.urls import path

from trodden.web.sources import views

urlpatterns = [path("", views.data, name="data")]
