"""A form for any question, made of the fields its type has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from trodden.questions import fields_of
from trodden.web.addresses import SHARED
from trodden.web.filters import key_of_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trodden.api import Walks
    from trodden.model.question import Question
    from trodden.questions import Field

LABELS: Final = {
    "map": "Journey map",
    "unit": "What is counted",
    "period": "Started in",
    "segment": "Only customers for whom",
    "segment_at": "Properties as they were at",
    "where": "Only where this happened",
    "as_of": "As it was known on",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form with what is in it; ``kind`` decides the control."""

    name: str
    label: str
    kind: str
    hint: str
    is_required: bool
    value: str
    choices: tuple[str, ...] = ()
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question's own fields and, apart, those every question shares."""

    own: tuple[Entry, ...]
    shared: tuple[Entry, ...]
    is_narrowed: bool
    """Whether a shared field was given, so that the page shows them open."""


def form_of(
    question: type[Question], texts: Mapping[str, Sequence[str]], walks: Walks | None
) -> QuestionForm:
    """Return the form of a question type, filled with the texts of an address or the defaults."""
    entries = [_entry(field, texts, walks) for field in fields_of(question)]
    own = tuple(entry for entry in entries if entry.name not in SHARED)
    shared = tuple(entry for entry in entries if entry.name in SHARED)
    return QuestionForm(own, shared, any(name in SHARED for name in texts))


def _entry(field: Field, texts: Mapping[str, Sequence[str]], walks: Walks | None) -> Entry:
    given = texts.get(field.name, ())
    value = ", ".join(given) if field.kind == "list" else given[-1] if given else _default(field)
    if field.name == "map" and walks:
        value = key_of_map(walks, value)
    start, _dots, end = value.partition("..") if field.kind == "period" else ("", "", "")
    return Entry(
        name=field.name,
        label=LABELS.get(field.name, field.name.replace("_", " ").capitalize()),
        kind=_control(field, walks),
        hint=field.description,
        is_required=field.required,
        value="" if field.kind == "period" else value,
        choices=_choices(field, walks),
        start=start,
        end=end,
    )


def _default(field: Field) -> str:
    return "" if field.name in SHARED and field.kind != "choice" else field.default


def _control(field: Field, walks: Walks | None) -> str:
    return "choice" if _choices(field, walks) else field.kind


def _choices(field: Field, walks: Walks | None) -> tuple[str, ...]:
    if field.name == "map":
        return ("", *walks.maps) if walks and walks.maps else ()
    if not field.choices:
        return ()
    return field.choices if field.required or field.default else ("", *field.choices)


def names_of(walks: Walks) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the names a question may speak of: touchpoints, properties, saved segments."""
    known = walks.catalog
    groups = (
        (_("Touchpoints"), tuple(sorted(name for name in known.dictionaries.touchpoints if name))),
        (_("Properties"), tuple(sorted(found.name for found in known.dictionaries.properties))),
        (_("Saved segments"), tuple(f"@{name}" for name in sorted(known.segments))),
    )
    return tuple((label, names) for label, names in groups if names)
