"""Nodes of a map file turned into the structs of the model, every fault with its line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from trodden.methods.journeys.maps_flow import FlowReader
from trodden.methods.journeys.maps_yaml import Listed, Mapped, Node, Scalar
from trodden.model.durations import parse_duration
from trodden.model.errors import MapError
from trodden.model.journey_map import JourneyMap

_SWITCH: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_KINDS: Final[dict[Any, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    timedelta: "a duration such as 90s, 30min, 2h, 7d or P7D",
}


class Reader:
    """Reads one map file; ``lines`` remembers where things stand for the checks that follow.

    Keys of ``lines`` are paths (``steps[2].wait``), and ``step:ID`` and ``flow:ID`` for a step's entry and
    its place in the flow.
    """

    def __init__(self, file: str = "") -> None:
        self.file = file
        self.lines: dict[str, int] = {}

    def read(self, root: Node) -> JourneyMap:
        """Read the whole map.

        Raises
        ------
        MapError
            Something does not follow the schema; the message names the line, what was found and what
            was expected.
        """
        if not isinstance(root, Mapped):
            raise self._error(root, "the map", "names with values, such as `name: Returns`")
        found = self._struct(root, JourneyMap, "")
        for place, step in enumerate(found.steps):
            self.lines[f"step:{step.id}"] = self.lines[f"steps[{place}]"]
        return found

    def _struct(self, node: Node, cls: type[Any], path: str) -> Any:  # noqa: ANN401 - a struct of that type
        if not isinstance(node, Mapped):
            raise self._error(node, path, f"names with values: {', '.join(cls.__struct_fields__)}")
        hints = get_type_hints(cls, include_extras=True)
        self._refuse_unknown(node, hints, path)
        values: dict[str, Any] = {}
        for name, value in node.entries.items():
            below = f"{path}.{name}" if path else name
            self.lines[below] = node.lines[name]
            if not (isinstance(value, Scalar) and value.is_null):
                values[name] = self._field(value, name, hints[name], below)
        return self._make(node, cls, values, path)

    def _make(self, node: Mapped, cls: type[Any], values: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - as above
        missing = [
            field.name for field in msgspec.structs.fields(cls) if field.required and field.name not in values
        ]
        if missing:
            raise self._error(
                node, f"{path}.{missing[0]}" if path else missing[0], "to find it here", found="nothing"
            )
        return cls(**values)

    def _refuse_unknown(self, node: Mapped, known: Mapping[str, object], path: str) -> None:
        for name in node.entries:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."
                where = f"{path}.{name}" if path else name
                raise MapError(
                    f"`{where}`: there is no such key.", hint=hint, file=self.file, line=node.lines[name]
                )

    def _field(self, node: Node, name: str, hint: Any, path: str) -> Any:  # noqa: ANN401 - a value of the hinted type
        if name == "flow":
            return FlowReader(self.file, self.lines).flow(node, path)
        return self._value(node, hint, path)

    def _value(self, node: Node, hint: Any, path: str) -> Any:  # noqa: ANN401 - as above
        bare = _bare(hint)
        if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            return self._struct(node, bare, path)
        if get_origin(bare) is tuple:
            return self._tuple(node, get_args(bare)[0], path)
        if get_origin(bare) is dict:
            return self._dict(node, get_args(bare)[1], path)
        return self._scalar(node, hint, path)

    def _tuple(self, node: Node, item: Any, path: str) -> tuple[Any, ...]:  # noqa: ANN401 - as above
        """Read a list; one plain value stands for a list of one."""
        if not isinstance(node, Listed):
            node = Listed((node,), node.line)
        found: list[Any] = []
        for place, below in enumerate(node.items):
            self.lines[f"{path}[{place}]"] = below.line
            found.append(self._value(below, item, f"{path}[{place}]"))
        return tuple(found)

    def _dict(self, node: Node, value: Any, path: str) -> dict[str, Any]:  # noqa: ANN401 - as above
        if not isinstance(node, Mapped):
            raise self._error(node, path, "names with values")
        return {name: self._value(below, value, f"{path}.{name}") for name, below in node.entries.items()}

    def _scalar(self, node: Node, hint: Any, path: str) -> Any:  # noqa: ANN401 - as above
        expected = describe(hint)
        if not isinstance(node, Scalar):
            raise self._error(node, path, expected)
        try:
            value = msgspec.convert(_plain(node.text, _bare(hint)), hint, strict=False)
        except (msgspec.ValidationError, ValueError) as error:
            raise self._error(node, path, expected) from error
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error(node, path, expected)
        return value

    def _error(self, node: Node, path: str, expected: str, found: str = "") -> MapError:
        return MapError(
            f"`{path}`: found {found or describe_node(node)}, expected {expected}.",
            file=self.file,
            line=node.line,
        )


def _bare(hint: Any) -> Any:  # noqa: ANN401 - a type annotation is any object
    """Return the type without Annotated and ``| None``."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        return _bare(arms[0])
    return hint


def _plain(text: str, bare: Any) -> object:  # noqa: ANN401 - as above
    if bare is timedelta:
        return parse_duration(text)
    return _SWITCH.get(text.lower(), text) if bare is bool else text


def describe(hint: Any) -> str:  # noqa: ANN401 - as above
    """Say in words what a field takes."""
    bare = _bare(hint)
    if get_origin(bare) is Literal:
        return f"one of {', '.join(str(choice) for choice in get_args(bare))}"
    return _KINDS.get(bare, f"a {getattr(bare, '__name__', 'value')}") + _range(hint)


def _range(hint: Any) -> str:  # noqa: ANN401 - as above
    """Say the bounds a field's annotation sets."""
    if get_origin(hint) in (Union, UnionType):
        return "".join(_range(arm) for arm in get_args(hint))
    notes = cast("tuple[Any, ...]", get_args(hint)[1:] if get_origin(hint) is Annotated else ())
    for note in notes:
        if getattr(note, "ge", None) is not None and getattr(note, "le", None) is not None:
            return f" from {note.ge:g} to {note.le:g}"
        if getattr(note, "ge", None) is not None:
            return f", at least {note.ge:g}"
        if getattr(note, "max_length", None) is not None:
            return f" of {note.min_length or 0} to {note.max_length} characters"
    return ""


def describe_node(node: Node) -> str:
    """Say in words what stands in the file."""
    match node:
        case Scalar():
            return "nothing" if node.is_null else repr(node.text)
        case Listed():
            return f"a list of {len(node.items)}"
        case Mapped():
            return f"names with values ({', '.join(node.entries)})"
