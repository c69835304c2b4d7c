"""Is a person named here? Compare an identifier with a value as it was decoded, or with raw bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

_SEPARATORS: Final = re.compile(r"[,;\t|:=]")
_FILE_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9.]{0,15}$")
_AROUND: Final = " \t\"'{}[]()"
WHOLE_BELOW: Final = 8
"""An identifier shorter than this is compared with whole values: a part of a text proves nothing."""


class Wanted:
    """One identifier to look for."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.is_short = len(value) < WHOLE_BELOW
        self._raw = () if self.is_short else tuple({value.encode(), *_escaped(value)})

    def in_text(self, text: str) -> bool:
        """Say whether a decoded text names the person; texts that are JSON are looked into.

        A name of a file counts as its stem does: ``C7.csv`` names C7.
        """
        if self.value in {text, _FILE_ENDING.sub("", text)} or (not self.is_short and self.value in text):
            return True
        return text[:1] in {"{", "[", '"'} and any(self.in_text(one) for one in _json_values(text))

    def in_bytes(self, data: bytes) -> bool:
        """Say whether raw bytes name the person; never for a short identifier."""
        return any(raw in data for raw in self._raw)

    def in_line(self, line: bytes) -> bool:
        """Say whether a line of a text file names the person: as a whole, or in one of its fields."""
        return self.in_bytes(line) or any(self.in_text(part) for part in fields_of(line))


def fields_of(line: bytes) -> Iterator[str]:
    """Give a line as text, and each part between what separates values, bare of quotes and brackets."""
    text = line.decode("utf-8", "replace").strip()
    yield text
    yield from (part.strip(_AROUND) for part in _SEPARATORS.split(text))


def values_in(decoded: object) -> Iterator[str]:
    """Give every single value inside nested lists and mappings, keys included, as text."""
    if isinstance(decoded, dict):
        for key, value in decoded.items():  # pyright: ignore[reportUnknownVariableType]
            yield str(key)  # pyright: ignore[reportUnknownArgumentType]
            yield from values_in(value)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(decoded, list | tuple | set):
        for value in decoded:  # pyright: ignore[reportUnknownVariableType]
            yield from values_in(value)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(decoded, bytes):
        yield decoded.decode("utf-8", "replace")
    elif decoded is not None:
        yield str(decoded)


def _json_values(text: str) -> Iterator[str]:
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        return
    if decoded != text:
        yield from values_in(decoded)


def _escaped(value: str) -> Iterator[bytes]:
    yield json.dumps(value)[1:-1].encode()
    yield value.encode("utf-16-le")
