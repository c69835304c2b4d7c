"""The mapping: which column means what, and how a file is read. People keep it as a TOML file."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from trodden.model.errors import MappingError
from trodden.model.event import CHANNELS, OUTCOMES

_MOST_BYTES: Final = 1 << 20
ROLES: Final = (
    "customer",
    "touchpoint",
    "time",
    "channel",
    "kind",
    "outcome",
    "value",
    "currency",
    "duration",
    "session",
    "text",
    "url",
)
"""What a column can mean; the first three must be settled."""

Format = Literal["", "csv", "jsonl", "parquet", "xes", "sheet"]


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column means what, and how cells are read; an empty field is guessed from the file.

    A column that is named nowhere becomes a property, unless ``skip`` names it.
    """

    customer: str = ""
    """Column that says who: an identifier of a customer or of a case."""
    touchpoint: str = ""
    """Column that says what happened or where: the name of the event."""
    time: tuple[str, ...] = ()
    """Column that says when; or two, a date and a clock."""
    channel: str = ""
    kind: str = ""
    outcome: str = ""
    value: str = ""
    """Column of an amount of money, in whole and decimal units."""
    currency: str = ""
    """Column of a currency code."""
    duration: str = ""
    session: str = ""
    text: str = ""
    url: str = ""
    ids: dict[str, str] = {}
    """Further identifiers of the customer: kind to column, such as ``email = "E-Mail"``."""
    customer_kind: str = "customer"
    """What kind of identifier the column ``customer`` holds."""
    skip: tuple[str, ...] = ()
    """Columns left out."""
    properties: tuple[str, ...] = ()
    """Columns that are properties and nothing else, whatever they look like."""

    every_channel: str = ""
    """Channel of every event, where no column says it."""
    every_currency: str = ""
    """Currency of every amount, where no column and no sign says it."""
    channels: dict[str, str] = {}
    """What the file says to the channel it means."""
    outcomes: dict[str, str] = {}
    """What the file says to the outcome it means."""
    nulls: tuple[str, ...] = ("", "?", "-")
    """What stands for nothing in a property; never in an identifier."""

    timezone: str = ""
    """Zone of times that do not say theirs; UTC where it is not given."""
    date_order: Literal["", "ymd", "dmy", "mdy"] = ""
    """Order of a date whose year does not stand first."""
    decimal: Literal["", ".", ","] = ""
    """Decimal mark of amounts and durations."""
    duration_unit: Literal["ms", "s", "min", "h"] = "s"
    """Unit of durations that are plain numbers."""

    format: Format = ""
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    header: bool | None = None
    """Whether the first row names the columns."""
    short_rows: Literal["", "fill", "reject"] = ""
    """What becomes of a row with too few cells."""
    sheet: str = ""
    """Sheet of a spreadsheet."""

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield (role, column) for every column that is named; further identifiers as ``ids.kind``."""
        for role in ROLES:
            found: str | tuple[str, ...] = getattr(self, role)
            names = (found,) if isinstance(found, str) else found
            yield from ((role, name) for name in names if name)
        yield from ((f"ids.{kind}", name) for kind, name in self.ids.items())

    def fingerprint(self) -> bytes:
        """Return bytes that are equal only for mappings by which rows are read alike.

        ``properties`` are left out: they keep columns from being guessed; once all is settled they change
        nothing.
        """
        fields: dict[str, Any] = msgspec.to_builtins(self)
        del fields["properties"]
        return msgspec.json.encode(fields, order="sorted")


def load_mapping(path: Path | str) -> Mapping:
    """Read a mapping file (TOML).

    Raises
    ------
    MappingError
        If there is no such file, it is not TOML, or a key or value is not one of a mapping's.
    """
    path = Path(path)
    try:
        data = path.read_bytes()[: _MOST_BYTES + 1]
    except OSError as error:
        raise MappingError(f"{path} cannot be read: {error.strerror}.", hint="Check the name.") from error
    if len(data) > _MOST_BYTES:
        raise MappingError(f"{path} is larger than a mapping can be.", file=str(path))
    return read_mapping(data, str(path))


def read_mapping(data: bytes, name: str = "") -> Mapping:
    """Read a mapping from the text of its file; errors are those of `load_mapping`."""
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # bytes that are no text, numbers of any length
        raise MappingError(
            f"This is not TOML: {error}.", file=name, hint='Write `key = "value"` lines.'
        ) from error
    return mapping_of(found, name)


def mapping_of(fields: dict[str, Any], name: str = "") -> Mapping:
    """Make a mapping of plain values, such as a command line gives; a single time column may be a string.

    Raises
    ------
    MappingError
        If a field or a value is not one of a mapping's; ``name`` is the file it came from.
    """
    try:
        mapping = msgspec.convert(_listed(fields), Mapping)
    except msgspec.ValidationError as error:
        known = ", ".join(Mapping.__struct_fields__)
        raise MappingError(f"{error}.", file=name, hint=f"A mapping has the keys {known}.") from error
    check_mapping(mapping, name)
    return mapping


def save_mapping(mapping: Mapping, path: Path | str) -> None:
    """Write a mapping as a file `load_mapping` reads back equal."""
    Path(path).write_text(dump_mapping(mapping), encoding="utf-8")


def dump_mapping(mapping: Mapping) -> str:
    """Return a mapping as TOML: what is not as it is by default, in the order of the fields."""
    plain: dict[str, Any] = msgspec.to_builtins(mapping)
    default: dict[str, Any] = msgspec.to_builtins(Mapping())
    changed = {key: value for key, value in plain.items() if value != default[key]}
    tables: dict[str, dict[str, str]] = {key: value for key, value in changed.items() if _is_table(key)}
    lines = [f"{key} = {_toml(value)}\n" for key, value in changed.items() if key not in tables]
    lines += [f"\n[{key}]\n{_members(members)}" for key, members in tables.items()]
    return "# Which column means what; for `trodden import --mapping`.\n" + "".join(lines)


def check_mapping(mapping: Mapping, name: str = "") -> None:
    """Make sure a mapping says nothing impossible.

    Raises
    ------
    MappingError
        If a zone, encoding, channel or outcome is unknown, a delimiter is no single character, or a
        column is meant to be two things.
    """
    for problem, hint in _problems(mapping):
        raise MappingError(problem, file=name, hint=hint)


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name; UTC where there is none.

    Raises
    ------
    MappingError
        If the time zone database has no such zone.
    """
    try:
        return ZoneInfo(name or "UTC")
    except (OSError, ValueError, KeyError) as error:
        raise MappingError(
            f"No time zone is called {name!r}.", hint="Use a name such as Europe/Berlin or UTC."
        ) from error


