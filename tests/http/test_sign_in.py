"""Signing in and out: passwords, second factors, resets, sessions; numbers are those of the checklist."""

from __future__ import annotations

import re
import threading
import time
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import PASSWORD, browser, someone
from tests.support.factors import totp
from trodden.web import mails

NOBODY = uuid.UUID(int=0)


def pass_time(monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    """Let it be another time for those who look after sessions."""
    monkeypatch.setattr("trodden.web.people.sessions.time", SimpleNamespace(time=lambda: now))


def entry(action: str) -> list[str]:
    """Return who did something, according to the log, the newest last."""
    from trodden.web.audit.models import Entry

    return [one.actor for one in Entry.objects.filter(action=action).order_by("number")]


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def join(client: Client, secret: str, password: str = PASSWORD, email: str = "new@example.org") -> int:
    return client.post(f"/join/{secret}/", {"email": email, "name": "New", "password": password}).status_code


def setup_secret() -> str:
    from trodden.web.people.staff import setup_link

    return setup_link().rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("elevenchars", False),
        ("qwertyuiop123", False),
        ("new@example.org", False),
        ("tolle katze!", True),
        ("x" * 128 + " and a half", True),
        ("x" * 257, False),
        ("  blanks around it  ", True),
    ],
)
def test_38_passwords_are_long_uncommon_and_otherwise_free(
    staffed: Serve, password: str, *, is_taken: bool
) -> None:
    staffed("empty")
    assert (join(browser(), setup_secret(), password) == 302) is is_taken
    if is_taken:
        assert (
            browser().post("/sign-in/", {"login": "new@example.org", "password": password}).status_code == 302
        )


def test_38_passwords_are_kept_as_argon2(staffed: Serve) -> None:
    from trodden.web.people.models import User

    staffed("empty", PASSWORD_HASHERS=settings.PASSWORD_HASHERS)
    person = someone()
    assert User.objects.get().password.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
    person.sign_in()
    assert is_in(person.client)


def test_39_an_unknown_account_is_refused_with_the_same_words_and_the_same_work(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    staffed("empty")
    someone(email="known@example.org")
    hashed: list[str] = []
    plain = Argon2PasswordHasher.encode
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *args: (hashed.append("encode"), plain(self, *args))[1]
    )
    check = Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda self, *args: (hashed.append("verify"), check(self, *args))[1]
    )
    said = []
    for email in ("known@example.org", "nobody@example.org"):
        hashed.clear()
        response = browser().post("/sign-in/", {"login": email, "password": "a wrong password"})
        assert response.status_code == 200
        assert len(hashed) == 1
        said.append(re.findall(r'role="alert">(.*?)</div>', response.content.decode(), re.DOTALL))
    assert said[0] == said[1] != []


def test_39_attempts_are_limited_per_account(staffed: Serve) -> None:
    staffed("empty")
    person = someone()
    for _attempt in range(5):
        assert b"Too many" not in person.sign_in("a wrong password").content
    assert b"Too many" in person.sign_in().content
    assert not is_in(person.client)


def test_39_attempts_are_limited_per_address(staffed: Serve) -> None:
    staffed("empty")
    client = browser()
    said = [
        client.post("/sign-in/", {"login": f"n{number}@example.org", "password": "a wrong password"})
        for number in range(11)
    ]
    assert [b"Too many" in one.content for one in said] == [False] * 10 + [True]


@pytest.mark.parametrize("path", ["/password/reset/", "/join/unknown/"])
def test_39_other_forms_of_secrets_are_limited_too(staffed: Serve, path: str) -> None:
    staffed("empty")
    client = browser()
    said = [client.post(path, {"email": f"n{number}@example.org"}).status_code for number in range(21)]
    assert said[-1] == 429
    assert 429 not in said[:20]


def test_40_nobody_can_sign_in_before_the_printed_link_was_used_and_it_works_once(staffed: Serve) -> None:
    from trodden.web.people.models import Membership

    staffed("empty")
    first, second = setup_secret(), setup_secret()
    assert join(browser(), first) == 404
    assert join(browser(), second) == 302
    assert join(browser(), second, email="other@example.org") == 404
    assert [(one.user.email, one.role) for one in Membership.here.all()] == [("new@example.org", "admin")]


def test_40_the_link_ends_after_an_hour(staffed: Serve) -> None:
    from datetime import timedelta

    from django.db.models import F

    from trodden.web.people.models import Invitation

    staffed("empty")
    secret = setup_secret()
    Invitation.objects.update(expires_at=F("expires_at") - timedelta(minutes=59))
    assert browser().get(f"/join/{secret}/").status_code == 200
    Invitation.objects.update(expires_at=F("expires_at") - timedelta(minutes=1))
    assert join(browser(), secret) == 404


