"""The question and the answer of ``next_step``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import TOUCHPOINT, Answer, Question, Rate

StepText = Annotated[str, Meta(min_length=1, max_length=10_000)]


class NextStepQuestion(Question, frozen=True, kw_only=True):
    """What comes after these steps; without any, what comes next for every unit that is open now."""

    after: Annotated[
        tuple[StepText, ...],
        TOUCHPOINT,
        Meta(
            max_length=8, description="Touchpoints walked so far, the last one last; START may be the first."
        ),
    ] = ()
    order: Annotated[
        int, Meta(ge=1, le=8, description="How many of the last steps are looked at, at most.")
    ] = 3
    horizon: Annotated[
        timedelta | None, Meta(description="A step later than this after the one before counts as none.")
    ] = None
    limit: Annotated[int, Meta(ge=1, le=200, description="Outcomes shown.")] = 10


class ElapsedQuestion(Question, frozen=True, kw_only=True):
    """How long after the first step of a unit its others come."""


class Elapsed(Answer, frozen=True, kw_only=True):
    """The median time since the first step of its unit, over all ``steps`` that have one before them."""

    steps: int
    median_s: float | None


class NextCandidate(msgspec.Struct, frozen=True):
    """One outcome: a touchpoint, or END where nothing comes next.

    ``probability`` is the model's. ``seen``: how often it came after the longest context ever seen.
    ``median_s`` and ``p90_s``: how long until then, of the ``waits`` after the last ``waits_after`` steps.
    """

    outcome: str
    probability: float
    seen: Rate
    median_s: float | None
    p90_s: float | None
    waits: int
    waits_after: int


class NextStep(Answer, frozen=True, kw_only=True):
    """Outcomes, most probable first; ``rest`` is the probability of all that are not shown.

    ``after``: the steps looked at. ``context``: how many of them, from the last, were ever seen in this
    order; ``places``: how often, with what came next known. ``open``: open units that stand just there,
    whose next step is not known. ``ends``: the probability of END. Where no steps are asked about,
    probabilities are the mean over all ``open`` units, and ``seen`` is of all places.
    """

    after: tuple[str, ...]
    context: int
    places: int
    open: int
    ends: float
    candidates: tuple[NextCandidate, ...]
    rest: float
