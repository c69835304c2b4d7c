"""Reading JSON Lines: one object a line, whatever its keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn, cast

import msgspec

from trodden.collect.importers.chunks import Task, reject
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.rowwise import Gatherer, Literal, RowRefused
from trodden.collect.importers.streams import ByteStream

_BLOCK: Final = 4 << 20
_LONGEST_NUMBER: Final = 400


class JsonLinesReader:
    """A file of JSON objects, one a line, in UTF-8.

    A nested object becomes columns named by dotted paths (``context.page.url``); a list stays one cell.
    """

    def __init__(self, stream: ByteStream, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits

    def tasks(self) -> Iterator[Task]:
        """Yield the work of each chunk."""
        gatherer = Gatherer(self._limits.columns)
        for line in self._lines():
            if line is not None and line.isspace():
                continue
            row = gatherer.next_row()
            try:
                gatherer.add(self._row(line), line or b"")
            except RowRefused as refused:
                gatherer.refuse(reject(row, str(refused), line or b""))
            if gatherer.is_full():
                yield gatherer.task()
        yield from gatherer.rest()

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._stream.position()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def _row(self, line: bytes | None) -> dict[str, str]:
        if line is None:
            raise RowRefused("row-too-large")
        return read_object(line, self._limits)

    def _lines(self) -> Iterator[bytes | None]:
        """Yield each line that holds something; None for one that is too long."""
        rest, is_dropping = b"", False
        while block := self._stream.read(_BLOCK):
            *lines, rest = (rest + block).split(b"\n")
            if is_dropping and lines:
                lines, is_dropping = lines[1:], False
            yield from (line for line in lines if line)
            if len(rest) > self._limits.record_bytes:
                if not is_dropping:
                    yield None
                rest, is_dropping = b"", True
        if rest and not is_dropping:
            yield rest


def read_object(line: bytes, limits: Limits) -> dict[str, str]:
    """Read one object as cells by dotted path.

    Raises
    ------
    RowRefused
        If the line is no object, is nested too deeply, has a key twice, a number no computer holds,
        a byte that is not UTF-8, or a cell that is too large.
    """
    found = _decode(line)
    if not isinstance(found, dict):
        raise RowRefused("not-an-object")
    row: dict[str, str] = {}
    _flatten(cast("dict[str, Any]", found), "", row, limits, limits.depth)
    if len(line) > limits.cell_bytes and any(len(cell.encode()) > limits.cell_bytes for cell in row.values()):
        raise RowRefused("cell-too-large")
    return row


def _decode(line: bytes) -> object:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise RowRefused("bad-encoding") from None
    try:
        found = _DECODER.decode(text)
    except RecursionError:
        raise RowRefused("too-deep") from None
    except ValueError:
        raise RowRefused("bad-json") from None
    if b"\\u" in line:
        _check_escapes(found, line.lower())
    return found


def _check_escapes(found: object, line: bytes) -> None:
    """Refuse characters that can be written in JSON but are no text: half of a pair, and zero."""
    if b"\\u0000" in line and b"\0" in _bytes_of(found):
        raise RowRefused("zero-byte")
    if b"\\ud" in line:
        _bytes_of(found)


def _bytes_of(found: object) -> bytes:
    if isinstance(found, str):
        return _encoded(found)
    if isinstance(found, dict):
        members = cast("dict[str, object]", found).items()
        return b"".join(_encoded(key) + _bytes_of(value) for key, value in members)
    return b"".join(_bytes_of(one) for one in cast("list[object]", found)) if isinstance(found, list) else b""


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise RowRefused("bad-encoding") from None


def _flatten(found: dict[str, Any], path: str, row: dict[str, str], limits: Limits, depth: int) -> None:
    if depth <= 0:
        raise RowRefused("too-deep")
    for key, value in found.items():
        if isinstance(value, dict):
            _flatten(cast("dict[str, Any]", value), f"{path}{key}.", row, limits, depth - 1)
        elif value is not None:
            _put(row, f"{path}{key}", _cell(value, depth), limits)


def _put(row: dict[str, str], name: str, cell: str, limits: Limits) -> None:
    if name in row:
        raise RowRefused("duplicate-key")
    if len(name) > limits.name_bytes:
        raise RowRefused("name-too-long")
    row[name] = cell


def _cell(value: object, depth: int) -> str:
    return value if isinstance(value, str) else Literal(_json(value, depth))


def _json(value: object, depth: int) -> str:
    """Write a value as JSON with sorted keys, its numbers as they stand."""
    if depth <= 0:
        raise RowRefused("too-deep")
    if isinstance(value, list):
        return f"[{','.join(_json(one, depth - 1) for one in cast('list[object]', value))}]"
    if isinstance(value, dict):
        members = sorted(cast("dict[str, object]", value).items())
        return f"{{{','.join(f'{_json(key, 1)}:{_json(one, depth - 1)}' for key, one in members)}}}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return value if isinstance(value, Literal) else msgspec.json.encode(value).decode()


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RowRefused("duplicate-key")
    return found


def _number(text: str) -> str:
    """Keep a number as it is written; one that is infinite for a computer is refused."""
    if len(text) > _LONGEST_NUMBER or float(text) in {float("inf"), float("-inf")}:
        raise RowRefused("number-out-of-range")
    return Literal(text)


def _constant(_: str) -> NoReturn:
    raise RowRefused("number-out-of-range")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_constant
)
