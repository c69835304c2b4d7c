"""Which touchpoints are for changing one's mind: editing, cancelling, giving back.

Of each touchpoint at most one kind, from the first of these that says one:

1. the question: names, ``*`` standing for any text, in any case; where it names some for a kind,
   that kind is taken from nowhere else;
2. the map: its ``changes``;
3. the name, by the words of ``WORDS``: a guess, and shown as one. Touchpoints the map has a step for are
   never guessed: what was designed is no change of mind;
4. the map: its ``bounds.abandoned`` are for cancelling.

Within one of these the first of edit, cancel, returns counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.flow import scope_touchpoints, steps_in_order, touchpoints_of
from trodden.methods.journeys.select_names import Touchpoints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import JourneyMap

Aim = Literal["edit", "cancel", "return"]
KnownBy = Literal["question", "map", "name"]
AIMS: Final[tuple[Aim, ...]] = ("edit", "cancel", "return")
"""A kind's code is its place here plus 1."""

DONE, REFUSED, NO_WAY, ANOTHER_CHANNEL, NOT_TOLD = range(5)
"""Whether they could."""

WORDS: Final[dict[Aim, str]] = {
    "edit": r"chang(e|es|ing)|edit(ing)?|modif(y|ication)|amend(ment)?|correct(ion)?|reschedul(e|ing)"
    r"|rebook(ing)?|\w*änderung|ändern|umbuch(en|ung)|modifier|modification|cambiar|cambio",
    "cancel": r"cancel\w*|withdraw(al)?|revo(ke|cation)|unsubscribe|\w*kündigung|kündigen|storn(o|ierung)"
    r"|stornieren|widerruf|résiliation|annul(er|ation)|cancelación|anular",
    "return": r"returns?|refunds?|send back|exchange|\w*rücksendung|retouren?|umtausch|rückgabe|retour"
    r"|remboursement|devolución|reembolso",
}
"""Whole words in English, German, French and Spanish that such touchpoints are often called by."""

_WORDS: Final = {aim: re.compile(rf"\b({words})\b", re.IGNORECASE) for aim, words in WORDS.items()}


class Known(msgspec.Struct, frozen=True, order=True):
    """What a touchpoint is for, and who says so."""

    touchpoint: str
    aim: Aim
    by: KnownBy


def known_changes(
    asked: Mapping[Aim, tuple[str, ...]], journey_map: JourneyMap | None, catalog: Catalog
) -> tuple[Known, ...]:
    """Return the touchpoints for changing one's mind that were walked, by name.

    Raises
    ------
    UnknownNameError
        The question names a touchpoint nobody knows.
    """
    names = catalog.dictionaries.touchpoints
    found: dict[str, Known] = {}
    _add(found, [(aim, _named(asked[aim], catalog)) for aim in AIMS], "question")
    taken = {aim for aim in AIMS if asked[aim]}
    if journey_map is not None:
        said = journey_map.changes
        listed: dict[Aim, tuple[str, ...]] = {
            "edit": said.edit,
            "cancel": said.cancel,
            "return": said.returns,
        }
        _add(found, [(aim, listed[aim]) for aim in AIMS if aim not in taken], "map")
    free = _guessable(journey_map, names)
    _add(found, [(aim, _fitting(aim, free)) for aim in AIMS if aim not in taken], "name")
    if journey_map is not None and "cancel" not in taken:
        _add(found, [("cancel", journey_map.bounds.abandoned)], "map")
    return tuple(sorted(one for one in found.values() if one.touchpoint in names))


def _fitting(aim: Aim, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if _WORDS[aim].search(name))


def _add(found: dict[str, Known], said: Iterable[tuple[Aim, tuple[str, ...]]], by: KnownBy) -> None:
    for aim, touchpoints in said:
        for name in touchpoints:
            found.setdefault(name, Known(name, aim, by))


def _named(patterns: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    names = catalog.dictionaries.touchpoints
    found: list[str] = []
    for pattern in patterns:
        wanted = _compiled(pattern)
        fitting = [name for name in names if wanted.fullmatch(name)]
        if not fitting and "*" not in pattern:
            Touchpoints(catalog).codes((pattern,))
        found += fitting
    return tuple(found)


def _compiled(pattern: str) -> re.Pattern[str]:
    """Return what fits a name with ``*`` in it; each part is found once, and where it stands first."""
    first, *rest = map(re.escape, pattern.split("*"))
    between = "".join(f"(?>.*?{part})" for part in rest[:-1])
    last = f".*{rest[-1]}" if rest else ""
    return re.compile(f"{first}{between}{last}", re.IGNORECASE | re.DOTALL)


def _guessable(journey_map: JourneyMap | None, names: tuple[str, ...]) -> tuple[str, ...]:
    if journey_map is None:
        return names
    designed = {name for step in steps_in_order(journey_map) for name in touchpoints_of(step)}
    return tuple(name for name in scope_touchpoints(journey_map) if name in names and name not in designed)
