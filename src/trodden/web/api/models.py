"""Tokens by which programs come in for a person, and answers kept for requests that may be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from django.db import models
from django.utils import timezone

from trodden.web.people.models import Here, Kept, Membership
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from datetime import datetime


LONGEST_NAME: Final = 40


class Token(Kept):
    """What a program of a member sends; only the hash of its secret is kept. ``scopes`` are rights."""

    membership: models.ForeignKey[Membership, Membership] = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="tokens"
    )
    name: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME)
    secret_hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    scopes: models.CharField[str, str] = models.CharField(max_length=200)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    last_used_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.membership}"

    @property
    def rights(self) -> frozenset[Right]:
        """Return the rights it was given, whether or not its person still has them."""
        return frozenset(Right(name) for name in self.scopes.split(","))


class Repeat(models.Model):
    """A change asked for under an ``Idempotency-Key``, and its answer; ``status`` is 0 until it is there."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    workspace: models.CharField[str, str] = models.CharField(max_length=100)
    who: models.CharField[str, str] = models.CharField(max_length=64)
    key: models.CharField[str, str] = models.CharField(max_length=64)
    asked: models.CharField[str, str] = models.CharField(max_length=64)
    begun_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, db_index=True
    )
    status: models.IntegerField[int, int] = models.IntegerField(default=0)
    body: models.TextField[str, str] = models.TextField(blank=True)

    here: ClassVar[Here[Repeat]] = Here()
    everywhere: ClassVar[models.Manager[Repeat]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "who", "key"], name="one_answer_a_key")]
        base_manager_name = "everywhere"
        default_manager_name = "everywhere"

    def __str__(self) -> str:
        return f"{self.key} of {self.who}: {self.status}"
