"""The question and the answer of ``changes_of_mind``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.methods.journeys.changes import ChangeKind, HowItWent
from trodden.methods.journeys.changes_known import Known
from trodden.model.question import TOUCHPOINT, Answer, Estimate, Example, Mean, Question, Rate

Verdict = Literal["better", "worse", "no clear difference", "too few to say"]
Cost = Literal["steps", "time", "contacts"]


class ChangesOfMindQuestion(Question, frozen=True, kw_only=True):
    """Where customers change their mind, whether they could, what it cost them and how it ended.

    ``edit``, ``cancel`` and ``returns`` name the touchpoints for it, ``*`` standing for any text; not given,
    they are those of the map, else guessed by name.
    """

    edit: Annotated[
        tuple[str, ...],
        TOUCHPOINT,
        Meta(description="Touchpoints to edit what was decided, such as `Change of *`."),
    ] = ()
    cancel: Annotated[tuple[str, ...], TOUCHPOINT, Meta(description="Touchpoints to cancel.")] = ()
    returns: Annotated[
        tuple[str, ...], TOUCHPOINT, Meta(description="Touchpoints to give back what was bought.")
    ] = ()
    kinds: Annotated[tuple[ChangeKind, ...], Meta(description="Kinds of change; none given means all.")] = ()
    within: Annotated[timedelta, Meta(description="How long after its first event a change is followed.")] = (
        timedelta(days=3)
    )
    cost: Annotated[Cost, Meta(description="What places are ranked by, times the customers.")] = "steps"
    limit: Annotated[int, Meta(ge=1, le=2_000, description="Places shown; the rest are told as Other.")] = 20
    min_count: Annotated[int, Meta(ge=1, description="Places with fewer changes are told as Other.")] = 1


class CouldThey(msgspec.Struct, frozen=True):
    """How many changes went this way, and how many of them, in closed units, ended with the goal reached."""

    how: HowItWent
    changes: Rate
    met: Rate


class Fee(msgspec.Struct, frozen=True):
    """What was charged, in minor units of a currency (empty where nobody said which)."""

    total_minor: int
    currency: str


class ComparedChanges(msgspec.Struct, frozen=True, kw_only=True):
    """How closed units with the change ended, against others that came as far and made none here.

    ``having``, ``others``: the share of each that reached the goal. ``reached``: the difference, with less
    others. ``time``: of the median times from first to last step of those that reached it, likewise.
    ``verdict``: by the goal where that differs, else by time, at a false discovery rate of 5 % over all
    places shown; too few where a side has under ten units. ``decided_by``: which of the two it was; empty
    where neither differs.
    """

    having: Rate
    others: Rate
    reached: Estimate
    time: Estimate
    verdict: Verdict
    decided_by: Literal["goal", "time", ""] = ""


class ChangePlace(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of change at one touchpoint, by how far the unit had come.

    ``after``: the furthest step of the map matched before, empty for none;
    ``after_step`` is its id. ``changes`` by ``customers``.
    ``could``: whether they could, most frequent first. ``if_done``: the share of changes done that ended with
    the goal reached, less that of those refused, offered no way or sent elsewhere; null where a side is
    nobody, and where ``compared`` is. ``steps``, ``contacts``: the mean of each change; ``time``: the median;
    ``fees`` by currency. ``met``, ``left``, ``open``: how the units ended, the first two of those that
    closed. ``compared`` is null for those who cancel or give back: that is an end itself; and for customers
    and sessions, which have no goal: of none of them it is told whether it was reached.
    """

    kind: ChangeKind
    touchpoint: str
    after: str
    after_step: str
    changes: int
    customers: int
    could: tuple[CouldThey, ...]
    if_done: Estimate
    steps: Mean
    contacts: Mean
    time: Estimate
    fees: tuple[Fee, ...]
    met: Rate
    left: Rate
    open: int
    compared: ComparedChanges | None
    examples: tuple[Example, ...]


class OtherPlaces(msgspec.Struct, frozen=True):
    """The places not shown: how many, and their changes."""

    places: int
    changes: int


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A ping-pong (at the touchpoint, at ``between``, and back) or a rework, in so many units.

    ``times``: how often, for a rework the visits. ``met``: of the closed units with it.
    """

    kind: Literal["ping-pong", "rework"]
    touchpoint: str
    between: str
    units: Rate
    times: int
    met: Rate


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """Units that did something at least once, and the share of closed ones that reached the goal.

    ``met`` of those that did, ``others`` of those that did not; ``difference`` is the first less the second.
    """

    units: Rate
    met: Rate
    others: Rate
    difference: Estimate


class ChangesOfMind(Answer, frozen=True, kw_only=True):
    """Places by customers times cost, most first; ``other`` holds the rest.

    ``changed``, ``backtracked``, ``ping_ponged``, ``reworked``: see `Did`. ``known``: what touchpoints were
    taken for, and who says so; *name* is a guess. ``patterns`` by units, as many as places at most.
    """

    changed: Did
    backtracked: Did
    ping_ponged: Did
    reworked: Did
    places: tuple[ChangePlace, ...]
    other: OtherPlaces | None
    patterns: tuple[Pattern, ...]
    hidden_patterns: int
    known: tuple[Known, ...]
