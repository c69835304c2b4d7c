"""Boards to begin with, by role, made of the analyses there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from django.utils.translation import gettext as _

from trodden.registry import find, registrations
from trodden.web.boards.answering import fits
from trodden.web.boards.keeping import added, made

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board


@dataclass(frozen=True, slots=True)
class Part:
    """A question of a starter; ``of_map`` asks it of the first journey, and leaves it out without one.

    ``fields``: what else it asks, as texts.
    """

    analysis: str
    period: str = ""
    width: str = "half"
    of_map: bool = False
    fields: tuple[tuple[str, str], ...] = ()


_BY_MONTH: Final = (("by", "month"),)
"""Bills come by the month: by weeks, who is new and who returns goes up and down with them."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A board to begin with."""

    key: str
    name: str
    says: str


_PARTS: Final[dict[str, tuple[Part, ...]]] = {
    "marketing": (
        Part("lifecycle", width="whole", fields=_BY_MONTH),
        Part("overview", "last-28"),
        Part("retention", width="whole"),
        Part("transitions", "last-90"),
        Part("sequences", "last-90"),
    ),
    "service": (
        Part("pauses", "last-90"),
        Part("departures", "last-90"),
        Part("verbatims", "last-28", "whole"),
        Part("transitions", "last-28"),
        Part("variants", of_map=True),
    ),
    "product": (
        Part("conformance", of_map=True),
        Part("deviations", of_map=True),
        Part("verdicts", of_map=True),
        Part("changes_of_mind", of_map=True),
        Part("variants", width="whole", of_map=True),
    ),
    "sales": (
        Part("overview", "last-90"),
        Part("success", of_map=True),
        Part("changes_of_mind", of_map=True),
        Part("next_step"),
        Part("flow", width="whole"),
    ),
    "loyalty": (
        Part("retention", width="whole"),
        Part("lifecycle", width="whole", fields=_BY_MONTH),
        Part("departures"),
        Part("pauses"),
    ),
    "research": (
        Part("verbatims", "last-90", "whole"),
        Part("sequences", "last-90"),
        Part("variants", of_map=True),
        Part("verdicts", width="whole", of_map=True),
    ),
    "technology": (
        Part("deviations", of_map=True),
        Part("pauses", "last-28"),
        Part("transitions", "last-28", "whole"),
        Part("walked", width="whole", of_map=True),
    ),
    "management": (
        Part("overview", "last-90"),
        Part("lifecycle", width="whole", fields=_BY_MONTH),
        Part("conformance", of_map=True),
        Part("success", of_map=True),
        Part("departures", "last-90", "whole"),
    ),
}


def starters() -> tuple[Starter, ...]:
    """Return what one can begin with."""
    return (
        Starter("marketing", _("Marketing"), _("Who is new, who comes back, and where they go first.")),
        Starter("service", _("Service desk"), _("Where people wait, give up, and what they say about it.")),
        Starter("product", _("Product"), _("How the designed journey is walked, and what leaving it does.")),
        Starter("sales", _("Sales"), _("What leads to an order, and where people change their minds.")),
        Starter("loyalty", _("Loyalty"), _("Who stays, who went quiet, and where that happens.")),
        Starter("research", _("Research"), _("What people say, and which ways they take.")),
        Starter("technology", _("Technology"), _("Where things fail, wait and go in circles.")),
        Starter("management", _("Management"), _("The few figures to look at every month.")),
    )


def begun(key: str, actor: Actor, walks: StoredWalks) -> Board | None:
    """Make the board of a starter, with a sentence for the first reader; None where nobody knows it."""
    starter = next((one for one in starters() if one.key == key), None)
    if starter is None:
        return None
    board = made(starter.name, actor.name)
    added(board, actor, text=_first_words(starter), width="whole")
    name = next((one.name for one in walks.maps.values() if one.published_at), "")
    for part in _PARTS[key]:
        fields = dict(part.fields) | ({"map": name} if part.of_map else {})
        if (name or not part.of_map) and part.analysis in registrations() and fits(part.analysis, fields):
            _add(board, actor, part, fields)
    return board


def _add(board: Board, actor: Actor, part: Part, fields: dict[str, str]) -> None:
    added(
        board,
        actor,
        analysis=part.analysis,
        fields=msgspec.json.encode(fields).decode(),
        period=part.period,
        width=part.width,
        text=find(part.analysis).question_asked,
    )


def _first_words(starter: Starter) -> str:
    return _("{says} Take off what you do not need, and save your own answers to it.").format(
        says=starter.says
    )
