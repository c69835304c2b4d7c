"""What of a board people outside are shown, and of which customers a card is told that leaves its page.

A card lends nobody more than who wrote it had: it is told of the customers that they saw and that who sends
it sees. People outside are shown what stood there when who sends it last saw to it, and since then only what
somebody wrote who may let things out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trodden.model.errors import QuestionError
from trodden.web.boards.keeping import cards_of
from trodden.web.boards.standing import OUTSIDE, still_may
from trodden.web.home import walked
from trodden.web.limits import seen_as, seen_segment

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board, Card, Going


def confirmed(board: Board, actor: Actor) -> dict[str, object]:
    """Return what a link or a mailing keeps of who lets a board out as it is: it goes in their name."""
    return {"made_by": actor.name, "confirmed_in": board.version, "title": board.name}


def title_outside(going: Going) -> str:
    """Return what a board is called outside: as it was when somebody last saw to that."""
    return going.title or _("A board")


def shown_outside(board: Board, going: Going) -> list[Card]:
    """Return the cards of a board that people outside are shown."""
    return [card for card, is_shown in _sorted_out(board, going) if is_shown]


def kept_back(board: Board, going: Going) -> list[Card]:
    """Return the cards that were written since by who may let nothing out."""
    return [card for card, is_shown in _sorted_out(board, going) if not is_shown]


def _sorted_out(board: Board, going: Going) -> list[tuple[Card, bool]]:
    """Return the cards of a board, looked for once, each with whether people outside are shown it."""
    cards = list(cards_of(board))
    until = -1 if going.confirmed_in is None else going.confirmed_in
    since = {card.written_by for card in cards if card.written_in > until}
    may = {who for who in since if still_may(who, OUTSIDE)}
    return [(card, card.written_in <= until or card.written_by in may) for card in cards]


def walks_of(card: Card) -> StoredWalks:
    """Return the walks of the customers whom both who wrote a card and who sends it see.

    Raises
    ------
    QuestionError
        They see different ones.
    """
    limits = {seen_segment.get(), card.limit} - {""}
    if len(limits) > 1:
        raise QuestionError(_("Who wrote this sees other customers than who sends it."))
    with seen_as(next(iter(limits), "")):
        found = walked()
    if found is None:
        raise QuestionError(_("There is nothing to tell."))
    return found
