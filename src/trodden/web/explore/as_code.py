"""The same question outside of the pages: as a command, in Python, over HTTP."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.registry import Registration

DEFAULT: Final = "default"
"""The workspace that is meant where none is named."""


@dataclass(frozen=True, slots=True)
class Code:
    """One way to ask the same."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is asked: ``home`` is empty for who is not told where the server keeps things."""

    home: str = ""
    workspace: str = DEFAULT


ANYWHERE: Final = Place()


def codes_of(registration: Registration, fields: Mapping[str, str], place: Place) -> tuple[Code, ...]:
    """Return every way to ask a question."""
    return (
        Code(_("Command line"), command_of(registration, fields, place)),
        Code(_("Python"), python_of(registration, fields, place)),
        Code(_("HTTP"), http_of(registration, fields)),
    )


def command_of(registration: Registration, fields: Mapping[str, str], place: Place = ANYWHERE) -> str:
    """Return the command that asks the same."""
    options = " ".join(f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in fields.items())
    where = "" if place.workspace == DEFAULT else f" --workspace {shlex.quote(place.workspace)}"
    return f"trodden{where} ask {registration.name} {options}".rstrip()


def python_of(registration: Registration, fields: Mapping[str, str], place: Place) -> str:
    """Return the Python that asks the same."""
    given = "".join(f", {name}={text!r}" for name, text in fields.items())
    workspace = f"workspace={place.workspace!r}" if place.workspace != DEFAULT else ""
    where = ", ".join(filter(None, (repr(place.home) if place.home else "", workspace)))
    return f"import trodden\n\ntrodden.open({where}).ask({registration.name!r}{given})"


def http_of(registration: Registration, fields: Mapping[str, str]) -> str:
    """Return the request that asks the same; its token is a variable, so that none is written down."""
    address = f"{settings.TRODDEN_PUBLIC_URL}{reverse('api-ask', args=[registration.name])}"
    lines = [
        f"curl -G {shlex.quote(address)}",
        '-H "Authorization: Bearer $TRODDEN_API_TOKEN"',
        *(f"--data-urlencode {shlex.quote(f'{name}={text}')}" for name, text in fields.items()),
    ]
    return " \\\n  ".join(lines)
