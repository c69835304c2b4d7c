"""Funnels by brute force: every choice of events of every start, on plain lists.

A unit is a list of (touchpoint, time) in the order of its walk. A step is a set of touchpoints, or of START,
END and OPEN, the ends `with_ends` puts around a walk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Walk = list[tuple[str, int]]
Taken = tuple[frozenset[int], int]
"""A choice of events: which steps it has taken, and the place of its last event."""


@dataclass(frozen=True)
class Ask:
    """What is asked of every unit; ``limits[k]`` is that of step k from the one before, None for none."""

    steps: tuple[frozenset[str], ...]
    within: int
    as_of: int
    limits: tuple[int | None, ...]
    excluded: frozenset[str] = frozenset()
    optional: frozenset[int] = frozenset()
    entry: str = "best"
    order: str = "open"
    anchor: str = "every"
    direction: str = "forward"


@dataclass(frozen=True)
class Attempt:
    """How one start went; ``end`` is the place it was over at."""

    start: int
    times: tuple[int, ...]
    end: int
    excluded: bool
    waits: bool
    passed: frozenset[int] = field(default_factory=frozenset[int])

    @property
    def depth(self) -> int:
        """Return how many steps it reached."""
        return len(self.times)


def with_ends(walk: Walk, ask: Ask, *, is_open: bool) -> Walk:
    """Return the walk between those of its ends that are a step."""
    named = frozenset[str]().union(*ask.steps)
    last = "OPEN" if is_open else "END"
    before = [("START", walk[0][1])] if "START" in named else []
    behind = [(last, walk[-1][1])] if last in named else []
    return [*before, *walk, *behind]


def attempts_of(walk: Walk, ask: Ask, given: list[int] | None = None) -> list[Attempt]:
    """Return what the unit counts for: at most one attempt, or every one of them.

    ``given`` are the places of the walk attempts may start with, by default those of step 1.
    """
    read = [(name, -at) for name, at in reversed(walk)] if ask.direction == "backward" else walk
    chain = tuple(place for place in range(len(ask.steps)) if place not in ask.optional)
    starts = [place for place, (name, _) in enumerate(read) if name in ask.steps[0]]
    if given is not None:
        backward = ask.direction == "backward"
        starts = sorted(len(walk) - 1 - place if backward else place for place in given)
    if not starts:
        return []
    if ask.anchor != "every":
        earliest = (ask.anchor == "first") == (ask.direction == "forward")
        starts = [starts[0] if earliest else starts[-1]]
    if ask.entry == "each":
        return [_with_optional(read, ask, _attempt(read, ask, chain, start)) for start in starts]
    if ask.entry == "every":
        return [_with_optional(read, ask, one) for one in _one_after_the_other(read, ask, chain, starts)]
    if ask.entry == "first":
        starts = starts[:1]
    tried = [_attempt(read, ask, chain, start) for start in starts]
    best = max(tried, key=lambda one: (one.depth, -one.start))
    waits = best.depth < len(chain) and any(one.waits for one in tried)
    deciding = Attempt(best.start, best.times, best.end, best.excluded, waits)
    return [_with_optional(read, ask, deciding)]


def _one_after_the_other(
    read: Walk, ask: Ask, chain: tuple[int, ...], starts: Sequence[int]
) -> Iterator[Attempt]:
    free = 0
    for start in starts:
        if start >= free:
            attempt = _attempt(read, ask, chain, start)
            yield attempt
            free = max(attempt.end, start + 1)


def _with_optional(read: Walk, ask: Ask, attempt: Attempt) -> Attempt:
    """Say which optional steps the attempt also takes, as deep as without them, by its end."""
    passed: set[int] = set()
    for place in ask.optional:
        chain = tuple(k for k in range(len(ask.steps)) if k == place or k not in ask.optional)
        behind = 1 if ask.order == "any" else chain.index(place)
        reached = _attempt(read[: attempt.end], ask, chain, attempt.start).depth
        if attempt.depth >= behind and reached > attempt.depth:
            passed.add(place)
    return Attempt(
        attempt.start, attempt.times, attempt.end, attempt.excluded, attempt.waits, frozenset(passed)
    )


def _attempt(read: Walk, ask: Ask, chain: tuple[int, ...], start: int) -> Attempt:
    """Follow every choice of events from one start until none can go on."""
    started = read[start][1]
    choices: list[Taken] = [(frozenset([0]), start)]
    times = [started]
    for place in range(start + 1, len(read)):
        at = read[place][1]
        alive = [one for one in choices if _is_clear(read, ask, one[1], place)]
        if at - started > ask.within or not any(_may_go_on(read, ask, chain, one, at) for one in alive):
            return Attempt(start, tuple(times), place, excluded=False, waits=False)
        choices += [(one[0] | {k}, place) for one in alive for k in _fitting(read, ask, chain, one, place)]
        if any(len(taken) > len(times) for taken, _ in choices):
            times.append(at)
        if len(times) == len(chain):
            return Attempt(start, tuple(times), place + 1, excluded=False, waits=False)
        if not any(_is_clear(read, ask, one[1], place + 1) for one in choices):
            return Attempt(start, tuple(times), place, excluded=True, waits=False)
    waits = ask.direction == "forward" and ask.as_of - started <= ask.within
    alive = [one for one in choices if _is_clear(read, ask, one[1], len(read))]
    waits = waits and any(_may_go_on(read, ask, chain, one, ask.as_of) for one in alive)
    return Attempt(start, tuple(times), len(read), excluded=False, waits=waits)


def _is_clear(read: Walk, ask: Ask, last: int, place: int) -> bool:
    """Say whether nothing excluded lies strictly between two places."""
    between = [name for name, _ in read[last + 1 : place] if name not in ("START", "END", "OPEN")]
    return not between if ask.order == "strict" else not any(name in ask.excluded for name in between)


def _may_go_on(read: Walk, ask: Ask, chain: tuple[int, ...], choice: Taken, at: int) -> bool:
    taken, last = choice
    if len(taken) == len(chain):
        return False
    limit = None if ask.order == "any" else ask.limits[chain[len(taken)]]
    return limit is None or at - read[last][1] <= limit


def _fitting(read: Walk, ask: Ask, chain: tuple[int, ...], choice: Taken, place: int) -> list[int]:
    """Return the steps the event can be for this choice."""
    taken, last = choice
    name, at = read[place]
    if ask.order == "any":
        return [k for k in chain if k not in taken and name in ask.steps[k]]
    if len(taken) == len(chain):
        return []
    following = chain[len(taken)]
    limit = ask.limits[following]
    in_time = limit is None or at - read[last][1] <= limit
    return [following] if in_time and name in ask.steps[following] else []
