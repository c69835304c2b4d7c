"""The versions of a map: who made each, when and why, and what differs between any two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_moment
from trodden.methods.journeys.mapdiff_said import sentences
from trodden.web.journeys.deeds import WORDS, candidates, deeds_of, owner_of
from trodden.web.pages import Crumb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap
    from trodden.web.journeys.models import Deed

BEGUN: frozenset[str] = frozenset({"drafted", "restored"})
"""Deeds whose reason is the number of the version they rest on."""


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did to a version, and why."""

    what: str
    by: str
    at: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version; ``restore`` makes a draft of it, ``edit`` goes on with a draft."""

    number: int
    state: str
    is_draft: bool
    address: str
    done: tuple[Done, ...]
    changes: tuple[str, ...]
    since: str
    restore: str = ""
    edit: str = ""


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """Every version of a map, the newest first; ``compared`` is what differs between the two chosen."""

    title: str
    crumbs: tuple[Crumb, ...]
    action: str
    rows: tuple[VersionRow, ...]
    numbers: tuple[int, ...]
    one: int
    other: int
    compared: tuple[str, ...]
    owner_action: str
    owner: str
    people: tuple[tuple[str, str, bool], ...]
    """Who can answer for it, by key, and whether they do."""


def versions_page(
    found: StoredWalks, journey_map: JourneyMap, asked: Mapping[str, str], *, may_edit: bool
) -> VersionsPage:
    """Return the list of versions; ``asked`` names two to compare by number, else it is the newest two."""
    versions = {one.version: one for one in found.maps.values() if one.name == journey_map.name}
    numbers = tuple(sorted(versions, reverse=True))
    other = _chosen(asked.get("other", ""), numbers, numbers[0])
    one = _chosen(asked.get("one", ""), numbers, max((n for n in numbers if n < other), default=other))
    deeds, zone = deeds_of(journey_map.name), found.catalog.time_zone
    owner = owner_of(journey_map.name)
    users = [*(member.user for member in candidates()), *([owner] if owner else [])]
    return VersionsPage(
        title=_("Versions of {name}").format(name=journey_map.name),
        crumbs=(
            Crumb(_("Journeys"), reverse("journeys")),
            Crumb(journey_map.name, reverse("journey", args=[journey_map.key])),
            Crumb(_("Versions")),
        ),
        action=reverse("versions", args=[journey_map.key]),
        rows=tuple(_row(versions, n, deeds.get(n, []), zone, may_edit=may_edit) for n in numbers),
        numbers=numbers,
        one=one,
        other=other,
        compared=sentences(versions[one], versions[other]) if one != other else (),
        owner_action=reverse("map-owner", args=[journey_map.key]) if may_edit else "",
        owner=str(owner or ""),
        people=tuple((str(user.pk), str(user), user == owner) for user in dict.fromkeys(users)),
    )


def _chosen(text: str, numbers: tuple[int, ...], usual: int) -> int:
    return next((number for number in numbers if str(number) == text), usual)


def _row(
    versions: Mapping[int, JourneyMap], number: int, deeds: list[Deed], zone: str, *, may_edit: bool
) -> VersionRow:
    this = versions[number]
    before = max((n for n in versions if n < number), default=None)
    is_draft = this.published_at is None
    return VersionRow(
        number=number,
        state=_("draft") if is_draft else _("published"),
        is_draft=is_draft,
        address=reverse("journey", args=[this.key]),
        done=_done(this, deeds, zone),
        changes=sentences(versions[before], this) if before else (),
        since="" if before is None else _("Since version {n}").format(n=before),
        restore=reverse("map-restore", args=[this.key]) if may_edit and number < max(versions) else "",
        edit=reverse("map-editor", args=[this.key]) if may_edit and is_draft else "",
    )


def _done(version: JourneyMap, deeds: list[Deed], zone: str) -> tuple[Done, ...]:
    """Return what was done to a version; where its file alone tells of it, that."""
    done = [_told(deed, zone) for deed in deeds]
    if not deeds or deeds[0].did == "published":
        done.insert(0, Done(_("Written as a file"), version.author, "", version.evidence))
    if version.published_at is not None and not any(deed.did == "published" for deed in deeds):
        done.append(Done(_("Published"), "", format_moment(version.published_at, zone)))
    return tuple(done)


def _told(deed: Deed, zone: str) -> Done:
    words = str(WORDS.get(deed.did, deed.did)).format(why=deed.why)
    return Done(words, deed.by, format_moment(deed.at, zone), "" if deed.did in BEGUN else deed.why)
