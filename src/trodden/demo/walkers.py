"""Journeys under way, side by side: what a script of a journey is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np

from trodden.demo.clock import SECOND, in_opening_hours
from trodden.demo.draws import normal, one_of, under, uniform
from trodden.demo.log import Entry
from trodden.demo.places import CODES, PLACES
from trodden.demo.words import WORDS
from trodden.model.event import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.demo.draws import Floats, Ints, Keys, Mask, Number
    from trodden.demo.people import People
    from trodden.demo.world import World

_OUTCOME: Final = {name: code for code, name in enumerate(OUTCOMES)}
SPREAD: Final = 0.6
"""Of the logarithm of waits: half of them are within a factor of 1.5 of the median."""


class How(TypedDict, total=False):
    """How something went; what is not said is ``ok`` and nothing else.

    ``says``: what the comment is about, and the share of customers who leave one. ``lasts``: the median in
    seconds. ``extra``: further properties.
    """

    outcome: str
    says: tuple[str, float]
    value: Ints
    lasts: float
    extra: Mapping[str, Ints | str]


@dataclass(slots=True)
class Walkers:
    """Journeys of one kind: (journeys,) whose, under which key, and the present moment of each.

    ``here``: those still on their way; nothing happens to the others. Every draw has a name: drawn again
    after a further step, the same name draws anew.
    """

    world: World
    who: Ints
    keys: Keys
    now: Ints
    here: Mask = field(init=False)
    steps: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.here = self.now < self.world.until
        self.steps = np.zeros(len(self.who), np.int64)

    @property
    def people(self) -> People:
        """Return the customers of the world."""
        return self.world.people

    def uniform(self, name: str) -> Floats:
        """Draw a number from 0 to 1 for each journey."""
        return uniform(under(self.keys, "at step", self.steps), name)

    def chance(self, name: str, probability: Number, who: Mask | None = None) -> Mask:
        """Draw who of those still here (and of ``who``) it happens to."""
        return self.among(who) & (self.uniform(name) < probability)

    def pick(self, name: str, weights: tuple[float, ...]) -> Ints:
        """Draw one of several ways for each journey."""
        return one_of(under(self.keys, "at step", self.steps), name, weights)

    def among(self, who: Mask | None) -> Mask:
        """Return those still here, and of ``who`` where that is given."""
        return self.here if who is None else self.here & who

    def wait(self, name: str, seconds: Number, who: Mask | None = None) -> None:
        """Let about so many seconds pass: log-normal around this median."""
        factor = np.exp(SPREAD * normal(under(self.keys, "at step", self.steps), name))
        passed = (np.maximum(seconds * factor, 1.0) * SECOND).astype(np.int64)
        self.now = np.where(self.among(who), self.now + passed, self.now)

    def until_open(self, who: Mask | None = None) -> None:
        """Let the night pass where it is night: nobody answers."""
        self.now = np.where(self.among(who), in_opening_hours(self.now, self.keys), self.now)

    def leave(self, who: Mask) -> None:
        """End journeys here."""
        self.here = self.here & ~who

    def does(self, place: str, who: Mask | None = None, **how: Unpack[How]) -> None:
        """Record that those still here (and of ``who``) were at a touchpoint."""
        rows = np.flatnonzero(self.among(who))
        keys = under(self.keys[rows], "event", self.steps[rows])
        self.world.log.add(
            Entry(
                place=CODES[place],
                who=self.who[rows],
                keys=keys,
                at=self.now[rows],
                step=self.steps[rows],
                outcome=np.full(len(rows), _OUTCOME[how.get("outcome", "ok")]),
                text=self._texts(keys, how),
                value=how["value"][rows] if "value" in how else np.full(len(rows), -1),
                duration=_lasting(keys, how),
                extra={name: _at(value, rows) for name, value in how.get("extra", {}).items()},
            )
        )
        self.steps[rows] += 1
        self.now[rows] += SECOND
        if PLACES[place].channel in {"phone", "chat"}:
            self.now[rows] += np.maximum(_lasting(keys, how), 0) * 1000

    def _texts(self, keys: Keys, how: How) -> Ints:
        if "says" not in how:
            return np.zeros(len(keys), np.int64)
        about, share = how["says"]
        codes = self.world.log.texts.of_each(WORDS[about])
        said = codes[(uniform(keys, "words") * len(codes)).astype(np.int64)]
        return np.where(uniform(keys, "speaks") < share, said, 0)

    def cancels(self, who: Mask) -> None:
        """Let customers end their contract: this is the last that is heard of them."""
        self.does("cancel", who)
        rows = np.flatnonzero(self.among(who))
        np.minimum.at(self.people.gone_at, self.who[rows], self.now[rows])
        self.leave(who)

    def now_in(self, truth: str) -> Mask:
        """Return for which journeys a planted truth holds at present."""
        return self.world.holds(truth, self.now)


def _lasting(keys: Keys, how: How) -> Ints:
    if "lasts" not in how:
        return np.full(len(keys), -1)
    return (how["lasts"] * np.exp(0.4 * normal(keys, "lasts")) * 1000).astype(np.int64)


def _at(value: Ints | str, rows: Ints) -> Ints | str:
    return value if isinstance(value, str) else value[rows]
