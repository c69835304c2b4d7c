"""The question and the answer of ``predictions``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.methods.journeys.predictions import Kind
from trodden.methods.journeys.predictions_periods import Every
from trodden.model.journey_map import Evidence
from trodden.model.question import Answer, Estimate, Mean, Question, Rate

Status = Literal["scored", "too early", "a draft", "predicts nothing", "no map"]
Verdict = Literal["held", "above", "below", "unclear", "too few to say"]


class PredictionsQuestion(Question, frozen=True, kw_only=True):
    """Whether what a map predicts came true, period by period.

    Without ``map``, every published map is scored (with ``hindsight`` every map), and told by map and author.
    """

    every: Annotated[Every, Meta(description="How long a period is, by the workspace's calendar.")] = "month"
    hindsight: Annotated[
        bool, Meta(description="Score a draft too, and what was walked before the publication.")
    ] = False
    tolerance: Annotated[
        float, Meta(ge=0.0, le=0.5, description="How far from a share said without a range is still right.")
    ] = 0.05
    at_least: Annotated[
        int, Meta(ge=1, description="Fewer journeys (or waits) in a period are too few to say.")
    ] = 30


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One prediction in one period, by the journeys that began in it; ``start`` names the period.

    ``actual``: the share with its interval. ``inside``: it lies in the range that was said; null where there
    are too few to say or the period is not complete. ``score``: the interval score of that range.
    ``naive_low`` and ``naive_high``: the interval of the last whole period's share, with ``naive_inside`` and
    ``naive_score`` on the same terms; null where that one had too few.
    """

    start: datetime
    actual: Rate
    inside: bool | None = None
    score: float | None = None
    naive_low: float | None = None
    naive_high: float | None = None
    naive_inside: bool | None = None
    naive_score: float | None = None


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """Planning accuracy: scored cells inside their range, and the mean interval score (smaller is better)."""

    inside: Rate
    score: Mean


class Planning(msgspec.Struct, frozen=True, kw_only=True):
    """The accuracy of what was said; of the naive forecast; and of what was said, in the naive one's cells.

    ``same`` and ``naive`` rest on the same cells, so they can be compared.
    """

    said: Accuracy
    same: Accuracy
    naive: Accuracy


class Predicted(msgspec.Struct, frozen=True, kw_only=True):
    """One prediction of the map and what came of it over all complete periods.

    ``said``: the share that was said, null where only a range was; ``low``, ``high``: its range,
    ``is_ranged`` where the map states it, else it is the tolerance. ``wait_s``: the wait that was said.
    ``actual``: the share with its interval; ``journeys`` those it counts, of waits each with at least one no
    longer than said. ``median`` and ``p90_s``: of the waits. ``verdict``: *held* where
    the share lies in the range; *above* or *below* where its whole interval lies outside, else *unclear*.
    ``branch``: of a branch, whose first step is ``step``, its last one and the first and last of its choice;
    else empty.
    """

    kind: Kind
    step: str
    label: str
    evidence: Evidence
    said: float | None
    low: float
    high: float
    is_ranged: bool
    wait_s: float | None
    actual: Rate
    journeys: int
    median: Estimate
    p90_s: float | None
    verdict: Verdict
    planning: Planning
    cells: tuple[Cell, ...]
    branch: tuple[str, ...] = ()


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """One period: half-open ``[start, end)``, cut at the publication and where another version took over.

    ``journeys`` began in it, ``open`` of them have not ended. ``is_complete``: it is over, and no more than
    one in twenty of its journeys is open; only then it is scored. ``is_hindsight``: before the publication,
    or of a draft.
    """

    start: datetime
    end: datetime
    journeys: int
    open: int
    is_complete: bool
    is_hindsight: bool
    planning: Planning


class MapPlanning(msgspec.Struct, frozen=True, kw_only=True):
    """How well a map version predicted, who assumed it, and on what evidence."""

    map: str
    author: str
    evidence: str
    published_at: datetime | None
    status: Status
    predictions: int
    planning: Planning


class AuthorPlanning(msgspec.Struct, frozen=True, kw_only=True):
    """How well all maps of one author predicted; intervals are those of independent cells."""

    author: str
    maps: int
    planning: Planning


class Predictions(Answer, frozen=True, kw_only=True):
    """What a map predicts against what was walked: see ``status`` and ``advice`` where nothing is scored.

    ``predictions``, in the order goal, branches, waits, and ``periods``, earliest first, are of the map asked
    about; ``maps`` and ``authors`` of all that were scored, best planning accuracy first.
    """

    status: Status
    advice: tuple[str, ...]
    predictions: tuple[Predicted, ...]
    periods: tuple[Scored, ...]
    maps: tuple[MapPlanning, ...]
    authors: tuple[AuthorPlanning, ...]
