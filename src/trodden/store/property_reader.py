"""Properties out of canonical JSON, as codes per name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
import numpy as np

from trodden.store import kernels_properties as kernels
from trodden.store._arrow import pa
from trodden.store.coding import one_array, room, roomier, text_buffers, texts_of
from trodden.store.kernels_json import MOST_PARTS
from trodden.store.kernels_text import NONE
from trodden.store.properties import LONGEST_TEXT, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from trodden.store._arrow import Column

MOST_VALUES: Final = 65_535
"""Distinct values a property with a column may have; code 0 is null, so sixteen bits hold them all."""

MOST_COLUMNS: Final = 64
"""Properties that may have a column."""

MOST_NAMES: Final = 4_096
"""Property names that are looked at; which ones, if a workspace has more, depends on what came first."""

MOST_VALUES_IN_ALL: Final = 4_000_000
"""Distinct values held while properties are read, over all names."""

_ESCAPED: Final = 6
"""Most bytes one character of a text may take in JSON."""


class PropertyReader:
    """Code the top-level properties of events, name by name.

    Parameters
    ----------
    only
        The names to read and to give columns, in this order; other names are counted only. None reads
        every name and gives the first 64 that come along a column.
    listed
        Texts by name that must be told apart however many others there are; such a name gets a column.
    """

    def __init__(
        self,
        only: Iterable[str] | None = None,
        listed: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._events = 0
        self._looked_up = set(listed or ()) - set(only or ()) if only is not None else set[str]()
        self._found = _nothing_found()
        self._found.limits[kernels.COLUMNS] = np.iinfo(np.int64).max
        for name, texts in (listed or {}).items():
            self._list(name, texts)
        for name in only or ():
            self._found.mode[self._name(name)] = kernels.READ
        self._found.limits[kernels.COLUMNS] = self.width + (MOST_COLUMNS if only is None else 0)
        self._found.limits[kernels.MODE] = kernels.READ if only is None else kernels.SKIP

    @property
    def names(self) -> list[str]:
        """Return every name met, in order of first appearance."""
        return texts_of(self._found.names).to_pylist()

    @property
    def columns(self) -> dict[str, int]:
        """Return the column of each name that has one."""
        return {name: int(at) for name, at in zip(self.names, self._found.column, strict=False) if at >= 0}

    @property
    def width(self) -> int:
        """Count the columns."""
        return int(self._found.columns_used[0])

    @property
    def seen(self) -> dict[str, int]:
        """Return how many events have a value, by name."""
        return {name: int(count) for name, count in zip(self.names, self._found.seen, strict=False) if count}

    @property
    def unparsed(self) -> dict[str, int]:
        """Return how many events have a value that is no single one, or too long, by name."""
        counted = zip(self.names, self._found.unparsed, strict=False)
        return {name: int(count) for name, count in counted if count}

    @property
    def over(self) -> set[str]:
        """Return the names with too many values: their codes say nothing beyond those given before."""
        is_over = (self._found.mode == kernels.LOOK_UP) & (self._found.distinct > 0)
        return {name for name, over in zip(self.names, is_over, strict=False) if over} - self._looked_up

    def texts(self, name: str) -> list[str | None]:
        """Return the text of each code of a name, code 1 first; None where a value has no text."""
        number = self._number(name)
        mine = np.flatnonzero(self._found.value_name[: len(self._values())] == number)
        order = mine[np.argsort(self._found.value_code[mine])]
        return [_text(token) for token in self._values().take(order).to_pylist()]

    def read(self, properties: Column) -> NDArray[np.uint16]:
        """Return (columns, events) codes, 0 where an event has no value.

        Parameters
        ----------
        properties
            (events,) JSON objects; what is none has no properties. Where they are a dictionary, each of its
            texts is read once, in its order.
        """
        array = one_array(properties)
        if not pa.types.is_dictionary(array.type):
            return self._read(array, np.ones(len(array), np.int64))
        places = array.indices.to_numpy()
        codes = self._read(array.dictionary, np.bincount(places, minlength=len(array.dictionary)))
        return codes[:, places]

    def _read(self, texts: Column, weights: NDArray[np.int64]) -> NDArray[np.uint16]:
        data, offsets = text_buffers(texts)
        events = len(offsets) - 1
        codes = np.zeros((int(min(self._found.limits[kernels.COLUMNS], MOST_NAMES)), events), np.uint16)
        is_slow = np.zeros(events, np.bool_)
        at = 0
        while at < events:
            self._make_room(MOST_PARTS, int(offsets[-1] - offsets[at]))
            at = kernels.read_all(self._found, data, offsets, at, self._events, weights, codes, is_slow)
        self._events += events
        for event in np.flatnonzero(is_slow):
            text = bytes(data[offsets[event] : offsets[event + 1]])
            self._read_slowly(text, int(weights[event]), codes[:, event])
        return codes[: self.width]

    def _read_slowly(self, text: bytes, weight: int, codes: NDArray[np.uint16]) -> None:
        for name, value in _object(text).items():
            token = msgspec.json.encode(value)
            self._make_room(1, len(name.encode()) + len(token))
            number = self._name(name)
            code = kernels.note_value(self._found, number, *_bytes(token), weight) if number != NONE else 0
            if code and self._found.column[number] != kernels.NO_COLUMN:
                codes[self._found.column[number]] = code

    def _list(self, name: str, texts: Iterable[str]) -> None:
        number = self._name(name)
        for token in _tokens(texts):
            self._make_room(1, len(token))
            self._found.mode[number] = kernels.READ
            kernels.value_code(self._found, number, *_bytes(token))
        if name in self._looked_up:
            self._found.mode[number] = kernels.LOOK_UP

    def _name(self, name: str) -> np.uint64:
        self._make_room(1, len(name.encode()))
        return np.uint64(kernels.name_code(self._found, *_bytes(name.encode())))

    def _number(self, name: str) -> int:
        return self.names.index(name)

    def _values(self) -> Column:
        return texts_of(self._found.values)

    def _make_room(self, entries: int, size: int) -> None:
        found = self._found
        values = roomier(found.values, entries, size, self._value_seeds)
        names = roomier(found.names, 0, size, lambda: np.zeros(int(found.names.size[0]), np.uint64))
        more = len(values.ends) - len(found.value_name)
        self._found = found._replace(names=names, values=values)
        if more:
            self._found = self._found._replace(
                value_name=np.pad(found.value_name, (0, more)),
                value_code=np.pad(found.value_code, (0, more)),
            )

    def _value_seeds(self) -> NDArray[np.uint64]:
        held = int(self._found.values.size[0])
        return (self._found.value_name[:held].astype(np.uint64) + np.uint64(1)) * kernels.SEED


def _nothing_found() -> kernels.Found:
    def numbers() -> NDArray[np.int64]:
        return np.zeros(MOST_NAMES, np.int64)

    limits = np.zeros(6, np.int64)
    limits[kernels.NAMES] = MOST_NAMES
    limits[kernels.VALUES] = MOST_VALUES_IN_ALL
    limits[kernels.VALUES_OF_ONE] = MOST_VALUES
    limits[kernels.LONGEST] = LONGEST_TEXT * _ESCAPED + 2
    values = room(MOST_NAMES, MOST_NAMES)
    return kernels.Found(
        names=room(MOST_NAMES, MOST_NAMES),
        values=values,
        mode=np.zeros(MOST_NAMES, np.uint8),
        column=numbers() - 1,
        distinct=numbers(),
        seen=numbers(),
        unparsed=numbers(),
        last_event=numbers() - 1,
        value_name=np.zeros(len(values.ends), np.int64),
        value_code=np.zeros(len(values.ends), np.uint16),
        columns_used=np.zeros(1, np.int64),
        limits=limits,
    )


def _bytes(text: bytes) -> tuple[NDArray[np.uint8], np.uint64, np.uint64]:
    return np.frombuffer(text, np.uint8), np.uint64(0), np.uint64(len(text))


def _tokens(texts: Iterable[str]) -> list[bytes]:
    """Return every way canonical JSON may write a value with one of these texts."""
    written = [msgspec.json.encode(text) for text in texts]
    bare = [text.encode() for text in texts if text_of(_decoded(text.encode())) == text]
    return written + [text for text in bare if not text.startswith(b'"')]


def _text(token: str) -> str | None:
    value = _decoded(token.encode())
    return None if value is None else text_of(value)


def _decoded(token: bytes) -> object:
    try:
        return msgspec.json.decode(token)
    except msgspec.DecodeError:
        return None


def _object(text: bytes) -> dict[str, Any]:
    found = _decoded(text)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
