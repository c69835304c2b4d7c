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
from trodden.web.limits import common_limit, seen_as, seen_segment

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


class Outside:
    """The cards of a board, read once, and which of them people outside are shown."""

    def __init__(self, board: Board) -> None:
        self.name = board.name
        self._cards = list(cards_of(board))
        self._may: dict[str, bool] = {}

    def shown(self, going: Going) -> list[Card]:
        """Return the cards that a link or a mailing shows."""
        return [card for card in self._cards if self._is_shown(card, going)]

    def kept_back(self, going: Going) -> list[Card]:
        """Return the cards that were written since by who may let nothing out."""
        return [card for card in self._cards if not self._is_shown(card, going)]

    def _is_shown(self, card: Card, going: Going) -> bool:
        until = -1 if going.confirmed_in is None else going.confirmed_in
        return card.written_in <= until or self._may_let_out(card.written_by)

    def _may_let_out(self, who: str) -> bool:
        if who not in self._may:
            self._may[who] = still_may(who, OUTSIDE)
        return self._may[who]


def walks_of(card: Card) -> StoredWalks:
    """Return the walks of the customers whom both who wrote a card and who sends it see.

    Raises
    ------
    QuestionError
        They see different ones.
    """
    limit = common_limit(seen_segment.get(), card.limit)
    if limit is None:
        raise QuestionError(_("Who wrote this sees other customers than who sends it."))
    with seen_as(limit):
        found = walked()
    if found is None:
        raise QuestionError(_("There is nothing to tell."))
    return found
