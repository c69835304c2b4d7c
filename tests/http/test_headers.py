"""The headers of every response, whatever became of the request."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.http.conftest import Serve
from tests.http.routes import ACCOUNTS, routes

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}


def hold(response: HttpResponse) -> None:
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy == DIRECTIVES
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response
    assert "Server" not in response
    for cookie in response.cookies.values():
        assert cookie["samesite"] in {"Strict", "Lax"}
        assert cookie["httponly"]


@pytest.mark.parametrize("home", ["empty", "sample", "damaged"])
def test_every_route_has_every_header_and_is_kept_by_no_cache(serve: Serve, home: str) -> None:
    client = serve(home)
    for route in routes():
        response = getattr(client, route.method)(route.address)
        hold(response)
        assert response["Cache-Control"] == "private, no-store", route


@pytest.mark.parametrize(
    "address", ["/nowhere", "/explore/nothing/", "/explore/overview.exe", "/customers/?page=0"]
)
def test_errors_have_the_headers_too(serve: Serve, address: str) -> None:
    response = serve("sample").get(address)
    assert response.status_code == 404
    hold(response)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "169.254.169.254", ""]
)
def test_an_unknown_host_gets_nothing_but_a_refusal(serve: Serve, host: str) -> None:
    response = serve("sample").get("/customers/", headers={"host": host})
    assert response.status_code == 400
    assert b"K0" not in response.content
    hold(response)


@pytest.mark.parametrize("host", ["localhost", "localhost:8001", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_answered_by_its_usual_names(serve: Serve, host: str) -> None:
    assert serve("empty").get("/healthz", headers={"host": host}).status_code == 200


def test_assets_are_kept_for_ever_and_everything_else_is_not(serve: Serve) -> None:
    if not settings.STATIC_ROOT:
        pytest.fail("page assets are not built: make assets")
    response = serve("empty").get(f"{settings.STATIC_URL}main.js")
    assert response.status_code == 200
    assert response["Cache-Control"] == "max-age=315360000, public, immutable"
    hold(response)


def test_no_page_names_another_host(serve: Serve) -> None:
    """Entries of the log are data: they name the provider by whom somebody signed in."""
    client = serve("sample")
    for route in (one for one in routes() if one.name not in {"log", "log-file", "api-log"}):
        response = getattr(client, route.method)(route.address)
        body = "" if response.streaming else response.content.decode(errors="replace")
        found = set(re.findall(r"(?:https?:)?//[\w.-]+", body))
        assert found <= {"http://www.w3.org"}, route


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_reading_pages_take_no_other_method(serve: Serve, method: str) -> None:
    client = serve("sample")
    for route in routes():
        if route.method == "get" and not route.name.startswith((*ACCOUNTS, "api-", "board-stop")):
            assert getattr(client, method)(route.address).status_code == 405, route


def test_a_form_needs_the_token_of_its_page(serve: Serve) -> None:
    serve("empty")
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    response = client.post("/theme", {"theme": "dark"})
    assert response.status_code == 403
    assert "theme" not in response.cookies
    hold(response)
