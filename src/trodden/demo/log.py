"""The record as it grows: what happened, in columns of codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.demo.draws import Ints, Keys


class Codes:
    """Texts numbered in the order they first come; 0 is the empty text."""

    def __init__(self) -> None:
        self.texts: list[str] = [""]
        self._codes = {"": 0}

    def of(self, text: str) -> int:
        """Return the code of a text."""
        code = self._codes.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code

    def of_each(self, texts: tuple[str, ...]) -> Ints:
        """Return the codes of texts."""
        return np.array([self.of(text) for text in texts])


@dataclass(slots=True)
class Entry:
    """Events at one touchpoint: (events,) customers, keys, times in microseconds, positions in journeys.

    ``outcome`` and ``text`` are codes, ``value`` minor units and ``duration`` milliseconds, both -1 for
    none; ``extra`` holds further properties: numbers of each, or one text for all.
    """

    place: int
    who: Ints
    keys: Keys
    at: Ints
    step: Ints
    outcome: Ints
    text: Ints
    value: Ints
    duration: Ints
    extra: Mapping[str, Ints | str]


COLUMNS = ("who", "keys", "at", "step", "outcome", "text", "value", "duration")


@dataclass(slots=True)
class Log:
    """Everything recorded so far."""

    texts: Codes = field(default_factory=Codes)
    extras: Codes = field(default_factory=Codes)
    _entries: list[Entry] = field(default_factory=list[Entry])
    _extras: list[Ints] = field(default_factory=list["Ints"])

    def add(self, entry: Entry) -> None:
        """Record events."""
        self._entries.append(entry)
        self._extras.append(self._extra_codes(entry))

    def _extra_codes(self, entry: Entry) -> Ints:
        numbers = [(name, value) for name, value in entry.extra.items() if not isinstance(value, str)]
        code = np.zeros(len(entry.who), np.int64)
        for _, values in numbers:
            code = code * 100_000 + values
        distinct, inverse = np.unique(code, return_inverse=True)
        said = "".join(
            f',"{name}":"{value}"' for name, value in entry.extra.items() if isinstance(value, str)
        )
        texts = tuple(said + _digits([name for name, _ in numbers], int(one)) for one in distinct)
        return self.extras.of_each(texts)[inverse] if texts else code

    def columns(self) -> dict[str, Ints]:
        """Return everything, in the order it was recorded."""
        found = {name: np.concatenate([getattr(one, name) for one in self._entries]) for name in COLUMNS}
        sizes = [len(one.who) for one in self._entries]
        found["place"] = np.repeat([one.place for one in self._entries], sizes)
        found["extra"] = np.concatenate(self._extras)
        return found


def _digits(names: list[str], code: int) -> str:
    """Write numbers that were packed into one, 100,000 values each."""
    parts: list[str] = []
    for name in reversed(names):
        code, value = divmod(code, 100_000)
        parts.append(f',"{name}":{value}')
    return "".join(reversed(parts))
