"""Patterns compiled to deterministic automata over touchpoint codes.

A pattern is an automaton that may have come to several of its elements at once; the sets of elements it can
have come to are the states here (Rabin and Scott 1959). Touchpoints no element tells apart share one
symbol. A table has at most `STATES` states; a pattern that needs more is refused, with the element that
makes it so.

References
----------
Rabin, M. O. and Scott, D. (1959). Finite automata and their decision problems. IBM Journal of Research and
Development 3, 114-125.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.patterns import Pattern, Place, parse_place
from trodden.methods.journeys.select_names import Touchpoints
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STATES: Final = 4096


class Dfa(msgspec.Struct, frozen=True):
    """A table of ``states`` rows; state 0 is where a match can no longer come about, 1 the start.

    ``symbols``: (touchpoints,) uint16, the column of each code. ``table``: (states, columns) int32, the next
    state. ``accepts``: (states,) uint8, 1 where a match ends with the step just read. ``at_start``,
    ``at_end``: as in the pattern. Little-endian bytes, so that a plan pickles and compares by content.
    """

    symbols: bytes
    table: bytes
    accepts: bytes
    at_start: bool
    at_end: bool

    def arrays(self) -> tuple[NDArray[np.uint16], NDArray[np.int32], NDArray[np.uint8]]:
        """Return symbols, table and accepts as read-only arrays."""
        import numpy as np

        accepts = np.frombuffer(self.accepts, dtype=np.uint8)
        table = np.frombuffer(self.table, dtype="<i4").reshape(len(accepts), -1)
        return np.frombuffer(self.symbols, dtype="<u2"), table, accepts


class Finder(msgspec.Struct, frozen=True):
    """What it takes to find matches in linear time.

    ``backward`` reads a unit from its end and accepts wherever some match begins; ``forward`` reads on
    from there and accepts where the shortest ends.
    """

    backward: Dfa
    forward: Dfa


def compile_contains(pattern: Pattern, touchpoints: Touchpoints) -> Dfa:
    """Compile a pattern to say whether a unit contains a match.

    Raises
    ------
    UnknownNameError
        A touchpoint nobody knows.
    QuestionError
        The pattern needs more than `STATES` states.
    """
    return _compile(pattern, touchpoints, floating=not pattern.at_start)


def compile_finder(pattern: Pattern, touchpoints: Touchpoints) -> Finder:
    """Compile a pattern to find where matches stand; raises as :func:`compile_contains`."""
    mirrored = msgspec.structs.replace(
        pattern, places=pattern.places[::-1], at_start=pattern.at_end, at_end=pattern.at_start
    )
    return Finder(
        backward=_compile(mirrored, touchpoints, floating=not pattern.at_end, goes_on=True),
        forward=_compile(pattern, touchpoints, floating=False),
    )


def place_codes(place: Place, touchpoints: Touchpoints) -> NDArray[np.bool_]:
    """Say for each touchpoint code whether a step there fits the element; (touchpoints,)."""
    import numpy as np

    named = np.zeros(len(touchpoints), dtype=np.bool_)
    named[list(touchpoints.codes(place.names))] = True
    return ~named if place.other else named


def step_codes(text: str, field: str, touchpoints: Touchpoints) -> NDArray[np.bool_]:
    """Say for each touchpoint code whether a step there fits what a person wrote: (touchpoints,).

    One element of a pattern, ``any`` for any step, or a touchpoint's whole name, which needs no quotes.

    Raises
    ------
    QuestionError, UnknownNameError
        The text is not one element, or names a touchpoint nobody knows; ``field`` names where it was given.
    """
    name = text.strip()
    if touchpoints.is_known(name):
        return place_codes(Place((name,)), touchpoints)
    return place_codes(Place((), other=True) if name == "any" else parse_place(text, field), touchpoints)


def _compile(pattern: Pattern, touchpoints: Touchpoints, *, floating: bool, goes_on: bool = False) -> Dfa:
    """Compile; a match may begin at every step where ``floating``, is read past its end where ``goes_on``."""
    import numpy as np

    fits = np.array([place_codes(place, touchpoints) for place in pattern.places])
    columns, symbols = _columns(fits)
    stops = not pattern.at_end and not goes_on
    table = _Sets(pattern.places, columns, stops=stops).explore(floating=floating)
    if table is None:
        raise _exploded(pattern, columns, floating=floating, stops=stops)
    rows, accepts = table
    return Dfa(
        symbols=symbols.astype("<u2").tobytes(),
        table=np.array(rows, dtype="<i4").tobytes(),
        accepts=bytes(accepts),
        at_start=pattern.at_start,
        at_end=pattern.at_end,
    )


def _columns(fits: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the distinct columns of ``fits`` (at least one), and the column of each code."""
    import numpy as np

    if fits.shape[1] == 0:
        return np.zeros((len(fits), 1), dtype=np.bool_), np.zeros(0, dtype=np.int64)
    columns, symbols = np.unique(fits, axis=1, return_inverse=True)
    return columns, symbols.reshape(-1)


