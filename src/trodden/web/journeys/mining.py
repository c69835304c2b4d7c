"""A first draft of a map out of what people walk, put into the workspace to be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from django.utils.translation import gettext as _

from trodden.methods.journeys.mining import mine_way, walked_variants
from trodden.methods.journeys.select import resolve_selection
from trodden.model.errors import QuestionError
from trodden.model.question import Question
from trodden.store.catalog import add_map
from trodden.web.journeys.drafts import free_version

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap

LONGEST_NAME: Final = 80
SHARES: Final = (30, 50, 70, 90)
"""Per cent of the ways to the goal that a draft is made to fit."""


def draft(walks: StoredWalks, name: str, share: str, goal: str = "") -> JourneyMap:
    """Mine a map of the ways to a goal, store it, and return it.

    The map fits so many per cent of the ways to the goal; see `mine_way`. A name already taken gets its next
    version, so nothing is overwritten.

    Raises
    ------
    MapError
        Somebody made that version meanwhile.
    QuestionError
        The name is empty or too long, the share none of those offered, or nobody comes to the goal.
    """
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= LONGEST_NAME:
        raise QuestionError(_("A map needs a name of at most {n} characters.").format(n=LONGEST_NAME))
    if share not in map(str, SHARES):
        raise QuestionError(
            _("A draft can fit {shares} per cent.").format(shares=", ".join(map(str, SHARES)))
        )
    variants = walked_variants(walks.snapshot, resolve_selection(Question(), walks.catalog))
    mined = mine_way(variants, int(share) / 100, wanted, goal)
    versioned = msgspec.structs.replace(mined, version=free_version(walks.maps, wanted))
    add_map(walks.workspace, versioned)
    return versioned
