"""Boards and what stands on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trodden.web.people.models import Kept

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 2_000

WIDTHS: Final = {"half": _("half the page"), "whole": _("the whole width")}


class Board(Kept):
    """A page of saved questions. ``version`` counts its changes; a deleted one can be brought back."""

    name: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME)
    made_by: models.CharField[str, str] = models.CharField(max_length=254)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)
    changed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)
    deleted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        indexes = [models.Index(fields=["workspace", "name"], name="boards_by_name")]

    def __str__(self) -> str:
        return self.name


class Card(Kept):
    """A question on a board, or a note where there is no ``analysis``.

    ``fields``: the question as texts, as JSON; its map is named as it was asked. ``period``: the usual period
    it stands for (``last-28``), worked out anew each time; empty where the question says its own. A card that
    was taken off can be put back.
    """

    board: models.ForeignKey[Board, Board] = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="cards"
    )
    place: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    width: models.CharField[str, str] = models.CharField(
        max_length=10, choices=list(WIDTHS.items()), default="half"
    )
    analysis: models.CharField[str, str] = models.CharField(max_length=100, blank=True)
    fields: models.TextField[str, str] = models.TextField(default="{}")
    period: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    text: models.TextField[str, str] = models.TextField(blank=True)
    removed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        indexes = [models.Index(fields=["board", "place"], name="cards_in_order")]

    def __str__(self) -> str:
        return f"{self.place}: {self.analysis or self.text}"

    @property
    def asked(self) -> dict[str, str]:
        """Return the question as texts by field."""
        return msgspec.json.decode(self.fields, type=dict[str, str])
