"""The designed journey: a hypothesis and a forecast (journeys, section 2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.touchpoints import TouchpointRule

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Evidence = Literal["assumed", "observed", "researched"]
DeviationKind = Literal[
    "departed",
    "out of order",
    "missing",
    "wrong branch",
    "repeated",
    "ad hoc",
    "failing",
    "paused",
    "forced switch",
]


class Wait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a customer is expected to wait before a step."""

    typical: timedelta | None = None
    longest: timedelta | None = None


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who speaks and who listens at a communication point."""

    sender: str = ""
    receiver: str = ""


class Sides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each side does at a step: the customer, whom they meet, and who works behind the scenes."""

    customer: str = ""
    front: str = ""
    back: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One designed step and the events that stand for it.

    An event stands for the step when its touchpoint is one of ``match`` (empty: the id itself),
    its outcome one of ``outcome`` (empty: any) and every promoted property in ``where`` has one
    of the listed values. A channel is never tested.
    """

    id: Name
    label: str = ""
    stage: str = ""
    match: tuple[Name, ...] = ()
    outcome: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}
    channels: tuple[str, ...] = ()
    kind: Literal["action", "communication"] = "action"
    between: Party = Party()
    front: bool = True
    does: Sides = Sides()
    promise: str = ""
    expected_outcome: str = ""
    wait: Wait = Wait()
    moment_of_truth: bool = False
    emotion: Annotated[float, Meta(ge=-2.0, le=2.0)] | None = None
    evidence: Evidence = "assumed"


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way through a choice, with the share of journeys expected to take it."""

    flow: tuple[FlowItem, ...]
    share: Share | None = None


class Choice(msgspec.Struct, frozen=True, tag_field="do", tag="choice", forbid_unknown_fields=True):
    """Exactly one of the branches is walked."""

    branches: Annotated[tuple[Branch, ...], Meta(min_length=2)]


class Parallel(msgspec.Struct, frozen=True, tag_field="do", tag="parallel", forbid_unknown_fields=True):
    """Every branch is walked, their steps interleaved in any way."""

    branches: Annotated[tuple[tuple[FlowItem, ...], ...], Meta(min_length=2)]


class Optional(msgspec.Struct, frozen=True, tag_field="do", tag="optional", forbid_unknown_fields=True):
    """The flow is walked once or not at all."""

    flow: tuple[FlowItem, ...]


class Loop(msgspec.Struct, frozen=True, tag_field="do", tag="loop", forbid_unknown_fields=True):
    """The flow is walked once or more, with ``again`` between two rounds."""

    flow: tuple[FlowItem, ...]
    again: tuple[FlowItem, ...] = ()


class StepRef(msgspec.Struct, frozen=True, tag_field="do", tag="step", forbid_unknown_fields=True):
    """The step of this id stands here; one id stands in one place of the flow."""

    id: Name


FlowItem = StepRef | Choice | Parallel | Optional | Loop
"""The flow is a sequence of these. In a file a bare string is a step, ``{choice: [...]}`` a choice."""


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What begins a journey, what ends it, and how long a silence it survives.

    Touchpoint names; empty ``start`` means any step that can come first in the flow, empty
    ``reached`` any step that can come last. ``silence`` is measured between steps; longer ends.
    """

    start: tuple[Name, ...] = ()
    reached: tuple[Name, ...] = ()
    abandoned: tuple[Name, ...] = ()
    silence: timedelta = timedelta(days=30)


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deviation somebody has accepted: it leaves *as designed*, stays visible, never touches fitness.

    ``step`` is a step id, or a touchpoint for what stands nowhere in the map; empty means any.
    """

    kind: DeviationKind
    step: str = ""
    by: str = ""
    why: str = ""


class Forecast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the author expects of all journeys: the share that reaches the goal, and its range."""

    reached: Share | None = None
    low: Share | None = None
    high: Share | None = None


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Touchpoints whose events count: ``only`` these, else those of the map and ``also``."""

    only: tuple[Name, ...] = ()
    also: tuple[Name, ...] = ()


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Touchpoints at which customers change what they had decided: edit it, cancel it, give it back."""

    edit: tuple[Name, ...] = ()
    cancel: tuple[Name, ...] = ()
    returns: tuple[Name, ...] = ()


class JourneyMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was designed: stages, steps, the flow over them, bounds, promises and a forecast.

    ``published_at`` and ``published_hash`` are set together when the version is published; from then on
    everything the hash covers (all but ``accepted``, ``changes``, ``touchpoints`` and themselves) is locked.
    ``touchpoints`` are rules a file brings along; checking it offers to add them to the workspace.
    """

    name: Name
    flow: Annotated[tuple[FlowItem, ...], Meta(min_length=1)]
    steps: tuple[Step, ...] = ()
    goal: str = ""
    owner: str = ""
    author: str = ""
    evidence: str = ""
    version: Annotated[int, Meta(ge=1)] = 1
    valid_from: date | None = None
    valid_to: date | None = None
    parent: str = ""
    parent_step: str = ""
    personas: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    scope: Scope = Scope()
    bounds: Bounds = Bounds()
    accepted: tuple[Accepted, ...] = ()
    changes: Changes = Changes()
    forecast: Forecast = Forecast()
    published_at: datetime | None = None
    published_hash: str = ""
    touchpoints: tuple[TouchpointRule, ...] = ()

    @property
    def key(self) -> str:
        """Name the map with its version, as catalogs do."""
        return f"{self.name}@{self.version}"
