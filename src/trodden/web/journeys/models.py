"""What is known of maps beside their files: the states of drafts, what was done to versions, their owners."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from trodden.web.people.models import Kept, User

if TYPE_CHECKING:
    from datetime import datetime


class Draft(Kept):
    """A draft that was edited on a page: ``at`` is the number of the revision that its file says."""

    name: models.CharField[str, str] = models.CharField(max_length=200)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    at: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name", "version"], name="one_draft_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.name}@{self.version} of {self.workspace}"


class Revision(models.Model):
    """One state of a draft: its whole text, what the change that led to it was, by whom and when.

    ``number`` counts from 0, the state before the first change. ``digest`` names the text.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    draft: models.ForeignKey[Draft, Draft] = models.ForeignKey(
        Draft, on_delete=models.CASCADE, related_name="revisions"
    )
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    text: models.TextField[str, str] = models.TextField()
    digest: models.CharField[str, str] = models.CharField(max_length=32)
    said: models.TextField[str, str] = models.TextField(blank=True)
    by: models.CharField[str, str] = models.CharField(max_length=254)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Revision]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="one_revision_a_number")]
        indexes = [models.Index(fields=["draft", "digest"], name="revision_by_digest")]

    def __str__(self) -> str:
        return f"{self.number} by {self.by}: {self.said}"


class Deed(Kept):
    """What somebody did to a version of a map, and why: drafted it, published it, put it aside."""

    name: models.CharField[str, str] = models.CharField(max_length=200)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    did: models.CharField[str, str] = models.CharField(max_length=20)
    why: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    by: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        indexes = [models.Index(fields=["workspace", "name", "version"], name="deeds_of_a_version")]

    def __str__(self) -> str:
        return f"{self.by} {self.did} {self.name}@{self.version}"


class Owner(Kept):
    """Who answers for a map, in all its versions."""

    name: models.CharField[str, str] = models.CharField(max_length=200)
    user: models.ForeignKey[User, User] = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="maps"
    )

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="one_owner_a_map")]

    def __str__(self) -> str:
        return f"{self.user} owns {self.name}"
