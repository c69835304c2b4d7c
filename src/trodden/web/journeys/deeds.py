"""What was done to versions of maps, by whom and why; and who answers for a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trodden.model.errors import QuestionError
from trodden.web.actors import actor_of
from trodden.web.audit.requests import record
from trodden.web.journeys.models import Deed, Owner
from trodden.web.people.models import Membership
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.model.journey_map import JourneyMap
    from trodden.web.people.models import User

LONGEST_WHY: Final = 300
LONGEST_TOLD: Final = 500
"""Of what is taken down: a reason, and what it is the reason of."""

WORDS: Final = {
    "made": gettext_lazy("Drawn"),
    "mined": gettext_lazy("Mined from walks"),
    "read": gettext_lazy("Read from a file"),
    "drafted": gettext_lazy("Begun from version {why}"),
    "redesigned": gettext_lazy("Redesigned to a better way"),
    "accepted": gettext_lazy("A way accepted as designed"),
    "restored": gettext_lazy("Restored from version {why}"),
    "published": gettext_lazy("Published"),
    "discarded": gettext_lazy("Put aside"),
}
"""What a deed is called; where it is begun from another version, ``why`` is that version's number."""


def reason_of(text: str) -> str:
    """Return a reason in one line.

    Raises
    ------
    QuestionError
        It is longer than it may be.
    """
    reason = " ".join(text.split())
    if len(reason) > LONGEST_WHY:
        raise QuestionError(_("A reason has at most {n} characters.").format(n=LONGEST_WHY))
    return reason


def take_down(request: HttpRequest, did: str, journey_map: JourneyMap, why: str = "") -> None:
    """Write what was done to a version into its history, with the reason, and into the log, without it."""
    Deed.everywhere.create(
        workspace=workspace_name(),
        name=journey_map.name,
        version=journey_map.version,
        did=did,
        why=why[:LONGEST_TOLD],
        by=actor_of(request).name,
    )
    record(request, f"map.{did}", journey_map.key)


def deeds_of(name: str) -> dict[int, list[Deed]]:
    """Return what was done to each version of a map, the first first."""
    found: dict[int, list[Deed]] = {}
    for deed in Deed.here.filter(name=name).order_by("at"):
        found.setdefault(deed.version, []).append(deed)
    return found


def owners() -> dict[str, str]:
    """Return who owns each map that somebody owns, by the map's name."""
    return {one.name: str(one.user) for one in Owner.here.select_related("user")}


def owner_of(name: str) -> User | None:
    """Return who owns a map, whether or not they are still of the workspace."""
    owned = Owner.here.filter(name=name).select_related("user").first()
    return owned.user if owned else None


def candidates() -> list[Membership]:
    """Return everybody of the workspace who could own a map."""
    members = Membership.here.filter(is_active=True).select_related("user")
    return list(members.order_by("user__name", "user__email"))


def own(request: HttpRequest, name: str, key: str) -> None:
    """Make somebody of the workspace the owner of a map, or nobody.

    Raises
    ------
    QuestionError
        Nobody of the workspace has this key.
    """
    now = owner_of(name)
    users = [one.user for one in candidates()] + ([now] if now else [])
    chosen = next((one for one in users if str(one.pk) == key), None)
    if key and chosen is None:
        raise QuestionError(_("There is nobody of that name here."))
    if chosen is None:
        Owner.here.filter(name=name).delete()
    else:
        Owner.everywhere.update_or_create(workspace=workspace_name(), name=name, defaults={"user": chosen})
    record(request, "map.owned", f"{name}: {chosen.email if chosen else _('nobody')}")
