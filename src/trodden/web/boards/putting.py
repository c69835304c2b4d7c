"""A question put on a board, by a page or by a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.http import Http404
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.questions import read_question, write_question
from trodden.registry import registrations
from trodden.web.boards.answering import kept_fields
from trodden.web.boards.keeping import added
from trodden.web.boards.maps import MAP
from trodden.web.boards.models import LONGEST_NAME
from trodden.web.explore.periods import usual
from trodden.web.mails import one_line
from trodden.web.shield import is_naming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trodden.api import StoredWalks
    from trodden.registry import Registration
    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board, Card


def analysis_of(name: str) -> Registration:
    """Return what a card may ask.

    Raises
    ------
    Http404
        There is no such analysis.
    """
    found = registrations().get(name)
    if found is None:
        raise Http404(_("There is no such analysis."))
    return found


def kept_question(registration: Registration, texts: Mapping[str, Sequence[str]], period: str) -> str:
    """Return a question as a card keeps it; what moves with ``period`` is left to it.

    Raises
    ------
    CallerError
        It names customers, or cannot be read.
    """
    question = read_question(registration.question, texts)
    if is_naming(registration.name, write_question(question)):
        raise CallerError(_("Boards hold no lists of customers: everybody here sees them."))
    return msgspec.json.encode(kept_fields(question, period)).decode()


def usual_period(found: StoredWalks, key: str) -> str:
    """Return the key of a usual period; empty where there is none of it."""
    keys = {one.key for one in usual(found.catalog.as_of, found.catalog.time_zone)}
    return key if key in keys else ""


def put(board: Board, actor: Actor, registration: Registration, kept: str, period: str, name: str) -> Card:
    """Put a question at the end of a board."""
    return added(
        board,
        actor,
        analysis=registration.name,
        fields=kept,
        period=period,
        text=one_line(name)[:LONGEST_NAME],
        width="whole" if registration.name == MAP else "half",
    )
