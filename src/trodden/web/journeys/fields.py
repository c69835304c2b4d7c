"""Fields of a map's forms: what stands in them, what was typed into them, and each fault at its field."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeVar
from unicodedata import category

import msgspec
from django.utils.translation import gettext as _

from trodden.methods.journeys.maps_write import duration_text
from trodden.model.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.http import QueryDict

Kind = Literal["text", "area", "list", "choice", "checks", "flag"]
Option = tuple[str, str]

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

LONGEST_TEXT: Final = 500

_SPACES: Final = re.compile(r"[ \t\n]+")
"""Of which one is as good as many; a blank that keeps words together is a letter."""


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
    """Reads what was typed, field by field; takes down each fault and goes on.

    ``shown``: the fields as they stood before anybody typed. One that still says the same is left alone: what
    no form could write, or not so, is neither rewritten nor refused.
    """

    def __init__(self, posted: QueryDict, shown: Iterable[Fieldset] = ()) -> None:
        self._posted = posted
        self._shown = {field.name: field for one in shown for field in one.fields}
        self.faults: dict[str, str] = {}

    def is_untouched(self, name: str) -> bool:
        """Say whether a field was sent as it was shown."""
        field = self._shown.get(name)
        if field is None:
            return False
        sent, shown = (
            [text for text in (_as_sent(one, field.kind) for one in texts) if text]
            for texts in (self._posted.getlist(name), field.values)
        )
        return sent == shown

    def text(self, name: str) -> str:
        """Return a text in one line."""
        if self.is_untouched(name):
            return self._shown[name].value
        found = " ".join(part for part in _SPACES.split(printable(self._posted.get(name, ""))) if part)
        if len(found) > LONGEST_TEXT:
            self.faults[name] = _("At most {n} characters.").format(n=LONGEST_TEXT)
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list or of checked boxes, each once, without empty ones."""
        if self.is_untouched(name):
            return tuple(text for text in self._shown[name].values if text)
        typed = (printable(text).strip(" \t\n") for text in self._posted.getlist(name))
        return tuple(dict.fromkeys(text for text in typed if text))

    def flag(self, name: str) -> bool:
        """Say whether a box is checked."""
        return self._posted.get(name) == "yes"

    def wait(self, name: str, was: timedelta | None) -> timedelta | None:
        """Return a duration, ``was`` where it was left alone; none where the field is empty."""
        hint = _("Write it as 90s, 30min, 2h or 7d.")
        return was if self.is_untouched(name) else self._read(name, parse_duration, hint)

    def share(self, name: str, was: float | None) -> float | None:
        """Return a share that is written in per cent, ``was`` where it was left alone."""
        hint = _("Write a number from 0 to 100.")
        return was if self.is_untouched(name) else self._read(name, _share, hint)

    def number(self, name: str, was: float | None) -> float | None:
        """Return a number, ``was`` where it was left alone."""
        return was if self.is_untouched(name) else self._read(name, _finite, _("Write a number."))

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


def _as_sent(text: str, kind: Kind) -> str:
    """Return a text as a browser sends it that shows it in a field of this kind."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip("\n") if kind == "area" else lines.replace("\n", "")


def printable(text: str) -> str:
    """Return a text without signs that no form writes; line breaks and every kind of blank stay."""
    return "".join(
        letter for letter in text if letter.isprintable() or letter in "\n\t" or category(letter) == "Zs"
    )


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
