"""Deviations as rows: on the worked table, on words, and added up against the analysis that counts them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given

from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.deviations import DeviationsQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.select import resolve_selection
from trodden.model.question import Question
from trodden.store.export_deviations import deviation_batches

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot

SHOP = parse_map("""
name: Shop
steps:
  - {id: a}
  - {id: b, wait: {longest: 2h}}
  - {id: e}
flow: [a, choice: [b, c], optional: [d], e]
scope: {also: [x, y]}
bounds: {silence: 1d}
accepted: [{kind: ad hoc, step: x, by: Ana}]
""")


def rows_of(snapshot: Snapshot, journey_map: JourneyMap, as_of: str = "") -> list[dict[str, Any]]:
    catalog = catalog_of(snapshot, (journey_map,))
    until = datetime.fromisoformat(as_of) if as_of else None
    selection = resolve_selection(Question(map=journey_map.name, as_of=until), catalog)
    return [row for batch in deviation_batches(snapshot, catalog, selection) for row in batch.to_pylist()]


def told(text: str) -> list[tuple[object, ...]]:
    rows = rows_of(walks_from_text(text, as_of="2026-02-01T00:00:00Z"), SHOP)
    return [
        (row["customer"], row["position"], row["step"], row["touchpoint"], row["kind"], row["cost"])
        for row in rows
    ]


def test_each_kind_stands_where_it_happened() -> None:
    assert told("k a 10:00 | k e 10:05") == [("k", 2, "b", "e", "missing", 1)]
    assert told("k a 10:00 | k b 10:01 | k c 10:02 | k e 10:03") == [("k", 3, "c", "c", "wrong branch", 1)]
    assert told("k a 10:00 | k b 10:01 | k y 10:02 | k e 10:03") == [("k", 3, None, "y", "ad hoc", 1)]
    assert told("k a 10:00 | k b 10:01") == [("k", 2, "e", "b", "departed", 1)]
    assert told("k a 10:00 | k b!failed 13:00 | k e 13:05") == [
        ("k", 2, "b", "b", "failing", 0),
        ("k", 2, "b", "b", "paused", 0),
    ]


def test_an_accepted_deviation_stays_visible_and_says_so() -> None:
    rows = rows_of(walks_from_text("k a 10:00 | k x 10:01 | k b 10:02 | k e 10:03"), SHOP)
    assert [(row["touchpoint"], row["accepted"]) for row in rows] == [("x", True)]


def test_the_nearest_words_stand_beside() -> None:
    text = (
        'k a 10:00 text="first" | k b 10:10 | k y 10:20 | k e 10:31 text="last"'
        " | m a 10:00 | m b 10:05 | m y 10:06 | m e 10:07"
    )
    rows = rows_of(walks_from_text(text), SHOP)
    assert [(row["customer"], row["verbatim"]) for row in rows] == [("k", "last"), ("m", None)]
    tie = walks_from_text('k a 10:00 text="before" | k b 10:05 | k y 10:10 | k e 10:20 text="after"')
    assert [row["verbatim"] for row in rows_of(tie, SHOP)] == ["before"]


def test_words_said_later_than_asked_about_are_not_told() -> None:
    walks = walks_from_text('k a 10:00 | k y 10:10 | k b 10:20 | k q 10:30 text="later"')
    assert [row["verbatim"] for row in rows_of(walks, SHOP)] == ["later"]
    assert [row["verbatim"] for row in rows_of(walks, SHOP, "2026-01-01T10:25:00+00:00")] == [None]


@given(log=logs())
def test_rows_add_up_to_what_the_analysis_counts(log: list[Event]) -> None:
    snapshot = walks_of(log)
    catalog = catalog_of(snapshot)
    answer = Asker(snapshot, catalog).ask(DeviationsQuestion(map=SAMPLE.name, top=2000))
    journeys = _closed(snapshot, catalog)
    times: Counter[tuple[str, str]] = Counter()
    cost: Counter[tuple[str, str]] = Counter()
    for row in rows_of(snapshot, SAMPLE):
        if (row["customer"], row["journey_started_at"]) in journeys:
            key = (row["kind"], row["touchpoint"] if row["kind"] == "ad hoc" else row["step"])
            times[key] += 1
            cost[key] += row["cost"]
    expected = {(one.kind, one.step or one.touchpoint): (one.times, one.cost) for one in answer.rows}  # type: ignore[attr-defined]
    assert {key: (times[key], cost[key]) for key in times} == expected


def _closed(snapshot: Snapshot, catalog: Any) -> set[tuple[str, object]]:  # noqa: ANN401 - the catalog
    from trodden.store.export import journey_batches

    selection = resolve_selection(Question(map=SAMPLE.name), catalog)
    rows = [row for batch in journey_batches(snapshot, selection) for row in batch.to_pylist()]
    return {(row["customer"], row["started_at"]) for row in rows if row["state"] != "open"}
