"""What makes a provider of single sign-on, and what does not, from file and environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from trodden.model.errors import CallerError
from trodden.settings import load_settings
from trodden.web.outgoing import outgoing_of
from trodden.web.sso.provider import provider_of

FILE = """
sso_issuer = "https://login.example.org/realms/firm"
sso_client_id = "trodden"
sso_domains = ["Example.org"]
"""


def test_a_provider_comes_from_file_and_environment_its_secret_from_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trodden.toml").write_text(FILE)
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    secret.chmod(0o600)
    monkeypatch.setenv("TRODDEN_SSO_SECRET_FILE", str(secret))
    more = {"TRODDEN_SSO_NEWCOMERS": "viewer", "TRODDEN_SSO_FACTORS": "mfa, otp"}
    found = provider_of(load_settings(tmp_path, more))
    assert found is not None
    assert (found.secret, found.newcomers, found.domains) == ("hush", "viewer", {"example.org"})
    assert found.factors == {"mfa", "otp"}
    assert "hush" not in str(load_settings(tmp_path, more))


def test_the_host_of_the_issuer_may_be_asked_and_nobody_else_unnamed(tmp_path: Path) -> None:
    (tmp_path / "trodden.toml").write_text(FILE)
    assert outgoing_of(load_settings(tmp_path, {})).hosts == {"login.example.org"}
    more = {"TRODDEN_OUTGOING_HOSTS": "keys.example.org", "TRODDEN_PRIVATE_HOSTS": "keycloak.internal:8443"}
    found = outgoing_of(load_settings(tmp_path, more))
    assert found.hosts == {"login.example.org", "keys.example.org", "keycloak.internal:8443"}
    assert found.private == {"keycloak.internal:8443"}
    assert outgoing_of(load_settings(tmp_path / "none", {})).hosts == set()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TRODDEN_SSO_ONLY": "true"}, "sso_only is set, but no provider"),
        ({"TRODDEN_SSO_ISSUER": "login.example.org", "TRODDEN_SSO_CLIENT_ID": "x"}, "not an address"),
        ({"TRODDEN_SSO_ISSUER": "https://login.example.org"}, "but not sso_client_id"),
        (
            {
                "TRODDEN_SSO_ISSUER": "https://login.example.org",
                "TRODDEN_SSO_CLIENT_ID": "x",
                "TRODDEN_SSO_NEWCOMERS": "viewer",
            },
            "does not say from where",
        ),
    ],
)
def test_half_a_provider_is_refused_at_the_start(tmp_path: Path, given: dict[str, str], said: str) -> None:
    with pytest.raises(CallerError, match=said):
        provider_of(load_settings(tmp_path, given))


def test_nobody_comes_in_as_an_admin_without_an_invitation(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="Invalid enum value 'admin'"):
        load_settings(tmp_path, {"TRODDEN_SSO_NEWCOMERS": "admin"})
