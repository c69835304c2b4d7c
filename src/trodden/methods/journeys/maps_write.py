"""Maps written as YAML in the short forms people type, with what equals its default left out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
import yaml

from trodden.model.journey_map import Branch, Choice, JourneyMap, Loop, Optional, Parallel, StepRef

if TYPE_CHECKING:
    from trodden.methods.journeys.flow import Flow
    from trodden.model.journey_map import FlowItem

_LAST: Final = ("published_at", "published_hash")
_ORDER: Final = (
    "name",
    "goal",
    "owner",
    "author",
    "evidence",
    "version",
    "valid_from",
    "valid_to",
    "parent",
    "parent_step",
    "personas",
    "stages",
    "steps",
    "flow",
    "scope",
    "bounds",
    "forecast",
    "accepted",
    "changes",
    "touchpoints",
    *_LAST,
)
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def write_map(journey_map: JourneyMap) -> str:
    """Write a map as YAML that reads back equal."""
    values = {name: plain(getattr(journey_map, name)) for name in _ORDER if _is_set(journey_map, name)}
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None)


def _is_set(struct: msgspec.Struct, name: str) -> bool:
    """Tell whether a field differs from its default; the version always counts."""
    defaults = _defaults(type(struct))
    return name == "version" or name not in defaults or getattr(struct, name) != defaults[name]


@cache
def _defaults(cls: type[msgspec.Struct]) -> dict[str, object]:
    """Return what each field of a struct is where nothing is said of it."""
    return {field.name: _default(field) for field in msgspec.structs.fields(cls) if not field.required}


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def plain(value: object) -> Any:  # noqa: ANN401 - texts, numbers, lists and dicts of them
    """Return a value as YAML has it: short flow forms, durations as people write them."""
    if isinstance(value, StepRef | Choice | Parallel | Optional | Loop):
        return plain_item(value)
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        return {name: plain(getattr(value, name)) for name in names if _is_set(value, name)}
    if isinstance(value, tuple):
        return [plain(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, dict):
        return {name: plain(below) for name, below in cast("dict[str, object]", value).items()}
    return _plain_time(value) if isinstance(value, timedelta | date) else value


def _plain_time(value: timedelta | date) -> str:
    """Write a duration, a date or a date and time."""
    return duration_text(value) if isinstance(value, timedelta) else value.isoformat()


def plain_item(item: FlowItem) -> Any:  # noqa: ANN401 - as above
    """Return one item of a flow in its shortest form."""
    match item:
        case StepRef():
            return item.id
        case Choice():
            return {"choice": [_plain_branch(branch) for branch in item.branches]}
        case Parallel():
            return {"parallel": [plain_flow(branch) for branch in item.branches]}
        case Optional():
            return {"optional": plain_flow(item.flow)}
        case Loop():
            flow = plain_flow(item.flow)
            return {"loop": {"flow": flow, "again": plain_flow(item.again)} if item.again else flow}


def plain_flow(flow: Flow) -> list[Any]:
    """Return a flow as the list a file holds."""
    return [plain_item(item) for item in flow]


def _plain_branch(branch: Branch) -> Any:  # noqa: ANN401 - as above
    flow = plain_flow(branch.flow)
    return flow if branch.share is None else {"flow": flow, "share": branch.share}


def duration_text(value: timedelta) -> str:
    """Write a duration exactly: in the largest unit that divides it, else as ISO 8601.

    Examples
    --------
    >>> duration_text(timedelta(days=30)), duration_text(timedelta(minutes=90)), duration_text(timedelta(0))
    ('30d', '90min', '0s')
    """
    seconds = value.total_seconds()
    if seconds == 0:
        return "0s"
    for size, unit in _UNITS:
        if seconds > 0 and value % timedelta(seconds=size) == timedelta(0):
            return f"{value // timedelta(seconds=size)}{unit}"
    return msgspec.to_builtins(value)
