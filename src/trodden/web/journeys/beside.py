"""Two periods or two segments side by side on a map's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from trodden.analyses.compare.answer import CompareQuestion
from trodden.insights.beside import lanes_beside
from trodden.model.errors import CallerError
from trodden.questions import read_question
from trodden.web.addresses import ask_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.analyses.compare.answer import Compared
    from trodden.api import StoredWalks
    from trodden.insights.lanes import Lane
    from trodden.model.journey_map import JourneyMap

FIELDS: Final = ("other_start", "other_end", "other_segment")
"""Fields of the address that name the second side."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The second side: what was asked of it, and what came of it."""

    start: str
    end: str
    segment: str
    kept: tuple[tuple[str, str], ...]
    is_on: bool = False
    lanes: tuple[Lane, ...] = ()
    problem: str = ""
    whole: str = ""


def beside_of(
    found: StoredWalks, journey_map: JourneyMap, fields: Mapping[str, str], shared: Mapping[str, str]
) -> Beside:
    """Return the second side beside the first, which the filters of the page say."""
    start, end, segment = (fields.get(name, "") for name in FIELDS)
    kept = tuple((name, text) for name, text in fields.items() if name not in FIELDS)
    part = Beside(start, end, segment, kept, is_on=bool(start or end or segment))
    if not part.is_on:
        return part
    asked = {**shared, "map": journey_map.key, "analysis": "conformance"}
    asked |= {"other_period": f"{start}..{end}"} if start or end else {}
    asked |= {"other_segment": segment} if segment else {}
    try:
        compared = cast("Compared", found.ask(read_question(CompareQuestion, asked)))
    except CallerError as error:
        return Beside(start, end, segment, kept, is_on=True, problem=str(error))
    lanes = lanes_beside(journey_map, compared)
    whole = ask_address("compare", asked)
    return Beside(start, end, segment, kept, is_on=True, lanes=lanes, whole=whole)