def _exploded(pattern: Pattern, columns: NDArray[np.bool_], *, floating: bool, stops: bool) -> QuestionError:
    """Name the first element with which the pattern becomes too large."""
    counts = range(1, len(pattern.places))
    parts = (_Sets(pattern.places[:count], columns, stops=stops) for count in counts)
    fine = len(list(itertools.takewhile(lambda part: part.explore(floating=floating) is not None, parts)))
    place = pattern.places[fine]
    return QuestionError(
        f"The pattern {pattern.text!r} needs more than {STATES} states from {place.text!r} at position"
        f" {place.at} on: what stands before it can begin anew at every step, each beginning remembered.",
        hint="Bind it with ^ or $, or put fewer single steps behind an element that fits many touchpoints.",
    )


class _Sets:
    """Sets of places a match may have come to, as the bits of an integer; the last bit is its end.

    A place with ``+`` is one step and then any number. Where it ``stops``, nothing is read behind a match.
    """

    def __init__(self, places: Sequence[Place], columns: NDArray[np.bool_], *, stops: bool = False) -> None:
        spread = [(i, mark) for i, place in enumerate(places) for mark in _MARKS[place.repeat]]
        self._end = 1 << len(spread)
        self._stops = stops
        self._stay = _bits(mark == "*" for _, mark in spread)
        self._skip = _bits(mark in ("*", "?") for _, mark in spread)
        self._fits = [_bits(column[i] for i, _ in spread) for column in columns.T.tolist()]

    def explore(self, *, floating: bool) -> tuple[list[list[int]], list[int]] | None:
        """Return the table and which states accept, or None where there are more than `STATES`.

        Where ``floating`` a match may begin at every step.
        """
        start = self._close(1) & ~self._end
        numbers = {0: 0, start: 1}
        table: list[list[int]] = []
        for state in _growing(numbers):
            reached = [self._next(state, fits, start if floating else 0) for fits in self._fits]
            table.append([numbers.setdefault(found, len(numbers)) for found in reached])
            if len(numbers) > STATES:
                return None
        return table, [int(bool(state & self._end)) for state in numbers]

    def _next(self, state: int, fits: int, start: int) -> int:
        moved = state & fits
        reached = self._close((moved & ~self._stay) << 1 | (moved & self._stay)) | start
        return self._end if self._stops and (reached | state) & self._end else reached

    def _close(self, state: int) -> int:
        """Add every place that is reached by leaving out places."""
        while True:
            wider = state | (state & self._skip) << 1
            if wider == state:
                return state
            state = wider


_MARKS: Final = {"": ("",), "?": ("?",), "*": ("*",), "+": ("", "*")}


def _growing(numbers: dict[int, int]) -> Iterator[int]:
    """Yield the keys of a dict that may grow at its end meanwhile."""
    keys = list(numbers)
    for place in itertools.count():
        if place == len(keys):
            keys.extend(itertools.islice(numbers, place, None))
        if place == len(keys):
            return
        yield keys[place]


def _bits(values: Iterable[bool]) -> int:
    """Return the integer whose bit ``i`` is value ``i``."""
    return sum(1 << place for place, value in enumerate(values) if value)
