"""Addresses of Home, findings and knowledge."""

from __future__ import annotations

from django.urls import path

from trodden.web.findings import views

urlpatterns = [
    path("", views.front, name="front"),
    path("start/hide", views.start_hide, name="start-hide"),
    path("findings/", views.findings, name="findings"),
    path("findings/findings.csv", views.findings_file, name="findings-file"),
    path("findings/look", views.look_for, name="findings-look"),
    path("findings/<slug:key>/", views.finding, name="finding"),
    path("findings/<slug:key>/decide", views.decide_on, name="finding-decide"),
    path("findings/<slug:key>/note", views.note_on, name="finding-note"),
    path("findings/<slug:key>/interpret", views.interpret_it, name="finding-interpret"),
    path("knowledge/", views.knowledge, name="knowledge"),
    path("knowledge/<uuid:known>/review", views.knowledge_review, name="knowledge-review"),
]
