"""After somebody was erased every answer is the one they were never part of, and none names them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.contract.test_contract import BOUND_TO_A_CUSTOMER, content
from tests.support.events import load_events
from tests.support.logs import (
    AS_OF,
    CUSTOMERS,
    FIRST,
    REGIONS,
    TOUCHPOINTS,
    catalog_of,
    customer_of,
    walks_of,
)
from tests.support.rows import events_table
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.model.event import Event, Identifier
from trodden.registry import registrations
from trodden.store.erasure import erase_customer
from trodden.store.folder import Workspace
from trodden.store.walks import WalkStore

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.walks import Snapshot


SKIPPED = 3


def a_log() -> list[Event]:
    """Return walks of everybody along the sample's map, each a little other than the one before."""
    events: list[Event] = []
    for who, customer in enumerate(CUSTOMERS):
        for step, name in enumerate(TOUCHPOINTS[: 4 + 2 * who]):
            if step and (step + who) % 5 == SKIPPED:
                continue
            at = FIRST + timedelta(hours=30 * step + who)
            properties = {"region": REGIONS[who % len(REGIONS)], "plan": ("Starter", "Family")[who % 2]}
            events.append(
                Event(
                    source="web.csv",
                    message_id=str(len(events)),
                    seq=len(events),
                    occurred_at=at,
                    received_at=at,
                    ids=(Identifier("customer", customer),),
                    channel=("web", "phone", "email")[step % 3],
                    outcome=("ok", "failed")[step == who],
                    name=name,
                    text=f"I am {customer}",
                    properties=msgspec.json.encode(properties, order="sorted").decode(),
                )
            )
    return events


def said(snapshot: Snapshot, about: str) -> dict[str, Any]:
    """Return what every analysis answers, ``about`` one customer where it asks for one."""
    asker = Asker(snapshot, catalog_of(snapshot), engine=ThreadEngine(1))
    answers: dict[str, Any] = {}
    for name, found in registrations().items():
        question = msgspec.structs.replace(found.example, as_of=AS_OF)
        if name in BOUND_TO_A_CUSTOMER:
            question = msgspec.structs.replace(question, customer=about)
        answers[name] = content(asker.ask(question))
    return answers


@pytest.mark.parametrize("gone", ["NA", "ünal", "K00006"])
def test_an_erased_customer_leaves_no_trace_in_any_answer(tmp_path: Path, gone: str) -> None:
    log = a_log()
    workspace = Workspace.create(tmp_path)
    load_events(workspace, "web.csv", [events_table(log)])
    before = said(WalkStore(workspace).open(), gone)
    erase_customer(workspace, gone)
    after = said(WalkStore(workspace).open(), gone)
    assert after == said(walks_of([event for event in log if customer_of(event) != gone]), gone)
    assert all(answer["about"]["units"] == 0 for name, answer in after.items() if name in BOUND_TO_A_CUSTOMER)
    assert f'"I am {gone}"' not in msgspec.json.encode(after).decode()
    named = [name for name, answer in after.items() if gone in customers_in(answer, asked=name)]
    assert not named
    untouched = [name for name in after if after[name] == before[name]]
    assert not untouched, "an answer that did not know them before cannot show that they are gone"


def customers_in(value: Any, asked: str = "") -> set[str]:  # noqa: ANN401 - JSON is any value
    """Return the customers an answer names, but for the one its question names."""
    if isinstance(value, dict):
        own = {item for key, item in value.items() if key == "customer" and isinstance(item, str)}
        own = set() if asked in BOUND_TO_A_CUSTOMER else own
        return own.union(*(customers_in(item) for item in value.values()))
    return set().union(*(customers_in(item) for item in value)) if isinstance(value, list) else set()
