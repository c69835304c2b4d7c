"""Answers for those who may not know who customers are: each name is a pseudonym, the same each time."""

from __future__ import annotations

import hashlib
import hmac
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.conf import settings

from trodden.api import StoredWalks
from trodden.model.question import Example

if TYPE_CHECKING:
    from trodden.model.question import Answer, Question

sees_customers: ContextVar[bool] = ContextVar("sees_customers", default=True)
"""Whether who sent the request that is answered may know who customers are; `Policy` says so."""


class Shielded(StoredWalks):
    """The walks, whose answers name no customer. They are brought up to date with those they stand before."""

    def __init__(self, walks: StoredWalks) -> None:
        self.__dict__ = walks.__dict__

    def ask(self, question: Question | str, **rest: Any) -> Answer:  # noqa: ANN401 - as the walks take it
        """Answer a question without naming anybody."""
        return cast("Answer", hidden(super().ask(question, **rest)))


def hidden(value: object) -> object:
    """Return a value in which every example goes by a pseudonym, however deep it stands."""
    if isinstance(value, Example):
        return msgspec.structs.replace(value, customer=pseudonym(value.customer))
    if isinstance(value, msgspec.Struct):
        changed = {name: hidden(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, list | tuple):
        items = cast("list[object] | tuple[object, ...]", value)
        return type(items)(hidden(one) for one in items)  # pyright: ignore[reportCallIssue, reportUnknownVariableType, reportArgumentType]
    if isinstance(value, dict):
        return {key: hidden(one) for key, one in cast("dict[object, object]", value).items()}
    return value


def pseudonym(customer: str) -> str:
    """Return what a customer is called instead of by name."""
    said = f"shown\0{settings.TRODDEN_WORKSPACE}\0{customer}".encode()
    return f"someone-{hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:10]}"
