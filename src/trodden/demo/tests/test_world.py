"""A demo world: the same again from its seed, the same but for what was changed, and believable."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from trodden.demo.clock import month_start
from trodden.demo.designed import designed_maps
from trodden.demo.places import PLACES, names_of
from trodden.demo.tests.records import table_of
from trodden.demo.truths import TRUTHS
from trodden.demo.words import WORDS
from trodden.demo.world import Plan
from trodden.model.event import CHANNELS
from trodden.store._arrow import pa, pc
from trodden.store.schema import EVENT_SCHEMA, event_id

if TYPE_CHECKING:
    from collections.abc import Iterable

SMALL = Plan(seed=21, customers=600)
SHOWN = (
    "message_id",
    "occurred_at",
    "seq",
    "channel",
    "name",
    "outcome",
    "value_minor",
    "text",
    "properties",
)


@pytest.fixture(scope="module")
def table() -> Any:  # noqa: ANN401 -- an Arrow table
    return table_of(SMALL)


def customers(table: Any) -> list[str]:  # noqa: ANN401
    return pc.struct_field(pc.list_flatten(table["ids"]), "value").to_pylist()


def by_customer(table: Any, columns: Iterable[str] = SHOWN) -> dict[str, set[tuple[Any, ...]]]:  # noqa: ANN401
    found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    rows = zip(*(table[name].to_pylist() for name in columns), strict=True)
    for customer, row in zip(customers(table), rows, strict=True):
        found[customer].add(row)
    return found


def test_the_same_seed_makes_the_same_world(table: Any) -> None:  # noqa: ANN401
    assert table_of(SMALL).equals(table)


def test_another_seed_makes_another(table: Any) -> None:  # noqa: ANN401
    other = table_of(replace(SMALL, seed=22))
    assert not set(other["message_id"].to_pylist()) & set(table["message_id"].to_pylist())


def test_rows_are_those_of_the_events_table(table: Any) -> None:  # noqa: ANN401
    assert table.schema == EVENT_SCHEMA
    row = table.slice(500, 1).to_pylist()[0]
    assert row["event_id"] == event_id(row["source"], row["message_id"])
    assert len(pc.unique(table["event_id"])) == table.num_rows
    every = [dict(json.loads(text)) for text in pc.unique(table["properties"]).to_pylist()]
    assert all({"region", "age_group", "device", "plan", "bill_day"} <= set(one) for one in every)


def test_more_customers_change_nobody(table: Any) -> None:  # noqa: ANN401
    few = by_customer(table_of(replace(SMALL, customers=250)))
    more = by_customer(table)
    assert all(more[customer] == events for customer, events in few.items())


def test_a_longer_record_begins_with_the_shorter_one(table: Any) -> None:  # noqa: ANN401
    later = table_of(replace(SMALL, until=SMALL.ends + timedelta(days=45)))
    before = later.filter(
        pc.less(later["occurred_at"], pa.scalar(SMALL.ends, EVENT_SCHEMA.field("occurred_at").type))
    )
    assert by_customer(before) == by_customer(table)
    assert later.num_rows > table.num_rows * 1.03
    assert set(customers(later)) - {f"K{number:06d}" for number in range(1, 601)}


@pytest.mark.parametrize(
    "key", ["desire_path", "change_refused", "password_resets", "one_bad_visit", "control_route"]
)
def test_the_twin_differs_only_for_customers_the_truth_can_reach(key: str, table: Any) -> None:  # noqa: ANN401
    _holds_only_where_it_should(key, SMALL, table)


@pytest.mark.slow
@pytest.mark.parametrize("key", TRUTHS)
def test_every_twin_differs_only_for_customers_its_truth_can_reach(key: str) -> None:
    larger = Plan(seed=23, customers=3_000)
    _holds_only_where_it_should(key, larger, table_of(larger))


def _holds_only_where_it_should(key: str, plan: Plan, table: Any) -> None:  # noqa: ANN401
    twin = table_of(replace(plan, without=frozenset({key})))
    planted, bare = by_customer(table), by_customer(twin)
    differ = {who for who in planted | bare if planted.get(who) != bare.get(who)}
    where = {PLACES[place].name for place in TRUTHS[key].places}
    at = SHOWN.index("name")
    assert differ
    for who in differ:
        assert where & {row[at] for row in planted.get(who, set()) | bare.get(who, set())}, who


def test_nothing_but_truths_tells_a_world_from_its_twin() -> None:
    """No name of a touchpoint, property, source or outcome stands in one and not in the other."""
    plan = Plan(seed=24, customers=3_000)
    controls = {key for key, truth in TRUTHS.items() if truth.is_control}
    planted = table_of(plan)
    bare = table_of(replace(plan, without=frozenset(set(TRUTHS) - controls)))
    for column in ("name", "source", "channel", "outcome", "currency", "protocol", "kind"):
        assert set(pc.unique(planted[column]).to_pylist()) == set(pc.unique(bare[column]).to_pylist())
    assert _property_names(planted) == _property_names(bare)


def _property_names(table: Any) -> set[str]:  # noqa: ANN401
    return {name for text in pc.unique(table["properties"]).to_pylist() for name in json.loads(text)}


def test_keys_of_truths_stand_nowhere(table: Any) -> None:  # noqa: ANN401
    texts = {
        text.lower()
        for column in ("name", "source", "url", "properties", "text", "context")
        for text in pc.unique(table[column]).to_pylist()
    }
    said = " ".join(texts)
    assert not [key for key in TRUTHS if key in said or key.replace("_", " ") in said]


def test_renamed_touchpoints_mean_nothing_and_walk_alike(table: Any) -> None:  # noqa: ANN401
    renamed = table_of(replace(SMALL, renamed=True))
    called = names_of(SMALL.seed, renamed=True)
    known = {place.name for place in PLACES.values()}
    assert not known & set(called.values())
    assert len(set(called.values())) == len(PLACES)
    assert called != names_of(SMALL.seed + 1, renamed=True)
    back = {name: PLACES[key].name for key, name in called.items()}
    assert [back[name] for name in renamed["name"].to_pylist()] == table["name"].to_pylist()
    about = {json.loads(text).get("about", "") for text in pc.unique(renamed["properties"]).to_pylist()}
    assert about - {""} <= set(called.values())
    slugs = {url.rpartition("/")[2] for url in pc.unique(renamed["url"]).to_pylist()}
    assert slugs - {""} <= {name.lower() for name in called.values()}


@pytest.mark.parametrize("renamed", [False, True])
def test_maps_speak_of_touchpoints_that_are_walked(renamed: bool) -> None:  # noqa: FBT001
    called = set(names_of(5, renamed=renamed).values())
    maps = designed_maps(names_of(5, renamed=renamed))
    assert len(maps) == 4
    for one in maps:
        assert one.published_at is not None
        meant = {name for step in one.steps for name in step.match} | {*one.bounds.start, *one.bounds.reached}
        assert meant | {*one.scope.also, *one.bounds.abandoned} <= called


def test_the_world_is_believable(table: Any) -> None:  # noqa: ANN401
    per_customer = table.num_rows / SMALL.customers
    assert 40 < per_customer < 80
    rows = table.select(["occurred_at", "channel", "name", "outcome", "value_minor", "text"]).to_pylist()
    channels = Counter(row["channel"] for row in rows)
    assert (
        {"web", "app", "store", "phone", "chat", "ticket", "email", "survey"}
        == set(channels)
        <= set(CHANNELS)
    )
    outcomes = Counter(row["outcome"] for row in rows)
    assert outcomes["ok"] > 0.8 * len(rows)
    assert {"failed", "declined", "abandoned", "unresolved", "partial"} <= set(outcomes)
    assert all(
        8 <= row["occurred_at"].hour <= 21 for row in rows if row["name"] in ("Hotline", "Branch visit")
    )
    said = [row["text"] for row in rows if row["text"]]
    assert 0.005 < len(said) / len(rows) < 0.05
    assert len(set(said)) > 300
    paid = [row["value_minor"] for row in rows if row["name"] == "Payment"]
    assert paid
    assert all(1_000 < price < 100_000 for price in paid)


def test_the_record_keeps_to_its_dates_and_ends_with_the_contract(table: Any) -> None:  # noqa: ANN401
    assert pc.min(table["occurred_at"]).as_py() >= month_start(0)
    assert pc.max(table["occurred_at"]).as_py() < SMALL.ends == month_start(18)
    last = dict(zip(customers(table), table["name"].to_pylist(), strict=True))
    left = Counter(name == "Cancellation" for name in last.values())
    cancelled = {
        who
        for who, name in zip(customers(table), table["name"].to_pylist(), strict=True)
        if name == "Cancellation"
    }
    assert left[True] == len(cancelled) > 10


def test_comments_are_many_and_start_with_a_capital() -> None:
    for said in WORDS.values():
        assert len(set(said)) >= 60
        assert all(text[0].isupper() for text in said)
