from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.support.logs import catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.customers import CustomersQuestion
from trodden.analyses.customers.answer import Customers
from trodden.asking import Asker
from trodden.model.event import Event
from trodden.model.walks import Snapshot

WALKS = "a search 10:00 | a buy 10:05 | b search 10:01 | b call 18:00 | b call 18:01 | c search 12:00"


def customers(snapshot: Snapshot, **fields: object) -> Customers:
    answer = Asker(snapshot, catalog_of(snapshot)).ask(CustomersQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Customers)
    return answer


@pytest.mark.parametrize(
    ("order", "names"), [("latest", ["b", "c", "a"]), ("longest", ["b", "a", "c"]), ("most", ["b", "a", "c"])]
)
def test_customers_come_in_the_order_asked(order: str, names: list[str]) -> None:
    answer = customers(walks_from_text(WALKS), order=order)
    assert [row.customer for row in answer.rows] == names
    assert answer.hidden == 0


def test_a_row_says_from_when_to_when_and_where_last() -> None:
    (row,) = customers(walks_from_text(WALKS), limit=1).rows
    assert (row.customer, row.steps, row.last_touchpoint) == ("b", 3, "call")
    assert row.elapsed_s == 8 * 3600
    assert row.state == "open"


def test_pages_join_without_gap_or_overlap() -> None:
    snapshot = walks_from_text(" | ".join(f"c{i} search 10:{i:02d}" for i in range(23)))
    whole = customers(snapshot, limit=100).rows
    pages = [customers(snapshot, limit=5, offset=start) for start in range(0, 25, 5)]
    assert [row for page in pages for row in page.rows] == list(whole)
    assert [page.hidden for page in pages] == [18, 18, 18, 18, 20]


def test_equal_ranks_are_ordered_by_content() -> None:
    snapshot = walks_from_text("x search 10:00 | y search 10:00 | z search 09:00 | z buy 10:00")
    assert customers(snapshot).rows[0].customer == "z"
    assert len(customers(snapshot, limit=2).rows) == 2


def test_nobody_selected_is_an_empty_list() -> None:
    answer = customers(walks_from_text(WALKS), where="buy->search")
    assert (answer.rows, answer.hidden, answer.about.units) == ((), 0, 0)


@settings(deadline=None)
@given(log=logs())
def test_the_list_equals_plain_loops(log: list[Event]) -> None:
    times: dict[str, list[float]] = {}
    for event in log:
        times.setdefault(customer_of(event), []).append(event.occurred_at.timestamp())
    answer = customers(walks_of(log), limit=500)
    found = {
        row.customer: (row.first_at.timestamp(), row.last_at.timestamp(), row.steps) for row in answer.rows
    }
    known = {name: (min(all_), max(all_), len(all_)) for name, all_ in times.items()}
    assert {name: known[name] for name in found} == found
    ends = [row.last_at for row in answer.rows]
    assert ends == sorted(ends, reverse=True)
    assert len(found) + answer.hidden == answer.about.customers
