"""Versions of a map made from its page: redesigned, with a way accepted, published, put aside.

Nothing is ever written over: each change makes the next version, on top of what the page showed.
"""

from __future__ import annotations

import dataclasses
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec.structs import replace

from trodden.charts.formats import format_interval, format_share
from trodden.methods.journeys.mapdiff_said import sentences
from trodden.methods.journeys.redesign import accept, is_accepted, is_optional, make_optional
from trodden.model.errors import MapError
from trodden.store.catalog import add_map, discard_map, publish_map
from trodden.web.journeys.history import digest_of
from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.api import StoredWalks
    from trodden.insights.ranked import Ranked
    from trodden.model.journey_map import Accepted, JourneyMap
    from trodden.model.question import Rate


def superseding(maps: Mapping[str, JourneyMap], journey_map: JourneyMap) -> JourneyMap | None:
    """Return the newest published version after this one: what goes on from this one undoes that."""
    named = [one for one in maps.values() if one.name == journey_map.name and one.published_at is not None]
    later = [one for one in named if one.version > journey_map.version]
    return max(later, key=lambda one: one.version, default=None)


def newest_draft(maps: Mapping[str, JourneyMap], journey_map: JourneyMap) -> JourneyMap | None:
    """Return the newest later version of a map, if it is a draft: what further changes come on top of."""
    later = [one for one in maps.values() if one.name == journey_map.name]
    newest = max(later, key=lambda one: one.version, default=journey_map)
    is_draft = newest.published_at is None and newest.version > journey_map.version
    return newest if is_draft else None


