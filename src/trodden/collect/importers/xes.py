"""Reading XES, the event logs of process mining (IEEE 1849), without ever holding more than an event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from trodden.collect.importers.chunks import Task, reject
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.rowwise import Gatherer, Literal, RowRefused
from trodden.collect.importers.streams import ByteStream
from trodden.model.errors import RefusedFileError, UnreadableFileError

TRACE_PREFIX: Final = "case:"
"""What stands before the name of an attribute of a whole trace, as elsewhere in process mining."""
_PIECE: Final = 1 << 20
_PLAIN: Final = frozenset({"string", "date", "id"})
_TYPED: Final = frozenset({"int", "float", "boolean"})
_NESTING: Final = frozenset({"list", "container"})
_SILENT: Final = frozenset({"global", "classifier", "extension"})
_LITERAL: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?|true|false")


class XesReader:
    """A log in XES. An attribute of a trace becomes a column of each of its events, after ``case:``.

    A nested attribute is named by a dotted path. Document types are refused, and with them every entity.
    """

    def __init__(self, stream: ByteStream, name: str, limits: Limits) -> None:
        self._stream = stream
        self._name = name
        self._limits = limits

    def tasks(self) -> Iterator[Task]:
        """Yield the work of each chunk.

        Raises
        ------
        UnreadableFileError
            If the file is not well-formed XML.
        RefusedFileError
            If it has a document type, is nested too deeply or has an endless tag.
        """
        log = _Log(self._limits)
        parser = _parser(log)
        while piece := self._stream.read(_PIECE):
            self._feed(parser, piece, log)
            if log.gatherer.is_full():
                yield log.gatherer.task()
        self._feed(parser, b"", log)
        yield from log.gatherer.rest()

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._stream.position()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def _feed(self, parser: Any, piece: bytes, log: _Log) -> None:  # noqa: ANN401 -- defusedxml has no types
        try:
            parser.feed(piece) if piece else parser.close()
        except ParseError as error:
            raise UnreadableFileError(
                f"{self._name} is not well-formed XML: {error}.", hint="Export or copy the file again."
            ) from error
        except DefusedXmlException as error:
            raise self._refused("declares a document type or entities") from error
        except _TooDeepError as error:
            raise self._refused(f"is nested more than {self._limits.depth} levels deep") from error
        log.fed += len(piece)
        if piece and log.fed - parser.parser.CurrentByteIndex > self._limits.record_bytes:
            raise self._refused(f"has a tag of more than {self._limits.record_bytes} bytes")

    def _refused(self, what: str) -> RefusedFileError:
        return RefusedFileError(f"{self._name} {what}; an event log needs nothing of the kind.")


class _TooDeepError(Exception):
    """The elements are nested too deeply."""


def _parser(log: _Log) -> Any:  # noqa: ANN401 -- defusedxml has no types
    """Return a parser that refuses document types and tells the log of elements only."""
    parser: Any = XMLParser(target=log, forbid_dtd=True)
    expat = parser.parser
    expat.StartElementHandler = log.open
    expat.EndElementHandler = log.shut
    expat.DefaultHandlerExpand = None
    return parser


class _Log:
    """What was read of a log so far."""

    def __init__(self, limits: Limits) -> None:
        self.gatherer = Gatherer(limits.columns)
        self.fed = 0
        self._limits = limits
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] | None = None
        self._fault = ""
        self._path: list[str] = []
        """For each open element, what the names of the attributes inside it begin with."""
        self._silent_from = 0

    def open(self, tag: str, attributes: Sequence[str]) -> None:
        """Note that an element begins; ``attributes`` are names and values in turn."""
        name = tag.rpartition("}")[2]
        if len(self._path) >= self._limits.depth:
            raise _TooDeepError
        inside = ""
        if name == "event":
            self._event, self._fault = {}, ""
        elif name == "trace":
            self._trace = {}
        elif name in _SILENT:
            self._silent_from = self._silent_from or len(self._path) + 1
        elif not self._silent_from:
            inside = self._attribute(name, dict(zip(attributes[::2], attributes[1::2], strict=True)))
        self._path.append(inside)

    def shut(self, tag: str) -> None:
        """Note that an element ends."""
        self._path.pop()
        if len(self._path) < self._silent_from:
            self._silent_from = 0
        name = tag.rpartition("}")[2]
        if name == "event" and self._event is not None:
            self._emit(self._event)
            self._event = None
        elif name == "trace":
            self._trace = {}

    def _attribute(self, kind: str, given: dict[str, str]) -> str:
        """Keep an attribute; return what the names inside it begin with."""
        before = self._path[-1] if self._path else ""
        key = given.get("key")
        if key is None or kind not in _PLAIN | _TYPED | _NESTING:
            return before
        if "value" in given and kind not in _NESTING:
            self._put(before + key, _cell(kind, given["value"]))
        return f"{before}{key}."

    def _put(self, name: str, cell: str) -> None:
        if len(cell) > self._limits.cell_bytes:
            self._fault = "cell-too-large"
        elif self._event is None:
            self._trace[TRACE_PREFIX + name] = cell
        elif name in self._event:
            self._fault = "duplicate-key"
        else:
            self._event[name] = cell

    def _emit(self, event: dict[str, str]) -> None:
        number, row = self.gatherer.next_row(), self._trace | event
        fault = self._fault or self._add(row)
        if fault:
            self.gatherer.refuse(reject(number, fault, str(row)))

    def _add(self, row: dict[str, str]) -> str:
        try:
            self.gatherer.add(row)
        except RowRefused as refused:
            return str(refused)
        return ""


def _cell(kind: str, value: str) -> str:
    return Literal(value) if kind in _TYPED and _LITERAL.fullmatch(value) else value
