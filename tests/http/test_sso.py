"""Single sign-on with a real provider on this machine: lines 43 and 44, and abuse 45."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import PASSWORD, Someone, browser, someone
from tests.support.provider import CLIENT, SECRET, Provider, provider_here
from trodden.web import mails
from trodden.web.outgoing import Outgoing

Sso = Callable[..., None]


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider_here() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """Return the provider as it is when it tells the truth."""
    fresh = Provider(running.issuer, running.key)
    kept = ("issuer", "key")
    for name, value in vars(fresh).items():
        if name not in kept:
            setattr(running, name, value)
    return running


@pytest.fixture
def sso(staffed: Serve, provider: Provider) -> Iterator[Sso]:
    """Return what serves an empty home whose people may come by the provider."""
    overrides: list[override_settings] = []

    def start(**more: object) -> None:
        from trodden.web.sso.provider import Provider as Known

        host = frozenset({urlsplit(provider.issuer).netloc})
        known = Known(**provider.settings(**more))
        override = override_settings(TRODDEN_SSO=known, TRODDEN_OUTGOING=Outgoing(host, host, 60.0))
        override.enable()
        overrides.append(override)

    staffed("empty")
    yield start
    for override in reversed(overrides):
        override.disable()


def to_provider(client: Client, path: str = "/sign-in/with/") -> str:
    """Follow the way to the provider; return the address there."""
    response = client.get(path)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def enter(client: Client, provider: Provider, path: str = "/sign-in/with/") -> HttpResponse:
    """Go to the provider, sign in there, and come back."""
    back = provider.agree(to_provider(client, path))
    assert back.startswith("https://trodden.example/sign-in/with/back/?")
    return client.get(back.removeprefix("https://trodden.example"))


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def connect(person: Someone, provider: Provider) -> None:
    """Connect an account from its page."""
    page = person.client.get("/account/connected/").content.decode()
    (path,) = re.findall(r'href="(/account/connected/[^"]+/)"', page)
    assert enter(person.client, provider, path)["Location"] == "/account/connected/"


def invitation(email: str, role: str = "viewer") -> str:
    from trodden.web.people.staff import invited

    return urlsplit(invited(email, role)).path


@pytest.fixture
def ada(sso: Sso, provider: Provider) -> Someone:
    """Return somebody with a password whose account is connected, signed out again."""
    sso()
    person = someone(email="somebody@example.org")
    person.sign_in()
    connect(person, provider)
    person.client.post("/sign-out/")
    return person


def test_43_a_connected_account_is_entered_by_issuer_and_subject_whatever_the_address(
    ada: Someone, provider: Provider
) -> None:
    provider.person["email"] = "renamed@example.org"
    assert (
        enter(ada.client, provider, "/sign-in/with/?next=/account/sessions/")["Location"]
        == "/account/sessions/"
    )
    assert b"somebody@example.org" in ada.client.get("/account/").content
    provider.person["sub"] = "another"
    stranger = browser()
    assert b"not a member here yet" in enter(stranger, provider).content
    assert not is_in(stranger)


def test_43_an_account_is_not_taken_over_by_its_address(sso: Sso, provider: Provider) -> None:
    sso(newcomers="viewer", domains=frozenset({"example.org"}))
    someone(email="ada@example.org")
    client = browser()
    response = enter(client, provider)
    assert response.status_code == 400
    assert b"There is an account of ada@example.org already" in response.content
    assert not is_in(client)


def test_43_what_is_sent_to_the_provider_is_new_each_time_and_bound_to_the_browser(
    ada: Someone, provider: Provider
) -> None:
    enter(ada.client, provider)
    first, second = provider.sent
    assert {first[name] != second[name] for name in ("state", "nonce", "code_challenge")} == {True}
    assert {len(second[name]) >= 43 for name in ("state", "nonce", "code_challenge")} == {True}
    assert second["redirect_uri"] == "https://trodden.example/sign-in/with/back/"
    assert second["scope"] == "openid email profile"


@pytest.mark.parametrize("host", ["evil.example", "localhost"])
def test_43_the_redirection_is_one_address_whatever_the_request_says(ada: Someone, host: str) -> None:
    asked = ada.client.get("/sign-in/with/", headers={"x-forwarded-host": host, "host": "127.0.0.1"})
    query = parse_qs(urlsplit(asked["Location"]).query)
    assert query["redirect_uri"] == ["https://trodden.example/sign-in/with/back/"]


@pytest.mark.parametrize("change", ["none", "other", "twice", "another browser", "late"])
def test_43_an_answer_counts_once_in_the_browser_that_began(
    ada: Someone, provider: Provider, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    import time

    back = urlsplit(provider.agree(to_provider(ada.client)))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    client = browser() if change == "another browser" else ada.client
    if change == "none":
        del query["state"]
    elif change == "other":
        query["state"] = "é" * 43
    elif change == "twice":
        client.get(f"{back.path}?{urlencode(query)}")
        client.post("/sign-out/")
    elif change == "late":
        now = time.time()
        monkeypatch.setattr("trodden.web.sso.flow.time.time", lambda: now + 601)
    response = client.get(f"{back.path}?{urlencode(query)}")
    assert response.status_code == 400
    assert b"not begun in this browser, or too long ago" in response.content
    assert not is_in(client)


def signed(provider: Provider, **more: object) -> None:
    for name, value in more.items():
        setattr(provider, name, value)


LIES: dict[str, Callable[[Provider], None]] = {
    "another issuer": lambda it: it.claims.update(iss="https://evil.example"),
    "no issuer": lambda it: it.claims.update(iss=None),
    "another client": lambda it: it.claims.update(aud="another"),
    "two clients without saying which": lambda it: it.claims.update(aud=[CLIENT, "another"]),
    "two clients, the other meant": lambda it: it.claims.update(aud=[CLIENT, "another"], azp="another"),
    "another nonce": lambda it: it.claims.update(nonce="another"),
    "no nonce": lambda it: it.claims.update(nonce=None),
    "over": lambda it: it.claims.update(exp=1),
    "without an end": lambda it: it.claims.update(exp=None),
    "of tomorrow": lambda it: it.claims.update(iat=4_000_000_000, nbf=4_000_000_000),
    "nobody": lambda it: it.claims.update(sub=""),
    "no subject": lambda it: it.claims.update(sub=None),
    "a subject that is none": lambda it: it.claims.update(sub=["248289761001"]),
    "alg none": lambda it: signed(it, algorithm="none", signs_with=""),
    "HS256 with the public key": lambda it: signed(it, algorithm="HS256", signs_with=it.public_pem),
    "HS256 with the secret": lambda it: signed(it, algorithm="HS256", signs_with=SECRET.encode()),
    "a key of its own, by jku": lambda it: signed(
        it, signs_with=other_key(), heads={"jku": "http://localhost:1/keys"}
    ),
    "a key of its own, by jwk": lambda it: signed(it, signs_with=other_key(), heads={"jwk": other_public()}),
    "a key nobody knows": lambda it: it.heads.update(kid="two"),
    "a critical head": lambda it: it.heads.update(crit=["b64"], b64=False),
    "another algorithm than the key's": lambda it: signed(it, algorithm="RS512"),
    "another issuer in its document": lambda it: it.document.update(issuer="https://evil.example"),
    "keys elsewhere": lambda it: it.document.update(jwks_uri="http://127.0.0.2:1/keys"),
    "keys of the cloud": lambda it: it.document.update(jwks_uri="http://169.254.169.254/latest"),
    "keys in a file": lambda it: it.document.update(jwks_uri="file:///etc/passwd"),
    "tokens elsewhere": lambda it: it.document.update(token_endpoint="http://127.0.0.2:1/token"),
}


def other_key() -> object:
    return Provider().key


def other_public() -> object:
    return Provider().keys()["keys"][0]


@pytest.mark.parametrize("lie", LIES)
def test_45_what_is_not_rightly_signed_and_meant_for_us_is_not_believed(
    ada: Someone, provider: Provider, sso: Sso, lie: str
) -> None:
    begun = to_provider(ada.client)
    LIES[lie](provider)
    sso()  # what was read of the provider before is no longer in mind
    back = provider.agree(begun)
    response = ada.client.get(back.removeprefix("https://trodden.example"))
    assert response.status_code in {400, 503}
    assert b"Signing in did not work" in response.content
    assert not is_in(ada.client)


def test_43_document_and_keys_are_kept_for_some_minutes_and_keys_asked_for_once_more_where_none_fits(
    ada: Someone, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.asked.clear()
    for _time in range(2):
        enter(ada.client, provider)
        assert is_in(ada.client)
        ada.client.post("/sign-out/")
    assert provider.asked == ["/token", "/token"]
    monkeypatch.setattr(provider, "key", Provider().key)
    enter(ada.client, provider)
    assert is_in(ada.client)
    assert provider.asked[2:] == ["/token", "/jwks"]


def test_43_who_comes_in_by_two_browsers_at_once_has_one_account(sso: Sso, provider: Provider) -> None:
    from django.db import IntegrityError, connection

    from trodden.web.sso.models import Identity

    sso(newcomers="viewer", domains=frozenset({"example.org"}))
    missed: list[str] = []

    def first_of_two(execute: Callable[..., object], sql: str, *rest: object) -> object:
        """Fail as where the other browser was quicker by a moment."""
        if sql.startswith("INSERT") and "sso_identity" in sql and not missed:
            missed.append(sql)
            raise IntegrityError
        return execute(sql, *rest)

    client = browser()
    with connection.execute_wrapper(first_of_two):
        enter(client, provider)
    assert (len(missed), is_in(client), Identity.objects.count()) == (1, True, 1)


def test_61_a_return_that_nobody_began_is_not_written_into_the_log(sso: Sso) -> None:
    from trodden.web.audit.models import Entry

    sso()
    client, before = browser(), Entry.objects.count()
    for path in ("/sign-in/with/back/?state=guessed", "/w/desk/sign-in/with/back/"):
        assert client.get(path, follow=True).status_code == 400
    assert Entry.objects.count() == before
    to_provider(client)
    client.get("/sign-in/with/back/?state=guessed")
    written = Entry.objects.order_by("number")[before:]
    assert [one.action for one in written] == ["sso.refused"]


def test_45_the_answer_of_another_provider_is_not_taken(ada: Someone, provider: Provider) -> None:
    """Mixed up: begun with one provider, answered by another, whose code would be sent to the first."""
    provider.asked.clear()
    for iss in ("https://evil.example", ""):
        back = provider.agree(to_provider(ada.client)).removeprefix("https://trodden.example")
        mixed = re.sub(r"&iss=[^&]+", f"&iss={iss}" if iss else "", back)
        assert b"of another provider than was asked" in ada.client.get(mixed).content
    assert "/token" not in provider.asked


def test_43_who_is_not_let_in_by_the_provider_is_told_so(ada: Someone, provider: Provider) -> None:
    state = parse_qs(urlsplit(to_provider(ada.client)).query)["state"][0]
    query = urlencode(
        {"error": "access_denied", "error_description": "<b>", "state": state, "iss": provider.issuer}
    )
    response = ada.client.get(f"/sign-in/with/back/?{query}")
    assert response.status_code == 400
    assert b"The provider did not let you in" in response.content
    assert b"<b>" not in response.content


def test_43_a_code_needs_the_browsers_verifier(ada: Someone, provider: Provider) -> None:
    """Somebody who reads a code from an address cannot use it: their verifier is another."""
    code = parse_qs(urlsplit(provider.agree(to_provider(ada.client))).query)["code"][0]
    thief = browser()
    query = parse_qs(urlsplit(to_provider(thief)).query)
    given = {"code": code, "state": query["state"][0], "iss": provider.issuer}
    assert b"answered with status 400" in thief.get(f"/sign-in/with/back/?{urlencode(given)}").content
    assert not is_in(thief)


@pytest.mark.parametrize(
    ("newcomers", "email", "confirmed", "trusts", "is_let_in"),
    [
        ("", "ada@example.org", True, False, False),
        ("viewer", "ada@example.org", True, False, True),
        ("viewer", "ada@example.org", None, False, False),
        ("viewer", "ada@example.org", None, True, True),
        ("viewer", "ada@example.org", False, False, False),
        ("viewer", "ada@evil.example", True, False, False),
        ("viewer", "ada@evil.example@example.org", True, False, False),
        ("viewer", "ada@sub.example.org", True, False, False),
        ("viewer", "ada@example.org\n", True, False, True),
        ("viewer", "no address", True, False, False),
    ],
)
def test_43_newcomers_come_from_domains_that_were_named_with_a_confirmed_address(  # noqa: PLR0913, PLR0917 - a table
    sso: Sso,
    provider: Provider,
    newcomers: str,
    email: str,
    confirmed: object,
    trusts: object,
    is_let_in: object,
) -> None:
    from trodden.web.people.models import Membership

    sso(newcomers=newcomers, domains=frozenset({"example.org"}), trusts_email=trusts)
    provider.person.update(email=email, email_verified=confirmed)
    client = browser()
    enter(client, provider)
    assert is_in(client) is is_let_in
    roles = [(one.user.email, one.user.name, one.role) for one in Membership.here.all()]
    assert roles == ([("ada@example.org", "Ada", "viewer")] if is_let_in else [])


def test_43_an_invitation_is_for_its_address_and_once(sso: Sso, provider: Provider) -> None:
    sso()
    wrong = enter(browser(), provider, f"{invitation('bob@example.org')}with/")
    assert b"meant for another address" in wrong.content
    path = invitation("ada@example.org", "manager")
    assert b"Sign in with Home" in browser().get(path).content
    client = browser()
    assert enter(client, provider, f"{path}with/")["Location"] == "/"
    assert b"Manager" in client.get("/account/").content
    assert browser().get(f"{path}with/").status_code == 404


def test_43_an_address_that_is_not_in_the_token_is_asked_for_and_must_be_the_same_persons(
    sso: Sso, provider: Provider
) -> None:
    sso(newcomers="viewer", domains=frozenset({"example.org"}))
    provider.claims.update(email=None, email_verified=None)
    provider.userinfo.update(sub="another")
    assert b"speaks of somebody else" in enter(browser(), provider).content
    provider.userinfo.clear()
    client = browser()
    enter(client, provider)
    assert b"asked@example.org" in client.get("/account/").content


def test_45_who_was_disabled_does_not_come_in_by_the_provider(ada: Someone, provider: Provider) -> None:
    from trodden.web.people.staff import allowed_in, member_of

    someone("admin")
    allowed_in(member_of(ada.email).user, is_active=False)
    assert enter(ada.client, provider)["Location"] == "/disabled/"
    assert not is_in(ada.client)


def test_43_connecting_begins_on_our_own_page_and_asks_again_who_it_is(
    sso: Sso, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    sso()
    person = someone()
    person.sign_in()
    assert person.client.get("/account/connected/guessed/")["Location"] == "/account/connected/"
    page = person.client.get("/account/connected/").content.decode()
    (path,) = re.findall(r'href="(/account/connected/[^"]+/)"', page)
    now = time.time()
    monkeypatch.setattr("trodden.web.people.sessions.time.time", lambda: now + 301)
    assert "/account/again/" in person.client.get(path)["Location"]


def test_43_an_identity_opens_one_account_and_can_be_disconnected(ada: Someone, provider: Provider) -> None:
    other = someone("manager")
    other.sign_in()
    page = other.client.get("/account/connected/").content.decode()
    (path,) = re.findall(r'href="(/account/connected/[^"]+/)"', page)
    assert b"Another account here is connected" in enter(other.client, provider, path).content
    ada.sign_in()
    page = ada.client.get("/account/connected/").content.decode()
    (path,) = re.findall(r'action="(/account/connected/[^"]+/disconnect/)"', page)
    assert other.client.post(path).status_code == 404
    ada.client.post(path)
    ada.client.post("/sign-out/")
    enter(ada.client, provider)
    assert not is_in(ada.client)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_44_who_comes_by_single_sign_on_alone_gets_no_password(sso: Sso, provider: Provider) -> None:
    sso(newcomers="viewer", domains=frozenset({"example.org"}))
    client = browser()
    enter(client, provider)
    assert client.get("/account/password/").status_code == 403
    assert (
        client.post("/account/password/", {"password1": PASSWORD, "password2": PASSWORD}).status_code == 403
    )
    assert b"Change password" not in client.get("/account/").content
    mail.outbox = []
    assert (
        browser().post("/password/reset/", {"email": "ada@example.org"})["Location"]
        == "/password/reset/sent/"
    )
    assert mails.finish()
    assert mail.outbox == []
    page = client.get("/account/connected/").content.decode()
    (path,) = re.findall(r'action="(/account/connected/[^"]+/disconnect/)"', page)
    assert b"could not sign in any more" in client.post(path).content


@pytest.mark.parametrize(("amr", "is_believed"), [(["pwd", "otp"], True), (["pwd"], False), (None, False)])
def test_41_an_admin_needs_a_second_factor_here_unless_that_of_the_provider_counts(
    sso: Sso, provider: Provider, amr: object, *, is_believed: bool
) -> None:
    sso(factors=frozenset({"otp", "mfa"}))
    client = browser()
    provider.claims.update(amr=amr)
    enter(client, provider, f"{invitation('ada@example.org', 'admin')}with/")
    assert client.get("/settings/log/").status_code == (200 if is_believed else 302)
    sso()
    provider.claims.update(amr=["pwd", "otp"])
    again = browser()
    enter(again, provider)
    assert again.get("/settings/log/")["Location"] == "/account/factors/"


@pytest.mark.parametrize("is_believed", [True, False])
def test_41_a_factor_of_ours_is_asked_for_unless_that_of_the_provider_counts(
    sso: Sso, provider: Provider, *, is_believed: bool
) -> None:
    sso(factors=frozenset({"urn:two"} if is_believed else set[str]()))
    admin = someone("admin")
    admin.sign_in()
    connect(admin, provider)
    admin.client.post("/sign-out/")
    provider.claims.update(acr="urn:two")
    response = enter(admin.client, provider)
    assert response["Location"] == ("/" if is_believed else "/sign-in/second/")
    assert is_in(admin.client) is is_believed


def test_47_who_has_no_password_says_again_at_the_provider_who_it_is(
    sso: Sso, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    sso(factors=frozenset({"otp"}))
    provider.claims.update(amr=["otp"])
    client = browser()
    enter(client, provider, f"{invitation('ada@example.org', 'admin')}with/")
    now = time.time()
    monkeypatch.setattr("trodden.web.people.sessions.time", SimpleNamespace(time=lambda: now + 400))
    sent = client.post("/settings/people/invite/", {"email": "bob@example.org", "role": "viewer"})
    assert sent["Location"].startswith("/account/again/with/?next=")
    address = to_provider(client, sent["Location"])
    assert {"prompt": ["login"], "max_age": ["0"]}.items() <= parse_qs(urlsplit(address).query).items()
    provider.claims.update(auth_time=int(now) - 3600)
    refused = client.get(provider.agree(address).removeprefix("https://trodden.example"))
    assert b"not just now" in refused.content
    provider.claims.clear()
    sent = client.post("/settings/people/invite/", {"email": "bob@example.org", "role": "viewer"})
    assert b"Send this link" in enter(client, provider, sent["Location"]).content


def test_44_where_people_come_by_single_sign_on_alone_every_other_door_is_shut_but_the_operators(
    ada: Someone, sso: Sso
) -> None:
    from trodden.web.people.links import link_in
    from trodden.web.people.models import User

    sso(only=True)
    page = browser().get("/sign-in/").content.decode()
    assert "Sign in with Home" in page
    assert 'type="password"' not in page
    assert "data-passkey" not in page
    assert browser().post("/sign-in/", {"login": ada.email, "password": PASSWORD}).status_code == 403
    for path in ("/password/reset/", "/sign-in/passkey/"):
        assert browser().get(path).status_code == browser().post(path).status_code == 403
    path = invitation("bob@example.org")
    assert b'type="password"' not in browser().get(path).content
    given = {"email": "bob@example.org", "name": "Bob", "password": PASSWORD}
    assert browser().post(path, given).status_code == 403
    link = urlsplit(link_in(User.objects.get(email=ada.email))).path
    client = browser()
    assert b"You come in as somebody@example.org" in client.get(link).content
    assert not is_in(client)
    assert client.post(link).status_code == 302
    assert is_in(client)
    assert browser().post(link).status_code == 404


def test_44_a_passkey_of_who_comes_by_the_provider_alone_is_a_second_factor_and_no_way_in(
    ada: Someone, sso: Sso, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.webauthn import forms

    from trodden.web.people.models import User
    from trodden.web.people.passkeys import LoginForm

    path = "/account/factors/passkeys/add/"
    ada.sign_in()
    assert b'name="passwordless"' in ada.client.get(path).content
    sso(newcomers="viewer", domains=frozenset({"example.org"}))
    provider.person.update(sub="another", email="bob@example.org")
    client = browser()
    enter(client, provider)
    page = client.get(path)
    assert (page.status_code, b'name="passwordless"' in page.content) == (200, False)
    for email, is_taken in (("bob@example.org", False), (ada.email, True)):
        found = Authenticator(user=User.objects.get(email=email))
        monkeypatch.setattr(
            forms.AuthenticateWebAuthnForm, "clean_credential", lambda _self, found=found: found
        )
        assert LoginForm({"credential": '{"id": "x"}'}).is_valid() is is_taken


def test_45_sessions_begun_by_single_sign_on_have_a_new_name_and_are_logged(
    ada: Someone, provider: Provider
) -> None:
    from trodden.web.audit.models import Entry

    to_provider(ada.client)
    before = ada.client.cookies["session"].value
    enter(ada.client, provider)
    assert ada.client.cookies["session"].value != before
    actions = [one.action for one in Entry.objects.filter(actor=ada.email)]
    assert actions[-1] == "sign-in"
    assert "sso.connect" in actions


def test_39_ways_to_the_provider_are_limited(sso: Sso) -> None:
    sso()
    client = browser()
    said = [client.get("/sign-in/with/back/?state=guessed").status_code for _number in range(120)]
    assert set(said) == {400}
    for path in ("/sign-in/with/", "/sign-in/with/back/?state=guessed", "/join/guessed/with/"):
        assert client.get(path).status_code == 429


ROLES = {"cx-team": "editor", "cx leads": "manager", "everybody": "viewer"}


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["everybody", "cx leads", "cx-team"], "manager"),
        ("cx-team", "editor"),
        (["nobody knows it"], ""),
        (None, ""),
        ({"cx-team": True}, ""),
    ],
)
def test_who_comes_the_first_time_has_the_role_of_the_groups(
    sso: Sso, provider: Provider, groups: object, role: str
) -> None:
    from trodden.web.people.models import Membership

    sso(roles=ROLES, groups="team", newcomers="viewer", domains=frozenset({"example.org"}))
    provider.claims.update(team=groups)
    client = browser()
    enter(client, provider)
    assert is_in(client) is bool(role)
    assert [one.role for one in Membership.here.all()] == ([role] if role else [])


def test_an_invitation_is_not_spent_on_who_is_in_no_group_that_may_come(sso: Sso, provider: Provider) -> None:
    from trodden.web.people.models import User

    sso(roles=ROLES)
    path = invitation("ada@example.org")
    assert b"None of your groups" in enter(browser(), provider, f"{path}with/").content
    assert not User.objects.filter(email="ada@example.org").exists()
    assert browser().get(path).status_code == 200


def test_groups_that_the_token_does_not_tell_are_asked_for(sso: Sso, provider: Provider) -> None:
    sso(roles=ROLES, scopes=("groups",))
    provider.userinfo.update(groups=["cx-team"])
    client = browser()
    enter(client, provider)
    assert b"Editor" in client.get("/account/").content
    assert provider.sent[-1]["scope"] == "openid email profile groups"


def test_a_role_follows_the_groups_at_each_sign_in_and_who_has_none_is_shut_out(
    ada: Someone, sso: Sso, provider: Provider
) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.people.models import Membership

    someone("admin")
    sso(roles=ROLES)
    provider.claims.update(groups=["cx leads"])
    enter(ada.client, provider)
    assert b"Manager" in ada.client.get("/account/").content
    entry = Entry.objects.filter(action="people.change").latest("number")
    assert entry.what == f"{ada.email} role viewer -> manager by {provider.issuer}"
    other = browser()
    provider.claims.update(groups=[])
    assert b"None of your groups at Home may come in here" in enter(other, provider).content
    assert (is_in(other), is_in(ada.client)) == (False, False)
    assert Membership.here.get(user__email=ada.email).role == "manager"


def test_a_role_changed_by_groups_in_a_browser_that_is_signed_in_signs_in_anew(
    ada: Someone, sso: Sso, provider: Provider
) -> None:
    someone("admin")
    enter(ada.client, provider)
    sso(roles=ROLES)
    provider.claims.update(groups=["cx-team"])
    enter(ada.client, provider)
    assert b"Editor" in ada.client.get("/account/").content
    provider.claims.update(groups=[])
    assert b"None of your groups" in enter(ada.client, provider).content
    assert not is_in(ada.client)


def test_the_last_admin_stays_one_whatever_the_groups_say(sso: Sso, provider: Provider) -> None:
    from trodden.web.people.models import Membership

    sso()
    admin = someone("admin")
    admin.sign_in()
    connect(admin, provider)
    sso(roles=ROLES)
    provider.claims.update(groups=["everybody"])
    enter(browser(), provider)
    assert Membership.here.get(user__email=admin.email).role == "admin"


def test_groups_give_no_access_to_who_is_disabled_in_the_workspace(
    ada: Someone, sso: Sso, provider: Provider
) -> None:
    from trodden.web.people.staff import changed, member_of

    someone("admin")
    changed(member_of(ada.email), {"is_active": False})
    sso(roles=ROLES)
    provider.claims.update(groups=["cx leads"])
    enter(ada.client, provider)
    assert not member_of(ada.email).is_active
    assert ada.client.get("/journeys/").status_code == 404


def test_who_came_by_the_provider_is_led_there_to_sign_out_too(ada: Someone, provider: Provider) -> None:
    enter(ada.client, provider)
    page = ada.client.post("/sign-out/")
    assert not is_in(ada.client)
    assert "At Home you are still signed in" in page.content.decode()
    (address,) = re.findall(rf'href="({provider.issuer}/leave[^"]+)"', page.content.decode())
    assert provider.leave(unescape(address)) == "https://trodden.example/sign-in/"
    assert provider.ended == ["248289761001"]


@pytest.mark.parametrize("offered", ["", "javascript:alert(1)", "ftp://home.example/leave"])
def test_where_the_provider_offers_no_way_out_signing_out_is_only_here(
    ada: Someone, sso: Sso, provider: Provider, offered: str
) -> None:
    provider.document.update(end_session_endpoint=offered)
    sso()
    enter(ada.client, provider)
    response = ada.client.post("/sign-out/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    assert not is_in(ada.client)


def test_who_signed_in_by_password_signs_out_here_alone(ada: Someone) -> None:
    ada.sign_in()
    assert ada.client.post("/sign-out/").status_code == 302


def test_there_is_no_way_where_no_provider_was_set(staffed: Serve) -> None:
    staffed("empty")
    assert settings.TRODDEN_SSO is None
    assert b"with/" not in browser().get("/sign-in/").content
    for path in ("/sign-in/with/", "/sign-in/with/back/?state=x"):
        assert browser().get(path).status_code == 404


def test_tokens_of_the_provider_of_these_tests_are_what_they_should_be(provider: Provider) -> None:
    """So that a lie is refused for being one, and not because of something else."""
    head, body, _seal = provider.token("n").split(".")
    assert b'"alg":"RS256"' in base64.urlsafe_b64decode(head + "==")
    assert b'"nonce":"n"' in base64.urlsafe_b64decode(body + "==")
