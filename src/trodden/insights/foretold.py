"""What a map predicts beside what was walked: a lane under its steps, and one line over all of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_interval, format_share
from trodden.insights.lanes import EMPTY, Cell, Lane
from trodden.methods.journeys.flow import steps_in_order
from trodden.model.words import phrase, say, tr

if TYPE_CHECKING:
    from trodden.analyses.predictions.answer import Predicted, Predictions
    from trodden.model.journey_map import JourneyMap

HINT: Final = phrase(
    "Share of the choice that the published map predicted for this branch, and what came of it"
)
VERDICTS: Final = {
    "held": phrase("held"),
    "above": phrase("more than said"),
    "below": phrase("fewer than said"),
    "unclear": phrase("unclear"),
    "too few to say": phrase("too few to say"),
}


@dataclass(frozen=True, slots=True)
class Foretold:
    """How the predictions of a map did, in a sentence, and why where none was scored."""

    sentence: str
    is_scored: bool


def foretold_of(predictions: Predictions) -> Foretold:
    """Count the predictions that held, missed, or cannot be told yet; nothing is said of a draft."""
    if predictions.status != "scored":
        advice = "" if predictions.status == "a draft" else " ".join(predictions.advice[:1])
        return Foretold(say(advice).replace("`", ""), is_scored=False)
    verdicts = [one.verdict for one in predictions.predictions]
    held = verdicts.count("held")
    missed = verdicts.count("above") + verdicts.count("below")
    open_ = len(verdicts) - held - missed
    rest = tr(", {open} cannot be told yet", open=open_) if open_ else ""
    return Foretold(
        tr(
            "Of {verdicts} predictions of this version {held} held and {missed} did not{rest}.",
            verdicts=len(verdicts),
            held=held,
            missed=missed,
            rest=rest,
        ),
        is_scored=True,
    )


def lanes_foretold(journey_map: JourneyMap, predictions: Predictions) -> tuple[Lane, ...]:
    """Return what was said of each branch and what was walked, at the first step of the branch.

    A step that begins a branch of two choices, one within the other, has an entry in two lanes.
    """
    by_step: dict[str, list[Predicted]] = defaultdict(list)
    for one in predictions.predictions:
        if one.kind == "branch":
            by_step[one.step].append(one)
    steps = [step.id for step in steps_in_order(journey_map)]
    depth = max((len(found) for found in by_step.values()), default=0)
    return tuple(
        Lane(
            "predicted" if level == 0 else f"predicted-{level + 1}",
            tr("Predicted share") if level == 0 else tr("Predicted share, choice within"),
            tr(HINT),
            tuple(_cell(by_step[step][level]) if level < len(by_step[step]) else EMPTY for step in steps),
        )
        for level in range(depth)
    )


def _cell(one: Predicted) -> Cell:
    said = format_share(one.said) if one.said is not None else format_interval(one.low, one.high, "share")
    if one.actual.value is None:
        return Cell(tr("{said} predicted", said=said), tr("not scored yet"))
    interval = format_interval(one.actual.low, one.actual.high, "share")
    walked = tr("{share} walked {interval}", share=format_share(one.actual.value), interval=interval)
    return Cell(tr("{said} predicted", said=said), f"{walked}: {tr(VERDICTS[one.verdict])}")
