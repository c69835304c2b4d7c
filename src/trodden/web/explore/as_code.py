"""The same question outside of the pages: as a command, in Python, over HTTP."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.registry import Registration


@dataclass(frozen=True, slots=True)
class Code:
    """One way to ask the same."""

    label: str
    text: str


def codes_of(registration: Registration, fields: Mapping[str, str], home: str) -> tuple[Code, ...]:
    """Return every way to ask a question."""
    return (
        Code(_("Command line"), command_of(registration, fields)),
        Code(_("Python"), python_of(registration, fields, home)),
        Code(_("HTTP"), http_of(registration, fields)),
    )


def command_of(registration: Registration, fields: Mapping[str, str]) -> str:
    """Return the command that asks the same."""
    options = " ".join(f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in fields.items())
    return f"trodden ask {registration.name} {options}".rstrip()


def python_of(registration: Registration, fields: Mapping[str, str], home: str) -> str:
    """Return the Python that asks the same."""
    given = "".join(f", {name}={text!r}" for name, text in fields.items())
    return f"import trodden\n\ntrodden.open({home!r}).ask({registration.name!r}{given})"


def http_of(registration: Registration, fields: Mapping[str, str]) -> str:
    """Return the request that asks the same; its token is a variable, so that none is written down."""
    address = f"{settings.TRODDEN_PUBLIC_URL}{reverse('api-ask', args=[registration.name])}"
    lines = [
        f"curl -G {shlex.quote(address)}",
        '-H "Authorization: Bearer $TRODDEN_API_TOKEN"',
        *(f"--data-urlencode {shlex.quote(f'{name}={text}')}" for name, text in fields.items()),
    ]
    return " \\\n  ".join(lines)
