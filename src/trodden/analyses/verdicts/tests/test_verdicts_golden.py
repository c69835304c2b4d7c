"""Verdicts on real logs, of a help desk and of permit applications, and on a synthetic shop's."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tests.support.desk import desk_events
from tests.support.logs import catalog_of, walks_of
from tests.support.shop_log import shop_events
from trodden.analyses.verdicts import Verdicts, VerdictsQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.model.event import Event, Identifier

if TYPE_CHECKING:
    from pathlib import Path

DESK = """
name: Desk
flow: ['1', '8', '6']
bounds: {start: ['1'], reached: ['6'], silence: 30d}
scope: {also: ['2', '3', '4', '5', '7', '9']}
"""
PERMIT = """
name: Permit
flow:
  - Confirmation of receipt
  - T02 Check confirmation of receipt
  - T04 Determine confirmation of receipt
  - T05 Print and send confirmation of receipt
  - T06 Determine necessity of stop advice
  - T10 Determine necessity to stop indication
bounds: {silence: 365d}
scope: {also: [T03 Adjust confirmation of receipt]}
"""
SHOP = """
name: Shop
flow: [cart, shipping_details, payment_details, purchase]
bounds: {silence: 1d}
scope: {also: [checkout_bug, payment_error, support_chat]}
"""


def judge(log: list[Event], text: str, **fields: object) -> Verdicts:
    snapshot = walks_of(log, max(event.occurred_at for event in log))
    question = msgspec.convert({**fields, "map": parse_map(text, "map.yaml").name}, VerdictsQuestion)
    answer = Asker(snapshot, catalog_of(snapshot, (parse_map(text, "map.yaml"),))).ask(question)
    assert isinstance(answer, Verdicts)
    return answer


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def event_of(place: int, customer: str, name: str, at: datetime, **properties: str) -> Event:
    return Event(
        source="log",
        message_id=str(place),
        seq=place,
        occurred_at=at,
        received_at=at,
        ids=(Identifier("customer", customer),),
        name=name,
        properties=msgspec.json.encode(properties, order="sorted").decode(),
    )


def told(answer: Verdicts) -> list[tuple[str, ...]]:
    return [
        (one.verdict, one.decided_by, f"{one.kind} {one.step or one.touchpoint}", one.source)
        for one in answer.routes
    ]


def sides(answer: Verdicts) -> list[tuple[int, int, int]]:
    return [(one.journeys, one.comparable.having, one.comparable.others) for one in answer.routes]


def test_a_help_desk(shared: Path) -> None:
    answer = judge(desk_events(shared), DESK)
    assert told(answer) == [
        ("a better way", "time", "missing 8", "1"),
        ("worse", "time", "ad hoc 9", "8"),
        ("worse", "time", "repeated 8", "8"),
        ("worse", "time", "repeated 1", "1"),
        ("worse", "time", "ad hoc 9", "1"),
        ("worse", "met from the fork", "ad hoc 2", "8"),
    ]
    assert sides(answer)[:3] == [(231, 231, 3_060), (725, 698, 2_642), (432, 429, 2_642)]
    assert "time alone decides" in answer.about.notes[-1]
    assert answer.tried == 29


def test_permits(shared: Path) -> None:
    rows = rows_of(shared / "data/journeys/receipt.csv.gz")
    log = [
        event_of(
            place,
            row["case:concept:name"],
            row["concept:name"],
            datetime.fromisoformat(row["time:timestamp"]),
            channel=row["case:channel"],
            department=row["case:department"],
        )
        for place, row in enumerate(rows)
    ]
    answer = judge(log, PERMIT)
    assert answer.matched_on[:2] == ("department", "channel")
    assert sides(answer)[:3] == [(161, 161, 1_021), (132, 132, 875), (87, 87, 782)]
    assert [one.kind for one in answer.routes if one.verdict == "a better way"] == ["missing"] * 3
    assert [one.kind for one in answer.routes if one.verdict == "worse"] == ["repeated"]


def test_a_payment_that_fails_is_worse_in_a_shop(shared: Path) -> None:
    answer = judge(shop_events(shared), SHOP)
    (failed,) = (one for one in answer.routes if one.touchpoint == "payment_error")
    assert (failed.verdict, failed.decided_by, failed.journeys) == ("worse", "met from the fork", 43)
    (fork,) = failed.effects
    assert fork.effect.high is not None
    assert fork.effect.high < -0.2
