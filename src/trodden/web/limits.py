"""Who sees only some of the customers: those of a saved segment, as if nobody else had ever come.

`home.walks` returns walks of those customers alone, so that no question, page, file or stream knows others.
What is of the whole workspace is refused: a route that is not in `OPEN` does not open for them.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.methods.journeys.segments import names_in, parse_segment
from trodden.methods.journeys.within import open_map
from trodden.model.errors import CallerError
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from trodden.model.journey_map import JourneyMap
    from trodden.web.actors import Actor

seen_segment: ContextVar[str] = ContextVar("seen_segment", default="")
"""Name of the saved segment whose customers are all there is for who asks; empty for all customers."""

OPEN: Final = frozenset(
    {
        *("front", "start-hide", "find", "palette", "settings", "workspaces"),
        *("journeys", "journey", "versions", "mine", "redesign", "accept", "discard", "publish"),
        *("map-new", "map-draw", "map-editor", "map-change", "map-others", "map-restore", "map-owner"),
        *("segments", "segment", "segment-overlap", "segment-new", "segment-draft", "segment-edit"),
        *("segment-save", "segment-delete", "segment-restore"),
        *("explore", "ask", "ask-file", "running", "cancel", "reference", "touchpoint"),
        *("customers", "customer", "customer-event"),
        *("boards", "board", "board-new", "board-save", "board-restore", "board-change", "board-copy"),
        *(
            "board-fresh",
            "board-card",
            "board-comment",
            "api-boards",
            "api-board",
            "api-marks",
            "board-share",
            "board-mail",
            "board-link",
        ),
        *("marks", "marks-change", "marks-file"),
        *("shoes", "shoes-begin", "shoes-walk", "shoes-wish", "shoes-withdraw", "shoes-who"),
        *("api-analyses", "api-ask", "api-maps", "api-map", "api-map-publish", "api-workspace"),
        *("api-segments", "api-segment", "api-customers"),
        *("api-health", "api-openapi", "api-live"),
        *("api-map-mine", "api-map-redesign", "api-map-accept", "api-map-restore", "api-map-step"),
        *("api-map-deeds", "api-map-owner", "api-segment-restore", "api-touchpoints"),
        *("api-boards-gone", "api-board-copy", "api-board-restore", "api-cards", "api-card"),
        *("api-card-restore", "api-comments", "api-comment", "api-comment-restore"),
        *("api-mailings", "api-mailing", "api-mailing-restore", "api-board-links", "api-board-link"),
        *("api-marks-list", "api-mark", "api-mark-restore"),
        *("api-shoes", "api-wishes", "api-wish"),
        *("api-tokens", "api-token", "api-sessions", "api-session"),
    }
)
"""Routes that show nothing but maps, settings of one's own, and what walks say of the customers one sees."""


@contextmanager
def seen_as(segment: str) -> Generator[None]:
    """Let what is done in this block see the customers of a saved segment alone; of an empty one, all."""
    token = seen_segment.set(segment)
    try:
        yield
    finally:
        seen_segment.reset(token)


def limit_of(email: str) -> str:
    """Return by which segment a member of this address is limited: what goes out in their name is, too."""
    from trodden.web.people.models import Membership

    return Membership.here.filter(user__email=email).values_list("limit", flat=True).first() or ""


def common_limit(*limits: str) -> str | None:
    """Return the segment whose customers are those that all of these see; None where they see different ones.

    Examples
    --------
    >>> common_limit("", "northern"), common_limit("northern", "southern"), common_limit("", "")
    ('northern', None, '')
    """
    held = {*limits} - {""}
    return None if len(held) > 1 else next(iter(held), "")


class Limited(NamedTuple):
    """Who sees, or will once they join, only some customers, and by which segment."""

    email: str
    limit: str


def limited_by(name: str, segments: Mapping[str, str]) -> list[Limited]:
    """Return who sees only some customers by a segment, or by one that refers to it; the invited, too."""
    from trodden.web.people.models import Invitation, Membership

    members = Membership.here.exclude(limit="").values_list("user__email", "limit")
    invited = Invitation.here.exclude(limit="").filter(expires_at__gt=timezone.now())
    held = sorted(Limited(*one) for one in (*members, *invited.values_list("email", "limit")))
    return [one for one in held if name in _whole(one.limit, segments)]


def hold_segment(name: str, segments: Mapping[str, str], actor: Actor, *, is_deleted: bool = False) -> None:
    """Refuse to put a segment aside that says what somebody sees, and to let who is limited write it.

    Raises
    ------
    CallerError
        The message says to an admin whom it limits.
    """
    who = [one.email for one in limited_by(name, segments)]
    if actor.limit:
        who += _writers_by(name, segments)
    if who and (is_deleted or actor.limit):
        said = _("@{name} says which customers some people see.")
        if actor.may(Right.ADMINISTER):
            said = _("@{name} says which customers these people see: {who}.")
        raise CallerError(
            said.format(name=name, who=", ".join(who)),
            hint=_("An admin changes what they see, under People."),
        )


def _writers_by(name: str, segments: Mapping[str, str]) -> list[str]:
    """Return who wrote cards of boards that links and mails tell of a segment's customers alone."""
    from trodden.web.boards.models import Card

    held = Card.here.exclude(limit="").values_list("written_by", "limit").distinct()
    return sorted({by for by, limit in held if name in _whole(limit, segments)})


def hold_still(name: str, segments: Mapping[str, str], maps: Mapping[str, JourneyMap]) -> None:
    """Refuse to limit somebody by a segment whose customers change with a map.

    Raises
    ------
    CallerError
        It cannot be read, or rests on a map of which it names no published version.
    """
    found = open_map(parse_segment(f"@{name}", segments), maps)
    if found:
        said = _("@{name} cannot say which customers somebody sees: {map} is no published version of a map.")
        raise CallerError(
            said.format(name=name, map=found),
            hint=_('Name a version that is published, as in: deviated from "Getting connected@1".'),
        )


def hold_change(name: str, segments: Mapping[str, str], maps: Mapping[str, JourneyMap]) -> None:
    """Refuse a segment, as it would be, that would let whom it limits see others as a map changes.

    Raises
    ------
    CallerError
        As `hold_still`.
    """
    for limit in {one.limit for one in limited_by(name, segments)}:
        hold_still(limit, segments, maps)


def limits_said(name: str, segments: Mapping[str, str], actor: Actor) -> str:
    """Say that some see only some customers by a segment, to an admin who; nothing where nobody does."""
    who = ", ".join(one.email for one in limited_by(name, segments))
    if who and actor.may(Right.ADMINISTER):
        return _("It says which customers these people see: {who}.").format(who=who)
    return _("It says which customers some people see.") if who else ""


def renamed(before: str, after: str) -> None:
    """Let who sees the customers of a segment, or was invited to, see them under its new name; cards, too."""
    from trodden.web.boards.models import Card
    from trodden.web.people.models import Invitation, Membership

    for held in (Membership, Invitation, Card):
        held.here.filter(limit=before).update(limit=after)


def _whole(name: str, segments: Mapping[str, str]) -> set[str]:
    """Return a segment with every other it refers to, however far; one that cannot be read refers to none."""
    found, left = set[str](), [name]
    while left:
        now = left.pop()
        if now not in found:
            found.add(now)
            left += names_in(segments.get(now, ""))
    return found
