"""A demo world: its customers, what is planted in it, and the record of what they did."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.clock import DAY, FIRST, micros, month_start, within_month
from trodden.demo.draws import under, uniform
from trodden.demo.log import Log
from trodden.demo.people import NEVER, People, make_people
from trodden.demo.places import names_of
from trodden.demo.truths import TRUTHS
from trodden.demo.walkers import Walkers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.demo.draws import Ints, Keys, Mask, Number

BLOCK: Final = 10_000
"""Customers walked together: memory stays bounded, and one block is stored while the next is made."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which world is made; equal plans make equal worlds.

    ``until``: the record ends there, by default after ``months``; later, newcomers keep coming as before, and
    what came before stays as it is. ``without``: truths left out. ``renamed``: touchpoints get names that
    mean nothing.
    """

    seed: int = 1
    customers: int = 20_000
    months: int = 18
    without: frozenset[str] = frozenset()
    renamed: bool = False
    until: datetime | None = None

    @property
    def ends(self) -> datetime:
        """Return when the record ends."""
        return self.until or month_start(self.months)

    @property
    def months_walked(self) -> int:
        """Return how many months have begun by the end of the record."""
        return (self.ends.year - FIRST.year) * 12 + self.ends.month - FIRST.month + (self.ends.day > 1)


@dataclass(slots=True)
class World:
    """Some of the customers of a plan, and what they did so far."""

    plan: Plan
    people: People
    log: Log = field(default_factory=Log)
    until: int = field(init=False)
    months: int = field(init=False)
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.until = micros(self.plan.ends)
        self.months = max(self.plan.months_walked, self.plan.months)
        self.names = names_of(self.plan.seed, renamed=self.plan.renamed)

    def has(self, truth: str) -> bool:
        """Return whether a truth is planted here."""
        return TRUTHS[truth].key not in self.plan.without

    def holds(self, truth: str, at: Ints) -> Mask:
        """Return at which moments a planted truth holds."""
        first, last = TRUTHS[truth].days
        begin = micros(FIRST) + first * DAY if first is not None else np.iinfo(np.int64).min
        end = micros(FIRST) + last * DAY if last is not None else NEVER
        return self.has(truth) & (at >= begin) & (at < end)

    def moments(self, name: str, day: float, days: float) -> Ints:
        """Draw a moment for every customer: from some day on, within so many days."""
        after = (day + uniform(self.people.keys, name) * days) * DAY
        return micros(FIRST) + after.astype(np.int64)

    def newcomers(self, journey: str) -> Walkers:
        """Start a journey for everybody who comes to the firm during the record, when they first come."""
        who = np.flatnonzero(self.people.arrives >= micros(FIRST))
        return Walkers(self, who, under(self.people.keys[who], journey), self.people.arrives[who])

    def monthly(self, journey: str, rate: Number) -> Walkers:
        """Start a journey for customers at this rate a month (at most one a month), at any moment of it."""
        people = len(self.people)
        months = np.tile(np.arange(self.months), people)
        who = np.repeat(np.arange(people), self.months)
        keys = under(self.people.keys[who], journey, months)
        rates = np.broadcast_to(np.asarray(rate, np.float64), people)
        chosen = uniform(keys, "begins") < rates[who]
        who, keys = who[chosen], keys[chosen]
        return self._members(who, keys, within_month(keys, months[chosen]))

    def once(self, journey: str, at: Ints) -> Walkers:
        """Start a journey for every customer at a moment of their own."""
        who = np.arange(len(self.people))
        return self._members(who, under(self.people.keys, journey), at)

    def _members(self, who: Ints, keys: Keys, at: Ints) -> Walkers:
        is_member = (self.people.member_from[who] < at) & (at < self.until)
        return Walkers(self, who[is_member], keys[is_member], at[is_member])


def blocks(plan: Plan) -> Iterator[People]:
    """Yield the customers of a plan, some at a time."""
    people = make_people(plan.seed, plan.customers, plan.months, max(plan.months_walked - plan.months, 0))
    for begin in range(0, len(people), BLOCK):
        yield People(**{one.name: getattr(people, one.name)[begin : begin + BLOCK] for one in fields(People)})
