"""The app of what comes in."""

from __future__ import annotations

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Files, mappings and touchpoint rules."""

    name = "trodden.web.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"
