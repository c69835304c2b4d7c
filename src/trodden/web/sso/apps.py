"""The app of single sign-on."""

from __future__ import annotations

from django.apps import AppConfig


class SsoConfig(AppConfig):
    """Whom a provider knows as which account."""

    name = "trodden.web.sso"
    label = "sso"
    default_auto_field = "django.db.models.BigAutoField"
