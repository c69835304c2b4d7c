"""What may be a finding, before it is known what chance brings; and the words all of them share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trodden.charts.formats import (
    ends_along,
    format_count,
    format_interval,
    format_points,
    value_and_interval,
)
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.model.words import keep

if TYPE_CHECKING:
    from trodden.insights.findings.model import Finding, Sense
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Estimate

Family = Literal["ways", "waits", "changes of mind", "forecasts", "moves", "groups"]
"""What is corrected together: tests of one kind, whatever map they are about."""

MARGIN: Final = 0.03
"""A difference of shares under three points is not worth a page, however sure it is."""

FEWEST: Final = 30
"""On either side of a comparison; of fewer nothing is said."""

FEW: Final = 100
"""On one side: told as what speaks against a finding."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finding if it is more than chance.

    ``p``: of what it says; ``others``: of all else that was tested for it. ``is_large``: beyond the margins,
    with enough on both sides.
    """

    finding: Finding
    family: Family
    p: float
    is_large: bool
    others: tuple[float, ...] = ()


class Places:
    """What the places of a map are called, and by which channels people come there."""

    def __init__(self, journey_map: JourneyMap) -> None:
        steps = steps_in_order(journey_map)
        self.name = journey_map.name
        self.key = journey_map.key
        self._labels = {step.id: step.label or step.id for step in steps}
        self._channels = {self.label(step.id): step.channels for step in steps}
        self._stood_for = {name: self.label(step.id) for step in steps for name in touchpoints_of(step)}

    def label(self, step: str) -> str:
        """Return what a step is called."""
        return self._labels.get(step, step)

    def of_touchpoint(self, name: str) -> str:
        """Return the label of the step a touchpoint stands for, else its own name."""
        return self._stood_for.get(name, name)

    def channels(self, place: str) -> tuple[str, ...]:
        """Return the channels a place was designed for; none where it is not on the map."""
        return tuple(self._channels.get(place, ()))


def sense_of(value: float) -> Sense:
    """Return whether more or fewer got what they came for."""
    return "better" if value > 0 else "worse"


def points_said(effect: Estimate) -> str:
    """Write a difference of shares without its sign, with its interval: ``12 points [8-16]``."""
    value = effect.value or 0.0
    return keep(
        "{points} points {interval}",
        points=format_points(abs(value)),
        interval=format_interval(*ends_along(value, effect.low, effect.high), "points"),
    ).rstrip()


def often_said(effect: Estimate) -> str:
    """Write how much more or less often: ``12 points more often [8-16]``."""
    number, _, interval = points_said(effect).partition(" points")
    if (effect.value or 0.0) > 0:
        return keep("{number} points more often{interval}", number=number, interval=interval)
    return keep("{number} points less often{interval}", number=number, interval=interval)


def later_said(seconds: Estimate) -> str:
    """Write how much sooner or later, with the interval."""
    value = seconds.value or 0.0
    ends = ends_along(value, seconds.low, seconds.high)
    time, interval = value_and_interval(abs(value), *ends, "duration")
    if value > 0:
        return keep("{time} later {interval}", time=time, interval=interval)
    return keep("{time} sooner {interval}", time=time, interval=interval)


def nearest(effect: Estimate) -> float:
    """Return how far from nothing the nearer end of an interval is; 0 where it holds nothing."""
    low, high = effect.low, effect.high
    if low is None or high is None or low <= 0 <= high:
        return 0.0
    return min(abs(low), abs(high))


def mind_of(effect: Estimate) -> str:
    """Say which further observation would put the difference in doubt.

    As many journeys again whose difference, taken together with this one, would no longer be clear: with a
    half-width h around d that is a difference under sqrt(2) h - d, in the direction of d.
    """
    if effect.value is None or effect.low is None or effect.high is None:
        return keep("A trial in which chance decides.")
    turned = math.sqrt(2) * (effect.high - effect.low) / 2 - abs(effect.value)
    points = format_points(abs(turned))
    how = (
        keep("under {points} points", points=points)
        if turned > 0
        else keep("{points} points or more the other way", points=points)
    )
    again = keep("{n} more journeys with a difference of {how}", n=format_count(effect.n), how=how)
    return keep("{again}; or a trial in which chance decides.", again=again)


def few_said(sides: tuple[int, int]) -> tuple[str, ...]:
    """Say that one side is small, where it is."""
    least = min(sides)
    return (
        (keep("Few: one side of the comparison has only {least} journeys.", least=format_count(least)),)
        if least < FEW
        else ()
    )
