"""Addresses of the log."""

from __future__ import annotations

from django.urls import path

from trodden.web.audit import views

urlpatterns = [
    path("", views.log, name="log"),
    path("log.<slug:kind>", views.log_file, name="log-file"),
]
