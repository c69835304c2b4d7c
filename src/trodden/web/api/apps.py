"""The app of what programs may do."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Tokens, and requests that were answered and may come again."""

    name = "trodden.web.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
