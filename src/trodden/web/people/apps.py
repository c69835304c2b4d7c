"""The app of the people."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts and memberships."""

    name = "trodden.web.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for what the sign-in library reports, to write it into the log."""
        from trodden.web.people import events

        events.listen()
