"""The app of the log."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The log."""

    name = "trodden.web.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
