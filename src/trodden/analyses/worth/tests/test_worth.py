"""What journeys are worth: worked out by hand, and against plain loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings

from tests.support.logs import catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.worth.answer import Worth, WorthQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.registry import find

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

MAP = """
name: Buying
steps: [{id: look}, {id: pay}]
flow: [look, pay]
bounds: {start: [look], reached: [pay], silence: 10d}
"""


def ask(snapshot: Snapshot, **fields: object) -> Worth:
    catalog = catalog_of(snapshot, (parse_map(MAP, "map.yaml"),))
    answer = Asker(snapshot, catalog).ask(WorthQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Worth)
    return answer


def of_text(text: str) -> Worth:
    return ask(walks_from_text(text, as_of="2026-06-01"), map="Buying")


def test_the_last_amount_that_did_not_fail_is_that_of_a_journey_that_got_there() -> None:
    answer = of_text(
        "a look 10:00 value=100 currency=EUR | a pay!failed 10:01 value=9000 currency=EUR"
        " | b look 10:00 | b pay 10:05 value=3000 currency=EUR"
        " | c look 10:00 value=1000 currency=EUR | c pay 10:02"
        " | d look 10:00 value=70 currency=EUR"
    )
    assert answer.counted == 3
    (amount,) = answer.amounts
    assert (amount.currency, amount.units.count, amount.mean.value) == ("EUR", 3, (100 + 3000 + 1000) / 3)
    assert find("worth").chart(answer).title.startswith("13.67 EUR on average, of the 100 % of 3 journeys")


def test_currencies_are_told_apart_and_who_has_no_amount_is_counted() -> None:
    answer = of_text(
        "a look 10:00 | a pay 10:01 value=500 currency=JPY | b look 10:00"
        " | b pay 10:01 value=500 currency=JPY | c look 10:00 | c pay 10:01 value=500 currency=EUR"
        " | d look 10:00 | d pay 10:01 value=0 currency=EUR"
    )
    assert [(one.currency, one.units.count, one.units.of) for one in answer.amounts] == [
        ("JPY", 2, 4),
        ("EUR", 1, 4),
    ]
    assert find("worth").chart(answer).title.startswith("500 JPY on average, of the 50 % of 4 journeys")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a look 10:00", "None of the journeys got there yet"),
        ("a look 10:00 | a pay 10:01", "None of 1 journeys has"),
    ],
)
def test_where_nothing_is_known_that_is_said(text: str, said: str) -> None:
    assert find("worth").chart(of_text(text)).title.startswith(said)


@settings(deadline=None)
@given(log=logs())
def test_amounts_are_those_of_plain_loops(log: list[Event]) -> None:
    priced = [
        msgspec.structs.replace(
            one, value_minor=one.seq % 4 * 10 or None, currency="EUR" if one.seq % 3 else ""
        )
        for one in log
    ]
    last: dict[str, tuple[str, int]] = {}
    for one in sorted(priced, key=lambda event: (event.occurred_at, event.received_at, event.seq)):
        if one.value_minor and one.outcome != "failed":
            last[one.ids[0].value] = (one.currency, one.value_minor)
    answer = ask(walks_of(priced), unit="customer")
    assert answer.counted == len({one.ids[0].value for one in log})
    found = {one.currency: (one.units.count, one.mean.value) for one in answer.amounts}
    for currency in {currency for currency, _value in last.values()}:
        values = [value for money, value in last.values() if money == currency]
        assert found[currency][0] == len(values)
        assert found[currency][1] == pytest.approx(sum(values) / len(values))
    assert len(found) == len({currency for currency, _value in last.values()})
