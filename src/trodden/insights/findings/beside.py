"""What other answers say of the place of a finding: evidence beside the one that found it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trodden.charts.formats import format_count, format_estimate, format_share
from trodden.insights.findings.model import Evidence, Finding
from trodden.model.words import keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trodden.analyses.departures.answer import Departures
    from trodden.analyses.success.answer import Success
    from trodden.insights.findings.candidates import Places
    from trodden.model.question import Estimate

MOST_ODDS: Final = 50.0

Beside = dict[tuple[str, str], tuple[Evidence, ...]]
"""Evidence by map and place."""


def of_departures(answer: Departures, places: Places) -> Beside:
    """Return how many left at each place."""
    return {
        (places.key, places.of_touchpoint(one.touchpoint)): (
            Evidence(
                "departures",
                keep(
                    "{share} of {all} who came left there",
                    share=format_share(one.left.value or 0.0),
                    all=format_count(one.left.of),
                ),
                {"map": places.key},
            ),
        )
        for one in answer.steps
        if one.departures
    }


READ: Final = {
    "goes with success": keep("it goes with success: odds {odds}"),
    "goes with failure": keep("it goes with failure: odds {odds}"),
}
"""Readings worth telling beside a finding."""


def of_success(answer: Success, places: Places) -> Beside:
    """Return which places go with reaching the goal, or with not reaching it."""
    return {
        (places.key, places.of_touchpoint(one.touchpoint)): (
            Evidence(
                "success",
                READ[one.reading].format(odds=_odds(one.at_equal_exposure)),
                {"map": places.key},
            ),
        )
        for one in answer.steps
        if one.reading in READ and _is_odds(one.at_equal_exposure)
    }


def _is_odds(found: Estimate) -> bool:
    """Say whether odds are some: where hardly anybody goes without, they say no more than that."""
    return found.value is not None and 1 / MOST_ODDS < found.value < MOST_ODDS


def _odds(found: Estimate) -> str:
    return format_estimate(found.value or 0.0, found.low, found.high, "number")


def joined(found: Iterable[Beside]) -> Beside:
    """Put what several answers say together."""
    every: Beside = {}
    for one in found:
        for place, evidence in one.items():
            every[place] = (*every.get(place, ()), *evidence)
    return every


def with_beside(finding: Finding, beside: Mapping[tuple[str, str], tuple[Evidence, ...]]) -> Finding:
    """Return a finding with what other answers say of its place."""
    more = beside.get((finding.map, finding.place), ())
    return msgspec.structs.replace(finding, evidence=(*finding.evidence, *more))
