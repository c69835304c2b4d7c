"""The app of findings."""

from __future__ import annotations

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """Findings and knowledge."""

    name = "trodden.web.findings"
    label = "findings"
    default_auto_field = "django.db.models.BigAutoField"
