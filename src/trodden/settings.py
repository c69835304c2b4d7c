"""What a person who runs Trodden can set: one frozen struct, from a TOML file and the environment."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from trodden.model.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "TRODDEN_"
OUTSIDE = frozenset(
    {
        *("TRODDEN_FAULTS", "TRODDEN_FAULT_ROUNDS", "TRODDEN_SERVE_HOME", "TRODDEN_LANGUAGE"),
        *("TRODDEN_SECRET_KEY", "TRODDEN_SECRET_KEY_FILE"),
        *("TRODDEN_PSEUDONYM_KEY", "TRODDEN_PSEUDONYM_KEY_FILE"),
        *("TRODDEN_SMTP_PASSWORD", "TRODDEN_SMTP_PASSWORD_FILE"),
        *("TRODDEN_SSO_SECRET", "TRODDEN_SSO_SECRET_FILE"),
    }
)
"""Variables of this prefix that are not settings: of one command, or secret, so that nothing prints them."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default; ``TRODDEN_<NAME>`` overrides ``<home>/trodden.toml``."""

    home: Annotated[str, Meta(description="Folder that holds the workspaces.")] = ".trodden"
    workspace: Annotated[str, Meta(description="Workspace the commands work on.")] = "default"
    host: Annotated[str, Meta(description="Address the pages are served on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port; the next free one is taken if busy.")] = 8000
    threads: Annotated[int, Meta(ge=0, le=256, description="Kernel threads; 0 is one per core.")] = 0
    allowed_hosts: Annotated[tuple[str, ...], Meta(description="Host names the pages answer to.")] = ()
    progress_after: Annotated[
        float, Meta(ge=0, le=3600, description="Seconds after which a page shows progress, and Cancel.")
    ] = 1.0
    open_workspaces: Annotated[
        int, Meta(ge=1, description="Workspaces a server holds open; those unasked for longest are let go.")
    ] = 8
    cached_answers: Annotated[int, Meta(ge=0, description="Answers remembered on disk.")] = 500
    upload_megabytes: Annotated[int, Meta(ge=1, description="Largest file a page takes in, in MB.")] = 4000
    seek_findings: Annotated[bool, Meta(description="Whether a server looks for findings by itself.")] = True
    sign_in: Annotated[bool, Meta(description="Whether people sign in on this machine, too.")] = False
    public_url: Annotated[str, Meta(description="Address people open, where a proxy adds https.")] = ""
    trusted_proxies: Annotated[int, Meta(ge=0, description="Proxies whose X-Forwarded-For is believed.")] = 0
    session_idle_minutes: Annotated[int, Meta(ge=1, description="A session unused so long ends.")] = 480
    session_hours: Annotated[int, Meta(ge=1, description="No session lasts longer.")] = 168
    outgoing_hosts: Annotated[
        tuple[str, ...],
        Meta(description="Other machines that may be asked, with the port unless https's own."),
    ] = ()
    private_hosts: Annotated[
        tuple[str, ...], Meta(description="Those that may stand at a private address, or be asked by http.")
    ] = ()
    sso_issuer: Annotated[str, Meta(description="OpenID Connect provider of single sign-on.")] = ""
    sso_client_id: Annotated[str, Meta(description="What the provider calls Trodden.")] = ""
    sso_name: Annotated[str, Meta(description="What the provider is called on pages.")] = "single sign-on"
    sso_newcomers: Annotated[
        Literal["", "viewer", "analyst", "editor"],
        Meta(description="Role of who comes without an invitation; empty: nobody does."),
    ] = ""
    sso_domains: Annotated[tuple[str, ...], Meta(description="Domains newcomers have an address of.")] = ()
    sso_trusts_email: Annotated[
        bool, Meta(description="Whether the provider's addresses are right though it does not say so.")
    ] = False
    sso_factors: Annotated[
        tuple[str, ...], Meta(description="Words of amr or acr that count as a second factor.")
    ] = ()
    sso_only: Annotated[bool, Meta(description="Whether people sign in by the provider alone.")] = False
    sso_roles: Annotated[
        dict[str, Literal["viewer", "analyst", "editor", "manager", "privacy officer", "admin"]],
        Meta(
            description="Role of who is in a group of the provider, by its name; empty: groups say nothing."
        ),
    ] = {}
    sso_groups_claim: Annotated[str, Meta(description="Claim that names somebody's groups.")] = "groups"
    sso_scopes: Annotated[
        tuple[str, ...], Meta(description="Scopes asked for besides openid, email and profile.")
    ] = ()
    smtp_host: Annotated[str, Meta(description="Mail server; without one, mails go to the console.")] = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65535, description="Port of the mail server.")] = 587
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"], Meta(description="How the way to the mail server is encrypted.")
    ] = "starttls"
    smtp_user: Annotated[str, Meta(description="Name at the mail server.")] = ""
    mail_from: Annotated[str, Meta(description="Sender of mails.")] = "trodden@localhost"


LISTS = frozenset(
    {"allowed_hosts", "outgoing_hosts", "private_hosts", "sso_domains", "sso_factors", "sso_scopes"}
)
"""Settings of several values; in a variable they are parted by commas."""
MAPS = frozenset({"sso_roles"})
"""Settings of values by name; in a variable they are written ``name=value``, parted by commas."""


def load_settings(home: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of a home folder.

    ``home`` wins over ``TRODDEN_HOME``, which wins over the default.

    Raises
    ------
    CallerError
        A key nobody knows, or a value that does not fit, with the place it came from.
    """
    given = _from_environment(os.environ if environ is None else environ)
    place = Path(home or given.get("home") or Settings().home)
    values: dict[str, Any] = {**_from_file(place / "trodden.toml"), **given, "home": str(place)}
    return _settings(values, f"{place / 'trodden.toml'} and {PREFIX}* variables")


def _settings(values: dict[str, Any], place: str) -> Settings:
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        known = ", ".join(Settings.__struct_fields__)
        raise CallerError(f"Settings ({place}): {error}.", hint=f"Known settings: {known}.") from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:  # bytes that are no text, numbers of any length
        raise CallerError(f"{path} is not TOML: {error}.") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = (name for name in environ if name.startswith(PREFIX) and name not in OUTSIDE)
    values: dict[str, Any] = {name.removeprefix(PREFIX).lower(): environ[name] for name in names}
    for name in LISTS & values.keys():
        values[name] = _listed(values[name])
    for name in MAPS & values.keys():
        pairs = (one.rpartition("=") for one in _listed(values[name]))
        values[name] = {key.strip(): value.strip() for key, _, value in pairs}
    return values


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
