"""The app of marks."""

from __future__ import annotations

from django.apps import AppConfig


class MarksConfig(AppConfig):
    """What happened when."""

    name = "trodden.web.marks"
    label = "marks"
    default_auto_field = "django.db.models.BigAutoField"
