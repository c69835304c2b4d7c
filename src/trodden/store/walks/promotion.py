"""Which properties get a column of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trodden.store.property_reader import MOST_COLUMNS, MOST_VALUES
from trodden.store.walks.vocabulary import extended, read_as

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store.property_reader import PropertyReader

Texts = dict[str, tuple[str, ...]]


class PropertyState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one property over all events of the walks.

    ``seen`` events have a value, ``unparsed`` of them one that is no single value or too long.
    ``has_texts``: some event has a value with a text. ``is_over``: there are too many different ones.
    """

    seen: int = 0
    unparsed: int = 0
    has_texts: bool = False
    is_over: bool = False


States = dict[str, PropertyState]

NONE_SEEN: Final = PropertyState()


def merged(before: Mapping[str, PropertyState], reader: PropertyReader) -> States:
    """Add what a reader met to what was known before."""
    states = dict(before)
    seen, unparsed, over = reader.seen, reader.unparsed, reader.over
    for name, count in seen.items():
        old = states.get(name, NONE_SEEN)
        states[name] = PropertyState(
            seen=old.seen + count,
            unparsed=old.unparsed + unparsed.get(name, 0),
            has_texts=old.has_texts or count > unparsed.get(name, 0),
            is_over=old.is_over or name in over,
        )
    return states


class Chosen(msgspec.Struct, frozen=True):
    """The promoted properties by name: asked type ("" for the one their texts have), and all texts."""

    kinds: dict[str, str]
    texts: Texts
    states: States

    def unparsed(self, name: str, values: int) -> int:
        """Count the events whose value of a property is null for want of a reading.

        ``values`` is how many rows of the walks have a code.
        """
        return max(0, self.states.get(name, NONE_SEEN).seen - values)


def choose(
    rules: TouchpointRules, known: Texts, states: States, reader: PropertyReader, time_zone: str
) -> Chosen:
    """Choose the promoted properties and settle their texts; new texts follow the known ones, sorted.

    Those the rules list are taken, in the type listed. Without a list those with a text and at most
    65,535 different ones are, the 64 seen in most events (compared by powers of two, then by name), so
    that the choice hangs on what events hold and not on the order they came in.
    """
    kinds = {one.name: one.type for one in rules.promote if not states.get(one.name, NONE_SEEN).is_over}
    if not rules.promote:
        kinds = dict.fromkeys(_commonest(states), "")
    met = set(reader.names)
    texts: Texts = {}
    for name in sorted(kinds):
        new = read_as(reader.texts(name), kinds[name], time_zone) if name in met else []
        texts[name] = extended(known.get(name, ()), (text for text in new if text is not None))
    over = [name for name, found in texts.items() if len(found) > MOST_VALUES]
    if over:
        marked = {name: msgspec.structs.replace(states[name], is_over=True) for name in over}
        return choose(rules, known, states | marked, reader, time_zone)
    return Chosen({name: kinds[name] for name in texts}, texts, states)


def _commonest(states: States) -> list[str]:
    able = [name for name, state in states.items() if state.has_texts and not state.is_over]
    return sorted(able, key=lambda name: (-states[name].seen.bit_length(), name))[:MOST_COLUMNS]


def needs_history(chosen: Chosen, before: Mapping[str, PropertyState], promoted: Container[str]) -> bool:
    """Tell whether a property is promoted only now although events before had values of it."""
    return any(before.get(name, NONE_SEEN).has_texts for name in chosen.kinds if name not in promoted)
