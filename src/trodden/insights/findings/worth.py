"""What a need that is met is worth, where events say amounts: so that findings are told in money, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trodden.insights.findings.candidates import FEWEST
from trodden.insights.findings.model import MetNeed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.analyses.worth.answer import Amount, Worth
    from trodden.insights.findings.model import Finding

MANY_EVENTS: Final = 200_000
"""Of more events the amounts of some customers are looked at: a mean needs no more."""
ONE_IN: Final = 8


def one_in_of(events: int) -> int:
    """Return of how many customers one is looked at."""
    return ONE_IN if events > MANY_EVENTS else 1


def met_need(answer: Worth, currency: str) -> MetNeed | None:
    """Return what a journey that got there comes to; journeys without an amount come to nothing.

    Amounts count that are in the workspace's currency, or say none while the workspace has one; where it has
    none, those of the currency of most. Journeys that paid in another one are left out: what they come to in
    this one is not known. None where amounts are too few.
    """
    own = (
        [one for one in answer.amounts if one.currency in {currency, ""}] if currency else answer.amounts[:1]
    )
    paid = sum(one.units.count for one in own)
    name = currency or (own[0].currency if own else "")
    if paid < FEWEST or not name:
        return None
    journeys = answer.counted - sum(one.units.count for one in answer.amounts) + paid
    return MetNeed(minor=sum(map(_total, own)) / journeys, currency=name, journeys=journeys)


def _total(one: Amount) -> float:
    return (one.mean.value or 0.0) * one.units.count


def with_worth(finding: Finding, known: Mapping[str, MetNeed]) -> Finding:
    """Return a finding with what a need met on its map is worth."""
    return msgspec.structs.replace(finding, worth=known.get(finding.map))
