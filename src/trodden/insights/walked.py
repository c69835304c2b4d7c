"""Designed against walked, put together: the lead, the picture, its lanes, the ranked list, the waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from trodden.analyses.changes_of_mind.answer import ChangesOfMindQuestion
from trodden.analyses.conformance.answer import ConformanceQuestion
from trodden.analyses.pauses.answer import PausesQuestion
from trodden.analyses.predictions.answer import PredictionsQuestion
from trodden.analyses.verdicts.answer import VerdictsQuestion
from trodden.analyses.walked.answer import WalkedQuestion
from trodden.charts.formats import format_count, format_interval, format_places, format_share
from trodden.insights.changed import Changed, changed_of, lane_changed
from trodden.insights.foretold import Foretold, foretold_of, lanes_foretold
from trodden.insights.lanes import WALKED_LANES, Lane, lanes_of_map
from trodden.insights.ranked import Ranked, ranked
from trodden.insights.spine import overlay_of
from trodden.insights.waits import WaitPlace, wait_places
from trodden.methods.journeys.select import shared_fields
from trodden.model.words import ntr, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.analyses.changes_of_mind.answer import ChangesOfMind
    from trodden.analyses.conformance.answer import Conformance
    from trodden.analyses.pauses.answer import Pauses
    from trodden.analyses.predictions.answer import Predictions
    from trodden.analyses.verdicts.answer import Verdicts
    from trodden.analyses.walked.answer import Walked
    from trodden.charts import Overlay, Tone
    from trodden.model.journey_map import Forecast, JourneyMap
    from trodden.model.question import Answer, Question, Rate

    Ask = Callable[[Question], Answer]
    AskLater = Callable[[Question], Answer | None]

WORTH_A_SENTENCE = 0.1
"""A share of waits beyond the designed longest one that a lead mentions."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence, as loud as it should be."""

    text: str
    strong: bool = False
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class WalkedMap:
    """Everything a page about one designed journey shows.

    ``verdicts`` and ``changed`` are null where they are not known yet.
    """

    walked: Walked
    as_designed: Rate
    lead: tuple[Span, ...]
    overlay: Overlay
    lanes: tuple[Lane, ...]
    ranked: tuple[Ranked, ...]
    waits: tuple[WaitPlace, ...]
    waits_title: str
    foretold: Foretold
    verdicts: Verdicts | None
    changed: Changed | None

    @property
    def is_empty(self) -> bool:
        """Say whether no journey of the map was found at all."""
        return not self.walked.about.units


def walked_map(
    ask: Ask, journey_map: JourneyMap, whose: Question, detail: int = 80, later: AskLater | None = None
) -> WalkedMap:
    """Ask what was walked of a map, and put it together.

    ``whose`` says whose journeys and when; the map is set here. ``detail`` as in
    :func:`trodden.insights.spine.overlay_of`. ``later`` answers what takes long, or says with None that it
    is not known yet: without an answer ways are compared plainly, and changes of mind are left out.
    """
    fields: dict[str, Any] = {**shared_fields(whose), "map": journey_map.key}
    walked = cast("Walked", ask(WalkedQuestion(**fields)))
    pauses = cast("Pauses", ask(PausesQuestion(**fields)))
    conformance = cast("Conformance", ask(ConformanceQuestion(**fields)))
    predictions = cast("Predictions", ask(PredictionsQuestion(**fields)))
    verdicts = cast("Verdicts | None", later(VerdictsQuestion(**fields)) if later else None)
    changes = cast("ChangesOfMind | None", later(ChangesOfMindQuestion(**fields)) if later else None)
    return WalkedMap(
        walked=walked,
        as_designed=conformance.as_designed,
        lead=tuple(lead_of(walked, conformance.as_designed, journey_map)),
        overlay=overlay_of(walked, journey_map, headline(walked), pauses, detail, verdicts),
        lanes=_lanes(journey_map, walked, predictions, changes),
        ranked=ranked(walked, verdicts),
        waits=wait_places(pauses, walked),
        waits_title=_waits_title(pauses),
        foretold=foretold_of(predictions),
        verdicts=verdicts,
        changed=changed_of(changes) if changes else None,
    )


