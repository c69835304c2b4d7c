"""Boards and what stands on them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trodden.web.boards.times import When
from trodden.web.people.models import Kept

if TYPE_CHECKING:
    from datetime import date, datetime

LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 2_000
UNDO_LASTS: Final = timedelta(days=1)
"""How long what was ended or taken back is kept, so that it can be brought back."""

RHYTHMS: Final = {"day": _("every day"), "week": _("every week"), "month": _("every month")}
STATES: Final = {
    "waiting": _("to be sent"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "refused": _("refused"),
    "unknown": _("cut off, perhaps sent"),
}
State = Literal["waiting", "sending", "sent", "refused", "unknown"]

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

    ``written_by`` last put it there or wrote it, who saw the customers of the segment ``limit`` alone;
    ``written_in`` is the version of the board since.
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
    written_by: models.CharField[str, str] = models.CharField(max_length=254, blank=True)
    limit: models.CharField[str, str] = models.CharField(max_length=60, blank=True)
    written_in: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    removed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        indexes = [models.Index(fields=["board", "place"], name="cards_in_order")]

    def __str__(self) -> str:
        return f"{self.place}: {self.analysis or self.text}"

    @property
    def asked(self) -> dict[str, str]:
        """Return the question as texts by field."""
        return msgspec.json.decode(self.fields, type=dict[str, str])


class Going(Kept):
    """A way a board goes out, in the name of ``made_by``.

    ``confirmed_in`` and ``title`` are the version of the board and its name when they last saw to what people
    outside are shown; None where nobody has.
    """

    made_by: models.CharField[str, str] = models.CharField(max_length=254)
    confirmed_in: models.PositiveIntegerField[int | None, int | None] = models.PositiveIntegerField(null=True)
    title: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME, blank=True)

    class Meta(Kept.Meta):  # noqa: D106 - Django's own
        abstract = True


class Mailing(Going):
    """A board sent at an hour of the workspace's zone; ``due_at`` is next, ``day`` one of the week or month.

    Weekdays count from Monday, 0. ``zone`` is the one that ``due_at`` was worked out in, ``last_on`` the day
    there for which it last went out. It goes out for who made it: without their rights no more. ``language``
    is that of readers who chose none. ``problem``: why it goes to nobody, in English. ``held_at``: a
    backup was restored; nothing leaves until somebody takes it on again. ``now_at``: last sent beside its
    time. ``ended_at``: it is sent no more, and can be brought back for a day.
    """

    board: models.ForeignKey[Board, Board] = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="mailings"
    )
    every: models.CharField[str, str] = models.CharField(max_length=10, choices=list(RHYTHMS.items()))
    day: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    hour: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=7)
    due_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    problem: models.TextField[str, str] = models.TextField(blank=True)
    held_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    now_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    zone: models.CharField[str, str] = models.CharField(max_length=64, default="UTC")
    last_on: models.DateField[date | None, date | None] = models.DateField(null=True)
    language: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    ended_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    ended_by: models.CharField[str, str] = models.CharField(max_length=254, blank=True)

    def __str__(self) -> str:
        return f"{self.board} every {self.every}"

    @property
    def when(self) -> When:
        """Return how often and at which hour it goes out."""
        return When(self.every, self.day, self.hour)


class Recipient(Kept):
    """An address a board is sent to, until ``stopped_at``; a member's as long as they are one."""

    mailing: models.ForeignKey[Mailing, Mailing] = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="recipients"
    )
    address: models.EmailField[str, str] = models.EmailField(max_length=254)
    is_member: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    stopped_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        constraints = [models.UniqueConstraint(fields=["mailing", "address"], name="once_an_address")]

    def __str__(self) -> str:
        return self.address


class NoMore(Kept):
    """That somebody ended a mail: boards of the workspace go there again only if they send them themselves.

    They are known by the hash of their address, which outlives the mailing.
    """

    address_hash: models.CharField[str, str] = models.CharField(max_length=64)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        constraints = [models.UniqueConstraint(fields=["workspace", "address_hash"], name="no_more_once")]

    def __str__(self) -> str:
        return f"no more from {self.workspace}"


class Delivery(Kept):
    """One mail to one address for one due time, claimed before it is sent, so that it is sent at most once.

    ``retry_at``: when it is tried again while it waits; since when it is being sent, or is what it is.
    ``said``: why it was not taken, in English.
    """

    recipient: models.ForeignKey[Recipient, Recipient] = models.ForeignKey(
        Recipient, on_delete=models.CASCADE, related_name="deliveries"
    )
    due_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    state: models.CharField[State, State] = models.CharField(
        max_length=10, choices=list(STATES.items()), default="waiting"
    )
    attempts: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    retry_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)
    said: models.CharField[str, str] = models.CharField(max_length=200, blank=True)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        constraints = [models.UniqueConstraint(fields=["recipient", "due_at"], name="one_mail_a_due_time")]
        indexes = [models.Index(fields=["workspace", "state", "retry_at"], name="mails_to_send")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.due_at:%Y-%m-%d %H:%M} {self.state}"


class Comment(Kept):
    """What somebody says about a board, a card of it, or a mark of the card's chart, known as links know it.

    ``about`` is what the mark was called then. ``version`` counts changes; what is resolved is kept, what was
    taken back by ``removed_by`` can be brought back for a day.
    """

    board: models.ForeignKey[Board, Board] = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="comments"
    )
    card: models.ForeignKey[Card | None, Card | None] = models.ForeignKey(
        Card, on_delete=models.CASCADE, related_name="comments", null=True
    )
    mark: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    about: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    text: models.TextField[str, str] = models.TextField()
    by: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)
    edited_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    resolved_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    removed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    removed_by: models.CharField[str, str] = models.CharField(max_length=254, blank=True)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        indexes = [models.Index(fields=["board", "at"], name="comments_in_order")]

    def __str__(self) -> str:
        return f"{self.by}: {self.text}"


class LinksOff(Kept):
    """That nobody gets into the workspace's boards by a link, as long as there is one of these."""

    by: models.CharField[str, str] = models.CharField(max_length=254)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta(Kept.Meta):  # noqa: D106 - as above
        constraints = [models.UniqueConstraint(fields=["workspace"], name="links_off_once")]

    def __str__(self) -> str:
        return f"no links into {self.workspace}"


class ShareLink(Going):
    """A link that shows a board without sign-in until it expires; only the hash of its secret is kept."""

    board: models.ForeignKey[Board, Board] = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="links"
    )
    secret_hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    said: models.CharField[str, str] = models.CharField(max_length=LONGEST_NAME, blank=True)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    opened: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    opened_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.said or 'a link'} to {self.board}"
