"""Files brought by a page: proposed, counted, imported, taken back; hostile ones refused; others kept out."""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.support.loops import awaited
from trodden.collect import jobs
from trodden.store.folder import Workspace
from trodden.store.imports import imports_in
from trodden.web.uploading import is_passed, pass_for

PATIENCE_S = 60
STEPS = ("Search", "Compare", "Order")
ROWS = "Kundennummer;Ereignis;Zeitpunkt;Region\n" + "".join(
    f"C{number % 31:03};{STEPS[number % 3]};{1 + number % 28:02}.03.2026 10:00;north\n"
    for number in range(200)
)


@pytest.fixture
def own(serve: Serve, homes: dict[str, Path], tmp_path: Path) -> Iterator[Client]:
    """Return a client of the pages of a home of its own, into which nothing has come."""
    homes["own"] = tmp_path / "own"
    homes["own"].mkdir()
    yield serve("own")
    del homes["own"]


@pytest.fixture
def home(own: Client, tmp_path: Path) -> Path:
    assert own
    return tmp_path / "own"


def bring(client: Client, content: bytes | str = ROWS, name: str = "orders.csv") -> HttpResponse:
    """Send a file as the form of the page does."""
    page = client.get("/data/").content.decode()
    found = re.search(r'action="(/data/bring/[^"]+)"', page)
    assert found
    body = content.encode() if isinstance(content, str) else content
    return client.post(unescape(found[1]), {"file": SimpleUploadedFile(name, body)})


def address(response: HttpResponse) -> str:
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def counted(client: Client, columns: str) -> str:
    """Press the button below the columns; return the address of the count when it is over."""
    page = client.get(columns).content.decode()
    given = {"query": hidden(page, "query"), "source": hidden(page, "source")}
    return over(client, address(client.post(f"{urlsplit(columns).path}check/", given)))


def over(client: Client, work: str) -> str:
    """Wait until work is over."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        response = client.get(work)
        if response.status_code == 302 or b'data-why="computing"' not in response.content:
            return work
        time.sleep(0.05)
    pytest.fail("the work never ended")


def test_a_file_is_proposed_counted_imported_and_lands_on_a_map(own: Client, home: Path) -> None:
    columns = address(bring(own))
    page = own.get(columns).content.decode()
    assert '<option value="customer" selected>' in page
    assert "C001" in page
    assert imports_in(Workspace.open(home).imports_db) == []

    roles = "c.Kundennummer=customer&c.Ereignis=touchpoint&c.Zeitpunkt=time&c.Region=ignore"
    said = f"{columns}?{roles}&timezone=Europe/Berlin"
    work = counted(own, said)
    page = own.get(work).content.decode()
    assert "Rows that would be kept" in page
    assert "Read in Europe/Berlin" in page
    assert "draw" in page

    landed = over(own, address(own.post(f"{work}import/", {"draw": "yes"})))
    onto = address(own.get(landed))
    assert onto == "/journeys/First%20draft@1/"
    assert "200 events of 31 customers came in" in own.get(onto).content.decode()
    (record,) = imports_in(Workspace.open(home).imports_db)
    assert (record.source, record.path, record.stored) == ("orders.csv", "orders.csv", 200)
    assert record.brought_by == "this machine"
    assert Workspace.open(home).mark.time_zone == "Europe/Berlin"
    assert not any((home / "workspaces/default/uploads").iterdir())
    assert own.get(columns).status_code == 404

    listed = own.get("/data/").content.decode()
    assert "orders.csv" in listed
    assert "this machine" in listed

    again = counted(own, address(bring(own, ROWS, "copy.csv")))
    page = own.get(again).content.decode()
    assert "holds the very bytes of" in page
    assert "uploads/" not in page
    assert "Count it all the same" in page
    in_german = own.get(again, headers={"accept-language": "de"}).content.decode()
    assert "enthält genau die Bytes von" in in_german

    one = own.get("/data/imports/1/").content.decode()
    assert "200 events of 31 customers go" in one
    undone = over(own, address(own.post("/data/imports/1/undo/")))
    assert address(own.get(undone)) == "/data/"
    assert "200 events were taken back" in own.get("/data/").content.decode()


def test_bad_rows_are_told_with_the_reason_and_can_be_taken_away(own: Client) -> None:
    bad = f"{ROWS}C001;Order;soon;north\n=cmd|' /C calc'!A0;Order;bald;north\n"
    work = counted(own, address(bring(own, bad)))
    page = own.get(work).content.decode()
    assert "a time that cannot be read" in page
    file = own.get(f"{work}rejected.csv")
    assert file["Content-Disposition"] == 'attachment; filename="rejected.csv"'
    rows = file.content.decode().splitlines()
    assert len(rows) == 3
    assert rows[1].startswith("201,bad-time,")
    assert "\n=cmd" not in file.content.decode()
    assert ",=cmd" not in file.content.decode()


def test_a_select_is_obeyed_also_against_the_guess(own: Client) -> None:
    columns = address(bring(own, ROWS.replace("Region", "Kanal").replace("north", "phone")))
    guessed = own.get(columns).content.decode()
    said = own.get(
        f"{columns}?c.Kundennummer=customer&c.Ereignis=touchpoint&c.Zeitpunkt=time&c.Kanal=property"
    )
    assert re.search(r'name="c.Kanal"[^>]*>.*?value="channel" selected', guessed)
    assert re.search(r'name="c.Kanal"[^>]*>.*?value="property" selected', said.content.decode())


def test_a_column_of_one_meaning_said_twice_is_told(own: Client) -> None:
    columns = address(bring(own))
    said = own.get(
        f"{columns}?c.Kundennummer=customer&c.Region=customer&c.Zeitpunkt=time&c.Ereignis=touchpoint"
    )
    assert said.status_code == 422
    assert "Kundennummer, Region" in said.content.decode()


def test_where_a_column_must_be_chosen_the_page_says_which(own: Client) -> None:
    columns = address(bring(own, "a,b,c\n" + "1,2,3\n" * 40))
    page = own.get(columns)
    assert page.status_code == 200
    assert "Choose in the table" in page.content.decode()
    assert "Check the whole file" not in page.content.decode()


def test_another_delimiter_proposes_other_columns(own: Client) -> None:
    columns = address(bring(own, ROWS))
    said = f"{columns}?c.Kundennummer=customer&c.Ereignis=touchpoint&c.Zeitpunkt=time&delimiter=%7C"
    page = own.get(said).content.decode()
    assert "Kundennummer;Ereignis;Zeitpunkt;Region" in page
    work = counted(own, f"{columns}?c.Kundennummer%3BEreignis=customer&delimiter=%3B")
    assert "Rows that would be kept" in own.get(work).content.decode()


def test_a_mapping_is_kept_under_a_name_and_read_again(own: Client) -> None:
    columns = address(bring(own))
    query = "c.Kundennummer=customer&c.Ereignis=touchpoint&c.Zeitpunkt=time&c.Region=kind&timezone=Asia/Tokyo"
    kept = address(own.post(f"{columns}mapping/", {"query": query, "name": "Shop export"}))
    other = address(bring(own, ROWS, "later.csv"))
    page = own.get(f"{other}?{urlsplit(kept).query}").content.decode()
    assert re.search(r'name="c.Region"[^>]*>.*?value="kind" selected', page)
    assert 'value="Asia/Tokyo"' in page
    file = re.search(r'href="(/data/mappings/[^"]+\.toml)"', page)
    assert file
    assert b'timezone = "Asia/Tokyo"' in own.get(file[1]).content


def test_a_kept_mapping_still_holds_where_a_select_is_changed(own: Client) -> None:
    from trodden.web.sources.models import SavedMapping

    mapping = 'nulls = ["north"]\ndate_order = "mdy"\n[outcomes]\nOrder = "ok"\n'
    kept = SavedMapping.everywhere.create(workspace="default", name="Shop", text=mapping, by="ada")
    columns = address(bring(own))
    page = own.get(f"{columns}?with={kept.pk}").content.decode()
    assert hidden(page, "with") == str(kept.pk)
    roles = "c.Kundennummer=customer&c.Ereignis=touchpoint&c.Zeitpunkt=time&c.Region=kind"
    said = f"{roles}&with={kept.pk}&date_order=&timezone=Asia/Tokyo"
    other = address(own.post(f"{columns}mapping/", {"query": said, "name": "Other"}))
    text = SavedMapping.everywhere.get(pk=other.rpartition("=")[2]).text
    assert 'nulls = ["north"]' in text
    assert '"Order" = "ok"' in text
    assert 'date_order = "dmy"' in text, "what the form says anew is read from the file"


def test_a_file_counted_all_the_same_is_read_as_it_was(own: Client, home: Path) -> None:
    first = own.get(counted(own, address(bring(own)))).content.decode()
    over(own, address(own.post(re.findall(r'action="(/data/work/[^"]+import/)"', first)[0])))
    columns = address(bring(own, ROWS, "copy.csv"))
    roles = "c.Kundennummer=customer&c.Ereignis=touchpoint&c.Zeitpunkt=time"
    work = counted(own, f"{columns}?{roles}&date_order=mdy&every_currency=EUR")
    page = own.get(work).content.decode()
    given = {"work": hidden(page, "work"), "source": hidden(page, "source"), "again": "yes"}
    again = over(own, address(own.post(f"{columns}check/", given)))
    read = [jobs.task_of(Workspace.open(home), one.rstrip("/").rpartition("/")[2]) for one in (work, again)]
    assert read[0].options.mapping == read[1].options.mapping
    assert read[1].options.mapping.date_order == "mdy"
    other = address(bring(own, ROWS, "third.csv"))
    assert own.post(f"{other}check/", given).status_code == 400
    assert own.post(f"{other}check/", {**given, "work": "x"}).status_code == 400


HOSTILE = {
    "empty": b"",
    "no text": bytes(range(256)) * 64,
    "a bomb": gzip.compress(b"0" * (80 << 20)),
    "an archive": b"PK\x03\x04" + b"\0" * 400,
    "a table that lies": b"PAR1" + b"\xff" * 4000 + b"PAR1",
    "entities": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><log>&a;</log>',
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00",
    "wide": (",".join(f"c{n}" for n in range(3000)) + "\n").encode() * 3,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_34_35_a_hostile_file_is_refused_as_on_the_command_line(own: Client, home: Path, kind: str) -> None:
    response = bring(own, HOSTILE[kind], "innocent.csv")
    page = own.get(address(response)) if response.status_code == 302 else response
    assert page.status_code == 422
    body = page.content.decode()
    assert 'role="alert"' in body or "What to do" in body
    assert "Check the whole file" not in body
    assert str(home) not in body
    assert "Traceback" not in body


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\evil.csv", "<script>alert(1)</script>.csv", "a" * 3000]
)
def test_36_the_name_of_a_file_is_shown_and_never_a_path(own: Client, home: Path, name: str) -> None:
    columns = address(bring(own, ROWS, name))
    page = own.get(columns).content.decode()
    assert "<script>alert" not in page
    below = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    assert not [path for path in below if "passwd" in str(path) or "evil" in str(path)]


def test_34_a_file_larger_than_the_setting_is_refused(own: Client, home: Path) -> None:
    (home / "trodden.toml").write_text("upload_megabytes = 1\n")
    response = bring(own, b"0" * 1_050_000)
    assert response.status_code == 422
    assert "at most 1.0 MB" in response.content.decode()
    assert not list((home / "incoming").iterdir())


def test_the_address_that_takes_a_file_does_not_say_who_brings_it(serve: Serve) -> None:
    serve("empty")
    token = pass_for("ada@example.org")
    assert is_passed(token, "ada@example.org")
    for part in token.split(":"):
        assert b"ada" not in urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_only_who_was_shown_the_form_may_send_a_file(own: Client) -> None:
    for token in ("nobodys", pass_for("somebody else")):
        response = own.post(f"/data/bring/{token}/", {"file": SimpleUploadedFile("a.csv", ROWS.encode())})
        assert response.status_code == 400
        assert "shown to somebody else" in response.content.decode()


def test_49_a_brought_file_is_shown_to_nobody_else(
    staffed: Serve, homes: dict[str, Path], tmp_path: Path
) -> None:
    homes["theirs"] = tmp_path
    staffed("theirs")
    one, other, viewer = someone("manager"), someone("manager", "other@example.org"), someone("viewer")
    for person in (one, other, viewer):
        person.sign_in()
    columns = address(bring(one.client))
    assert one.client.get(columns).status_code == 200
    assert other.client.get(columns).status_code == 404
    assert other.client.post(f"{columns}check/", {"query": ""}).status_code == 404
    assert viewer.client.get(columns).status_code == 403
    assert b"/data/bring/" not in viewer.client.get("/data/").content
    del homes["theirs"]


def answered(path: str, *headers: tuple[bytes, bytes]) -> int:
    """Send megabytes without end to the application a server calls; return the status of its answer."""
    from trodden.web.asgi import application

    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600 if answers else 0.001)
        return {"type": "http.request", "body": b"0" * 1_000_000, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers],
    }
    awaited(application(scope, receive, send))
    return int(answers[0]["status"])


@pytest.mark.parametrize("path", ["/theme", "/data/bring/nobodys/", "/nowhere"])
def test_34_a_body_without_end_is_cut_before_anything_keeps_it(own: Client, home: Path, path: str) -> None:
    assert own
    assert answered(path) == 413
    assert answered(path, (b"content-length", b"10000000000")) == 413
    assert not list((home / "incoming").iterdir())
