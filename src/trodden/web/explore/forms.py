"""A form for any question, made of the fields its type has."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from django.http import QueryDict

from trodden.analyses.overview.answer import OverviewQuestion
from trodden.charts.formats import format_count
from trodden.methods.journeys.patterns_write import read_items, write_items, write_name
from trodden.model.words import phrase, tr
from trodden.questions import fields_of
from trodden.web.addresses import SHARED
from trodden.web.filters import key_of_map
from trodden.web.home import chosen
from trodden.web.patterns import MOST_STEPS, Step, pattern_of, steps_given, steps_of
from trodden.web.running import answered
from trodden.web.shield import TooFewError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trodden.analyses.overview.answer import Overview
    from trodden.api import StoredWalks, Walks
    from trodden.model.question import Question
    from trodden.questions import Field

LABELS: Final = {
    "map": phrase("Journey map"),
    "unit": phrase("What is counted"),
    "period": phrase("Started in"),
    "segment": phrase("Only customers for whom"),
    "segment_at": phrase("Properties as they were at"),
    "where": phrase("Only where this happened"),
    "as_of": phrase("As it was known on"),
    "calendar": phrase("Opening hours of"),
}


_CHOICES: Final = {"as_of": phrase("the time it is told up to")}
"""Words of choices that are no words."""

FEWEST: Final = 3
"""Rows of a list that must be given, at least."""

_WAS: Final = "-was"
_FIELD: Final = re.compile("`([a-z_]+)`")


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
    names: str = ""
    values: tuple[str, ...] = ()
    """What is in a list, an item each, with room for more."""
    steps: tuple[Step, ...] | None = None
    """A pattern as rows, with room for one more; None where rows cannot say it, or it is none."""
    is_built: bool = False

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Return what can be chosen, each with its words."""
        return tuple((choice, tr(_CHOICES.get(choice, choice))) for choice in self.choices)

    @property
    def prefix(self) -> str:
        """Return how the names of a pattern's rows begin."""
        return f"{self.name}-s"


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
    fields = fields_of(question)
    names = {field.name for field in fields}
    found = (_entry(field, texts, walks) for field in fields)
    entries = [replace(entry, hint=_called_as_shown(entry.hint, names)) for entry in found]
    own = tuple(entry for entry in entries if entry.name not in SHARED)
    shared = tuple(entry for entry in entries if entry.name in SHARED)
    return QuestionForm(own, shared, any(name in SHARED for name in texts))


def _entry(field: Field, texts: Mapping[str, Sequence[str]], walks: Walks | None) -> Entry:
    given = texts.get(field.name, ())
    value = ", ".join(given) if field.kind == "list" else given[-1] if given else _default(field)
    if field.name == "map" and walks:
        value = key_of_map(walks, value)
    start, _dots, end = value.partition("..") if field.kind == "period" else ("", "", "")
    kind = _control(field, walks)
    is_several = kind == "list" and field.names != ""
    return Entry(
        name=field.name,
        label=_label(field.name),
        kind="several" if is_several else kind,
        names=field.names,
        values=_several(value, FEWEST if field.required else 1) if is_several else (),
        steps=_steps(value) if field.names == "pattern" else None,
        is_built=field.names == "pattern",
        hint=tr(field.description) if field.description else "",
        is_required=field.required,
        value="" if field.kind == "period" else value,
        choices=_choices(field, walks),
        start=start,
        end=end,
    )


def _label(name: str) -> str:
    return tr(LABELS.get(name, name.replace("_", " ").capitalize()))


def _called_as_shown(hint: str, names: Collection[str]) -> str:
    """Return a hint that calls the fields it speaks of as their labels do."""
    return _FIELD.sub(lambda found: f"“{_label(found[1])}”" if found[1] in names else found[0], hint)


def _several(text: str, fewest: int) -> tuple[str, ...]:
    """Return the items of a list, each written as it is read alone, with room for one more."""
    found = [write_items([item.strip()]) for item in read_items(text) if item.strip()]
    return (*found, *[""] * max(1, fewest - len(found)))


def _steps(text: str) -> tuple[Step, ...] | None:
    """Return the rows of a pattern with room for one more, for two at least."""
    found = steps_of(text) if text else ()
    if found is None:
        return None
    room = min(max(2 - len(found), 1), MOST_STEPS - len(found))
    return (*found, *[Step("later") for _place in range(room)])


def composed(sent: QueryDict) -> str | None:
    """Return the fields of an address without what rows say of patterns: that is in the patterns.

    None where the address has no such rows. The text of a pattern counts where somebody changed it, else
    what the rows say.
    """
    built = [name for name in sent if name.endswith(_WAS)]
    if not built:
        return None
    kept = QueryDict(mutable=True)
    own = tuple(f"{name.removesuffix(_WAS)}-" for name in built)
    for name, texts in sent.lists():
        kept.setlist(name, [text for text in texts if text.strip() and not name.startswith(own)])
    for name in (one.removesuffix(_WAS) for one in built):
        text = _composed(sent, name)
        kept.setlist(name, [text] if text else [])
    return kept.urlencode()


def _composed(sent: QueryDict, name: str) -> str:
    text, was = sent.get(name, "").strip(), sent.get(f"{name}{_WAS}", "").strip()
    steps = steps_given({key: str(text) for key, text in sent.items()}, f"{name}-s")
    return text if text != was or not steps or steps == steps_of(was) else pattern_of(steps)


def _default(field: Field) -> str:
    return "" if field.name in SHARED and field.kind != "choice" else field.default


def _control(field: Field, walks: Walks | None) -> str:
    return "choice" if _choices(field, walks) else field.kind


def _choices(field: Field, walks: Walks | None) -> tuple[str, ...]:
    if field.name == "map":
        return ("", *walks.maps) if walks and walks.maps else ()
    if field.names == "calendar":
        return ("", *sorted(walks.catalog.calendars)) if walks else ()
    if not field.choices:
        return ()
    return field.choices if field.required or field.default else ("", *field.choices)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What fields may name: touchpoints as a list, a single name and a pattern write them, and segments."""

    touchpoints: tuple[tuple[str, str], ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    segments: tuple[str, ...] = ()


def proposed_by(walks: StoredWalks | None) -> Proposed:
    """Return what can be proposed: touchpoints with how many events each has, most first, and segments.

    Where counting takes as long as other questions before their progress is shown, touchpoints stand by name
    alone; they are counted for the next who asks.
    """
    if walks is None:
        return Proposed()
    counted = _counted(walks)
    return Proposed(
        touchpoints=counted,
        patterns=tuple((write_name(name), events) for name, events in counted),
        items=tuple((write_items([name]), events) for name, events in counted),
        segments=tuple(f"@{name}" for name in sorted(walks.catalog.segments)),
    )


def _counted(walks: StoredWalks) -> tuple[tuple[str, str], ...]:
    try:
        answer = answered(walks, OverviewQuestion(top=10_000), chosen().progress_after)
    except TooFewError:
        answer = ""
    if isinstance(answer, str):
        return tuple((name, "") for name in sorted(walks.touchpoints) if name)
    told = cast("Overview", answer).touchpoints
    return tuple((one.touchpoint, format_count(one.events)) for one in told if one.touchpoint)
