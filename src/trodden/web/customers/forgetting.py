"""Forget a person in the records: what people wrote that names them, in whatever table it stands.

Every text of a workspace's records is looked into, those of models to come as well. Left as they are: names
of staff, what records are known by, and the log, which no one can change: it calls customers by pseudonyms.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from trodden.store.values import Wanted, is_json
from trodden.web.audit.models import Entry
from trodden.web.boards.forgetting import forget_recipients, recipients_of
from trodden.web.customers.wishes import forget_wishes
from trodden.web.shield import TELLING, without
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    Model = type[models.Model]
    Text = models.Field[Any, Any]

STANDS: Final = "erased"
"""What stands where a person was named: a word that is one in JSON, in YAML and in a sentence."""

_STAFF: Final = frozenset(
    {
        *("by", "made_by", "written_by", "ended_by", "removed_by", "asked_by"),
        *("who", "author", "actor", "assignee", "email"),
    }
)
_NAMES: Final = frozenset({"workspace", "name", "key", "map"})
"""Fields other records are found by: they are looked into, and changed by hand."""

_CODE: Final = 64
"""A field no longer than this holds a code of ours, no words."""


def forget_in_records(customer: str) -> int:
    """Remove what was said after walks in their shoes, and their name from every text; count what changed.

    Boards are sent to them no more.
    """
    with transaction.atomic():
        return (
            forget_wishes(customer)
            + forget_recipients(customer)
            + sum(
                _mask(row, fields, customer)
                for model, fields in _written()
                if model is not Entry
                for row in _naming(model, fields, customer)
            )
        )


def traces_in_records(customer: str) -> list[str]:
    """Return the places of the records in which a person is still named, as ``records: model.field``."""
    wanted = Wanted(customer)
    found = (
        f"records: {model._meta.label}.{field.name}"  # noqa: SLF001 - Django's public name for it
        for model, fields in _written()
        for row in _naming(model, fields, customer)
        for field in fields
        if wanted.in_text(_text(row, field))
    )
    mailed = ["records: boards.Recipient.address"] if recipients_of(customer) else []
    return list(dict.fromkeys([*found, *mailed]))


def _written() -> Iterator[tuple[Model, list[Text]]]:
    """Yield each model of a workspace that holds words people wrote, with those fields."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if _holds_words(field)]  # noqa: SLF001
        if fields and _place(model):
            yield model, fields


def _holds_words(field: Text) -> bool:
    if field.choices or field.name in _STAFF or field.name == "workspace":
        return False
    if isinstance(field, models.CharField):
        return (field.max_length or _CODE + 1) > _CODE
    return isinstance(field, models.TextField | models.JSONField)


def _place(model: Model, seen: tuple[Model, ...] = ()) -> str:
    """Return by what path the workspace of a row is found; empty where it belongs to none."""
    names = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001
    if "workspace" in names:
        return "workspace"
    seen = (*seen, model)
    for name, field in names.items():
        owner = cast("Model", field.related_model)
        if field.is_relation and owner not in seen and (place := _place(owner, seen)):
            return f"{name}__{place}"
    return ""


def _naming(model: Model, fields: list[Text], customer: str) -> list[models.Model]:
    """Return the rows that may name a person; of fields of JSON every row may."""
    may = Q()
    for field in fields:
        for form in _forms(customer):
            is_json_field = isinstance(field, models.JSONField)
            may |= ~Q(**{field.name: None}) if is_json_field else Q(**{f"{field.name}__contains": form})
    return list(model._base_manager.filter(may, **{_place(model): workspace_name()}))  # noqa: SLF001


def _text(row: models.Model, field: Text) -> str:
    value = getattr(row, field.name)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _forms(customer: str) -> set[str]:
    """Return how an identifier may stand in a text: as it is, or in JSON; no database keeps a NUL."""
    forms = {customer, json.dumps(customer)[1:-1], json.dumps(customer, ensure_ascii=False)[1:-1]}
    return {form for form in forms if "\0" not in form}


def _mask(row: models.Model, fields: list[Text], customer: str) -> int:
    """Let a word stand for the person in the texts of a row as it is; return whether any was changed."""
    mine = [field for field in fields if field.name not in _NAMES]
    told = {field.name: getattr(row, field.name) for field in mine}
    masked = {field.name: _fitting(field, _masked(told[field.name], customer)) for field in mine}
    if masked == told:
        return 0
    return type(row)._base_manager.filter(pk=row.pk, **told).update(**masked)  # noqa: SLF001


def _fitting(field: Text, value: object) -> object:
    """Return a value as long as its field lets it be: the word may be longer than what it stands for."""
    return value[: field.max_length] if isinstance(value, str) else value


def _masked(value: object, customer: str) -> object:
    """Return a value in which a word stands for the person, however deep; a short name is a word itself."""
    if isinstance(value, list):
        return [_masked(one, customer) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: _masked(one, customer) for key, one in cast("dict[object, object]", value).items()}
    if not isinstance(value, str) or len(customer) < TELLING:
        return STANDS if value == customer else value
    if is_json(value):
        found = json.loads(value)
        masked = _masked(found, customer)
        return value if masked == found else json.dumps(masked, ensure_ascii=False)
    return without(value, customer, STANDS)
