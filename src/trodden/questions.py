"""Questions as text: for command lines, addresses and forms, by one set of rules.

A field is written as its plain value; a list as items joined by commas (``a,b``; quote an item that holds
one: ``"a,b",c``) or by repeating the field; a period as ``start..end``; a duration as ``7d`` or ``P7D``;
anything deeper as JSON.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from trodden.model.durations import format_duration, parse_duration
from trodden.model.errors import QuestionError
from trodden.model.question import NAMES, Period, Question
from trodden.model.words import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Q = TypeVar("Q", bound=Question)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a question, as a form or a help text needs it.

    ``kind`` is one of text, number, choice, switch, duration, period, time, list, json. ``names`` says what
    its texts name, as declared with ``TOUCHPOINT``, ``PATTERN``, ``SEGMENT`` or ``CALENDAR``;
    empty where nothing was.
    """

    name: str
    kind: str
    description: str
    required: bool
    default: str
    choices: tuple[str, ...] = ()
    names: str = ""


@cache
def fields_of(question: type[Question]) -> tuple[Field, ...]:
    """List the fields of a question, its own first and the shared ones last."""
    shared = {field.name for field in msgspec.structs.fields(Question)}
    hints = get_type_hints(question, include_extras=True)
    found = [_field(field, hints[field.name]) for field in msgspec.structs.fields(question)]
    return tuple(sorted(found, key=lambda field: field.name in shared))


def _field(field: msgspec.structs.FieldInfo, hint: Any) -> Field:  # noqa: ANN401 - a type annotation is any object
    default = _default(field)
    bare, meta = _unwrap(hint)
    choices = tuple(str(choice) for choice in get_args(bare)) if get_origin(bare) is Literal else ()
    return Field(
        name=field.name,
        kind=_kind(bare),
        description=meta,
        required=field.required,
        default="" if default is None else _write(default),
        choices=choices,
        names=_names(hint),
    )


def _names(hint: Any) -> str:  # noqa: ANN401 - as above
    """Return what the texts of a field name, by the first of its notes that says so."""
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    for note in notes:
        extra: dict[str, str] = getattr(note, "extra", None) or {}
        if NAMES in extra:
            return extra[NAMES]
    return ""


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None


def _unwrap(hint: Any) -> tuple[Any, str]:  # noqa: ANN401 - as above
    """Return the type without Annotated and ``| None``, and the description found on the way."""
    description = ""
    while True:
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            description = next((n.description for n in notes if getattr(n, "description", None)), description)
        elif get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
            rest = [arm for arm in get_args(hint) if arm is not type(None)]
            hint = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007 - built at run time
        else:
            return hint, description


_KINDS: dict[Any, str] = {
    str: phrase("text"),
    int: phrase("number"),
    float: phrase("number"),
    bool: phrase("switch"),
    timedelta: phrase("duration"),
    datetime: phrase("time"),
    Period: phrase("period"),
}


def _kind(bare: Any) -> str:  # noqa: ANN401 - as above
    if get_origin(bare) is Literal:
        return phrase("choice")
    if get_origin(bare) in (list, tuple) and _unwrap(get_args(bare)[0])[0] in (str, int, float):
        return phrase("list")
    return _KINDS.get(bare, phrase("json"))


def read_question(
    question: type[Q], texts: Mapping[str, str | Sequence[str]], given: Mapping[str, Any] | None = None
) -> Q:
    """Make a question of texts by field name; empty texts count as not given.

    ``given`` are JSON-like values of fields that no text is there for.

    Raises
    ------
    QuestionError
        A field nobody knows, or a text its type cannot be read from.
    """
    return convert_question(question, {**(given or {}), **_read_all(question, texts)})


