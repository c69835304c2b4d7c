"""YAML and JSON read as nodes that know their lines, with bombs refused before anything is built."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from trodden.model.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_TEXT: Final = 256 * 1024
"""Characters; a map that people can read has a few thousand."""

_QUICK: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, compiled where PyYAML was built so: ten times as quick. What it refuses the other one
reads: that takes JSON's pairs of surrogates, and says better what is wrong."""

DEEPEST: Final = 40
MOST_NODES: Final = 50_000
_NULLS: Final = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written, never guessed at: ``no`` is a text and ``0012`` keeps its zeros."""

    text: str
    line: int
    is_null: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """Nodes by key; ``lines`` says where each key stands."""

    entries: dict[str, Node]
    lines: dict[str, int]
    line: int


Node = Scalar | Listed | Mapped


def read_nodes(text: str, file: str = "") -> Node:
    """Read one YAML or JSON document.

    Raises
    ------
    MapError
        It is too large or too deep, uses an alias or a tag, names a key twice, or is not YAML at all.
    """
    if len(text) > LARGEST_TEXT:
        raise MapError(f"The map has {len(text):,} characters; at most {LARGEST_TEXT:,} are read.", file=file)
    text = _without_tabs(text)
    with contextlib.suppress(yaml.YAMLError):
        return _read(text, file, _QUICK)
    try:
        return _read(text, file, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, file) from error


def _read(text: str, file: str, loader: type[yaml.SafeLoader]) -> Node:
    _check_events(yaml.parse(text, loader), file)
    root = yaml.compose(text, loader)
    if root is None:
        raise MapError("The map is empty; expected `name`, `flow` and the rest.", file=file, line=1)
    return _Converter(file).node(root)


def _without_tabs(text: str) -> str:
    """Let JSON be indented by tabs: it allows none inside a text, where YAML would refuse any."""
    return text.replace("\t", " ") if text.lstrip().startswith("{") else text


def _check_events(events: Iterable[yaml.Event], file: str) -> None:
    """Refuse what could grow without bound, before the first node is made."""
    depth = 0
    for nodes, event in enumerate(events):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise MapError(
                "An alias (`*name`) is not allowed in a map.", hint="Write it out.", file=file, line=line
            )
        if getattr(event, "tag", None) is not None:
            raise MapError(
                "A tag (`!name`) is not allowed in a map.", hint="Leave it out.", file=file, line=line
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or nodes > MOST_NODES:
            bound = f"{DEEPEST} levels" if depth > DEEPEST else f"{MOST_NODES:,} nodes"
            raise MapError(f"The map goes beyond {bound}.", file=file, line=line)


def _not_yaml(error: yaml.YAMLError, text: str, file: str) -> MapError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    position = getattr(error, "position", None)
    line = mark.line + 1 if mark else text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
    return MapError(f"This is not YAML: {problem}.", hint=_yaml_hint(problem), file=file, line=line)


def _yaml_hint(problem: str) -> str:
    return (
        "Put texts that hold a colon or start with a mark in quotes." if "mapping values" in problem else ""
    )


@dataclass(slots=True)
class _Converter:
    """Turns YAML's nodes into ours; the depth is bounded already."""

    file: str

    def node(self, node: yaml.Node) -> Node:
        line = node.start_mark.line + 1
        match node:
            case yaml.ScalarNode():
                is_null = node.style is None and node.value in _NULLS
                return Scalar(self._text(node.value, line), line, is_null)
            case yaml.SequenceNode():
                return Listed(tuple(self.node(item) for item in node.value), line)
            case yaml.MappingNode():
                return self._mapping(node, line)
            case _:
                raise MapError("Expected a text, a list or names with values.", file=self.file, line=line)

    def _mapping(self, node: yaml.MappingNode, line: int) -> Mapped:
        found = Mapped({}, {}, line)
        for key_node, value in node.value:
            key = self.node(key_node)
            if not isinstance(key, Scalar):
                raise MapError("A key must be a plain name.", file=self.file, line=key.line)
            if key.text in found.entries:
                raise MapError(f"The key {key.text!r} stands twice.", file=self.file, line=key.line)
            found.entries[key.text] = self.node(value)
            found.lines[key.text] = key.line
        return found

    def _text(self, text: str, line: int) -> str:
        """Join the surrogate pairs JSON writes rare letters with."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            raise MapError("A text holds half a letter.", file=self.file, line=line) from error
