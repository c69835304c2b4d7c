"""A demo world's raw events as plain lists, by customer: what the traces are measured on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trodden.demo.clock import FIRST, micros
from trodden.demo.generate import tables
from trodden.demo.places import names_of
from trodden.store._arrow import pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trodden.demo.world import Plan

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One event: where (by key), when in seconds after the first day, how it went."""

    place: str
    at: float
    outcome: str
    value: int | None
    properties: dict[str, Any]

    @property
    def day(self) -> float:
        return self.at / DAY


Walk = list[Seen]


def table_of(plan: Plan) -> Any:  # noqa: ANN401 -- an Arrow table
    return pa.concat_tables(list(tables(plan)))


def walks_of(plan: Plan) -> dict[str, Walk]:
    """Return every customer's events in order."""
    table = table_of(plan)
    keys = {name: key for key, name in names_of(plan.seed, renamed=plan.renamed).items()}
    read = cache(json.loads)
    begin = micros(FIRST)
    found: dict[str, Walk] = {}
    customers = pa.compute.struct_field(pa.compute.list_flatten(table["ids"]), "value").to_pylist()
    columns = [table[name].to_pylist() for name in ("name", "outcome", "value_minor", "properties")]
    moments = table["occurred_at"].cast(pa.int64()).to_pylist()
    for customer, at, name, outcome, value, properties in zip(customers, moments, *columns, strict=True):
        seen = Seen(keys[name], (at - begin) / 1e6, outcome, value, read(properties))
        found.setdefault(customer, []).append(seen)
    return found


def parts(walks: dict[str, Walk], start: str) -> Iterator[Walk]:
    """Cut walks at each event at one place."""
    for walk in walks.values():
        at = [index for index, seen in enumerate(walk) if seen.place == start]
        for begin, end in pairwise([*at, len(walk)]):
            yield walk[begin:end]


def after(walk: Walk, index: int, place: str, seconds: float) -> bool:
    """Return whether the customer is at a place within so many seconds after an event."""
    limit = walk[index].at + seconds
    return any(seen.place == place and seen.at <= limit for seen in walk[index + 1 :])


def followed(
    walks: dict[str, Walk], where: Callable[[Seen], bool], place: str, seconds: float
) -> tuple[int, int]:
    """Count events that are followed by a place, of all those meant."""
    hits = total = 0
    for walk in walks.values():
        for index, seen in enumerate(walk):
            if where(seen):
                total += 1
                hits += after(walk, index, place, seconds)
    return hits, total