def question_from(question: type[Q], values: Mapping[str, Any]) -> Q:
    """Make a question of values, or of the texts a command line takes, by field name.

    Raises
    ------
    QuestionError
        A field nobody knows, or a value that does not fit.
    """
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    rest = {name: value for name, value in values.items() if not isinstance(value, str)}
    plain = msgspec.to_builtins(rest, builtin_types=(timedelta, datetime))
    return convert_question(question, {**_read_all(question, texts), **plain})


def _read_all(question: type[Question], texts: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    fields = {field.name: field for field in fields_of(question)}
    given = {name: _texts(value) for name, value in texts.items()}
    unknown = sorted(name for name, values in given.items() if values and name not in fields)
    if unknown:
        known = ", ".join(sorted(fields))
        raise QuestionError(f"There is no field called {unknown[0]!r}.", hint=f"Fields: {known}.")
    return {name: _read(fields[name], found) for name, found in given.items() if found}


def convert_question(question: type[Q], values: Mapping[str, Any]) -> Q:
    """Make a question of JSON-like values.

    Raises
    ------
    QuestionError
        The values do not fit; the message names the field.
    """
    try:
        return msgspec.convert(dict(values), question, strict=False)
    except msgspec.ValidationError as error:
        raise QuestionError(
            f"The question does not fit: {error}.", hint="`trodden analyses NAME` lists its fields."
        ) from error


def _texts(value: str | Sequence[str]) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value)
    return [text.strip() for text in texts if text.strip()]


def _read(field: Field, texts: list[str]) -> Any:  # noqa: ANN401 - the value's type is the field's
    text = texts[-1]
    try:
        if field.kind == "list":
            return _read_list(texts)
        if field.kind == "duration":
            return parse_duration(text)
        if field.kind == "period":
            return _read_period(text)
        if field.kind == "time":
            return _read_time(text)
        return _read_json(text) if field.kind == "json" else text
    except ValueError as error:
        raise QuestionError(f"{field.name}: {error}.") from error


def _read_list(texts: list[str]) -> list[str]:
    try:
        items = [item for row in csv.reader(texts, skipinitialspace=True) for item in row]
    except csv.Error:
        raise ValueError(
            "a name in the list breaks its line, or is over 131,072 letters long: write 'one,\"two, three\"'"
        ) from None
    return [item.strip() for item in items if item.strip()]


def _read_period(text: str) -> dict[str, str | None]:
    if text.startswith("{"):
        return _read_json(text)
    start, dots, end = text.partition("..")
    if not dots:
        raise ValueError(
            f"{text!r} is not a period: write start..end, such as 2026-04-01..2026-07-01 or 2026-04-01.."
        )
    return {"start": start.strip() or None, "end": end.strip() or None}


def _read_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time: write 2026-04-01 or 2026-04-01T12:30") from None


def _read_json(text: str) -> Any:  # noqa: ANN401 - JSON is any value
    if text[0] not in '[{"':
        return _read_list([text])
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"{text!r} is not JSON ({error})") from error


def write_question(question: Question) -> dict[str, str]:
    """Return the fields that differ from their defaults, as text :func:`read_question` reads back."""
    written: dict[str, str] = {}
    for field in msgspec.structs.fields(question):
        value = getattr(question, field.name)
        if field.required or value != _default(field):
            written[field.name] = _write(value)
    return written


def _write(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return _write_duration(value)
    if isinstance(value, Period):
        return f"{value.start or ''}..{value.end or ''}"
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        if all(isinstance(item, str) for item in items):
            return ",".join(_quoted(str(item)) for item in items)
    encoded = msgspec.json.encode(value).decode()
    return msgspec.json.decode(encoded) if isinstance(value, datetime) else encoded


def _write_duration(value: timedelta) -> str:
    short = format_duration(value.total_seconds()).replace(" ", "")
    return short if parse_duration(short) == value else msgspec.json.decode(msgspec.json.encode(value))


def _quoted(item: str) -> str:
    return '"' + item.replace('"', '""') + '"' if any(mark in item for mark in ',"') else item