def _lanes(
    journey_map: JourneyMap, walked: Walked, predictions: Predictions, changes: ChangesOfMind | None
) -> tuple[Lane, ...]:
    """Return all lanes; predictions follow what was walked, changes of mind come after these."""
    lanes = lanes_of_map(journey_map, walked)
    told = [*lanes_foretold(journey_map, predictions), lane_changed(journey_map, changes)]
    after = 1 + max((i for i, lane in enumerate(lanes) if lane.name in WALKED_LANES), default=-1)
    return (*lanes[:after], *told, *lanes[after:])


def headline(walked: Walked) -> str:
    """Say the one number of the picture in a sentence."""
    if walked.reached.value is None:
        return tr("No journey of this map has ended yet")
    said = f"{format_share(walked.reached.value)} {_interval(walked.reached)}"
    return tr(
        "{said} of {closed} journeys that ended reached their goal",
        said=said,
        closed=format_count(walked.closed),
    )


def lead_of(walked: Walked, as_designed: Rate, journey_map: JourneyMap) -> list[Span]:
    """Say how many went as designed, how many reached the goal, and where waiting goes wrong."""
    if walked.reached.value is None:
        return [Span(tr("No journey of this map has ended yet. ")), *_open(walked)]
    return [
        Span(tr("Of {closed} journeys that ended, ", closed=format_count(walked.closed))),
        Span(tr("{share} went as designed", share=format_share(as_designed.value or 0.0)), strong=True),
        Span(tr(" {interval} and ", interval=_interval(as_designed))),
        Span(tr("{share} reached their goal", share=format_share(walked.reached.value)), strong=True),
        Span(f" {_interval(walked.reached)}. "),
        *_against_plan(walked.reached, journey_map.forecast),
        *_worst_wait(walked),
        *_open(walked),
    ]


def _interval(rate: Rate) -> str:
    return format_interval(rate.low, rate.high, "share")


def _against_plan(rate: Rate, forecast: Forecast) -> list[Span]:
    """Compare with what the author of the map expected: outside the range only where the interval is."""
    if forecast.reached is None or rate.value is None or rate.low is None or rate.high is None:
        return []
    low = forecast.reached if forecast.low is None else forecast.low
    high = forecast.reached if forecast.high is None else forecast.high
    said = Span(tr("The plan said {share}: ", share=format_share(forecast.reached)))
    points = tr("{n} points", n=format_places(abs(rate.value - forecast.reached) * 100, 0))
    if rate.high < low:
        return [said, Span(tr("{points} short", points=points), strong=True, tone="worse"), Span(". ")]
    if rate.low > high:
        return [said, Span(tr("{points} more", points=points), strong=True, tone="better"), Span(". ")]
    inside = low <= rate.value <= high
    return [said, Span(tr("inside its range. ") if inside else tr("off it, but within the uncertainty. "))]


def _worst_wait(walked: Walked) -> list[Span]:
    late = [(step.late, step) for step in walked.steps if step.late and step.late.count]
    if not late:
        return []
    rate, step = max(late, key=lambda pair: pair[0].count)
    if (rate.value or 0.0) < WORTH_A_SENTENCE:
        return []
    return [
        Span(tr("{place} is where waiting breaks the promise: ", place=step.label)),
        Span(
            tr("{share} wait longer than designed", share=format_share(rate.value or 0.0)),
            strong=True,
            tone="worse",
        ),
        Span(f" {_interval(rate)}. "),
    ]


def _open(walked: Walked) -> list[Span]:
    count = walked.about.open
    n = format_count(count)
    said = ntr("{n} is still on the way.", "{n} are still on the way.", count, n=n)
    return [Span(said)] if count else []


def _waits_title(pauses: Pauses) -> str:
    from trodden.analyses.pauses.chart import pauses_chart

    return pauses_chart(pauses).title
