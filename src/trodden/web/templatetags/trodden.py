"""Numbers, times and icons in templates, written as everywhere else in the product."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join

from trodden.charts.formats import format_count, format_moment, format_share, format_value
from trodden.model import words
from trodden.web.markup import qr_code
from trodden.web.people import sessions

if TYPE_CHECKING:
    from datetime import datetime

    from allauth.usersessions.models import UserSession  # pyright: ignore[reportMissingTypeStubs]
    from django.utils.safestring import SafeString

register = template.Library()

_SET_OFF: Final = re.compile(r"`{1,2}([^`]+)`{1,2}|(?<![\w*])\*{1,2}(\w[^*`]*)\*{1,2}(?!\w)")
_INTERVAL: Final = re.compile(r"(\[[^\[\]]{1,40}\])")


@register.filter
def count(value: float) -> str:
    """Write a whole number."""
    return format_count(value)


@register.filter
def share(value: float | None) -> str:
    """Write a share in [0, 1] as per cent."""
    return format_value(None, "share") if value is None else format_share(value)


@register.filter
def duration(value: float | None) -> str:
    """Write seconds as a duration."""
    return format_value(value, "duration")


@register.filter
def moment(value: datetime) -> str:
    """Write a moment that nothing of the workspace's zone belongs to."""
    return format_moment(value, "UTC")


@register.filter
def codes(text: str) -> SafeString:
    """Set as code what a definition has between backquotes, and apart what it has between asterisks."""
    pieces = iter((None, None, *_SET_OFF.split(text)))
    rows = (
        (_set_off(code, stressed), plain)
        for code, stressed, plain in zip(pieces, pieces, pieces, strict=True)
    )
    return format_html_join("", "{}{}", rows)


def _set_off(code: str | None, stressed: str | None) -> str:
    if code:
        return format_html("<code>{}</code>", code)
    return format_html("<em>{}</em>", stressed) if stressed else ""


@register.filter
def unbroken(text: str) -> SafeString:
    """Keep what stands in brackets, as intervals do, in one line."""
    pieces = enumerate(_INTERVAL.split(text))
    return format_html_join(
        "",
        "{}",
        ((format_html('<span class="interval">{}</span>', one) if at % 2 else one,) for at, one in pieces),
    )


@register.filter
def word(text: str) -> str:
    """Say a word of a question or an answer, which are data, in the reader's language."""
    return words.tr(text) if text else ""


@register.filter
def say(kept: str) -> str:
    """Say a sentence that was kept, in the reader's language."""
    return words.say(kept)


@register.filter
def last_used(session: UserSession) -> datetime:
    """Return when a session was last used."""
    return sessions.last_used(session)


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built asset."""
    return f"{settings.STATIC_URL}{name}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite; it says nothing to readers of screens, the words beside it do."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}icons.svg#{}"></use></svg>',
        settings.STATIC_URL,
        name,
    )


@register.simple_tag
def qr(text: str) -> SafeString:
    """Return the drawing of a text for a camera."""
    return qr_code(text)
