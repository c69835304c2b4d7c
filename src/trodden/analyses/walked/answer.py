"""The question and the answer of ``walked``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.journey_map import DeviationKind
from trodden.model.question import Answer, Estimate, Example, Question, Rate


class WalkedQuestion(Question, frozen=True, kw_only=True):
    """How the journeys of a map were walked: at which designed steps they were, along which moves.

    ``map`` must be given; units are its journeys unless another is named.
    """

    top: Annotated[int, Meta(ge=1, le=1_000, description="Routes told; the rarer ones are counted.")] = 200


class WalkedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A designed step as walked.

    ``journeys``: closed journeys with an event that matches it, of all closed ones. ``standing``: open
    journeys whose last matched step it is. ``wait``: the time from the matched step before to this one, its
    median with interval, over the closed journeys; ``wait_p90`` likewise its 0.9 quantile. ``late``: waits
    above the longest one designed, of all waits; null where none is designed.
    """

    step: str
    label: str
    stage: str
    journeys: Rate
    standing: int
    wait: Estimate
    wait_p90: Estimate
    late: Rate | None


class WalkedMove(msgspec.Struct, frozen=True, kw_only=True):
    """Two steps matched one after the other, whatever lay between; ``journeys`` that did so at least once.

    ``source`` is empty where the journey's first matched step is ``target``, ``target`` is empty where its
    last one is ``source`` and the goal was reached. ``is_designed``: the map lets ``target`` follow
    ``source`` directly. ``median``: of the time a move took, over all such moves, with its interval; of no
    values where ``source`` or ``target`` is empty.
    """

    source: str
    target: str
    journeys: int
    is_designed: bool
    median: Estimate


Verdict = Literal["better", "worse", "no clear difference", "too few to say"]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """How journeys with a deviation ended, against others that came equally far.

    ``having``, ``others``: the share of each that reached the goal. ``reached``: the difference, with less
    others. ``time``: of the median times from first to last step of those that reached it, likewise.
    ``verdict``: by the goal where that differs, else by time, at a false discovery rate of 5 % over all
    deviations of the answer; too few where a side has under ten journeys.
    """

    having: Rate
    others: Rate
    reached: Estimate
    time: Estimate
    verdict: Verdict


class WalkedRoute(msgspec.Struct, frozen=True, kw_only=True):
    """Deviations of one kind at one place: between which matched steps, at which step or touchpoint.

    ``step`` is the designed step the deviation is about, empty where it is about none; ``touchpoint`` where
    the event was, empty where one is missing. ``source`` and ``target`` are the matched steps before and
    after, empty at the journey's ends. ``journeys``: closed journeys with it at least once. ``compared`` is
    null where it is an end itself. ``examples``: the longest of these journeys.
    """

    kind: DeviationKind
    step: str
    touchpoint: str
    source: str
    target: str
    journeys: int
    compared: Compared | None
    examples: tuple[Example, ...]


class Walked(Answer, frozen=True, kw_only=True):
    """The map as walked: ``closed`` journeys, open ones apart; ``hidden`` rarer routes are left out.

    ``reached``: closed journeys that reached the goal.
    """

    map: str
    closed: int
    reached: Rate
    steps: tuple[WalkedStep, ...]
    moves: tuple[WalkedMove, ...]
    routes: tuple[WalkedRoute, ...]
    hidden: int
