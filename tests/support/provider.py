"""A provider of OpenID Connect on this machine: it signs people in, and lies in every way a test asks it to.

It holds who asks to the protocol: the way by code with S256, the client's secret, one redirection, one use.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "trodden at home", "a secret: with signs/of+its own"
ADA = {"sub": "248289761001", "email": "ada@example.org", "email_verified": True, "name": "Ada"}


@dataclass
class Provider:
    """The provider, its keys, and what it says; tests change what it says."""

    issuer: str = ""
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65_537, 2048))
    person: dict[str, Any] = field(default_factory=lambda: dict(ADA))
    document: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    heads: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signs_with: Any = None
    names_itself: bool = True
    sent: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def settings(self, **more: object) -> dict[str, Any]:
        """Return the fields of `trodden.web.sso.provider.Provider` that name this provider."""
        said = {"issuer": self.issuer, "client_id": CLIENT, "secret": SECRET, "name": "Home"}
        rest = {"domains": frozenset[str](), "newcomers": "", "factors": frozenset[str]()}
        groups = {"roles": dict[str, str](), "groups": "groups", "scopes": ()}
        return {**said, **rest, **groups, "trusts_email": False, "only": False, **more}

    def environment(self) -> dict[str, str]:
        """Return the variables that make a server of ours sign people in here."""
        return {
            "TRODDEN_SSO_ISSUER": self.issuer,
            "TRODDEN_SSO_CLIENT_ID": CLIENT,
            "TRODDEN_SSO_SECRET": SECRET,
            "TRODDEN_SSO_NAME": "Home",
            "TRODDEN_PRIVATE_HOSTS": urlsplit(self.issuer).netloc,
        }

    @property
    def public_pem(self) -> bytes:
        """Return the public key as text, which everybody may know."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def described(self) -> dict[str, Any]:
        """Return what it says of itself."""
        places = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
            "userinfo_endpoint": "userinfo",
            "end_session_endpoint": "leave",
        }
        said = {name: f"{self.issuer}/{path}" for name, path in places.items()}
        more = {"authorization_response_iss_parameter_supported": True}
        return {"issuer": self.issuer, **said, **more, **self.document}

    def keys(self) -> dict[str, Any]:
        """Return its public keys."""
        known = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**known, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def pages(self, authorization: str) -> dict[str, Any]:
        """Return what it says at which address."""
        who = {**ADA, "email": "asked@example.org", **self.userinfo}
        return {
            "/.well-known/openid-configuration": self.described(),
            "/jwks": self.keys(),
            **({"/userinfo": who} if authorization == "Bearer open sesame" else {}),
        }

    def agree(self, address: str) -> str:
        """Sign the person in who was sent to an address; return where they are sent back to."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT
        self.sent.append(query)
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = {"code": code, "state": query["state"], **({"iss": self.issuer} if self.names_itself else {})}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def leave(self, address: str) -> str:
        """End the session that a token names; return where who left is sent back to."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query["client_id"] == CLIENT
        said = jwt.decode(
            query["id_token_hint"], self.public_pem, ["RS256"], {"verify_exp": False}, audience=CLIENT
        )
        self.ended.append(said["sub"])
        return query["post_logout_redirect_uri"]

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return tokens for a code; nothing to who is not the client, or does not hold what it began with."""
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or not _is_client(authorization):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"access_token": "open sesame", "token_type": "Bearer", "id_token": self.token(asked["nonce"])}

    def token(self, nonce: str) -> str:
        """Return a signed token about the person."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": nonce,
        }
        about = {
            name: value for name, value in {**said, **self.person, **self.claims}.items() if value is not None
        }
        if self.algorithm == "HS256":
            return _sealed(about, self.signs_with)
        key = self.key if self.signs_with is None else self.signs_with
        return jwt.encode(about, key, self.algorithm, {"kid": "one", **self.heads})


def _sealed(about: dict[str, Any], key: bytes) -> str:
    """Return a token sealed by HMAC with any key; the library would not take a public one."""
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "one"}, about)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    seal = hmac.new(key, text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")).decode()


def _is_client(authorization: str) -> bool:
    scheme, _space, pair = authorization.partition(" ")
    name, _colon, secret = (
        base64.b64decode(pair).decode().partition(":") if scheme == "Basic" else ("", "", "")
    )
    return (unquote(name), unquote(secret)) == (CLIENT, SECRET)


PAGE = """<!doctype html><title>Home</title><link rel="icon" href="data:,"><h1>Home</h1>
<form method="post"><p>You are Ada.</p><button>Go on as Ada</button></form>"""


class _Speaking(BaseHTTPRequestHandler):
    """Says pages, answers and where to go."""

    def lead_to(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.end_headers()

    def say_json(self, said: object) -> None:
        self.say(json.dumps(said).encode(), "application/json")

    def say(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Answers(_Speaking):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path == "/authorize":
                self.say(PAGE.encode(), "text/html; charset=utf-8")
                return
            if path == "/leave":
                self.lead_to(provider.leave(self.path))
                return
            said = provider.pages(self.headers.get("Authorization", "")).get(path)
            self.say_json(said) if said else self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked.append(urlsplit(self.path).path)
            if self.path.startswith("/authorize"):
                self.lead_to(provider.agree(self.path))
                return
            form = dict(parse_qsl(body))
            tokens = provider.exchange(form, self.headers.get("Authorization", ""))
            self.say_json(tokens) if tokens else self.send_error(400)

    return Answers


@contextmanager
def provider_here() -> Iterator[Provider]:
    """Run a provider on a free port until the block ends."""
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider)) as server:
        provider.issuer = f"http://localhost:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join(60)
