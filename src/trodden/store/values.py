"""Is a person named here? Compare an identifier with a value as it was decoded, or with raw bytes."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Final

_SEPARATORS: Final = re.compile(r"[,;\t|:=]")
_FILE_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9.]{0,15}$")
_MARKS: Final = ",;\t|"
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
        return is_json(text) and any(self.in_text(one) for one in values_in(json.loads(text)) if one != text)

    @property
    def pattern(self) -> str:
        """Return an RE2 pattern that finds what `in_text` finds in a text that is no JSON."""
        literal = re.escape(self.value)
        return f"^{literal}(\\.[A-Za-z][A-Za-z0-9.]{{0,15}})?$" if self.is_short else literal

    def in_bytes(self, data: bytes) -> bool:
        """Say whether raw bytes name the person; never for a short identifier."""
        return any(raw in data for raw in self._raw)

    def in_file(self, text: str) -> bool:
        """Say whether a text file names the person: as JSON where it is that, else line by line."""
        if is_json(text):
            return self.in_text(text)
        return any(self.in_line(line.encode()) for line in text.splitlines())

    def in_line(self, line: bytes) -> bool:
        """Say whether a line of a text file names the person: as a whole, or in one of its fields.

        A line that is JSON has the fields of each of its strings.
        """
        text = line.decode("utf-8", "replace").strip()
        texts = values_in(json.loads(text)) if is_json(text) else [text]
        return self.in_bytes(line) or any(self.in_text(part) for one in texts for part in fields_of(one))


def is_json(text: str) -> bool:
    """Say whether a text is a JSON object, array or string."""
    if text.lstrip()[:1] not in {"{", "[", '"'}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def fields_of(text: str) -> Iterator[str]:
    """Give a text, each part between what separates values, bare of quotes and brackets, and its cells.

    The cells are those of a row of CSV, with each mark that may be between them: what stands in quotes has
    marks and doubled quotes of its own.
    """
    yield text
    yield from (part.strip(_AROUND) for part in _SEPARATORS.split(text))
    for mark in _MARKS:
        yield from _cells(text, mark)


def _cells(text: str, mark: str) -> Iterator[str]:
    """Give the cells of a row of CSV; nothing where it has none, or one is too long for a name."""
    if mark not in text and '"' not in text:
        return
    with contextlib.suppress(csv.Error):
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True):
            yield from (cell.strip() for cell in row)


def values_in(decoded: object) -> Iterator[str]:
    """Give every text inside nested lists and mappings, keys included, and every long number as text.

    A short number is an amount or a count, never a name: whoever is called 7 is called "7".
    """
    if isinstance(decoded, dict):
        for key, value in decoded.items():  # pyright: ignore[reportUnknownVariableType]
            yield from values_in(key)  # pyright: ignore[reportUnknownArgumentType]
            yield from values_in(value)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(decoded, list | tuple | set):
        for value in decoded:  # pyright: ignore[reportUnknownVariableType]
            yield from values_in(value)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(decoded, bytes):
        yield decoded.decode("utf-8", "replace")
    elif isinstance(decoded, str) or len(str(decoded)) >= WHOLE_BELOW:
        yield str(decoded)


def _escaped(value: str) -> Iterator[bytes]:
    doubled = value.replace('"', '""')
    for one in {value, doubled}:
        yield one.encode()
        yield json.dumps(one)[1:-1].encode()
        yield json.dumps(one, ensure_ascii=False)[1:-1].encode()
    yield value.encode("utf-16-le")
