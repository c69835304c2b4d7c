"""The question and the answer of ``success``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.question import PATTERN, Answer, Estimate, Example, Question, Rate

Reading = Literal[
    "goes with success", "goes with failure", "no clear association", "always before it", "too few to say"
]


class SuccessQuestion(Question, frozen=True, kw_only=True):
    """Which steps go with reaching the goal, among those who have had as much time to take them."""

    goal: Annotated[
        str | None,
        PATTERN,
        Meta(description="A touchpoint or pattern; without one the goal of the map's journeys."),
    ] = None
    window: Annotated[
        timedelta | None, Meta(description="How long a step counts after it was taken; else for ever.")
    ] = None
    min_count: Annotated[int, Meta(ge=1, description="Units that must have a step for it to be tested.")] = 30
    limit: Annotated[int, Meta(ge=1, le=1_000, description="Steps told; the rest are counted.")] = 50


class SuccessStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step before the goal, and what it goes with.

    ``having``, ``others``: units that are over and have the step (or not), and the share that reached the
    goal. ``odds``: their odds ratio as it stands. ``at_equal_exposure``: the one common to units that had
    taken as many other steps; ``adjusted_p`` is its p, corrected over all steps tested (Benjamini-Hochberg),
    and the reading rests on it. *Always before it*: nobody reached the goal without. An association: nothing
    says that the step brings the goal about. ``examples``: units that have it and reached the goal, after
    most steps.
    """

    touchpoint: str
    having: Rate
    others: Rate
    odds: Estimate
    at_equal_exposure: Estimate
    adjusted_p: float | None
    reading: Reading
    examples: tuple[Example, ...]


class Success(Answer, frozen=True, kw_only=True):
    """Steps told apart first, by how far their odds are from even; then the others by units.

    ``reached``: units that reached the goal, of those that are over. ``at_once``: units that began with it,
    in no comparison. ``tried``: steps tested. ``rare``: steps of fewer units than ``min_count``. ``hidden``:
    steps beyond the limit.
    """

    reached: Rate
    at_once: int
    steps: tuple[SuccessStep, ...]
    tried: int
    rare: int
    hidden: int
