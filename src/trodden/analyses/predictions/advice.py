"""What to add, and how, where a map cannot be scored; and what to know where it can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trodden.analyses.predictions.answer import Status
from trodden.methods.journeys.predictions import Prediction, unseen_branches
from trodden.methods.journeys.predictions_periods import Followed
from trodden.model.journey_map import JourneyMap
from trodden.model.words import keep

HOW_TO_PREDICT: Final = keep(
    "Say in the map what you expect: `forecast: {reached: 0.6, low: 0.55, high: 0.65}`, a `share` on the "
    "branches of a choice, `wait: {typical: 1d, longest: 3d}` on a step."
)
NO_MAP: Final = keep(
    "No map is published, so nothing is predicted yet. Add one (`trodden map add FILE`), publish it "
    "(`trodden map publish NAME`), or ask with `hindsight` to score drafts against what was walked before."
)


def status_of(
    found: JourneyMap, predictions: Sequence[Prediction], periods: Sequence[Followed], *, hindsight: bool
) -> Status:
    """Say whether anything can be scored, and if not, why."""
    if not predictions:
        return "predicts nothing"
    if found.published_at is None and not hindsight:
        return "a draft"
    return "scored" if any(one.is_scored for one in periods) else "too early"


def advice_for(status: Status, found: JourneyMap) -> tuple[str, ...]:
    """Say what to do; nothing where there is something to score."""
    publish = keep('`trodden map publish "{name}"`', name=found.name)
    if status == "predicts nothing":
        again = (
            keep("Then publish it with {publish}.", publish=publish)
            if found.published_at is None
            else keep(
                "Version {version} is locked: say it in version {next} and publish that.",
                version=found.version,
                next=found.version + 1,
            )
        )
        return (HOW_TO_PREDICT, again)
    if status == "a draft":
        return (
            keep(
                "{key} is a draft. Publish it to lock what it predicts: {publish}. Then it is scored.",
                key=found.key,
                publish=publish,
            ),
            keep("Ask with `hindsight` to score the draft against what was walked before."),
        )
    if status == "too early" and found.published_at is not None:
        return (
            keep(
                "{key} was published on {published_at}; nothing was walked after that yet.",
                key=found.key,
                published_at=format(found.published_at, "%Y-%m-%d"),
            ),
        )
    return ()


def notes_for(found: JourneyMap, is_part: bool, *, hindsight: bool) -> tuple[str, ...]:  # noqa: FBT001 - one fact beside the map
    """Return sentences for whoever reads the scores."""
    notes: list[str] = []
    if hindsight and found.published_at is None:
        notes.append(keep("A draft, scored in hindsight: nobody was held to these predictions."))
    elif hindsight:
        notes.append(keep("Periods before the publication are scored in hindsight."))
    if is_part:
        notes.append(keep("The map predicts all journeys; these are some of them."))
    unseen = unseen_branches(found)
    if unseen:
        notes.append(
            keep(
                "Shares are not scored where a branch of the choice can be passed without a step: {unseen}.",
                unseen=", ".join(unseen),
            )
        )
    return tuple(notes)
