"""The app of boards."""

from __future__ import annotations

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """Boards, who gets them and what is said about them."""

    name = "trodden.web.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"
