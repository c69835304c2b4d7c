"""Programs of tests: what they send, and in whose name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.http import HttpResponse

from tests.http.people import Someone, browser, someone
from trodden.web.people.rights import RIGHTS


@dataclass
class Program:
    """A program with a token."""

    token: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> HttpResponse:
        """Send a request with the token and a body of JSON."""
        content = b"" if body is None else msgspec.json.encode(body)
        given = {
            "authorization": f"Bearer {self.token}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return browser().generic(method, path, content, content_type="application/json", headers=given)

    def get(self, path: str, **headers: str) -> Any:  # noqa: ANN401 - JSON
        """Read something, which must succeed."""
        response = self.ask("GET", path, **headers)
        assert response.status_code == 200, response.content
        return response.json()  # type: ignore[attr-defined]


def told(response: HttpResponse, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    """Return what was answered, which must be of this status."""
    assert response.status_code == status, response.content
    return response.json()  # type: ignore[attr-defined]


def tag(asking: Program, path: str) -> str:
    """Return the tag of something as it stands."""
    return asking.ask("GET", path).headers["ETag"]


def program_of(person: Someone, scopes: Iterable[str] = (), days: int = 30) -> Program:
    """Make a token of a person; without scopes it may what the person may."""
    from trodden.web.api.tokens import made
    from trodden.web.people.staff import member_of

    member = member_of(person.email)
    return Program(made(member, "test", scopes or member.rights, days)[1])


def program(role: str, email: str = "", *, see_pii: bool = False) -> Program:
    """Make a member of this role, and a token that may what they may."""
    assert role in RIGHTS
    return program_of(someone(role, email, see_pii=see_pii))
