"""What people would change after a walk in a customer's shoes, kept beside the map and the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from trodden.charts.formats import format_day
from trodden.web.audit.log import pseudonym
from trodden.web.customers.models import Wish
from trodden.web.limits import seen_segment
from trodden.web.shield import TELLING, without

if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, who said it and when; ``is_mine`` where the reader may take it back."""

    key: uuid.UUID
    text: str
    author: str
    day: str
    map: str
    is_mine: bool


def wishes_on(name: str, reader: str, zone: str) -> tuple[Said, ...]:
    """Return the newest sentences about a map, whatever its version; to who is limited, their own."""
    found = Wish.here.filter(map=name)
    return _said(found.filter(author=reader) if seen_segment.get() else found, reader, zone)


def wishes_after(customer: str, reader: str, zone: str) -> tuple[Said, ...]:
    """Return the newest sentences after walks in one customer's shoes."""
    return _said(Wish.here.filter(customer=pseudonym(customer)), reader, zone)


def _said(found: QuerySet[Wish], reader: str, zone: str) -> tuple[Said, ...]:
    return tuple(
        Said(one.id, one.text, one.author, format_day(one.made_at, zone), one.map, one.author == reader)
        for one in found.order_by("-made_at")[:SHOWN]
    )


def forget_wishes(customer: str) -> int:
    """Remove what was said after walks in a customer's shoes, and whatever names them; return how many."""
    naming = [one.id for one in Wish.here.filter(text__contains=customer) if _names(one.text, customer)]
    gone, _by_model = Wish.here.filter(Q(id__in=naming) | Q(customer=pseudonym(customer))).delete()
    return gone


def _names(text: str, customer: str) -> bool:
    return len(customer) >= TELLING and without(text, customer, "") != text
