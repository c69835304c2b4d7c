"""Addresses made of questions, and questions read from addresses: the address is the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.links import opened
from trodden.model.errors import CallerError, UnknownNameError
from trodden.model.question import Question
from trodden.questions import fields_of
from trodden.registry import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from trodden.charts import Link
    from trodden.charts.svg.marks import Address

SHARED: Final = tuple(Question.__struct_fields__)
"""Fields every question has: they travel from page to page."""


MARKS: Final = "marks"
"""Beside the fields of a question: whether it is shown what happened meanwhile."""
_PERIODS: Final = ("period", "other_period")
_DIGITS: Final = 9
"""Of a number in an address or a form: from some thousands on Python refuses to read them."""
LAST_VERSION: Final = 10**_DIGITS - 1
"""The highest number a form may have been shown for."""


def texts_of(query: QueryDict) -> dict[str, Sequence[str]]:
    """Return the texts an address gives, by field; the two ends of a period, given apart, become one.

    Empty texts are left out.
    """
    texts: dict[str, Sequence[str]] = {
        name: kept
        for name in query
        if name != MARKS and (kept := [text for text in query.getlist(name) if text.strip()])
    }
    for name in _PERIODS:
        start, end = (_last(texts.pop(f"{name}_{edge}", ())) for edge in ("start", "end"))
        if (start or end) and name not in texts:
            texts[name] = [f"{start}..{end}"]
    return texts


def _last(values: Sequence[str]) -> str:
    return values[-1].strip() if values else ""


def flat(texts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return one text a field, the last one: what links carry on."""
    return {name: _last(values) for name, values in texts.items()}


def shared_of(texts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the fields of an address that every question has."""
    return {name: text for name, text in flat(texts).items() if name in SHARED}


def number_in(text: str, least: int, most: int) -> int | None:
    """Return the whole number a text is; None where it is none, or one out of bounds.

    Examples
    --------
    >>> [number_in(text, 1, 500) for text in ("7", "007", "0", "501", "-1", "", "1" * 5000)]
    [7, 7, None, None, None, None, None]
    """
    is_number = len(text) <= _DIGITS and text.isascii() and text.isdecimal()
    return int(text) if is_number and least <= int(text) <= most else None


def version_in(given: Mapping[str, str]) -> int:
    """Return which state a form was shown for.

    Raises
    ------
    CallerError
        It does not say.
    """
    version = number_in(given.get("version", ""), 0, LAST_VERSION)
    if version is None:
        raise CallerError(_("The form does not say what it was shown for."), hint=_("Open the page anew."))
    return version


def key_in(text: str) -> UUID | None:
    """Return the key a text is; None, which finds nothing, where it is none.

    Examples
    --------
    >>> [key_in(text) for text in ("8a0bd2c1-0d0c-4b6e-9d0a-0f1e2d3c4b5a", "8a0b")]
    [UUID('8a0bd2c1-0d0c-4b6e-9d0a-0f1e2d3c4b5a'), None]
    """
    try:
        return UUID(text)
    except ValueError:
        return None


def with_query(address: str, fields: Mapping[str, str]) -> str:
    """Return an address with fields, in their order; empty ones are left out."""
    query = urlencode({name: text for name, text in fields.items() if text})
    return f"{address}?{query}" if query else address


def ask_address(analysis: str, fields: Mapping[str, str]) -> str:
    """Return where a question is asked."""
    return with_query(reverse("ask", args=[analysis]), fields)


def customer_address(customer: str) -> str:
    """Return where a customer's walk is shown; the identifier travels as it arrived."""
    return with_query(reverse("customer"), {"id": customer})


def address_of_links(asked: Mapping[str, str]) -> Address:
    """Return what makes an address of the links of a chart that answers the question ``asked``.

    A link into an analysis nobody registered leads nowhere.
    """

    def address(link: Link) -> str | None:
        if "customer" in link.fields:
            return customer_address(link.fields["customer"])
        return _into(link, asked)

    return address


def _into(link: Link, asked: Mapping[str, str]) -> str | None:
    try:
        known = {field.name for field in fields_of(find(link.analysis).question)}
    except UnknownNameError:
        return None
    fields = {name: text for name, text in opened(link, asked).items() if name in known}
    if link.analysis == "customers":
        return with_query(reverse("customers"), fields)
    return ask_address(link.analysis, fields)
