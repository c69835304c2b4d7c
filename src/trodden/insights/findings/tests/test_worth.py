"""What a met need is worth to a finding: which amounts count, and when nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.logs import catalog_of
from tests.support.walks import walks_from_text
from trodden.analyses.worth.answer import Worth, WorthQuestion
from trodden.asking import Asker
from trodden.insights.findings.worth import met_need, one_in_of

if TYPE_CHECKING:
    from trodden.insights.findings.model import MetNeed


def known(amounts: str, currency: str = "") -> MetNeed | None:
    """Weigh forty customers, each with the amount of a word of the text."""
    words = amounts.split() * 40
    text = " | ".join(
        f"c{place:03} pay {word.replace('/', ' currency=')}" for place, word in enumerate(words[:40])
    )
    snapshot = walks_from_text(text.replace("pay ", "pay 10:00 value="))
    answer = Asker(snapshot, catalog_of(snapshot)).ask(WorthQuestion(unit="customer"))
    assert isinstance(answer, Worth)
    return met_need(answer, currency)


def test_journeys_without_an_amount_come_to_nothing_and_those_in_another_currency_are_left_out() -> None:
    found = known(f"{'1000/EUR ' * 8} 0 500/USD", "EUR")
    assert found is not None
    assert (found.minor, found.currency, found.journeys) == (pytest.approx(8000 / 9), "EUR", 36)


def test_without_a_currency_of_the_workspace_that_of_most_counts() -> None:
    found = known("1000/EUR 1000/EUR 1000/EUR 500/USD")
    assert found is not None
    assert (found.minor, found.currency, found.journeys) == (1000.0, "EUR", 30)


def test_too_few_amounts_and_those_of_no_currency_say_nothing() -> None:
    assert known("1000/EUR 0", "EUR") is None
    assert known("1000/EUR", "USD") is None
    assert known("1000") is None


def test_of_many_events_some_customers_are_looked_at() -> None:
    assert (one_in_of(1_000), one_in_of(1_000_000)) == (1, 8)
