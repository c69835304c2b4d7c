"""Worlds of the demo in which nothing differs but by chance, and what is found of them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from trodden.api import Walks
from trodden.demo.designed import designed_maps
from trodden.demo.places import names_of
from trodden.demo.tests.records import table_of
from trodden.demo.truths import TRUTHS
from trodden.demo.world import Plan
from trodden.insights.findings.deciding import told
from trodden.insights.findings.find import Search
from trodden.model.catalog import Catalog
from trodden.model.touchpoints import TouchpointRules
from trodden.store._arrow import pa
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.insights.findings.model import Finding


class Compared(Search):
    """Only the comparisons of groups and of periods."""

    def _standing(self, places: object) -> Iterator[object]:  # noqa: ARG002 - as it is elsewhere
        return iter(())


def nothing_differs(seed: int, customers: int) -> tuple[list[Finding], int]:
    """Return what is told of random halves and of two months of a world without truths, and the tests."""
    names = names_of(seed, renamed=True)
    table = halved(table_of(Plan(seed, customers, without=frozenset(TRUTHS), renamed=True)))
    snapshot = build_snapshot(table, TouchpointRules(), time_zone="UTC")
    catalog = Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        time_zone="UTC",
        dictionaries=snapshot.dictionaries,
        maps={one.key: one for one in designed_maps(names)},
    )
    search = Compared(Walks(snapshot, catalog).ask, catalog)
    search.run()
    return told(search.candidates), len(search.candidates)


def halved(table: pa.Table) -> pa.Table:
    """Let everything known of customers be the half chance put them in."""
    customers = pa.compute.struct_field(pa.compute.list_flatten(table["ids"]), "value").to_pylist()
    halves = {who: half_of(who) for who in set(customers)}
    known = pa.array([f'{{"half":"{halves[who]}"}}' for who in customers], table["properties"].type)
    return table.set_column(table.schema.get_field_index("properties"), "properties", known)


def half_of(customer: str) -> str:
    return "first" if blake2b(customer.encode()).digest()[0] % 2 else "second"
