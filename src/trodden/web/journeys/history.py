"""The changes of a draft: saved one by one, undone and redone, and never over somebody else's.

The file of the draft is the truth. Every state it went through is kept with who made it; where the file was
changed elsewhere, that state is taken in before the next one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec.structs import replace

from trodden.methods.journeys.mapdiff_said import sentences
from trodden.methods.journeys.maps import dump_map, parse_map
from trodden.model.errors import MapError
from trodden.store.catalog import replace_draft
from trodden.web.journeys.models import Draft, Revision
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from trodden.model.journey_map import JourneyMap
    from trodden.store.folder import Workspace

KEPT: Final = 300
"""States of a draft that can be gone back to; older ones go as new ones come."""


@dataclass(frozen=True, slots=True)
class History:
    """Where a draft stands among its states: the change an undo takes back, the one a redo makes again."""

    undo: str = ""
    redo: str = ""
    by: str = ""
    last: Revision | None = None


def digest_of(journey_map: JourneyMap) -> str:
    """Return the name of a state: equal maps have equal ones."""
    told = msgspec.json.encode(journey_map, order="sorted")
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def history_of(journey_map: JourneyMap) -> History:
    """Return what can be undone and redone."""
    draft = _draft(journey_map)
    if draft is None:
        return History()
    near = {one.number: one for one in _states(draft).filter(number__gte=draft.at, number__lte=draft.at + 1)}
    now, following = near.get(draft.at), near.get(draft.at + 1)
    if now is None or now.digest != digest_of(journey_map):
        return History(undo=_("a change made elsewhere") if now else "")
    return History(
        undo=now.said if now.number and _states(draft).filter(number=now.number - 1).exists() else "",
        redo=following.said if following else "",
        last=now if now.number else None,
    )


def _draft(journey_map: JourneyMap) -> Draft | None:
    return Draft.here.filter(name=journey_map.name, version=journey_map.version).first()


def _states(draft: Draft) -> QuerySet[Revision]:
    return Revision.objects.filter(draft=draft)


def state_before(journey_map: JourneyMap, digest: str) -> JourneyMap | None:
    """Return the state of a draft that has this name, if it went through it."""
    draft = _draft(journey_map)
    found = _states(draft).filter(digest=digest).first() if draft else None
    return parse_map(found.text) if found else None


def changes_since(journey_map: JourneyMap, digest: str) -> tuple[Revision, ...]:
    """Return the changes of a draft after the state of this name, the first of them first."""
    draft = _draft(journey_map)
    if draft is None:
        return ()
    known = _states(draft).filter(digest=digest).order_by("-number").first()
    later = _states(draft).filter(number__lte=draft.at).order_by("number")
    return tuple(later.filter(number__gt=known.number) if known else later.filter(number__gt=0))


def save(workspace: Workspace, before: JourneyMap, after: JourneyMap, by: str) -> None:
    """Write the next state of a draft: into its file, on disk, and among its states.

    Raises
    ------
    MapError
        The file says something else than ``before``: somebody changed it meanwhile.
    """
    said = "; ".join(sentences(before, after)) or _("Written anew")
    with transaction.atomic():
        draft = _followed(before, by)
        _states(draft).filter(number__gt=draft.at).delete()
        draft.at += 1
        _keep(draft, draft.at, after, said, by)
        draft.save(update_fields=["at"])
        _states(draft).filter(number__lt=draft.at - KEPT).delete()
        replace_draft(workspace, before, after)


def _followed(before: JourneyMap, by: str) -> Draft:
    """Return a draft whose last state is the one given: begun with it, or taken in from elsewhere."""
    draft, _made = Draft.everywhere.select_for_update().get_or_create(
        workspace=workspace_name(), name=before.name, version=before.version
    )
    now = _states(draft).filter(number=draft.at).first()
    if now is None:
        _keep(draft, draft.at, before, "", by)
    elif now.digest != digest_of(before):
        _states(draft).filter(number__gt=draft.at).delete()
        draft.at += 1
        said = "; ".join(sentences(parse_map(now.text), before))
        _keep(draft, draft.at, before, said, _("somebody, by file"))
    return draft


def _keep(draft: Draft, number: int, journey_map: JourneyMap, said: str, by: str) -> None:
    Revision.objects.create(
        draft=draft,
        number=number,
        text=dump_map(journey_map),
        digest=digest_of(journey_map),
        said=said,
        by=by,
    )


def step_back(workspace: Workspace, journey_map: JourneyMap, way: Literal[-1, 1], by: str) -> str:
    """Go one state back or on; return what was undone or redone.

    Raises
    ------
    MapError
        There is none, or somebody changed the draft meanwhile.
    """
    with transaction.atomic():
        draft = _followed(journey_map, by)
        found = _states(draft).filter(number=draft.at + way).first()
        if found is None:
            raise MapError(_("There is nothing left to undo.") if way < 0 else _("There is nothing to redo."))
        said = (found if way > 0 else _states(draft).get(number=draft.at)).said
        draft.at = found.number
        draft.save(update_fields=["at"])
        replace_draft(workspace, journey_map, replace(parse_map(found.text), version=journey_map.version))
    return said


def forget(journey_map: JourneyMap) -> None:
    """Forget the states of a draft that is none any more."""
    Draft.here.filter(name=journey_map.name, version=journey_map.version).delete()
