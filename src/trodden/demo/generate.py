"""Make a demo world: walk all journeys, and write down what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.demo.journeys import changing, connecting, hearing, helping, living, ordering, paying
from trodden.demo.rows import rows_of
from trodden.demo.world import Plan, World, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.store._arrow import Table

_SCRIPTS: Final = (connecting, ordering, helping, changing, paying, living, hearing)
"""Connecting comes first: it says from when on newcomers are members."""


def tables(plan: Plan) -> Iterator[Table]:
    """Yield what happened as tables of `trodden.store.schema.EVENT_SCHEMA`, some thousand customers each."""
    for people in blocks(plan):
        world = World(plan, people)
        for script in _SCRIPTS:
            script.walk(world)
        yield rows_of(world)
