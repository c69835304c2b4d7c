"""What people decided about findings, what they know, what they watch, and what they saw last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trodden.web.people.models import Kept

if TYPE_CHECKING:
    from datetime import date, datetime

State = Literal["detected", "confirmed", "acted", "verified"]

STATES: Final = {
    "detected": _("detected"),
    "confirmed": _("confirmed"),
    "acted": _("acted upon"),
    "verified": _("verified"),
}

LONGEST_TEXT: Final = 2_000
LONGEST_NAME: Final = 254


class Case(Kept):
    """What was decided about one finding, known by its key; ``version`` counts the decisions.

    ``told`` is the finding as it stood at the last decision, as JSON: it is shown when it is found no more.
    """

    key: models.CharField[str, str] = models.CharField(max_length=20)
    state: models.CharField[str, str] = models.CharField(
        max_length=20, choices=list(STATES.items()), default="detected"
    )
    is_dismissed: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    reason: models.CharField[str, str] = models.CharField(max_length=LONGEST_TEXT, blank=True)
    assignee: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME, blank=True)
    told: models.TextField[str, str] = models.TextField()
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="one_case_a_finding")]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"


class Decision(Kept):
    """What somebody decided or noted about a finding, and when. Rows are only ever added."""

    key: models.CharField[str, str] = models.CharField(max_length=20)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now, editable=False)
    by: models.CharField[str, str] = models.CharField(max_length=254)
    act: models.CharField[str, str] = models.CharField(max_length=20)
    text: models.CharField[str, str] = models.CharField(max_length=LONGEST_TEXT, blank=True)
    sentence: models.TextField[str, str] = models.TextField()

    class Meta(Kept.Meta):  # noqa: D106 - as above
        indexes = [models.Index(fields=["workspace", "key", "at"], name="decisions_in_order")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.by} {self.act}"


class Knowledge(Kept):
    """What a named person made of a finding, until it is to be looked at again on ``review_on``.

    ``is_withdrawn``: it no longer holds. ``version`` counts its reviews.
    """

    key: models.CharField[str, str] = models.CharField(max_length=20)
    sentence: models.TextField[str, str] = models.TextField()
    meaning: models.CharField[str, str] = models.CharField(max_length=LONGEST_TEXT)
    by: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now, editable=False)
    review_on: models.DateField[date, date] = models.DateField()
    is_withdrawn: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        indexes = [models.Index(fields=["workspace", "review_on"], name="knowledge_by_review")]

    def __str__(self) -> str:
        return self.meaning


class Watch(Kept):
    """That somebody wants to be told when a finding changes."""

    key: models.CharField[str, str] = models.CharField(max_length=20)
    who: models.CharField[str, str] = models.CharField(max_length=254)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        constraints = [models.UniqueConstraint(fields=["workspace", "key", "who"], name="watched_once")]

    def __str__(self) -> str:
        return f"{self.who} watches {self.key}"


class Look(Kept):
    """What somebody saw when they looked last, and the time before that, which news is counted from.

    ``seen`` and ``before``: `looks.Seen` as JSON; ``before`` is empty until they looked a second time.
    """

    who: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    seen: models.TextField[str, str] = models.TextField()
    before: models.TextField[str, str] = models.TextField(blank=True)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        constraints = [models.UniqueConstraint(fields=["workspace", "who"], name="one_look_a_person")]

    def __str__(self) -> str:
        return f"{self.who} {self.at:%Y-%m-%d}"
