"""Worlds of the demo in which nothing differs but by chance, and what is found of them."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from trodden.api import Walks
from trodden.demo.designed import designed_maps
from trodden.demo.places import names_of
from trodden.demo.tests.records import table_of
from trodden.demo.truths import CONNECTING, HELPING, ORDERING, TRUTHS
from trodden.demo.world import Plan
from trodden.insights.findings.candidates import nearest
from trodden.insights.findings.deciding import told
from trodden.insights.findings.find import Search, find_findings
from trodden.model.catalog import Catalog
from trodden.model.touchpoints import TouchpointRules
from trodden.store._arrow import pa
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from trodden.insights.findings.candidates import Places
    from trodden.insights.findings.model import Finding, Findings
    from trodden.model.journey_map import JourneyMap


class Compared(Search):
    """Only the comparisons of groups and of periods."""

    def _standing(self, places: object) -> Iterator[object]:  # noqa: ARG002 - as it is elsewhere
        return iter(())


def nothing_differs(seed: int, customers: int) -> tuple[list[Finding], int]:
    """Return what is told of random halves and of two months of a world without truths, and the tests."""
    names = names_of(seed, renamed=True)
    table = halved(table_of(Plan(seed, customers, without=frozenset(TRUTHS), renamed=True)))
    walks = walks_of(table, names)
    search = Compared(walks.ask, walks.catalog)
    search.run()
    return told(search.candidates), len(search.candidates)


def walks_of(table: pa.Table, names: dict[str, str]) -> Walks:
    """Return the walks of a record, with the firm's maps."""
    snapshot = build_snapshot(table, TouchpointRules(), time_zone="UTC")
    catalog = Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        time_zone="UTC",
        dictionaries=snapshot.dictionaries,
        maps={one.key: one for one in designed_maps(names)},
    )
    return Walks(snapshot, catalog)


def halved(table: pa.Table) -> pa.Table:
    """Let everything known of customers be the half chance put them in."""
    customers = pa.compute.struct_field(pa.compute.list_flatten(table["ids"]), "value").to_pylist()
    halves = {who: half_of(who) for who in set(customers)}
    known = pa.array([f'{{"half":"{halves[who]}"}}' for who in customers], table["properties"].type)
    return table.set_column(table.schema.get_field_index("properties"), "properties", known)


def half_of(customer: str) -> str:
    return "first" if blake2b(customer.encode()).digest()[0] % 2 else "second"


PLANTED: Final = {
    "desire_path": (CONNECTING, "plans", "better way"),
    "harmful_shortcut": (ORDERING, "fit", "worse way"),
    "change_refused": (ORDERING, "address", "worse way"),
    "empty_search_hint": (HELPING, "hint", "worse way"),
    "asked_again": (HELPING, "details", "worse way"),
}
"""Truths to be seen in a world of some thousand customers: where they are, and as what they are told."""

NEEDS: Final = 0.05
"""So much, at the cautious end, each of them makes of needs met."""

CONTROL_PLACES: Final = ("wrap", "changed", "news", "newsletter")
"""Where the controls are, which change nothing."""


def world(seed: int, customers: int, without: tuple[str, ...] = ()) -> tuple[Findings, dict[str, str]]:
    """Search a world whose touchpoints are called by words that mean nothing; return what they are, too."""
    plan = Plan(seed, customers, without=frozenset(without), renamed=True)
    names = names_of(seed, renamed=True)
    walks = walks_of(table_of(plan), names)
    return find_findings(walks.ask, walks.catalog), names


def ranks(found: Iterable[Finding], names: dict[str, str]) -> dict[str, int]:
    """Return the rank, from 1, of each truth that is told."""
    found_at: dict[str, int] = {}
    for place, one in enumerate(found, 1):
        for truth, (journey, at, kind) in PLANTED.items():
            is_there = (one.map.partition("@")[0], one.place, one.kind) == (journey, names[at], kind)
            if is_there and nearest(one.effect) >= NEEDS:
                found_at.setdefault(truth, place)
    return found_at


def control_ranks(found: Findings, names: dict[str, str]) -> list[int]:
    """Return the ranks of what is told of the places of controls."""
    places = {names[one] for one in CONTROL_PLACES}
    return [place for place, one in enumerate(found.findings, 1) if one.place in places]


class Judged(Search):
    """Only how the ways off one map end."""

    def _standing(self, places: Places) -> Iterator[Callable[[], None]]:
        return islice(super()._standing(places), 1)

    def _compared(self, journey_map: JourneyMap, first_at: datetime) -> Iterator[Callable[[], None]]:  # noqa: ARG002 - as it is elsewhere
        return iter(())


def rank_alone(truth: str, plan: Plan) -> int | None:
    """Return the rank of a truth among the ways off its map; None where it is not told."""
    return ranks(judged(PLANTED[truth][0], plan), names_of(plan.seed, renamed=plan.renamed)).get(truth)


@cache
def judged(journey: str, plan: Plan) -> tuple[Finding, ...]:
    """Return what is told of the ways off one map."""
    walks = walks_of(table_of(plan), names_of(plan.seed, renamed=plan.renamed))
    of_journey = {key: one for key, one in walks.catalog.maps.items() if one.name == journey}
    search = Judged(walks.ask, replace(walks.catalog, maps=of_journey))
    search.run()
    return tuple(search.found(None))
