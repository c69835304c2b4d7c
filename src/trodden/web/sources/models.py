"""What people keep about what comes in: mappings by name, touchpoint rules as they were, rules to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from trodden.web.people.models import Kept

if TYPE_CHECKING:
    from datetime import datetime


class SavedMapping(Kept):
    """Which column means what, under a name: ``text`` is the mapping file the command line reads, too."""

    name: models.CharField[str, str] = models.CharField(max_length=100)
    text: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="one_mapping_a_name")]

    def __str__(self) -> str:
        return self.name


class RulesVersion(Kept):
    """Touchpoint rules as they stood from a moment on; ``number`` counts from 1, ``text`` is their file."""

    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    text: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=254, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="one_rules_a_number")]

    def __str__(self) -> str:
        return f"{self.number} of {self.workspace}"


class RulesDraft(Kept):
    """Changes of touchpoint rules one person is at; ``base`` is the hash of the rules they began from."""

    by: models.CharField[str, str] = models.CharField(max_length=254)
    base: models.CharField[str, str] = models.CharField(max_length=32)
    text: models.TextField[str, str] = models.TextField()
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "by"], name="one_draft_a_person")]

    def __str__(self) -> str:
        return f"of {self.by}"
