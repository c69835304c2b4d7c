"""Lists in pages: each names the place at which the next begins, so that nothing new shifts it."""

from __future__ import annotations

import base64
import binascii
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import Meta

from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
LARGEST: Final = 200


class Paging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which page of a list."""

    limit: Annotated[int, Meta(ge=1, le=LARGEST, description="How many at most.")] = 50
    cursor: Annotated[str, Meta(max_length=1000, description="The `next` of the page before.")] = ""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list; ``next`` is the cursor of the page after it, null on the last one."""

    items: list[T]
    next: str | None = None


def page_of(listed: Iterable[tuple[str, T]], paging: Paging) -> Page[T]:
    """Return a page of what is listed by keys, which are unique, in their order."""
    after = place_in(paging)
    left = sorted((one for one in listed if not paging.cursor or one[0] > after), key=itemgetter(0))
    shown = left[: paging.limit]
    return Page([item for _key, item in shown], cursor_at(shown[-1][0]) if len(left) > len(shown) else None)


def place_in(paging: Paging) -> str:
    """Return the key a cursor stands for, empty for the first page.

    Raises
    ------
    QuestionError
        The cursor is none of ours.
    """
    try:
        padded = paging.cursor + "=" * (-len(paging.cursor) % 4)
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise QuestionError(
            "This cursor is none that was given.", hint="Send the `next` of the page before as it is."
        ) from error


def cursor_at(key: str) -> str:
    """Return what stands for a key in an address."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
