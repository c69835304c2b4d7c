"""OpenID Connect, the way by code: what is asked of a provider, and what of its answer is believed.

Nothing here knows of requests or records. Everything is asked by `Outgoing`; keys come from the document of
the issuer that was set, whatever a token says about itself.

References
----------
OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3. OpenID Connect RP-Initiated Logout 1.0. RFC 7636 (PKCE),
RFC 9207 (issuer of an answer), RFC 8725 (tokens).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import jwt
import msgspec

from trodden.model.errors import CallerError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.web.outgoing import Outgoing, Reply
    from trodden.web.sso.provider import Provider

S = TypeVar("S")

KINDS: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
"""Signatures that are believed, and their kind of key: none by a shared secret, and no missing one."""
LEEWAY_S: Final = 60
LONGEST_SUBJECT: Final = 255
_WELL_KNOWN: Final = "/.well-known/openid-configuration"


class Document(msgspec.Struct, frozen=True):
    """What a provider says of itself, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Secrets(msgspec.Struct, frozen=True):
    """What only the browser that began may know: each of 256 bits, made anew each time."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def make(cls) -> Secrets:
        """Make new ones."""
        return cls(*(secrets.token_urlsafe(32) for _one in cls.__struct_fields__))


class Claims(msgspec.Struct, frozen=True):
    """What a token or a page of a provider says about somebody; what is of another kind is refused."""

    sub: str
    nonce: str = ""
    azp: str = ""
    email: str = ""
    email_verified: bool | str = False
    name: str = ""
    amr: tuple[str, ...] = ()
    acr: str = ""
    auth_time: int = 0
    groups: tuple[str, ...] = ()


class Person(msgspec.Struct, frozen=True):
    """Who came, and the token that says so: it tells the provider later whose session is to end there."""

    claims: Claims
    token: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""


class _Keys(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


def discover(provider: Provider, outgoing: Outgoing) -> Document:
    """Return what the provider says of itself.

    Raises
    ------
    OutsideError
        It does not answer, or speaks of another issuer than was set.
    """
    found = _read(outgoing.recall(f"{provider.issuer.rstrip('/')}{_WELL_KNOWN}"), Document)
    if found.issuer != provider.issuer:
        raise OutsideError(
            "The single sign-on provider calls itself by another name than sso_issuer says.",
            hint=f"It says {found.issuer!r}.",
        )
    if urlsplit(found.authorization_endpoint).scheme not in {"https", urlsplit(provider.issuer).scheme}:
        raise OutsideError("The single sign-on provider would have people sign in by no encrypted way.")
    return found


def address_of(
    provider: Provider, document: Document, held: Secrets, redirect: str, *, anew: bool = False
) -> str:
    """Return where a person is sent to; ``anew`` has them say who they are though the provider knows."""
    challenge = hashlib.sha256(held.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "scope": " ".join(("openid", "email", "profile", *provider.scopes)),
        "client_id": provider.client_id,
        "redirect_uri": redirect,
        "state": held.state,
        "nonce": held.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if anew else {}),
    }
    return _with(document.authorization_endpoint, query)


def leaving(provider: Provider, document: Document, token: str, redirect: str) -> str:
    """Return where somebody signs out at the provider and is sent back from; empty where it offers none."""
    end = document.end_session_endpoint
    if urlsplit(end).scheme not in {"https", urlsplit(provider.issuer).scheme}:
        return ""
    return _with(
        end,
        {"id_token_hint": token, "client_id": provider.client_id, "post_logout_redirect_uri": redirect},
    )


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def person_of(
    provider: Provider, outgoing: Outgoing, held: Secrets, redirect: str, answer: Mapping[str, str]
) -> Person:
    """Return who came back, by the answer their browser brought; its state was compared before.

    Raises
    ------
    CallerError
        The provider did not let them in, or the answer is not one to what was asked.
    OutsideError
        The provider does not answer as it should.
    """
    document = discover(provider, outgoing)
    issuer = answer.get("iss", "")
    if issuer != provider.issuer and (issuer or document.authorization_response_iss_parameter_supported):
        raise CallerError("This answer is of another provider than was asked.", hint="Begin again.")
    if "code" not in answer or "error" in answer:
        raise CallerError("The provider did not let you in.", hint="Begin again, or ask an admin.")
    tokens = _exchanged(
        provider, outgoing, document, held, {"redirect_uri": redirect, "code": answer["code"]}
    )
    claims = _said_by(provider, outgoing, document, tokens.id_token, held.nonce)
    if not claims.email or (provider.roles and not claims.groups):
        claims = _with_more(provider, outgoing, document, tokens, claims)
    return Person(claims, tokens.id_token)


def _said_by(provider: Provider, outgoing: Outgoing, document: Document, token: str, nonce: str) -> Claims:
    """Return what a token says; where keys kept from before do not fit it, they are asked for anew."""
    kept = _read(outgoing.recall(document.jwks_uri), _Keys)
    try:
        return believed(provider, kept.keys, token, nonce)
    except OutsideError:
        keys = _read(outgoing.recall(document.jwks_uri, is_anew=True), _Keys)
        return believed(provider, keys.keys, token, nonce)


def believed(provider: Provider, keys: list[dict[str, Any]], token: str, nonce: str) -> Claims:
    """Return what a signed token says, once everything about it is right.

    Raises
    ------
    OutsideError
        It is not signed as it must be by a key of the provider, or meant for somebody else, or over.
    """
    try:
        said = jwt.decode(
            token,
            _key_of(token, keys),
            algorithms=[*KINDS],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_S,
            options={"require": ["iss", "aud", "sub", "exp", "iat", "nonce"]},
        )
        claims = _claims(provider, said)
    except (jwt.PyJWTError, ValueError) as error:
        raise OutsideError(f"What the provider says is not believed: {type(error).__name__}.") from error
    _hold(provider, claims, said["aud"], nonce)
    return claims


def _claims(provider: Provider, said: Mapping[str, Any]) -> Claims:
    """Return what was said; groups are read where they are asked after, under the name they have there."""
    groups = said.get(provider.groups, ()) if provider.roles else ()
    try:
        return msgspec.convert({**said, "groups": (groups,) if isinstance(groups, str) else groups}, Claims)
    except msgspec.ValidationError as error:
        raise OutsideError(f"What the provider says is not believed: {type(error).__name__}.") from error


def _hold(provider: Provider, claims: Claims, audience: object, nonce: str) -> None:
    """Hold what was said to whom it was said for, and to the question it answers."""
    is_alone = audience in (provider.client_id, [provider.client_id])
    if claims.azp != provider.client_id and (claims.azp or not is_alone):
        raise OutsideError("What the provider says is meant for another program.")
    is_answer = secrets.compare_digest(claims.nonce.encode(), nonce.encode())
    if not is_answer or not 0 < len(claims.sub) <= LONGEST_SUBJECT:
        raise OutsideError("What the provider says does not answer what was asked.")


def _key_of(token: str, keys: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - whichever kind of key it is
    """Return the one key of the provider that a token may be signed with, by kind, use and name."""
    head = jwt.get_unverified_header(token)
    algorithm = str(head.get("alg"))
    fitting = [
        key
        for key in keys
        if key.get("kty") == KINDS.get(algorithm, "no kind")
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and head.get("kid") in {None, key.get("kid")}
    ]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError
    return jwt.PyJWK(fitting[0], algorithm).key


def _exchanged(
    provider: Provider, outgoing: Outgoing, document: Document, held: Secrets, given: Mapping[str, str]
) -> _Tokens:
    form = {"grant_type": "authorization_code", "code_verifier": held.verifier, **given}
    headers: dict[str, str] = {}
    if provider.secret and "client_secret_basic" in document.token_endpoint_auth_methods_supported:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = provider.client_id
        form |= {"client_secret": provider.secret} if provider.secret else {}
    return _asked(outgoing, document.token_endpoint, _Tokens, form, headers)


def _with_more(
    provider: Provider, outgoing: Outgoing, document: Document, tokens: _Tokens, claims: Claims
) -> Claims:
    """Add address and groups that a provider says only when asked; of nobody else than the token is about."""
    if not (document.userinfo_endpoint and tokens.access_token):
        return claims
    bearer = {"Authorization": f"Bearer {tokens.access_token}"}
    said = _asked(outgoing, document.userinfo_endpoint, dict[str, Any], headers=bearer)
    more = _claims(provider, said)
    if more.sub != claims.sub:
        raise OutsideError("The provider speaks of somebody else than who came.")
    addressed = claims if claims.email else more
    return msgspec.structs.replace(
        claims,
        email=addressed.email,
        email_verified=addressed.email_verified,
        name=claims.name or more.name,
        groups=claims.groups or more.groups,
    )


def _asked(
    outgoing: Outgoing,
    url: str,
    kind: type[S],
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> S:
    return _read(outgoing.ask(url, form, headers), kind)


def _read(reply: Reply, kind: type[S]) -> S:
    if reply.status != 200:  # noqa: PLR2004 - the one status that says it went well
        raise OutsideError(f"The single sign-on provider answered with status {reply.status}.")
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, ValueError) as error:
        raise OutsideError("The single sign-on provider says something that cannot be read.") from error