def test_41_an_admin_may_do_nothing_without_a_second_factor(staffed: Serve) -> None:
    staffed("sample")
    person = someone("admin", factor=False)
    person.sign_in()
    for path in ("/journeys/", "/settings/people/", "/settings/log/"):
        assert person.client.get(path)["Location"] == "/account/factors/"
    page = person.client.get("/account/factors/app/")
    secret = re.findall(r'class="secret">(\w+)<', page.content.decode())[0]
    assert b"data:" not in page.content
    added = person.client.post("/account/factors/app/", {"code": totp(secret)})
    assert added["Location"] == "/account/factors/codes/"
    codes = re.findall(r"\b\d{8}\b", person.client.get("/account/factors/codes/").content.decode())
    assert len(codes) == 10
    assert person.client.get("/settings/people/").status_code == 200


def test_41_a_second_factor_is_asked_for_and_a_recovery_code_does_once(staffed: Serve) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    from trodden.web.people.models import User

    staffed("empty")
    person = someone("admin")
    code = RecoveryCodes.activate(User.objects.get()).get_unused_codes()[0]
    for works in (True, False):
        person.client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
        assert not is_in(person.client)
        assert (person.client.post("/sign-in/second/", {"code": code}).status_code == 302) is works
        assert is_in(person.client) is works
        person.client.post("/sign-out/")


def test_41_what_second_factors_rest_on_is_encrypted(staffed: Serve) -> None:
    from allauth.mfa.models import Authenticator

    staffed("empty")
    person = someone("admin")
    assert person.secret not in str(Authenticator.objects.get().data)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_42_a_reset_link_works_once_ends_sessions_and_does_not_skip_the_second_factor(staffed: Serve) -> None:
    staffed("empty")
    person = someone("admin")
    person.sign_in()
    assert is_in(person.client)
    mail.outbox = []
    client = browser()
    client.post("/password/reset/", {"email": person.email}, headers={"x-forwarded-host": "evil.example"})
    client.post("/password/reset/", {"email": "nobody@example.org"})
    assert mails.finish()
    assert [one.to for one in mail.outbox] == [[person.email]]
    (link,) = re.findall(r"\S+/password/reset/\S+", str(mail.outbox[0].body))
    assert link.startswith("https://trodden.example/password/reset/")
    path = link.removeprefix("https://trodden.example")
    form = client.get(path)["Location"]
    assert "key" not in form or path not in form
    done = client.post(form, {"password1": "another kettle of fish", "password2": "another kettle of fish"})
    assert done["Location"] == "/password/reset/done/"
    assert not is_in(person.client)
    assert not is_in(client)
    assert b"used already" in browser().get(path, follow=True).content
    response = browser().post("/sign-in/", {"login": person.email, "password": "another kettle of fish"})
    assert response["Location"] == "/sign-in/second/"
    assert entry("password.reset")[-1] == person.email


def test_45_the_session_has_a_new_name_after_signing_in(staffed: Serve) -> None:
    staffed("empty")
    person = someone()
    assert ">E-mail</label>" in person.client.get("/sign-in/").content.decode()
    person.client.session["x"] = 1
    person.client.get("/sign-in/")
    person.client.cookies["session"] = "a" * 32
    person.sign_in()
    assert is_in(person.client)
    assert person.client.cookies["session"].value != "a" * 32


def test_46_sessions_that_are_over_are_removed_from_the_records(staffed: Serve) -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from trodden.web.people.sessions import keep_clearing

    staffed("empty")
    for one in (someone(), someone("manager")):
        one.sign_in()
    over = Session.objects.all()[0]
    Session.objects.filter(pk=over.pk).update(expire_date=timezone.now())
    listed = UserSession.objects.filter(session_key=over.pk)
    assert listed.update(created_at=timezone.now() - settings.TRODDEN_LONGEST) == 1
    stop = threading.Event()
    stop.set()
    keep_clearing(stop)
    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=over.pk).exists()
    assert (listed.exists(), UserSession.objects.count()) == (False, 1)


@pytest.mark.parametrize("change", ["role", "membership", "account", "password"])
def test_45_sessions_end_when_what_a_person_may_do_changes(staffed: Serve, change: str) -> None:
    from trodden.web.people.staff import allowed_in, changed, member_of

    staffed("empty")
    someone("admin")
    person = someone("manager")
    person.sign_in()
    other = someone("viewer")
    other.sign_in()
    member = member_of(person.email)
    if change == "role":
        changed(member, {"role": "viewer"})
    elif change == "membership":
        changed(member, {"is_active": False})
    elif change == "account":
        allowed_in(member.user, is_active=False)
    else:
        elsewhere = browser()
        elsewhere.post("/sign-in/", {"login": person.email, "password": PASSWORD})
        given = {
            "oldpassword": PASSWORD,
            "password1": "another kettle, violet",
            "password2": "another kettle, violet",
        }
        assert elsewhere.post("/account/password/", given).status_code == 302
        assert is_in(elsewhere)
    assert not is_in(person.client)
    assert is_in(other.client)


