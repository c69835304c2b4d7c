"""The question and the answer of ``verdicts``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.journey_map import DeviationKind
from trodden.model.question import Answer, Estimate, Example, Question

Verdict = Literal["a better way", "worse", "different but equal", "too few to say"]
OutcomeName = Literal["met", "met from the fork", "time", "contacts", "effort", "price", "score"]


class VerdictsQuestion(Question, frozen=True, kw_only=True):
    """Whether people who left the designed way were better off, beside others like them at the same fork.

    ``map`` must be given; units are its journeys unless another is named.
    """

    match: Annotated[
        tuple[str, ...] | None,
        Meta(description="Promoted properties both sides share; by default up to four with few values."),
    ] = None
    start: Annotated[
        Literal["week", "month", "quarter"], Meta(description="Both sides began in the same one of these.")
    ] = "month"
    kinds: Annotated[
        tuple[DeviationKind, ...], Meta(description="Kinds of deviation; none given means all.")
    ] = ()
    min_count: Annotated[int, Meta(ge=1, description="Closed journeys a route must be found in.")] = 30
    limit: Annotated[int, Meta(ge=1, le=200, description="Routes judged, the most frequent first.")] = 30
    within: Annotated[timedelta, Meta(description="How long later contacts and scores are followed.")] = (
        timedelta(days=14)
    )
    margin: Annotated[
        float, Meta(gt=0, lt=1, description="Shares that differ by less than this are as good as equal.")
    ] = 0.05
    margin_time: Annotated[
        float, Meta(gt=0, lt=10, description="Times apart by less than this part are as good as equal.")
    ] = 0.1
    need: Annotated[
        str | None,
        Meta(description="When the need is met, as a segment over promoted properties; else the goal."),
    ] = None
    price: Annotated[
        str | None, Meta(description="A promoted number to add up, or `value` for the events' own value.")
    ] = None
    score: Annotated[str | None, Meta(description="A promoted number, such as a survey's score.")] = None


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of those who deviated beside others like them.

    ``having`` and ``others`` hold the value and how many it rests on; ``others`` is what those who deviated
    would have got otherwise. ``effect``: the difference with its 95 % interval; of times the ratio (0.8: a
    fifth sooner). ``adjusted_p``: corrected over all ways (Benjamini-Hochberg), needs met and times
    together, the other outcomes together. ``method``: matched in strata, or weighted.
    """

    outcome: OutcomeName
    having: Estimate
    others: Estimate
    effect: Estimate
    p: float
    adjusted_p: float
    method: Literal["matched", "weighted"]


class Comparable(msgspec.Struct, frozen=True, kw_only=True):
    """How comparable both sides are, by the first outcome.

    ``having``, ``others``: journeys on each side. ``share``: of those having it, compared with others like
    them; ``trimmed``: the rest. ``effective``: how many the others are worth once weighted. ``lowest``,
    ``highest``: how likely journeys of their like were to deviate.
    """

    having: int
    others: int
    share: float | None = None
    trimmed: float | None = None
    effective: float | None = None
    lowest: float | None = None
    highest: float | None = None


class JudgedRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One way to leave the design, and the verdict on it.

    ``step`` is the designed step it is about, else ``touchpoint`` says where it was. ``source``: the step the
    ways part from, empty at the start; ``target``: for a skipped step the one that came next, else empty.
    ``journeys``: closed ones with it, at any time. ``decided_by``: the outcome the verdict rests on, empty
    where there were too few. ``examples``: those that took longest.
    """

    kind: DeviationKind
    step: str
    touchpoint: str
    label: str
    source: str
    target: str
    journeys: int
    verdict: Verdict
    decided_by: OutcomeName | Literal[""]
    comparable: Comparable
    effects: tuple[Effect, ...]
    examples: tuple[Example, ...]


class Verdicts(Answer, frozen=True, kw_only=True):
    """Routes by verdict (better ways first), then by journeys.

    ``tried``: effects tested and corrected for. ``matched_on``: what both sides share. ``hidden``: routes
    frequent enough that were not judged; ``rare``: routes in fewer journeys than ``min_count``.
    """

    map: str
    routes: tuple[JudgedRoute, ...]
    tried: int
    matched_on: tuple[str, ...]
    margin: float
    margin_time: float
    hidden: int
    rare: int
