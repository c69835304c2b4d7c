"""Fields of a map's forms: what stands in them, what was typed into them, and each fault at its field."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import msgspec
from django.utils.translation import gettext as _

from trodden.methods.journeys.maps_write import duration_text
from trodden.model.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import QueryDict

Kind = Literal["text", "area", "list", "choice", "checks", "flag"]
Option = tuple[str, str]

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

LONGEST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``values`` stand in it; a list has a line more to write into. ``known`` names a datalist."""

    name: str
    label: str
    kind: Kind = "text"
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    hint: str = ""
    known: str = ""
    error: str = ""

    @property
    def value(self) -> str:
        """Return the one value; empty where there is none."""
        return self.values[0] if self.values else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of a list, with an empty one to go on."""
        return (*self.values, "")


@dataclass(frozen=True, slots=True)
class Fieldset:
    """Fields under one heading; those that are rarely needed are closed at first."""

    legend: str
    fields: tuple[Field, ...]
    is_closed: bool = False


class FieldFaultsError(Exception):
    """What was typed cannot be taken: the reason of each field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = dict(faults)


def filled(sets: tuple[Fieldset, ...], posted: QueryDict, faults: Mapping[str, str]) -> tuple[Fieldset, ...]:
    """Return fields with what was typed into them, and the fault at its field."""
    return tuple(replace(one, fields=tuple(_filled(f, posted, faults) for f in one.fields)) for one in sets)


def _filled(field: Field, posted: QueryDict, faults: Mapping[str, str]) -> Field:
    typed = tuple(text for text in posted.getlist(field.name) if text)
    return replace(field, values=typed, error=faults.get(field.name, ""))


class Typed:
    """Reads what was typed, field by field; takes down each fault and goes on."""

    def __init__(self, posted: QueryDict) -> None:
        self._posted = posted
        self.faults: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return a text in one line."""
        found = " ".join(printable(self._posted.get(name, "")).split())
        if len(found) > LONGEST_TEXT:
            self.faults[name] = _("At most {n} characters.").format(n=LONGEST_TEXT)
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list or of checked boxes, each once, without empty ones."""
        typed = (printable(text).strip() for text in self._posted.getlist(name))
        return tuple(dict.fromkeys(text for text in typed if text))

    def flag(self, name: str) -> bool:
        """Say whether a box is checked."""
        return self._posted.get(name) == "yes"

    def wait(self, name: str) -> timedelta | None:
        """Return a duration; none where the field is empty."""
        return self._read(name, parse_duration, _("Write it as 90s, 30min, 2h or 7d."))

    def share(self, name: str) -> float | None:
        """Return a share that is written in per cent."""
        return self._read(name, _share, _("Write a number from 0 to 100."))

    def number(self, name: str) -> float | None:
        """Return a number."""
        return self._read(name, _finite, _("Write a number."))

    def _read(self, name: str, read: Callable[[str], T], hint: str) -> T | None:
        text = self.text(name)
        try:
            return read(text) if text else None
        except (ValueError, OverflowError):
            self.faults[name] = _("Found {found}. {hint}").format(found=repr(text), hint=hint)
            return None

    def hold(self) -> None:
        """Refuse what was typed, where anything was at fault.

        Raises
        ------
        FieldFaultsError
            Something was.
        """
        if self.faults:
            raise FieldFaultsError(self.faults)


def _finite(text: str) -> float:
    number = float(text.replace(",", ".").replace("\u2212", "-"))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _share(text: str) -> float:
    share = round(float(text.removesuffix("%").strip().replace(",", ".")) / 100, 6)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


def printable(text: str) -> str:
    """Return a text without signs that no form writes, line breaks apart."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def said(value: timedelta | None) -> tuple[str, ...]:
    """Return a duration as its field shows it."""
    return () if value is None else (duration_text(value),)


def percent(share: float | None) -> tuple[str, ...]:
    """Return a share as its field shows it."""
    return () if share is None else (f"{100 * share:g}",)


def merged(base: S, mine: S, theirs: S) -> S:
    """Return ``theirs`` with what ``mine`` changed of ``base``, field by field, however deep it stands."""
    changed = {
        name: _merged(getattr(base, name), getattr(mine, name), getattr(theirs, name))
        for name in base.__struct_fields__
    }
    return msgspec.structs.replace(theirs, **changed)


def _merged(base: object, mine: object, theirs: object) -> object:
    if isinstance(base, msgspec.Struct) and type(base) is type(mine) is type(theirs):
        return merged(base, mine, theirs)  # pyright: ignore[reportArgumentType] - narrowed by the line above
    return theirs if mine == base else mine


def options_of(names: Sequence[str], chosen: str = "") -> tuple[Option, ...]:
    """Return options that are called as they are; one that is chosen and unknown is among them."""
    listed: list[str] = [*names, *([chosen] if chosen and chosen not in names else [])]
    return tuple((name, name) for name in dict.fromkeys(listed))
