"""The question and the answer of ``conformance``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Estimate, Example, Question, Rate


class ConformanceQuestion(Question, frozen=True, kw_only=True):
    """How well the journeys that were walked fit a map, and the map them.

    ``map`` must be given; units are its journeys unless another is named.
    """

    examples: Annotated[
        int, Meta(ge=0, le=50, description="Customers shown: those whose journeys cost most.")
    ] = 5


class StepConformance(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at one designed step, in the closed journeys.

    ``journeys``: with an event that matches it; ``missing``: that went on without it. ``wait``: time since
    the previous matched event, its median with interval. ``paused``: waits above the longest designed one,
    null where none is designed. ``failing``: of the matched events. ``open``: journeys still on their way
    that have matched it.
    """

    step: str
    label: str
    stage: str
    journeys: Rate
    missing: Rate
    wait: Estimate
    wait_p90_s: float | None
    paused: Rate | None
    failing: Rate
    open: int


class BranchTaken(msgspec.Struct, frozen=True, kw_only=True):
    """One branch of a choice, called by its first step.

    ``journeys``: closed ones with an event that matches a step of the branch, of those with one that matches
    a step of the choice. ``expected``: the share the map predicts.
    """

    branch: str
    label: str
    journeys: Rate
    expected: float | None


class OpenJourneys(msgspec.Struct, frozen=True, kw_only=True):
    """Journeys still on their way, aligned with prefixes of runs; ``fitness``: 1 - cost / events, of all."""

    journeys: int
    fits: Rate
    as_designed: Rate
    fitness: float | None


class Conformance(Answer, frozen=True, kw_only=True):
    """How well closed journeys fit the map; those still open stand apart.

    ``fits``: cost 0. ``as_designed``: no deviation of any kind, accepted variations aside. ``fitness``:
    1 - sum of costs / sum of (events + steps of the cheapest run). ``precision``: 1 - escaping / enabled;
    null without a closed journey, and where there are too many different runs to keep. ``reached``: goal
    reached; ``expected`` what the map predicts of it. ``states``: of the compiled map.
    """

    map: str
    states: int
    fits: Rate
    as_designed: Rate
    fitness: float | None
    precision: float | None
    cost: int
    reached: Rate
    expected: float | None
    steps: tuple[StepConformance, ...]
    branches: tuple[BranchTaken, ...]
    open: OpenJourneys
    examples: tuple[Example, ...]
