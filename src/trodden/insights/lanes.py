"""The lanes below the picture: for each designed step what was promised, and what was walked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.analyses.walked.answer import WalkedStep
from trodden.charts.formats import NOTHING, format_count, format_interval, format_share
from trodden.methods.journeys.flow import steps_in_order
from trodden.model.durations import format_duration
from trodden.model.journey_map import Step
from trodden.model.words import phrase, tr

if TYPE_CHECKING:
    from trodden.analyses.walked.answer import Walked
    from trodden.charts import Tone
    from trodden.model.journey_map import JourneyMap


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a lane: a few words, a second line in small, and how good or bad it is."""

    text: str
    small: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Lane:
    """A row below the steps; ``hint`` explains what it tells."""

    name: str
    label: str
    hint: str
    cells: tuple[Cell, ...]


EMPTY = Cell("")


def lanes_of_map(journey_map: JourneyMap, walked: Walked) -> tuple[Lane, ...]:
    """Return the lanes that say something: what was designed first, then what was walked.

    A lane without any entry is left out.
    """
    steps = steps_in_order(journey_map)
    lanes = (
        *(_designed(heading, steps, cell) for heading, cell in _PROMISED),
        *(_walked(heading, walked, steps, cell) for heading, cell in _WALKED),
        *(_designed(heading, steps, cell) for heading, cell in _ASSUMED),
    )
    return tuple(lane for lane in lanes if any(cell.text for cell in lane.cells))


def _designed(heading: Heading, steps: tuple[Step, ...], cell: Callable[[Step], Cell]) -> Lane:
    return Lane(*_said(heading), tuple(cell(step) for step in steps))


def _walked(
    heading: Heading, walked: Walked, steps: tuple[Step, ...], cell: Callable[[WalkedStep, Step], Cell]
) -> Lane:
    cells = (cell(found, step) for found, step in zip(walked.steps, steps, strict=True))
    return Lane(*_said(heading), tuple(cells))


def _said(heading: Heading) -> Heading:
    name, label, hint = heading
    return name, tr(label), tr(hint)


def _promise(step: Step) -> Cell:
    return Cell(step.promise)


def _channels(step: Step) -> Cell:
    return Cell(", ".join(step.channels))


def _expected(step: Step) -> Cell:
    """Return the typical wait, the longest below it; the longest alone where nothing else is designed."""
    wait = step.wait
    longest = tr("at most {time}", time=format_duration(wait.longest.total_seconds())) if wait.longest else ""
    if wait.typical is None:
        return Cell(longest)
    return Cell(format_duration(wait.typical.total_seconds()), longest)


def _wait(found: WalkedStep, step: Step) -> Cell:
    wait = found.wait
    if wait.value is None:
        return EMPTY
    longest = step.wait.longest.total_seconds() if step.wait.longest else None
    is_late = longest is not None and wait.low is not None and wait.low > longest
    interval = format_interval(wait.low, wait.high, "duration")
    return Cell(format_duration(wait.value), interval, "worse" if is_late else "plain")


def _late(found: WalkedStep, step: Step) -> Cell:  # noqa: ARG001 - one shape for all lanes
    late = found.late
    if late is None or late.value is None:
        return EMPTY
    is_many = (late.low or 0.0) > MANY_LATE
    return Cell(
        format_share(late.value),
        format_interval(late.low, late.high, "share"),
        "worse" if is_many else "plain",
    )


MANY_LATE = 0.1
"""More than a tenth beyond the longest designed wait is told in colour, where the interval is sure of it."""


def _share(found: WalkedStep, step: Step) -> Cell:  # noqa: ARG001 - as above
    rate = found.journeys
    if rate.value is None:
        return Cell(NOTHING)
    return Cell(format_share(rate.value), format_interval(rate.low, rate.high, "share"))


def _standing(found: WalkedStep, step: Step) -> Cell:  # noqa: ARG001 - as above
    return Cell(format_count(found.standing)) if found.standing else EMPTY


def _emotion(step: Step) -> Cell:
    if step.emotion is None:
        return EMPTY
    return Cell(f"{step.emotion:+g}".replace("-", "\u2212") if step.emotion else "0")


def _evidence(step: Step) -> Cell:
    return Cell(step.evidence)


Heading = tuple[str, str, str]
"""Name, label and hint of a lane."""

_PROMISED: tuple[tuple[Heading, Callable[[Step], Cell]], ...] = (
    (("promise", phrase("Promised"), phrase("What the map promises the customer")), _promise),
    (("channels", phrase("Channel"), phrase("Where the step is meant to happen")), _channels),
    (("expected", phrase("Expected wait"), phrase("How long the wait before the step should be")), _expected),
)
_WALKED: tuple[tuple[Heading, Callable[[WalkedStep, Step], Cell]], ...] = (
    (("wait", phrase("Walked wait"), phrase("Half waited no longer; in brackets its 95 % interval")), _wait),
    (("late", phrase("Waited too long"), phrase("Share of waits above the longest one designed")), _late),
    (("share", phrase("Walked share"), phrase("Share of ended journeys that came to the step")), _share),
    (
        ("standing", phrase("Standing there"), phrase("Journeys on their way that came to this step last")),
        _standing,
    ),
)
WALKED_LANES = frozenset(heading[0] for heading, _ in _WALKED)

_ASSUMED: tuple[tuple[Heading, Callable[[Step], Cell]], ...] = (
    (
        ("emotion", phrase("Meant to feel"), phrase("What the map assumes, from -2 to +2: nobody was asked")),
        _emotion,
    ),
    (
        ("evidence", phrase("Known from"), phrase("How the author of the map came to know of the step")),
        _evidence,
    ),
)
