"""Mails to a real server: encrypted, to whom they are for, with links of the host that was set."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import override_settings

from tests.http.conftest import Serve
from tests.http.people import PASSWORD, Someone, browser, someone
from tests.support.mail import MailServer, Speaks, mail_server
from trodden.model.errors import OutsideError
from trodden.web import mails

EVIL = {"host": "localhost", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}


def ask_for_reset(email: str) -> int:
    return browser().post("/password/reset/", {"email": email}, headers=EVIL).status_code


def invite(person: Someone, email: str) -> str:
    return person.client.post("/settings/people/invite/", {"email": email, "role": "viewer"}).content.decode()


@contextmanager
def silent() -> Iterator[int]:
    """Listen, and never say a word; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def admin(staffed: Serve) -> Someone:
    staffed("empty")
    person = someone("admin")
    person.sign_in()
    return person


@pytest.mark.parametrize("speaks", ["starttls", "tls"])
def test_47_a_reset_mail_goes_by_tls_and_its_link_begins_with_the_address_that_was_set(
    admin: Someone, monkeypatch: pytest.MonkeyPatch, speaks: Speaks
) -> None:
    with mail_server(speaks, user="trodden", password="a secret") as server:
        monkeypatch.setenv("SSL_CERT_FILE", server.authority)
        with override_settings(**server.settings()):
            assert ask_for_reset(admin.email) == 302
            (mail,) = server.received()
    assert server.addressed() == [[admin.email]]
    assert mail["Subject"] == "Trodden: A new password"
    assert set(re.findall(r"https?://[^/\s]+", mail.get_content())) == {"https://trodden.example"}
    assert "evil" not in mail.as_string()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: mail_server("starttls"),
        lambda: mail_server("starttls", name="mail.elsewhere.example"),
        lambda: mail_server("tls"),
        lambda: mail_server("tls", name="mail.elsewhere.example"),
    ],
)
def test_12_a_server_that_cannot_show_who_it_is_gets_no_mail(
    admin: Someone,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    wrong: Callable[[], object],
) -> None:
    with wrong() as server:  # type: ignore[attr-defined]
        if server.name != "localhost":
            monkeypatch.setenv("SSL_CERT_FILE", server.authority)
        with override_settings(**server.settings()):
            assert ask_for_reset(admin.email) == 302
            assert mails.finish()
    assert server.addressed() == []
    assert "mail.failed" in caplog.text
    assert "SSLCertVerificationError" in caplog.text
    assert admin.email not in caplog.text


def test_12_where_starttls_is_set_no_password_goes_over_a_plain_way(admin: Someone) -> None:
    with mail_server("plain", user="trodden", password="a secret") as server:
        encrypted = server.settings(EMAIL_USE_TLS=True)
        with override_settings(**encrypted), pytest.raises(OutsideError, match="SMTPNotSupportedError"):
            mails.deliver(mails.mail(admin.email, "Hello", "Hello"))
    assert server.logins == []


def test_a_wrong_password_and_a_refusal_are_said_without_anybodys_address(admin: Someone) -> None:
    with (
        mail_server("plain", user="trodden", password="a secret") as server,
        override_settings(**server.settings(EMAIL_HOST_PASSWORD="another")),
        pytest.raises(OutsideError, match="SMTPAuthenticationError 535"),
    ):
        mails.deliver(mails.mail(admin.email, "Hello", "Hello"))
    with mail_server(refuses="554 No, Ada@example.org") as server, override_settings(**server.settings()):
        with pytest.raises(OutsideError, match="SMTPDataError 554") as caught:
            mails.deliver(mails.mail(admin.email, "Hello", "Hello"))
        assert "example.org" not in str(caught.value)
        assert "It was not sent to b@example.org. The mail server did not take" in invite(
            admin, "b@example.org"
        )


def test_39_who_asks_for_a_reset_waits_for_no_mail_server(
    admin: Someone, caplog: pytest.LogCaptureFixture
) -> None:
    assert mails.finish()  # what other tests have sent
    with silent() as port, override_settings(**MailServer("plain", "", "", "", port=port).settings()):
        assert ask_for_reset(admin.email) == ask_for_reset("nobody@example.org") == 302
        assert sum(not one.done() for one in mails._waiting) == 1
    assert mails.finish()
    assert "mail.failed" in caplog.text


def test_a_server_that_never_answers_is_given_up(admin: Someone) -> None:
    silence = {"EMAIL_TIMEOUT": 0.1}
    with (
        silent() as port,
        override_settings(**MailServer("plain", "", "", "", port=port).settings(**silence)),
        pytest.raises(OutsideError, match="SMTPServerDisconnected"),
    ):
        mails.deliver(mails.mail(admin.email, "Hello", "Hello"))


def test_an_invitation_is_sent_and_its_link_makes_an_account_of_that_address(admin: Someone) -> None:
    with mail_server() as server, override_settings(**server.settings()):
        assert "It was also sent to new@example.org." in invite(admin, "new@example.org")
        (mail,) = server.received()
    assert server.addressed() == [["new@example.org"]]
    (link,) = re.findall(r"https://trodden\.example(/join/\S+)", mail.get_content())
    given = {"email": "eve@example.org", "name": "New", "password": PASSWORD}
    assert browser().post(link, given).status_code == 302
    given = {"login": "new@example.org", "password": PASSWORD}
    assert browser().post("/sign-in/", given).status_code == 302


@override_settings(ACCOUNT_EMAIL_NOTIFICATIONS=True)
def test_who_changes_a_password_is_told_where_from(admin: Someone) -> None:
    again = {"password1": "another kettle, violet", "password2": "another kettle, violet"}
    with mail_server() as server, override_settings(**server.settings()):
        admin.client.post("/account/password/", {"oldpassword": PASSWORD, **again})
        (mail,) = server.received()
    assert mail["To"] == admin.email
    assert "Your password has been changed." in mail.get_content()
    assert "from the address 127.0.0.1" in mail.get_content()


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x85"])
def test_75_no_line_break_gets_into_a_head(admin: Someone, end: str) -> None:
    hostile = f"a@example.org{end}Bcc: eve@example.org"
    with mail_server() as server, override_settings(**server.settings()):
        assert "Send this link" not in invite(admin, hostile)
        with pytest.raises(OutsideError, match="several lines"):
            mails.mail(hostile, "Hello", "Hello")
        mails.deliver(mails.mail("a@example.org", f"Hello{end}Bcc: eve@example.org{end}{end}<b>", "Hello"))
        (mail,) = server.received()
    assert server.addressed() == [["a@example.org"]]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: eve@example.org <b>"
    assert mail.get_content().strip() == "Hello"
