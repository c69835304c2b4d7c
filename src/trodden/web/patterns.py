"""Patterns as rows of a form, and rows as patterns: each row is a step and how it follows the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trodden.methods.journeys.patterns import Place, parse_pattern
from trodden.methods.journeys.patterns_write import read_items, write_items, write_name, write_others
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

How = Literal["next", "later", "without"]
Kind = Literal["at", "not", "any"]

MOST_STEPS: Final = 6
HOWS: Final = ("next", "later", "without")
KINDS: Final = ("at", "not", "any")
FIELDS: Final = ("how", "kind", "names", "without")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how it follows the one before, and where it is; ``names`` and ``without`` are lists.

    ``how`` of the first step says nothing. ``without``: what may not lie between.
    """

    how: str = "next"
    kind: str = "at"
    names: str = ""
    without: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was filled in."""
        return self.kind != "any" and not self.names.strip()


def steps_given(fields: Mapping[str, str], prefix: str) -> tuple[Step, ...]:
    """Read the rows of a form, empty ones left out."""
    rows = (_given(fields, f"{prefix}{number}-") for number in range(MOST_STEPS))
    return tuple(row for row in rows if not row.is_empty)


def _given(fields: Mapping[str, str], prefix: str) -> Step:
    how, kind, names, without = (fields.get(f"{prefix}{name}", "").strip() for name in FIELDS)
    return Step(how if how in HOWS else "next", kind if kind in KINDS else "at", names, without)


def pattern_of(steps: Sequence[Step]) -> str:
    """Return the pattern that rows stand for; empty for none.

    Examples
    --------
    >>> pattern_of([Step(names="Search"), Step("later", names="Order, Pay now?")])
    'Search -> .* -> [Order|"Pay now?"]'
    >>> pattern_of([Step(names="Search"), Step("without", names="Order", without="Help")])
    'Search -> [^Help]* -> Order'
    """
    parts: list[str] = []
    for place, step in enumerate(steps):
        if place and step.how != "next":
            parts.append(_between(step))
        parts.append(_element(step.kind, step.names))
    return " -> ".join(parts)


def _between(step: Step) -> str:
    is_named = step.how == "without" and step.without.strip()
    return f"{_element('not', step.without)}*" if is_named else ".*"


def _element(kind: str, names: str) -> str:
    found = [name.strip() for name in read_items(names) if name.strip()]
    if kind == "any" or not found:
        return "."
    if kind == "not":
        return write_others(found)
    return write_name(found[0]) if len(found) == 1 else f"[{'|'.join(map(write_name, found))}]"


def steps_of(text: str) -> tuple[Step, ...] | None:
    """Return the rows that stand for a pattern; None where rows cannot say it."""
    try:
        pattern = parse_pattern(text)
    except QuestionError:
        return None
    if pattern.at_start or pattern.at_end:
        return None
    steps = _steps(pattern.places)
    return steps if steps is not None and len(steps) <= MOST_STEPS else None


def _steps(places: Sequence[Place]) -> tuple[Step, ...] | None:
    found: list[Step] = []
    between: Place | None = None
    for place in places:
        if place.repeat == "*" and place.other and between is None and found:
            between = place
        elif place.repeat:
            return None
        else:
            found.append(_step(place, between))
            between = None
    return tuple(found) if found and between is None else None


def _step(place: Place, between: Place | None) -> Step:
    kind = "at" if not place.other else "not" if place.names else "any"
    names = write_items(place.names)
    if between is None:
        return Step("next", kind, names)
    return Step("without" if between.names else "later", kind, names, write_items(between.names))
