"""What is checked before a segment is kept, by whatever way it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trodden.analyses.segments.answer import SegmentsQuestion
from trodden.store.segments import SavedSegment, add_segment, change_segment
from trodden.web.limits import hold_change, hold_segment, renamed
from trodden.web.segments.counting import checked

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.web.actors import Actor


def keep(found: StoredWalks, made: SavedSegment, before: SavedSegment | None, actor: Actor) -> SavedSegment:
    """Keep a segment: a new one where there is none before, else its next state.

    Raises
    ------
    ChangedError
        What is kept is not ``before`` any more.
    CallerError
        It cannot be read, its name is none or taken, or it says what somebody sees and is not for the actor
        to write, or rests on a map that may change.
    """
    names = [one.name for one in (before, made) if one is not None and one.name]
    after = {**found.catalog.segments, **dict.fromkeys(names, made.where)}
    checked(found, made.where, after)
    for name in names:
        hold_segment(name, found.catalog.segments, actor)
        hold_change(name, after, found.catalog.maps)
    # What is saved is taken as it is: whoever saves it must be able to ask it of every value it names.
    found.ask(SegmentsQuestion(segments=(made.where,), periods=0))
    who = actor.name if actor.is_signed_in else ""
    made = msgspec.structs.replace(made, owner=made.owner or who)
    if before is None:
        return add_segment(found.workspace, made)
    kept = change_segment(found.workspace, before, made)
    renamed(before.name, kept.name)
    return kept
