"""From a question to the ways that are judged and the outcomes that are counted."""

from __future__ import annotations

from collections import Counter
from typing import Protocol
from zoneinfo import ZoneInfo

from trodden.analyses.verdicts.answer import VerdictsQuestion
from trodden.methods.journeys.deviations import FLAGS, KINDS
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.segments import parse_segment
from trodden.methods.journeys.segments_codes import NEVER_SEEN, SegmentTest, find_property
from trodden.methods.journeys.select import resolve_condition
from trodden.methods.journeys.verdicts import ANY, Way
from trodden.methods.journeys.verdicts_ends import OWN_VALUE, PER_SCORE, Amounts, Ending
from trodden.methods.journeys.walked import Codes
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.journey_map import JourneyMap

HUNDREDTHS = 100


class Found(Protocol):
    """A deviation at one place, as ``walked`` names it."""

    kind: str
    step: str
    touchpoint: str
    source: str
    target: str
    journeys: int


class FoundAll(Protocol):
    """What ``walked`` found; ``hidden`` rarer ones it leaves out."""

    routes: tuple[Found, ...]
    hidden: int


class Names:
    """Steps and touchpoints by code, and back."""

    def __init__(self, codes: Codes, steps: tuple[str, ...], touchpoints: tuple[str, ...]) -> None:
        self.codes = codes
        self.steps = steps
        self.touchpoints = touchpoints
        self._step = {name: code for code, name in enumerate(steps)}
        self._touchpoint = {name: code for code, name in enumerate(touchpoints)}

    def way(self, found: Found) -> Way | None:
        """Return the way a deviation goes; None where it is an end, or lies beyond the last step."""
        if found.kind == "departed" or (found.kind in ("missing", *FLAGS) and not found.target):
            return None
        return Way(
            source=self._step.get(found.source, self.codes.start),
            kind=KINDS.index(found.kind) + 1,  # pyright: ignore[reportArgumentType] -- one of them
            step=self._step.get(found.step, ANY),
            touchpoint=ANY if found.step else self._touchpoint[found.touchpoint],
            target=self._step[found.target] if found.kind == "missing" else ANY,
        )

    def step(self, code: int) -> str:
        """Return a step's id; the start and any have none."""
        return self.steps[code] if 0 <= code < len(self.steps) else ""

    def touchpoint(self, code: int) -> str:
        """Return a touchpoint's name; any has none."""
        return self.touchpoints[code] if code >= 0 else ""

    def told(self, way: Way) -> tuple[str, ...]:
        """Return what a way is called, to sort by."""
        places = (
            self.step(way.step),
            self.touchpoint(way.touchpoint),
            self.step(way.source),
            self.step(way.target),
        )
        return (KINDS[way.kind - 1], *places)


def frequent_ways(
    question: VerdictsQuestion, journey_map: JourneyMap, walked: FoundAll, names: Names
) -> tuple[list[Way], int]:
    """Return the ways that are frequent enough, most journeys first, and how many are not.

    An event that ends journeys as abandoned is an end, not a way.
    """
    counted = Counter[Way]()
    for found in walked.routes:
        way = names.way(found)
        is_wanted = (
            found.kind in (question.kinds or KINDS) and found.touchpoint not in journey_map.bounds.abandoned
        )
        if way is not None and is_wanted:
            counted[way] += found.journeys
    ordered = sorted(counted, key=lambda way: (-counted[way], names.told(way)))
    kept = [way for way in ordered if counted[way] >= question.min_count]
    return kept, len(ordered) - len(kept) + walked.hidden


def resolve_ending(question: VerdictsQuestion, catalog: Catalog, zone: ZoneInfo) -> Ending:
    """Turn the outcomes asked for into codes.

    Raises
    ------
    QuestionError
        A property to add up or average is no number, or the horizon is negative.
    UnknownNameError
        A property that is not promoted.
    """
    horizon = microseconds(question.within)
    if horizon < 0:
        raise QuestionError("within: a horizon cannot be negative.", hint="Such as 14d.")
    return Ending(
        horizon=horizon,
        need=_need(question, catalog, zone),
        price=None if question.price is None else _price(question.price, catalog),
        score=None if question.score is None else _amounts(question.score, catalog, PER_SCORE),
    )


def _need(question: VerdictsQuestion, catalog: Catalog, zone: ZoneInfo) -> SegmentTest | None:
    if question.need is None:
        return None
    return resolve_condition(parse_segment(question.need, catalog.segments), catalog, zone)


def _price(name: str, catalog: Catalog) -> Amounts:
    promoted = {one.name for one in catalog.dictionaries.properties}
    if name == OWN_VALUE and name not in promoted:
        return Amounts(OWN_VALUE, (0,))
    return _amounts(name, catalog, HUNDREDTHS)


def _amounts(name: str, catalog: Catalog, per: int) -> Amounts:
    found = find_property(catalog.dictionaries, name)
    if found.type not in ("number", NEVER_SEEN):
        raise QuestionError(f"{name} is a {found.type}, not a number.", hint="Promote it as a number.")
    return Amounts(name, (0, *(round(float(value) * per) for value in found.values)))
