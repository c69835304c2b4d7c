"""Programs: JSON in, JSON out, with the token and never without."""

from __future__ import annotations

import msgspec
import pytest

from tests.http.conftest import Serve
from trodden.charts.said import FORMS, said
from trodden.registry import registrations


def headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("name", sorted(registrations()))
def test_every_analysis_answers_as_its_type(serve: Serve, token: str, name: str) -> None:
    registration = registrations()[name]
    response = serve("sample").post(
        f"/api/ask/{name}",
        msgspec.json.encode(registration.example),
        content_type="application/json",
        headers=headers(token),
    )
    if response.status_code == 200:
        answer = msgspec.json.decode(response.content, type=registration.answer)
        assert answer.about.analysis == name
    else:
        assert response.status_code == 400
        assert set(response.json()) == {"code", "message", "hint"}


@pytest.mark.parametrize(
    "given",
    [{}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}, {"authorization": "Bearer \u00fc"}],
)
def test_without_the_token_there_is_nothing(serve: Serve, given: dict[str, str]) -> None:
    client = serve("sample")
    for response in (
        client.post("/api/ask/overview", b"{}", content_type="application/json", headers=given),
        client.post("/api/said/overview", b"{}", content_type="application/json", headers=given),
        client.get("/api/analyses", headers=given),
    ):
        assert response.status_code == 401
        assert response.json()["code"] == "no-token"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 200),
        (b"{}", 200),
        (b"[]", 400),
        (b"{", 400),
        (b"nul", 400),
        (b"\xff\xfe", 400),
        (b'{"nowhere": 1}', 400),
        (b'{"unit": "planet"}', 400),
        (b'{"top": 1e999}', 400),
        (b'{"top": NaN}', 400),
        (b'{"top": -1}', 400),
        (b'{"map": "No such map"}', 400),
        (b"[" * 100_000, 400),
        (b'{"top": ' + b"9" * 5_000 + b"}", 400),
    ],
)
def test_a_body_is_a_question_or_refused_with_a_reason(
    serve: Serve, token: str, body: bytes, code: int
) -> None:
    response = serve("sample").post(
        "/api/ask/overview", body, content_type="application/json", headers=headers(token)
    )
    assert response.status_code == code
    if code != 200:
        assert set(response.json()) == {"code", "message", "hint"}
        assert response.json()["message"]


def test_an_unknown_analysis_is_told_with_the_nearest(serve: Serve, token: str) -> None:
    response = serve("sample").post(
        "/api/ask/overveiw", b"{}", content_type="application/json", headers=headers(token)
    )
    assert response.status_code == 400
    assert response.json()["code"] == "unknown-name"
    assert "overview" in response.json()["hint"]


def test_a_workspace_without_data_says_so(serve: Serve, token: str) -> None:
    response = serve("empty").post(
        "/api/ask/overview", b"{}", content_type="application/json", headers=headers(token)
    )
    assert (response.status_code, response.json()["code"]) == (503, "not-a-workspace")


def test_the_list_of_analyses_tells_every_field(serve: Serve, token: str) -> None:
    listed = serve("empty").get("/api/analyses", headers=headers(token)).json()["analyses"]
    assert [one["name"] for one in listed] == list(registrations())
    assert all(
        {"name", "kind", "required", "choices"} <= set(field) for one in listed for field in one["fields"]
    )


def test_too_large_a_body_is_refused(serve: Serve, token: str) -> None:
    response = serve("sample").post(
        "/api/ask/overview", b" " * 2_000_000, content_type="application/json", headers=headers(token)
    )
    assert response.status_code == 400


def test_a_question_as_it_is_typed_is_told_in_every_form(serve: Serve, token: str) -> None:
    body = {"texts": {"unit": ["customer"]}, "given": {"top": 2}, "forms": FORMS}
    response = serve("sample").post(
        "/api/said/overview",
        msgspec.json.encode(body),
        content_type="application/json",
        headers=headers(token),
    )
    assert response.status_code == 200
    told = response.json()
    assert set(told) == set(FORMS)
    answer = msgspec.json.decode(told["json"], type=registrations()["overview"].answer)
    assert answer.about.unit == "customer"
    drawn = registrations()["overview"].chart
    assert told == {form: said(answer, drawn, form) for form in FORMS}


@pytest.mark.parametrize(
    "body", [b'{"texts": {"nowhere": ["1"]}}', b'{"forms": ["pdf"]}', b'{"texts": {"unit": 1}}']
)
def test_what_is_typed_wrongly_is_refused_with_a_reason(serve: Serve, token: str, body: bytes) -> None:
    response = serve("sample").post(
        "/api/said/overview", body, content_type="application/json", headers=headers(token)
    )
    assert response.status_code == 400
    assert set(response.json()) == {"code", "message", "hint"}
