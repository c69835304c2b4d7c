"""What is settled about a workspace, by program: read, and changed by who has seen it as it stands."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.errors import LockedError
from trodden.store.folder import LONGEST_KEPT, Workspace
from trodden.store.retention import MonthCount, Removal, due, plan_removal, removals_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.home import or_404, workspace_here
from trodden.web.setup.calendar_changes import weeks_begin
from trodden.web.setup.changing import kept_for, retitled, settled

Months = Annotated[int, Meta(ge=0, le=LONGEST_KEPT, description="Whole months events are kept, 0 for ever.")]


class SettingsTold(msgspec.Struct, frozen=True):
    """What is settled; ``title`` and ``language`` may be empty: its name, and browsers, then say."""

    title: str
    time_zone: str
    currency: str
    language: str


class SettingsChanged(SettingsTold, frozen=True):
    """What is settled now; ``work`` is the key of the work that writes walks anew, null where none must."""

    work: str | None


class SettingsGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is settled from now on: a zone such as ``Europe/Berlin``, a currency such as ``EUR``."""

    time_zone: Annotated[str, Meta(max_length=64)]
    currency: Annotated[str, Meta(max_length=3)] = ""
    language: Annotated[str, Meta(max_length=10)] = ""


class TitleGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What pages call the workspace from now on; its name where this is empty."""

    title: str


class Weeks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On which day weeks begin: ``monday``, ``saturday`` or ``sunday``."""

    begin: Annotated[str, Meta(max_length=20)]


class Keeping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long events are to be kept; without it, what is kept as it is."""

    months: Months | None = None


class KeepingGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long events are kept from now on."""

    months: Months


class RetentionTold(msgspec.Struct, frozen=True):
    """How long events are kept, and what keeping them for ``months`` would remove now.

    ``going`` counts events by month, as yyyymm. ``is_under_way``: older ones are to go, or going. ``gone``
    are the removals there were, the newest first.
    """

    keep_months: int
    months: int
    events: int
    going: tuple[MonthCount, ...]
    is_under_way: bool
    gone: list[Removal]


def settings(_call: Call) -> SettingsTold:
    """Say what is settled: title, zone, currency, language."""
    mark = or_404(workspace_here()).mark
    return SettingsTold(mark.title, mark.time_zone, mark.currency, mark.language)


def settle(call: Call) -> SettingsChanged:
    """Change what is settled; for another zone or currency all walks are written anew."""
    given: SettingsGiven = call.body
    found, seen = or_404(workspace_here()), call.seen
    said = {"zone": given.time_zone, "currency": given.currency, "language": given.language}
    work = settled(call.request, found, said, (seen.time_zone, seen.currency))
    now = settings(call)
    return SettingsChanged(now.title, now.time_zone, now.currency, now.language, work or None)


def title(call: Call) -> SettingsTold:
    """Change what the workspace is called on pages."""
    retitled(call.request, " ".join(call.body.title.split()), call.seen.title)
    return settings(call)


def weeks(_call: Call) -> Weeks:
    """Say on which day weeks begin."""
    return Weeks(or_404(workspace_here()).mark.week_begins)


def begin_weeks(call: Call) -> Weeks:
    """Settle on which day weeks begin."""
    weeks_begin(call.request, or_404(workspace_here()), call.body.begin)
    return weeks(call)


def retention(call: Call) -> RetentionTold:
    """Say how long events are kept, and what another choice would remove now."""
    return _retention(or_404(workspace_here()), call.query.months)


def _as_chosen(call: Call) -> RetentionTold:
    return _retention(or_404(workspace_here()), call.body.months)


def _retention(found: Workspace, asked: int | None) -> RetentionTold:
    now = found.mark.keep_months
    months = now if asked is None else asked
    plan = plan_removal(found, months)
    return RetentionTold(now, months, plan.events, plan.months, due(found) is not None, removals_of(found))


def keep(call: Call) -> RetentionTold:
    """Change how long events are kept; what is older goes for good.

    The tag is that of the same ``months``, so that who sends it has seen what goes.
    """
    found, seen = or_404(workspace_here()), call.seen
    if not kept_for(call.request, found, seen.months, (seen.keep_months, seen.events)):
        raise LockedError("Something changed meanwhile.", hint="Look again at what would go.")
    return _as_chosen(call)


RESOURCES = (
    Resource(
        "api-settings",
        "settings",
        {
            "GET": Operation(settings, SettingsTold),
            "POST": Operation(settle, SettingsChanged, body=SettingsGiven, is_change=True, state_of=settings),
        },
    ),
    Resource(
        "api-settings-title",
        "settings/title",
        {"POST": Operation(title, SettingsTold, body=TitleGiven, is_change=True, state_of=settings)},
    ),
    Resource(
        "api-weeks",
        "settings/weeks",
        {
            "GET": Operation(weeks, Weeks),
            "POST": Operation(begin_weeks, Weeks, body=Weeks, is_change=True, state_of=weeks),
        },
    ),
    Resource(
        "api-retention",
        "settings/retention",
        {
            "GET": Operation(retention, RetentionTold, query=Keeping),
            "POST": Operation(keep, RetentionTold, body=KeepingGiven, is_change=True, state_of=_as_chosen),
        },
    ),
)