def parent_of(maps: Mapping[str, JourneyMap], draft: JourneyMap) -> JourneyMap | None:
    """Return what a draft is compared with: the latest published version before it, else the one before."""
    if draft.published_at is not None:
        return None
    before = [one for one in maps.values() if one.name == draft.name and one.version < draft.version]
    published = [one for one in before if one.published_at is not None]
    return max(published or before, key=lambda one: one.version, default=None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the map that can be made with one click: what it says, and exactly what it would alter."""

    action: str
    label: str
    said: str
    fields: tuple[tuple[str, str], ...]
    why: str = ""
    changes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """The map looked at, and the version that further changes come on top of.

    Nothing is proposed (``is_fixed``) where a later version is published, which would be undone, or to whom
    may not change maps.
    """

    looked_at: JourneyMap
    top: JourneyMap
    next_version: int
    is_fixed: bool = False

    @property
    def draft(self) -> JourneyMap | None:
        """Return the draft there is on top of the map looked at."""
        return self.top if self.top is not self.looked_at else None


def base_of(maps: Mapping[str, JourneyMap], journey_map: JourneyMap, *, may_edit: bool) -> Base:
    """Return what changes made on a map's page rest on, for somebody who may make some, or not."""
    is_superseded = superseding(maps, journey_map) is not None
    top = journey_map if is_superseded else newest_draft(maps, journey_map) or journey_map
    return Base(journey_map, top, free_version(maps, journey_map.name), is_superseded or not may_edit)


def free_version(maps: Mapping[str, JourneyMap], name: str) -> int:
    """Return the version after every one of this name."""
    return 1 + max((one.version for one in maps.values() if one.name == name), default=0)


def redesign_of(base: Base, way: Ranked, why: str) -> Proposal | None:
    """Return the redesign a desire path calls for: the step that is skipped becomes optional.

    None where the draft on top of the map has it already, or a later version is published.
    """
    if base.is_fixed or is_optional(base.top, way.at):
        return None
    said = _("Version {n}, a draft, in which {step} may be left out.").format(
        n=base.next_version, step=way.what
    )
    fields = (("base", base.top.key), ("step", way.at))
    action = reverse("redesign", args=[base.looked_at.key])
    try:
        changed = make_optional(base.top, way.at)
    except MapError as error:
        return Proposal(action, "", said, fields, problem=error.message)
    changes = sentences(base.top, changed)
    return Proposal(action, _("Draft this redesign"), said, fields, why, changes)


def acceptance_of(base: Base, way: Ranked) -> Proposal | None:
    """Return what accepting a way as designed would change.

    None where it ended worse or is an end itself, where the map is redesigned to it, where it is accepted, or
    where a later version is published.
    """
    if base.is_fixed or way.tone == "worse" or way.is_redesign:
        return None
    if is_accepted(base.top, way.kind, way.at):
        return None
    said = _("Version {n}, a draft, in which this counts as designed, wherever it happens.")
    return Proposal(
        action=reverse("accept", args=[base.looked_at.key]),
        label=_("Accept as designed"),
        said=said.format(n=base.next_version),
        fields=(("base", base.top.key), ("kind", way.kind), ("at", way.at)),
    )


def draft_redesign(found: StoredWalks, base: JourneyMap, step: str, why: str) -> JourneyMap:
    """Store the next version of a map, a draft, with one step optional, and return it.

    Raises
    ------
    MapError
        The map would not hold together, a later version is published, or somebody made one meanwhile.
    """
    changed = make_optional(base, step)
    evidence = "; ".join(part for part in (base.evidence, why) if part)
    return next_draft(found, replace(changed, evidence=evidence))


def draft_accepted(found: StoredWalks, base: JourneyMap, accepted: Accepted) -> JourneyMap:
    """Store the next version of a map, a draft, with one more accepted deviation, and return it.

    Raises
    ------
    MapError
        As for :func:`draft_redesign`.
    """
    return next_draft(found, accept(base, accepted))


def next_draft(found: StoredWalks, changed: JourneyMap) -> JourneyMap:
    """Store a map as the next version of its name, a draft, and return it.

    Raises
    ------
    MapError
        A later version is published, or somebody made one meanwhile.
    """
    newer = superseding(found.maps, changed)
    if newer is not None:
        said = _("{newer} is published; a draft on top of {older} would undo it.")
        raise MapError(said.format(newer=newer.key, older=changed.key), hint=_("Change the newer one."))
    version = free_version(found.maps, changed.name)
    draft = replace(changed, version=version, published_at=None, published_hash="")
    add_map(found.workspace, draft)
    return draft


def publish_draft(found: StoredWalks, draft: JourneyMap) -> None:
    """Lock what a draft predicts, from now on.

    Raises
    ------
    MapError
        It is published already, or somebody changed it meanwhile.
    UnknownNameError
        Somebody put it aside meanwhile.
    """
    publish_map(found.workspace, draft, datetime.now(UTC))


def put_aside(found: StoredWalks, draft: JourneyMap) -> None:
    """Put a draft aside; its file is kept under a name that is not read.

    Raises
    ------
    MapError
        It was published, or somebody changed it meanwhile.
    """
    discard_map(found.workspace, draft.key, draft)


@dataclass(frozen=True, slots=True)
class DraftPart:
    """What a draft changes of the version before it, where there is one, and what can be done with it."""

    title: str
    base: str
    publish: str
    discard: str
    command: str
    parent: File | None = None
    changes: tuple[str, ...] = ()
    compared: str = ""
    by_hand: str = ""


def draft_part(
    draft: JourneyMap, parent: JourneyMap | None = None, rates: tuple[Rate, Rate] | None = None
) -> DraftPart:
    """Return what stands above a draft; ``rates``: the share as designed, by its parent and by the draft."""
    part = DraftPart(
        title=_("A draft: nothing it predicts is locked, and nothing is scored"),
        base=digest_of(draft),
        publish=reverse("publish", args=[draft.key]),
        discard=reverse("discard", args=[draft.key]),
        command=f"trodden map publish {shlex.quote(draft.key)}",
    )
    if parent is None or rates is None:
        return part
    changes = sentences(parent, draft)
    title = ngettext(
        "A draft: {n} change from version {version}",
        "A draft: {n} changes from version {version}",
        len(changes),
    )
    return dataclasses.replace(
        part,
        title=title.format(n=len(changes), version=parent.version),
        parent=File(_("See version {n}").format(n=parent.version), reverse("journey", args=[parent.key])),
        changes=changes,
        compared=_compared(parent, rates),
    )


def _compared(parent: JourneyMap, rates: tuple[Rate, Rate]) -> str:
    if any(rate.value is None for rate in rates):
        return ""
    before, after = (
        f"{format_share(rate.value or 0.0)} {format_interval(rate.low, rate.high, 'share')}" for rate in rates
    )
    return _(
        "Of the same walks {before} went as version {old} designs it, and {after} as this one does."
    ).format(before=before, after=after, old=parent.version)
