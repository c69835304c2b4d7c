"""What the buttons and fields of the editor do to a map, each by the name it is sent under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from django.utils.translation import gettext as _

from trodden.methods.journeys import editing
from trodden.methods.journeys.flow import step_ids, steps_in_order
from trodden.methods.journeys.flow_edit import Kind, choices_by_key
from trodden.model.errors import QuestionError
from trodden.web.journeys.fields import Typed, merged
from trodden.web.journeys.map_form import renamed_stages, typed_map, typed_shares, typed_stages
from trodden.web.journeys.step_form import typed_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict

    from trodden.model.journey_map import JourneyMap

    Edited = tuple[JourneyMap, str]
    """A map after an edit, and what is open beside it: a step by its id, or nothing."""

    Edit = Callable[["Asked"], Edited]


class Asked:
    """An edit that is asked for: of what (``at``), with which fields, of the map as it stands now.

    ``base`` is the map its author saw. The two differ where somebody else changed it meanwhile and the author
    wants the edit made on top of that.
    """

    def __init__(self, now: JourneyMap, base: JourneyMap, at: str, posted: QueryDict) -> None:
        self.now = now
        self.base = base
        self.at = at
        self.posted = posted


COMPARED: Final = frozenset({"save", "shares", "stages", "map"})
"""Edits that take over what differs from the map their author saw: it must be known."""


def edit(now: JourneyMap, base: JourneyMap, posted: QueryDict) -> Edited:
    """Make the edit a form asks for; ``do`` names it, with what it is about after a colon.

    Raises
    ------
    FieldFaultsError
        Something that was typed cannot be read.
    MapError
        The map would break a rule.
    QuestionError
        There is no such edit.
    """
    name, _colon, at = posted.get("do", "").partition(":")
    if name not in _EDITS:
        raise QuestionError(_("There is no such change of a map."))
    return _EDITS[name](Asked(now, base, at, posted))


def _left(asked: Asked) -> Edited:
    return editing.shift_step(asked.now, asked.at, -1), asked.at


def _right(asked: Asked) -> Edited:
    return editing.shift_step(asked.now, asked.at, 1), asked.at


def _add(asked: Asked) -> Edited:
    label = Typed(asked.posted).text("new") or _("New step")
    return editing.add_step(asked.now, label, asked.at, before=asked.posted.get("where_to") == "before")


def _remove(asked: Asked) -> Edited:
    order = step_ids(asked.now.flow)
    removed = editing.remove_step(asked.now, asked.at)
    left = step_ids(removed.flow)
    return removed, left[min(order.index(asked.at), len(left) - 1)]


def _put(asked: Asked) -> Edited:
    beside, before = asked.posted.get("beside", ""), asked.posted.get("where_to") == "before"
    return editing.put_step(asked.now, asked.at, beside, before=before), asked.at


def _save(asked: Asked) -> Edited:
    """Take over what was typed of a step, and nothing that was only shown."""
    was = editing.step_of(asked.base, asked.at)
    now = merged(was, typed_step(was, asked.posted), editing.step_of(asked.now, asked.at))
    fields = {name: getattr(now, name) for name in now.__struct_fields__}
    return editing.describe_step(asked.now, asked.at, fields), asked.at


def _group(asked: Asked) -> Edited:
    kind = asked.posted.get("group", "")
    if kind not in get_args(Kind):
        raise QuestionError(_("There is no such group of steps."))
    last = asked.posted.get("last") or asked.at
    return editing.group_steps(asked.now, asked.at, last, cast("Kind", kind)), asked.at


def _ungroup(asked: Asked) -> Edited:
    return editing.ungroup_step(asked.now, asked.at), asked.at


def _shares(asked: Asked) -> Edited:
    """Take over the shares that were typed of a choice, which is known by its steps."""
    seen, now = (choices_by_key(one.flow).get(asked.at) for one in (asked.base, asked.now))
    if seen is None or now is None:
        raise QuestionError(_("The flow has no such choice any more."))
    steps = {step.id: step for step in steps_in_order(asked.base)}
    return editing.expect_shares(asked.now, asked.at, typed_shares(seen, now, steps, asked.posted)), ""


def _stages(asked: Asked) -> Edited:
    """Take over what was typed of the stages its author saw, each known by its name."""
    listed = typed_stages(asked.base, asked.posted)
    return editing.list_stages(asked.now, renamed_stages(listed, asked.now.stages)), ""


def _move_stage(asked: Asked, by: Literal[-1, 1]) -> Edited:
    stages = list(asked.now.stages)
    if asked.at in stages and 0 <= (to := stages.index(asked.at) + by) < len(stages):
        stages.remove(asked.at)
        stages.insert(to, asked.at)
    return editing.list_stages(asked.now, tuple((stage, stage) for stage in stages)), ""


def _map(asked: Asked) -> Edited:
    now = merged(asked.base, typed_map(asked.base, asked.posted), asked.now)
    fields = ("goal", "owner", "author", "evidence", "bounds", "forecast")
    return editing.describe_map(asked.now, {name: getattr(now, name) for name in fields}), ""


_EDITS: Final[dict[str, Edit]] = {
    "left": _left,
    "right": _right,
    "add": _add,
    "remove": _remove,
    "put": _put,
    "save": _save,
    "group": _group,
    "ungroup": _ungroup,
    "shares": _shares,
    "stages": _stages,
    "stage-left": lambda asked: _move_stage(asked, -1),
    "stage-right": lambda asked: _move_stage(asked, 1),
    "map": _map,
}
