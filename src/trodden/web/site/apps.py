"""The app of what all pages share."""

from __future__ import annotations

from django.apps import AppConfig

from trodden.web.converters import make_known


class SiteConfig(AppConfig):
    """What all pages share."""

    name = "trodden.web.site"
    label = "site"

    def ready(self) -> None:
        """Let addresses hold any text, before any of them is read."""
        make_known()
