"""Properties out of canonical JSON, as codes per name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
import numpy as np

from trodden.store.coding import Names
from trodden.store.properties import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from trodden.store._arrow import Column

MOST_VALUES: Final = 65_535
"""Distinct values a property with a column may have; code 0 is null, so sixteen bits hold them all."""


class PropertyReader:
    """Code the top-level properties of events, name by name.

    Parameters
    ----------
    only
        The names to read; None reads every name that comes along.

    ``names`` are the columns in order of first appearance; ``texts[column]`` the distinct values of
    one, code 1 first; ``seen`` counts the events that have a value, ``unparsed`` those whose value is
    no single one or too long. A name with more than `MOST_VALUES` values is in ``over``: its codes say
    nothing beyond those already given.
    """

    def __init__(self, only: Iterable[str] | None = None) -> None:
        self._only = None if only is None else frozenset(only)
        self.names = Names(() if only is None else only)
        self.texts: list[Names] = [Names() for _ in self.names.names]
        self.seen: Counter[str] = Counter()
        self.unparsed: Counter[str] = Counter()
        self.over: set[str] = set()

    def read(self, properties: Column) -> NDArray[np.uint16]:
        """Return (events, names) codes, 0 where an event has no value.

        Parameters
        ----------
        properties
            (events,) JSON objects; what is none has no properties.
        """
        rows = [self._codes(text) for text in properties.to_pylist()]
        codes = np.zeros((len(rows), len(self.names)), np.uint16)
        for number, row in enumerate(rows):
            for column, code in row:
                codes[number, column] = code
        return codes

    def _codes(self, text: str) -> list[tuple[int, int]]:
        found = _object(text).items()
        return [self._code(name, value) for name, value in found if self._is_read(name) and _is_value(value)]

    def _is_read(self, name: str) -> bool:
        return self._only is None or name in self._only

    def _code(self, name: str, value: object) -> tuple[int, int]:
        column = self._column(name)
        self.seen[name] += 1
        text = text_of(value)
        if text is None:
            self.unparsed[name] += 1
            return column, 0
        return column, self._text_code(name, self.texts[column], text)

    def _column(self, name: str) -> int:
        column = self.names.code(name)
        if column == len(self.texts):
            self.texts.append(Names())
        return column

    def _text_code(self, name: str, texts: Names, text: str) -> int:
        if len(texts) < MOST_VALUES or text in texts:
            return texts.code(text) + 1
        self.over.add(name)
        return 0


def _object(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _is_value(value: object) -> bool:
    return value is not None and value != ""
