"""Addresses of marks."""

from __future__ import annotations

from django.urls import path

from trodden.web.marks import views

urlpatterns = [
    path("", views.page, name="marks"),
    path("change", views.change, name="marks-change"),
    path("marks.csv", views.as_file, name="marks-file"),
]