def _problems(mapping: Mapping) -> Iterator[tuple[str, str]]:
    zone_of(mapping.timezone)
    yield from _reading_problems(mapping)
    for key, known in (("channels", CHANNELS), ("outcomes", OUTCOMES)):
        said: dict[str, str] = getattr(mapping, key)
        yield from (_unknown(key, name, known) for name in sorted(set(said.values()) - set(known)))
    if mapping.every_channel and mapping.every_channel not in CHANNELS:
        yield _unknown("every_channel", mapping.every_channel, CHANNELS)
    if len(mapping.time) > 2:  # noqa: PLR2004 -- a date and a clock
        yield f"time names {len(mapping.time)} columns.", "Name one, or two: a date and a clock."
    yield from _doubles(mapping)


def _unknown(key: str, name: str, known: tuple[str, ...]) -> tuple[str, str]:
    return f"{key} knows no {name!r}.", f"Use one of {', '.join(known)}."


def _reading_problems(mapping: Mapping) -> Iterator[tuple[str, str]]:
    if mapping.encoding and not _is_encoding(mapping.encoding):
        yield f"No encoding is called {mapping.encoding!r}.", "Try utf-8, cp1252 or utf-16."
    for key, mark in (("delimiter", mapping.delimiter), ("quote", mapping.quote)):
        if mark and (len(mark) != 1 or not mark.isascii() or mark in "\r\n\0"):
            yield f"{key} must be one ASCII character, not {mark!r}.", ""
    if mapping.delimiter and mapping.delimiter == mapping.quote:
        yield "delimiter and quote are the same character.", ""


def _doubles(mapping: Mapping) -> Iterator[tuple[str, str]]:
    if mapping.customer_kind in mapping.ids:
        yield (
            f"ids names the kind {mapping.customer_kind!r} again.",
            "The column `customer` holds it already.",
        )
    roles: dict[str, str] = {}
    for role, column in mapping.columns():
        if column in roles and roles[column] != role:
            yield f"The column {column!r} is both {roles[column]} and {role}.", "A column can mean one thing."
        roles[column] = role


def _is_encoding(name: str) -> bool:
    """Say whether text can be read in an encoding, piece by piece and past bytes that are no text of it.

    There are codecs that are no encodings (``base64``), and some that read single names alone (``idna``).
    """
    try:
        if not getattr(codecs.lookup(name), "_is_text_encoding", True):
            return False
        decoder = codecs.getincrementaldecoder(name)(errors="trodden_probe")
        decoder.decode("a;b\r\n".encode(name) + b"\xff\x80\xfe\x00", final=True)
    except (LookupError, UnicodeError):
        return False
    return True


def _skipped(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return "", error.end
    raise error


codecs.register_error("trodden_probe", _skipped)


def _listed(found: dict[str, Any]) -> dict[str, Any]:
    """Let a single time column be written without brackets."""
    time = found.get("time")
    return found | {"time": [time]} if isinstance(time, str) else found


def _is_table(key: str) -> bool:
    return isinstance(getattr(Mapping(), key), dict)


def _members(table: dict[str, str]) -> str:
    return "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in table.items())


def _toml(value: object) -> str:
    """Write a value; JSON's strings, booleans and lists are TOML's, but for the delete character."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
