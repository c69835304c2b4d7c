"""What happened when: kept by hand or from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from trodden.web.people.models import Kept

if TYPE_CHECKING:
    from datetime import datetime

LONGEST: Final = 100

KINDS: Final = {
    "release": _("Release"),
    "outage": _("Outage"),
    "campaign": _("Campaign"),
    "note": _("Note"),
}


class Mark(Kept):
    """Something that happened at a moment, or from one until another, at some touchpoints or anywhere.

    ``touchpoints``: their names, one a line. ``version`` counts changes; a deleted one can be brought back.
    """

    name: models.CharField[str, str] = models.CharField(max_length=LONGEST)
    kind: models.CharField[str, str] = models.CharField(max_length=20, choices=list(KINDS.items()))
    begins_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ends_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    touchpoints: models.TextField[str, str] = models.TextField(blank=True)
    made_by: models.CharField[str, str] = models.CharField(max_length=254)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    deleted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        indexes = [models.Index(fields=["workspace", "begins_at"], name="marks_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def at(self) -> tuple[str, ...]:
        """Return the touchpoints it is about; none where it is about all."""
        return tuple(line for line in self.touchpoints.split("\n") if line)
