"""People of tests, and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from tests.support.factors import totp

PASSWORD = "a kettle of violet fish"


@dataclass
class Someone:
    """A person, what signs them in, and a browser of theirs."""

    email: str
    client: Client
    secret: str = ""

    def sign_in(self, password: str = PASSWORD) -> object:
        """Fill the form in; with the second factor, where there is one."""
        response = self.client.post("/sign-in/", {"login": self.email, "password": password})
        if self.secret and response.status_code == 302 and response["Location"] == "/sign-in/second/":
            return self.client.post("/sign-in/second/", {"code": totp(self.secret)})
        return response


def browser() -> Client:
    """Return a browser without cookies."""
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def someone(
    role: str = "viewer",
    email: str = "",
    *,
    see_pii: bool = False,
    workspace: str = "default",
    factor: bool = True,
) -> Someone:
    """Make a member of a workspace, an admin with a second factor."""
    from trodden.web.people.models import Membership, User

    user = User.objects.make(email or f"{role.replace(' ', '-')}@example.org", role.title(), PASSWORD)
    Membership.everywhere.create(user=user, workspace=workspace, role=role, see_pii=see_pii)
    found = Someone(user.email, browser())
    if role == "admin" and factor:
        found.secret = add_app(user)
    return found


def add_app(user: object) -> str:
    """Give an account an authenticator app; return its secret."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret
