"""Pages in the reader's language: whose choice counts, and that nothing is left in English."""

from __future__ import annotations

import re
from html import unescape

import pytest
from babel.messages.pofile import read_po
from django.test import Client

from tests.http.conftest import Serve
from tests.http.people import browser, someone
from tests.http.routes import examples, whole_routes
from trodden.model.words import CATALOGUES

MORE = (
    *("/customers/walk/?id=K00001", "/nowhere", "/explore/nothing/", "/explore/overview/?where=Nowhere"),
    *("/explore/funnel/definition/", "/segments/new/?rule=region+%3D+north"),
)
CODE = re.compile(r"<(code|pre|script|style|title|datalist)\b.*?</\1>|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def german(client: Client) -> Client:
    client.post("/theme", {"language": "de"})
    return client


def words_of(content: bytes) -> str:
    return " ".join(unescape(TAG.sub(" ", CODE.sub(" ", content.decode()))).split())


def english() -> dict[str, re.Pattern[str]]:
    """Return the texts of three words or more that read otherwise in German, as pages hold them."""
    with (CATALOGUES / "de" / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    found = {}
    for message in catalogue:
        text = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
        literal = max(re.split(r"\{\w+\}|%\(\w+\)s|<[^>]+>", text), key=len).strip(" .:,;()")
        if len(literal.split()) > 2 and literal not in str(message.string):
            found[text] = re.compile(rf"(?<!\w){re.escape(' '.join(literal.split()))}(?!\w)")
    return found


@pytest.mark.slow
def test_no_page_in_german_holds_a_sentence_of_english(serve: Serve) -> None:
    client, sought = german(serve("sample")), english()
    assert len(sought) > 1000
    left = {}
    for address in {*(one.address for one in whole_routes() if one.method == "get"), *MORE, *examples()}:
        response = client.get(address)
        if response["Content-Type"].startswith("text/html") and not response.streaming:
            said = words_of(response.content)
            left[address] = [text for text, pattern in sought.items() if pattern.search(said)]
    assert len(left) > 60
    assert {address: texts for address, texts in left.items() if texts} == {}


def test_numbers_and_days_are_german_too(serve: Serve) -> None:
    said = words_of(german(serve("sample")).get("/explore/overview/").content)
    assert re.search(r"\d{1,3}\.\d{3} Ereignisse", said)
    assert re.search(r"\d+\. (Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez)", said)


def test_a_visitor_chooses_the_language_and_the_page_says_which(serve: Serve) -> None:
    client = serve("sample")
    assert b'<html lang="en"' in client.get("/explore/").content
    response = client.post("/theme", {"language": "de", "next": "/explore/"})
    assert response["Location"] == "/explore/"
    page = client.get("/explore/")
    assert (page["Content-Language"], b'<html lang="de"' in page.content) == ("de", True)
    client.post("/theme", {"language": "xx"})
    assert b'<html lang="de"' in client.get("/explore/").content


@pytest.mark.parametrize(
    ("accepted", "language"), [("de-AT,en;q=0.5", "de"), ("fr", "en"), ("", "en"), ("en-GB,de;q=0.9", "en")]
)
def test_who_chose_nothing_reads_what_the_browser_accepts(serve: Serve, accepted: str, language: str) -> None:
    page = serve("sample").get("/explore/", headers={"accept-language": accepted})
    assert page["Content-Language"] == language
    assert "Accept-Language" in page["Vary"]


def test_the_language_of_the_workspace_goes_before_that_of_the_browser(serve: Serve) -> None:
    client = serve("few")
    form = {"zone": "UTC", "zone_was": "UTC", "currency": "", "currency_was": ""}
    try:
        response = client.post("/settings/workspace/change/", {**form, "language": "de"})
        assert response["Location"] == "/settings/workspace/"
        page = client.get("/settings/workspace/", headers={"accept-language": "en"})
        assert page["Content-Language"] == "de"
        assert b'<option value="de" lang="de" selected>' in page.content
        client.cookies["language"] = "en"
        assert client.get("/settings/")["Content-Language"] == "en"
    finally:
        client.post("/settings/workspace/change/", {**form, "language": ""})


def test_what_an_account_chose_holds_in_every_browser(staffed: Serve) -> None:
    staffed("sample")
    vera = someone()
    vera.sign_in()
    first, vera.client = vera.client, browser()
    vera.sign_in()
    first.post("/theme", {"language": "de"})
    assert vera.client.get("/explore/")["Content-Language"] == "de"
    assert "Mein Konto" in words_of(vera.client.get("/settings/account/").content)
    first.post("/theme", {"language": "auto"})
    assert vera.client.get("/explore/")["Content-Language"] == "en"


def test_the_page_to_sign_in_offers_the_languages(staffed: Serve) -> None:
    page = staffed("sample").get("/sign-in/", headers={"accept-language": "de"})
    assert b'name="language" value="en" lang="en"' in page.content
    assert "Anmelden" in words_of(page.content)


def test_programs_are_answered_in_the_language_they_accept_and_files_in_english(serve: Serve) -> None:
    client = german(serve("sample"))
    heads = client.get("/explore/overview.csv").content.splitlines()[0]
    assert heads.startswith(b"touchpoint,Share of customers that were there,from,to,detail")
    refused = client.get("/api/analyses")
    assert refused.json()["message"] == "This address needs a token."
    refused = client.get("/api/analyses", headers={"accept-language": "de"})
    assert refused.json()["message"] == "Diese Adresse braucht ein Token."


def test_an_answer_is_not_kept_in_the_language_of_who_asked_first(serve: Serve) -> None:
    client = serve("sample")
    address = "/explore/pauses/?map=Getting+connected"
    said = [words_of(client.get(address, headers={"accept-language": one}).content) for one in ("de", "en")]
    assert "by construction" in said[1]
    assert "schon durch die Festlegung" in said[0]


@pytest.mark.parametrize(("address", "field"), [("sequences/?min_support=0,25", b'value="0.25"')])
def test_a_number_is_read_with_the_decimal_mark_of_the_reader(
    serve: Serve, address: str, field: bytes
) -> None:
    client = serve("sample")
    assert client.get(f"/explore/{address}").status_code == 400
    page = german(client).get(f"/explore/{address}")
    assert (page.status_code, field in page.content) == (200, True)
