"""One entry of the log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """Who did what to what, and when. Rows are never changed or deleted: the database itself refuses.

    ``seal`` is the SHA-256 over the other fields and the seal of the entry before, so that an entry that was
    altered, removed or put in between shows. ``number`` counts from 1 without a gap.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    workspace = models.CharField(max_length=100)
    action = models.CharField(max_length=60)
    what = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=45, blank=True)
    seal = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Entry]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-number"], name="audit_newest_first")]

    def __str__(self) -> str:
        return f"{self.number} {self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.what}"