@pytest.mark.parametrize(("idle", "longest"), [(60.0, 1e9), (1e9, 60.0)])
def test_46_sessions_end_unused_and_after_their_longest_time(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch, idle: float, longest: float
) -> None:
    from datetime import timedelta

    staffed("empty")
    person = someone()
    times = {"TRODDEN_IDLE": timedelta(minutes=idle), "TRODDEN_LONGEST": timedelta(minutes=longest)}
    with override_settings(**times, SESSION_COOKIE_AGE=10**9):
        now = time.time()
        person.sign_in()
        monkeypatch.setattr("trodden.web.people.sessions.time.time", lambda: now + 59 * 60)
        assert is_in(person.client)
        beyond = 61 if idle > longest else 59 + 61
        monkeypatch.setattr("trodden.web.people.sessions.time.time", lambda: now + beyond * 60)
        assert not is_in(person.client)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/journeys/Getting%20connected@1/edit/others",
        f"/data/work/{NOBODY}/",
        "/explore/running/nobodys/",
    ],
)
def test_46_what_pages_ask_by_themselves_does_not_keep_a_session_awake(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    staffed("sample")
    person = someone("manager")
    person.sign_in()
    now = time.time()
    for minutes, is_still_in in ((200, True), (400, True), (481, False)):
        pass_time(monkeypatch, now + minutes * 60)
        response = person.client.get(path, headers={"hx-request": "true"})
        assert ("sign-in" in response.headers.get("Location", "")) is not is_still_in


def test_46_what_people_do_keeps_a_session_awake(staffed: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    staffed("empty")
    person = someone()
    person.sign_in()
    now = time.time()
    for minutes in (400, 800, 1200):
        pass_time(monkeypatch, now + minutes * 60)
        assert person.client.get("/", headers={"hx-request": "true"}).status_code == 200
        assert is_in(person.client)


def test_47_the_file_of_the_log_asks_again_who_it_is_after_five_minutes(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed("empty")
    person = someone("admin")
    person.sign_in()
    assert person.client.get("/settings/log/log.csv").status_code == 200
    now = time.time()
    monkeypatch.setattr("trodden.web.people.sessions.time.time", lambda: now + 301)
    assert "/account/again/" in person.client.get("/settings/log/log.csv")["Location"]
    assert person.client.get("/settings/log/").status_code == 200


def test_47_changing_people_asks_again_who_it_is_after_five_minutes(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.people.staff import member_of

    staffed("empty")
    person = someone("admin")
    path = f"/settings/people/{member_of(person.email).pk}/"
    person.sign_in()
    assert person.client.get(path).status_code == 200
    now = time.time()
    monkeypatch.setattr("trodden.web.people.sessions.time.time", lambda: now + 301)
    assert "/account/again/" in person.client.get(path)["Location"]


def test_sessions_are_listed_and_all_others_can_be_ended(staffed: Serve) -> None:
    staffed("empty")
    person = someone()
    person.sign_in()
    elsewhere = browser()
    elsewhere.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    held = person.client.session
    held["seen"] = held["began"] + 3_600
    held.save()
    page = " ".join(re.sub("<[^>]*>", " ", elsewhere.get("/account/sessions/").content.decode()).split())
    assert (page.count("This browser"), page.count("Another browser")) == (1, 1)
    (since, used) = re.findall(r"since (.{10,30}), last used (.{10,30}), from 127\.0\.0\.1", page)[0]
    assert since != used
    elsewhere.post("/account/sessions/")
    assert is_in(elsewhere)
    assert not is_in(person.client)


def test_61_signing_in_and_failing_to_is_logged(staffed: Serve) -> None:
    staffed("empty")
    person = someone()
    person.client.post("/sign-in/", {"login": "my-secret@oh.no", "password": PASSWORD})
    assert entry("sign-in.refused")[-1] == "nobody we know"
    person.sign_in("a wrong password")
    person.sign_in()
    person.client.post("/sign-out/")
    assert entry("sign-in.refused")[-1] == entry("sign-in")[-1] == entry("sign-out")[-1] == person.email


@pytest.mark.parametrize(("back_s", "is_still_in"), [(60, True), (3600, False)])
def test_46_no_session_lasts_longer_for_a_clock_that_was_wrong(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch, back_s: float, *, is_still_in: bool
) -> None:
    staffed("empty")
    person = someone()
    person.sign_in()
    pass_time(monkeypatch, time.time() - back_s)
    assert is_in(person.client) is is_still_in
