"""Answers for those who may not know who customers are: each name is a pseudonym, the same each time.

Their questions are answered of at least `FEWEST` customers: who narrows a question down to the few for whom
something holds could tell from it who they are. Words lose what reads like an address or a number.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from trodden.analyses.compare.answer import Side
from trodden.analyses.segments.answer import Moment, Segments, Size
from trodden.api import StoredWalks
from trodden.methods.stats.rates import wilson
from trodden.model.errors import QuestionError
from trodden.model.question import Example, Question, Rate, Verbatim
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trodden.model.question import Answer
    from trodden.model.walks import Bucket, Snapshot

sees_customers: ContextVar[bool] = ContextVar("sees_customers", default=True)
"""Whether who sent the request that is answered may know who customers are; `Policy` says so."""


FEWEST: Final = 5
"""Customers an answer must be about at least, for those who may not know who they are."""

TELLING: Final = 4
"""An identifier shorter than this is a word like any other."""

LONG: Final = 8
"""From so many letters on an identifier is looked for inside words, too, as a proof of erasure does."""

_LINK: Final = re.compile(r"https?://\S+")
# It takes words without an address, too, so that no sign is looked at again from every sign before it.
_ADDRESS: Final = re.compile(r"[^\s@<>]+(@[^\s@<>]+\.\w+)?")
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[\s()/.-]{0,2}\d){5,}")


class Shielded(StoredWalks):
    """The walks, whose answers name no customer. They are brought up to date with those they stand before."""

    def __init__(self, walks: StoredWalks) -> None:
        self.__dict__ = walks.__dict__

    @property
    def snapshot(self) -> Snapshot:
        """Return the state of the walks, in which nobody is found by name."""
        return cast("Snapshot", Unnamed(super().snapshot))

    def ask(self, question: Question | str, **rest: Any) -> Answer:  # noqa: ANN401 - as the walks take it
        """Answer a question without naming anybody.

        Raises
        ------
        QuestionError
            It is about so few customers that who they are could be told from the answer.
        """
        answer = super().ask(question, **rest)
        segment = question.segment if isinstance(question, Question) else rest.get("segment")
        if any(count < FEWEST and (count or segment) for count in _customers(answer)):
            raise QuestionError(
                _("Fewer than {n} customers fit, so few that one could tell who they are.").format(n=FEWEST),
                hint=_("Ask about more of them. An admin gives the right to see who customers are."),
            )
        return cast("Answer", hidden(without_few(answer) if isinstance(answer, Segments) else answer))


def without_few(answer: Segments) -> Segments:
    """Return sizes of segments in which so few that one could tell who they are count as nobody."""
    return msgspec.structs.replace(
        answer,
        sizes=tuple(Size(one.segment, _rate(one.units)) for one in answer.sizes),
        overlaps=tuple(one for one in answer.overlaps if one.units.count >= FEWEST),
        history=tuple(
            Moment(one.at, one.units, tuple(size if size >= FEWEST else 0 for size in one.sizes))
            for one in answer.history
        ),
    )


def _rate(found: Rate) -> Rate:
    return found if found.count >= FEWEST else wilson(0, found.of)


def named(walks: StoredWalks) -> StoredWalks:
    """Return the walks as they are, for a page that itself hides who it is about."""
    plain = object.__new__(StoredWalks)
    plain.__dict__ = walks.__dict__
    return plain


class Unnamed:
    """A snapshot that finds nobody by name; everything else is that of the snapshot behind it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the snapshot has
        return getattr(self._snapshot, name)

    def customer(self, key: str) -> Bucket | None:  # noqa: ARG002 - as a snapshot takes it
        """Find nobody."""
        return None

    def beginning(self, text: str, most: int) -> Sequence[str]:  # noqa: ARG002 - as above
        """Find nobody."""
        return ()


def _customers(answer: Answer) -> Iterator[int]:
    """Yield how many customers an answer is about, and either side of a comparison."""
    yield answer.about.customers
    sides = (getattr(answer, name, None) for name in ("first", "second"))
    yield from (side.customers for side in sides if isinstance(side, Side))


def masked(text: str, customer: str = "") -> str:
    """Return words without what reads like an address, a number or the customer's own identifier."""
    text = _LINK.sub("[link]", text)
    text = _ADDRESS.sub(lambda found: "[e-mail]" if found[1] else found[0], text)
    text = _LONG_NUMBER.sub("[number]", text)
    return without(text, customer, pseudonym(customer)) if len(customer) >= TELLING else text


def without(text: str, customer: str, stands: str) -> str:
    """Return a text in which something stands for an identifier: anywhere if it is long, else as a word."""
    if len(customer) >= LONG:
        return text.replace(customer, stands)
    return re.sub(rf"(?<!\w){re.escape(customer)}(?!\w)", lambda _found: stands, text)


def hidden(value: object) -> object:
    """Return a value in which examples go by pseudonyms, however deep they stand, and words are masked."""
    if isinstance(value, Verbatim):
        said = masked(value.text, value.customer)
        return msgspec.structs.replace(value, customer=pseudonym(value.customer), text=said)
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
    said = f"shown\0{workspace_name()}\0{customer}".encode()
    return f"someone-{hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:10]}"
