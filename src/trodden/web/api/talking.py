"""Comments on boards, their cards and marks of charts, by program."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from django.db import transaction
from django.shortcuts import get_object_or_404
from msgspec import Meta

from trodden.web.actors import person_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.boards.keeping import board_of
from trodden.web.boards.models import Board, Comment
from trodden.web.boards.talking import comments_of, talked

Words = Annotated[str, Meta(max_length=2_000)]


class CommentTold(msgspec.Struct, frozen=True):
    """What somebody said about a board, or a card of it; ``about`` is what a mark of its chart was called.

    ``about`` is empty to who sees only some customers: it may be of others.
    """

    id: str
    card: str | None
    about: str
    text: str
    by: str
    at: datetime
    edited_at: datetime | None
    resolved_at: datetime | None
    version: int


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said, and about which card, where it is about one."""

    text: Words
    card: str | None = None


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done to a comment; ``text`` is what it says from now on, where it is edited."""

    act: Literal["edit", "resolve", "reopen"]
    text: Words = ""


def comments(call: Call) -> Page[CommentTold]:
    """List what was said on a board, the first said first."""
    found = comments_of(_board(call)).order_by("at", "pk")
    return page_of([(f"{one.at.isoformat()}\0{one.pk}", _told(call, one)) for one in found], call.query)


def _told(call: Call, one: Comment) -> CommentTold:
    return CommentTold(
        id=str(one.pk),
        card=str(one.card.pk) if one.card else None,
        about="" if person_of(call.request).limit else one.about,
        text=one.text,
        by=one.by,
        at=one.at,
        edited_at=one.edited_at,
        resolved_at=one.resolved_at,
        version=one.version,
    )


def one_comment(call: Call) -> CommentTold:
    """Return a comment."""
    return _told(call, get_object_or_404(comments_of(_board(call)), pk=call.path["comment"]))


def say(call: Call) -> CommentTold:
    """Say something about a board, or a card of it."""
    given = {"text": call.body.text, "card": call.body.card or ""}
    return _told(call, _talked(call, "say", given))


def change(call: Call) -> CommentTold:
    """Edit a comment of one's own; resolve one, or open it again."""
    _talked(call, call.body.act, {"text": call.body.text, **_seen(call)})
    return one_comment(call)


def take_back(call: Call) -> CommentTold:
    """Take a comment back, and return it; who did so can bring it back for a day."""
    _talked(call, "take-back", _seen(call))
    return call.seen


def bring_back(call: Call) -> CommentTold:
    """Bring back a comment that one took back oneself."""
    gone = Comment.here.filter(board=_board(call), pk=call.path["comment"])
    one = get_object_or_404(gone.exclude(removed_at=None))
    _talked(call, "bring-back", {"comment": str(one.pk), "version": f"{one.version}"})
    return one_comment(call)


def _seen(call: Call) -> dict[str, str]:
    return {"comment": call.seen.id, "version": f"{call.seen.version}"}


def _talked(call: Call, act: str, given: dict[str, str]) -> Comment:
    board = _board(call)
    with transaction.atomic():
        one = talked(board, person_of(call.request), act, given)
        record(call.request, f"board.comment-{act}", str(board.pk))
    return one


def _board(call: Call) -> Board:
    return board_of(call.path["key"])


RESOURCES = (
    Resource(
        "api-comments",
        "boards/<uuid:key>/comments",
        {
            "GET": Operation(comments, Page[CommentTold], query=Paging),
            "POST": Operation(say, CommentTold, body=Saying, status=HTTPStatus.CREATED, is_change=True),
        },
    ),
    Resource(
        "api-comment",
        "boards/<uuid:key>/comments/<uuid:comment>",
        {
            "GET": Operation(one_comment, CommentTold),
            "POST": Operation(change, CommentTold, body=Answering, is_change=True, state_of=one_comment),
            "DELETE": Operation(take_back, CommentTold, is_change=True, state_of=one_comment),
        },
    ),
    Resource(
        "api-comment-restore",
        "boards/<uuid:key>/comments/<uuid:comment>/restore",
        {"POST": Operation(bring_back, CommentTold, is_change=True)},
    ),
)
