"""One entry of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

if TYPE_CHECKING:
    from datetime import datetime


class Entry(models.Model):
    """Who did what to what, and when. Rows are never changed or deleted: the database itself refuses.

    ``seal`` is the SHA-256 over the other fields and the seal of the entry before, so that an entry that was
    altered, removed or put in between shows. ``number`` counts from 1 without a gap.
    """

    number: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    actor: models.CharField[str, str] = models.CharField(max_length=254)
    workspace: models.CharField[str, str] = models.CharField(max_length=100)
    action: models.CharField[str, str] = models.CharField(max_length=60)
    what: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    address: models.CharField[str, str] = models.CharField(max_length=45, blank=True)
    seal: models.CharField[str, str] = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Entry]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own
        indexes = [models.Index(fields=["workspace", "-number"], name="audit_newest_first")]

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.what}"
