"""What people would change after a walk in a customer's shoes, and the proof of every erasure.

A customer stands here as in the log: as an HMAC of the identifier, from which nothing can be read back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from trodden.web.people.models import Kept

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_WISH = 280
LONGEST_REASON = 500


class Wish(Kept):
    """One sentence of what somebody would change, after one customer's journey of one map.

    ``map`` is the name of the map, without a version; ``customer`` the pseudonym of the log.
    """

    map: models.CharField[str, str] = models.CharField(max_length=200)
    customer: models.CharField[str, str] = models.CharField(max_length=20)
    text: models.CharField[str, str] = models.CharField(max_length=LONGEST_WISH)
    author: models.CharField[str, str] = models.CharField(max_length=254)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, editable=False
    )

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        indexes = [
            models.Index(fields=["workspace", "map", "-made_at"], name="wishes_of_map"),
            models.Index(fields=["workspace", "customer"], name="wishes_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.author} on {self.map}: {self.text}"


class Erasing(Kept):
    """One erasure asked for on a page: by whom, when, and what a look into every file still found after it.

    ``traces`` are places, one a line; empty is the proof. ``finished_at`` is null until it is done, also
    where it ``failed``: it is tried again. ``wishes`` counts texts that were removed or no longer name them.
    """

    customer: models.CharField[str, str] = models.CharField(max_length=20)
    asked_by: models.CharField[str, str] = models.CharField(max_length=254)
    begun_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(
        default=timezone.now, editable=False
    )
    finished_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    events: models.IntegerField[int, int] = models.IntegerField(default=0)
    lines: models.IntegerField[int, int] = models.IntegerField(default=0)
    cached: models.IntegerField[int, int] = models.IntegerField(default=0)
    wishes: models.IntegerField[int, int] = models.IntegerField(default=0)
    traces: models.TextField[str, str] = models.TextField(blank=True)
    failed: models.CharField[str, str] = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        indexes = [models.Index(fields=["workspace", "-begun_at"], name="erasures_newest_first")]

    def __str__(self) -> str:
        return f"{self.customer} erased by {self.asked_by}"
