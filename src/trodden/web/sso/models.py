"""Whom a provider of single sign-on knows as which account."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from trodden.web.people.models import User

if TYPE_CHECKING:
    from datetime import datetime


class Identity(models.Model):
    """What an account is at a provider: its issuer and the name it never gives to another.

    Never an address: those change hands, and what a provider says of them is not always so.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    user: models.ForeignKey[User, User] = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="identities"
    )
    issuer: models.CharField[str, str] = models.CharField(max_length=255)
    subject: models.CharField[str, str] = models.CharField(max_length=255)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, editable=False
    )

    objects: ClassVar[models.Manager[Identity]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_an_identity")]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"
