"""What people keep about what comes in: mappings by name, touchpoint rules as they were, rules to come."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from trodden.web.people.models import Here

if TYPE_CHECKING:
    from datetime import datetime


class SavedMapping(models.Model):
    """Which column means what, under a name: ``text`` is the mapping file the command line reads, too."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    workspace: models.CharField[str, str] = models.CharField(max_length=100)
    name: models.CharField[str, str] = models.CharField(max_length=100)
    text: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    here: ClassVar[Here[SavedMapping]] = Here()
    everywhere: ClassVar[models.Manager[SavedMapping]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="one_mapping_a_name")]
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"

    def __str__(self) -> str:
        return self.name


class RulesVersion(models.Model):
    """Touchpoint rules as they stood from a moment on; ``number`` counts from 1, ``text`` is their file."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    workspace: models.CharField[str, str] = models.CharField(max_length=100)
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    text: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=254, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    here: ClassVar[Here[RulesVersion]] = Here()
    everywhere: ClassVar[models.Manager[RulesVersion]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="one_rules_a_number")]
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"

    def __str__(self) -> str:
        return f"{self.number} of {self.workspace}"


class RulesDraft(models.Model):
    """Changes of touchpoint rules one person is at; ``base`` is the hash of the rules they began from."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    workspace: models.CharField[str, str] = models.CharField(max_length=100)
    by: models.CharField[str, str] = models.CharField(max_length=254)
    base: models.CharField[str, str] = models.CharField(max_length=32)
    text: models.TextField[str, str] = models.TextField()
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    here: ClassVar[Here[RulesDraft]] = Here()
    everywhere: ClassVar[models.Manager[RulesDraft]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "by"], name="one_draft_a_person")]
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"

    def __str__(self) -> str:
        return f"of {self.by}"
