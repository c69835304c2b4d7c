"""A first draft of a map out of what people walk, put into the workspace to be corrected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec
from django.utils.translation import gettext as _

from trodden.methods.journeys.mining import mine_map, walked_variants
from trodden.methods.journeys.select import resolve_selection
from trodden.model.errors import QuestionError
from trodden.model.question import Question
from trodden.store.catalog import save_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap

LONGEST_NAME: Final = 80
SHARES: Final = (30, 50, 70, 90)
"""Per cent of the ways to the goal that a draft is made to fit."""


def draft(walks: StoredWalks, name: str, share: str, goal: str = "") -> JourneyMap:
    """Mine a map of the ways to a goal, store it, and return it.

    Every walk that comes to the goal is cut after it; the map fits so many per cent of these. Without a goal
    it is the touchpoint at which most walks of two or more different touchpoints end. A name already taken
    gets its next version, so nothing is overwritten.

    Raises
    ------
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
    end = goal or most_frequent_end(variants)
    mined = mine_map(ways_to(variants, end), int(share) / 100, wanted)
    versions = [known.version for known in walks.maps.values() if known.name == wanted]
    bounds = msgspec.structs.replace(mined.bounds, reached=(end,))
    versioned = msgspec.structs.replace(mined, version=max(versions, default=0) + 1, bounds=bounds)
    save_map(walks.workspace, versioned)
    return versioned


def most_frequent_end(variants: Mapping[tuple[str, ...], int]) -> str:
    """Return where most walks end, those at a single touchpoint left out; ties go to the first name.

    Raises
    ------
    QuestionError
        No walk leads from one touchpoint to another.
    """
    ends = Counter[str]()
    for walk, count in variants.items():
        if len(set(walk)) > 1:
            ends[walk[-1]] += count
    if not ends:
        raise QuestionError(_("No walk leads from one touchpoint to another: there is no way to draw."))
    return min(ends, key=lambda touchpoint: (-ends[touchpoint], touchpoint))


def ways_to(variants: Mapping[tuple[str, ...], int], goal: str) -> dict[tuple[str, ...], int]:
    """Return the walks that come to the goal, each up to its first time there, with how many there are.

    Raises
    ------
    QuestionError
        Nobody comes to the goal by way of another touchpoint.
    """
    ways = Counter[tuple[str, ...]]()
    for walk, count in variants.items():
        if goal in walk[1:]:
            ways[walk[: walk.index(goal, 1) + 1]] += count
    if not ways:
        raise QuestionError(_("Nobody came to {goal!r} from somewhere else.").format(goal=goal))
    return dict(ways)
