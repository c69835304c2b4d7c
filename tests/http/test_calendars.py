"""Calendars by their pages: made by one click, changed, nobody's change lost, away and back, asked about."""

from __future__ import annotations

from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.http.test_sources import home, own  # noqa: F401 - fixtures
from tests.support.workspaces import workspace_from_text
from trodden.model.calendars import Region, Special, read_hours, write_week
from trodden.store.calendars import Kept, find_calendar, load_calendars
from trodden.store.folder import Workspace

LIST = "/settings/calendars/"
DESK = "/settings/calendars/of/Desk/"
FILE = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//test//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;VALUE=DATE:20991224\r
DTEND;VALUE=DATE:20991226\r
SUMMARY:Between the years\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART:20991224T100000Z\r
SUMMARY:A meeting\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def kept(own: Client, home: Path) -> Client:  # noqa: F811 - the fixture
    workspace_from_text(home, "a x 16:00 | a y +1 10:00 | b x 10:00 | b y 10:05")
    return own


def desk(home: Path) -> Kept:  # noqa: F811 - the fixture
    return find_calendar(Workspace.open(home), "Desk")


def make(client: Client, home: Path, **fields: str) -> Kept:  # noqa: F811 - the fixture
    """Keep office hours on Monday to Friday as Desk."""
    response = client.post(f"{LIST}start/", {"name": "Desk", **fields})
    assert response.headers["Location"].startswith(DESK)
    return desk(home)


def form(seen: Kept | None, **fields: str) -> dict[str, str]:
    """Return what the form sends: Monday alone, nine to twelve and at night."""
    week = {"d0-0-from": "09:00", "d0-0-to": "12:00", "d0-1-from": "22:00", "d0-1-to": "06:00"}
    before = {"before": seen.name, "stamp": seen.stamp} if seen else {}
    return {"name": "Desk", "zone": "Europe/Vienna", "do": "save", **before, **week, **fields}


def test_a_workspace_without_calendars_says_what_they_are_for_and_begins_with_one_click(
    kept: Client,
    home: Path,  # noqa: F811 - the fixture
) -> None:
    page = kept.get(LIST).content.decode()
    assert "No calendar is kept yet" in page
    assert "has not waited all weekend" in page
    assert write_week(make(kept, home).calendar.now.week) == "mon-fri 09:00-17:00"
    page = kept.get(LIST).content.decode()
    assert "Desk</a>" in page
    assert "Monday 09:00-17:00; Tuesday" in page
    assert LIST in kept.get("/settings/").content.decode()


def test_hours_of_a_form_are_kept_nights_included(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    response = kept.post(f"{LIST}save/", form(None, country="AT", part="9"))
    assert response.status_code == 302
    now = desk(home).calendar.now
    assert write_week(now.week) == "mon 09:00-12:00, 22:00-06:00"
    assert (now.time_zone, now.region) == ("Europe/Vienna", Region("AT", "9"))
    page = kept.get(DESK).content.decode()
    assert 'value="22:00" aria-label="Monday, interval 2, from"' in page
    assert 'aria-label="Monday, interval 3, from"' not in page


def test_a_form_can_be_filled_further_before_it_is_kept(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    page = kept.post(f"{LIST}save/", form(None, do="monday")).content.decode()
    assert page.count('value="22:00"') == 5
    page = kept.post(f"{LIST}save/", form(None, do="more")).content.decode()
    assert 'aria-label="Monday, interval 3, from"' in page
    assert 'aria-label="Sunday, interval 2, until"' in page
    page = kept.post(f"{LIST}save/", form(None, do="look", country="DE", part="BY")).content.decode()
    assert '<option value="BY" selected>Bayern</option>' in page
    assert "Closed next on:" in page
    page = kept.post(f"{LIST}save/", form(None, do="look", country="AT", part="BY")).content.decode()
    assert '<option value="" selected>the whole country</option>' in page
    assert load_calendars(Workspace.open(home)) == {}


WRONG = [
    ({"name": ""}, "A calendar needs a name"),
    ({"name": "a/b"}, "cannot name a calendar"),
    ({"zone": "Moon/Base"}, "no time zone"),
    ({"d0-1-to": ""}, "an interval has a beginning and an end"),
    ({"d0-1-to": "25:00"}, "no time of a day"),
    ({"d0-0-from": "", "d0-0-to": "", "d0-1-from": "", "d0-1-to": ""}, "No day of the week is open"),
    ({"valid_from": "2026-12-01"}, "hold since ever"),
    ({"valid_from": "soon"}, "is no day"),
]


def test_what_cannot_be_kept_is_shown_again_with_the_reason(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    for fields, said in WRONG:
        response = kept.post(f"{LIST}save/", form(None, **fields))
        assert (response.status_code, said in unescape(response.content.decode())) == (400, True), fields
    assert load_calendars(Workspace.open(home)) == {}


def test_hours_that_change_on_a_day_leave_those_before_it_as_they_were(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    seen = make(kept, home)
    kept.post(f"{LIST}save/", form(seen, valid_from="2026-07-01"))
    calendar = desk(home).calendar
    assert [one.valid_from for one in calendar.schedules] == [None, date(2026, 7, 1)]
    assert write_week(calendar.schedules[0].week) == "mon-fri 09:00-17:00"
    assert "mon-fri 09:00-17:00 (UTC)" in kept.get(DESK).content.decode()
    response = kept.post(f"{LIST}save/", form(desk(home), valid_from="2026-06-01"))
    assert response.status_code == 400
    back = {"before": "Desk", "stamp": desk(home).stamp, "act": "back", "since": "2026-07-01"}
    kept.post(f"{LIST}change/", back)
    assert desk(home).calendar == seen.calendar


def test_exceptions_come_by_hand_and_by_file_and_go_with_undo(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    def change(**fields: object) -> str:
        sent = {"before": "Desk", "stamp": desk(home).stamp, **fields}
        response = kept.post(f"{LIST}change/", sent)
        assert response.status_code == 302
        return kept.get(response.headers["Location"]).content.decode()

    make(kept, home)
    change(act="add", first="2099-05-02", hours="10-12, 14-15", label="Stocktaking")
    single = Special(date(2099, 5, 2), date(2099, 5, 2), read_hours("10-12, 14-15"), "Stocktaking")
    assert desk(home).calendar.now.specials == (single,)
    page = change(act="take", file=SimpleUploadedFile("days.ics", FILE, "text/calendar"))
    assert "1 exception was taken in." in page
    assert "1 entry was left out" in page
    assert kept.get(f"{DESK}?done=taken&taken={'1' * 5_000}&left=0").status_code == 200
    several = Special(date(2099, 12, 24), date(2099, 12, 25), label="Between the years")
    assert desk(home).calendar.now.specials == (single, several)
    page = change(
        act="remove",
        first="2099-05-02",
        last="2099-05-02",
        hours="10:00-12:00, 14:00-15:00",
        label="Stocktaking",
    )
    assert desk(home).calendar.now.specials == (several,)
    assert "is removed." in page
    assert 'value="10:00-12:00, 14:00-15:00"' in page


NO_EXCEPTIONS: list[tuple[dict[str, object], str]] = [
    ({"act": "add", "first": "2026-13-01"}, "is no day"),
    ({"act": "add", "first": "2026-12-02", "last": "2026-12-01"}, "ends before it begins"),
    ({"act": "add", "first": "2026-12-02", "hours": "noon"}, "no interval of a day"),
    ({"act": "take"}, "No file was chosen"),
    ({"act": "take", "file": SimpleUploadedFile("days.ics", b"PK\x03\x04")}, "no calendar file"),
    ({"act": "take", "file": SimpleUploadedFile("days.ics", b"x" * 1_000_001)}, "at most 1,000,000 bytes"),
    ({"act": "back", "since": "2026-01-01"}, "no earlier hours"),
]


def test_what_is_no_exception_is_refused_and_nothing_changes(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    seen = make(kept, home)
    for fields, said in NO_EXCEPTIONS:
        response = kept.post(f"{LIST}change/", {"before": "Desk", "stamp": seen.stamp, **fields})
        assert (response.status_code, said in unescape(response.content.decode())) == (400, True), fields
    assert desk(home) == seen


def test_a_change_made_meanwhile_is_not_written_over(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    seen = make(kept, home)
    kept.post(f"{LIST}save/", form(seen))
    now = desk(home)
    for path, sent in (
        ("save/", form(seen, zone="UTC")),
        ("change/", {"before": "Desk", "stamp": seen.stamp, "act": "add", "first": "2099-01-01"}),
        ("delete/", {"before": "Desk", "stamp": seen.stamp}),
    ):
        response = kept.post(f"{LIST}{path}", sent)
        assert response.status_code == 409, path
        assert "meanwhile" in response.content.decode(), path
    assert desk(home) == now


def test_a_deleted_calendar_comes_back_by_one_click(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    seen = make(kept, home)
    response = kept.post(f"{LIST}delete/", {"before": "Desk", "stamp": seen.stamp})
    page = kept.get(response.headers["Location"]).content.decode()
    assert "“Desk” is deleted." in page
    assert kept.get(DESK).status_code == 404
    kept.post(f"{LIST}restore/", {"aside": "Desk.yaml.deleted"})
    assert desk(home) == seen
    assert kept.post(f"{LIST}restore/", {"aside": "Desk.yaml.deleted"}).status_code == 404


def test_what_cannot_be_logged_is_not_done(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    seen = make(kept, home)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        assert kept.post(f"{LIST}save/", form(seen)).status_code == 500
        assert kept.post(f"{LIST}delete/", {"before": "Desk", "stamp": seen.stamp}).status_code == 500
        cursor.execute("DROP TRIGGER full")
    assert desk(home) == seen


def test_every_change_stands_in_the_log(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    from trodden.web.audit.models import Entry

    before = Entry.objects.count()
    seen = make(kept, home)
    kept.post(f"{LIST}save/", form(seen))
    kept.post(f"{LIST}delete/", {"before": "Desk", "stamp": desk(home).stamp})
    kept.post(f"{LIST}restore/", {"aside": "Desk.yaml.deleted"})
    entries = Entry.objects.filter(number__gt=before).order_by("number")
    said = list(entries.values_list("action", "what"))
    assert said == [(f"calendar.{what}", "Desk") for what in ("add", "change", "delete", "restore")]


def test_weeks_begin_on_the_day_that_is_set_on_pages_that_are_open(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    asked = "/explore/lifecycle/?by=week"
    assert "2025-12-29" in kept.get(asked).content.decode()
    assert kept.post(f"{LIST}weeks/", {"day": "sunday"}).status_code == 302
    assert '<option value="sunday" selected>' in kept.get(LIST).content.decode()
    assert "2025-12-28" in kept.get(asked).content.decode()
    assert kept.post(f"{LIST}weeks/", {"day": "friday"}).status_code == 400
    assert Workspace.open(home).mark.week_begins == "sunday"


def test_a_question_about_waits_offers_the_calendars_and_says_by_which_it_counts(
    kept: Client,
    home: Path,  # noqa: F811 - the fixture
) -> None:
    assert "There is no calendar called" in kept.get("/explore/pauses/?calendar=Desk").content.decode()
    make(kept, home)
    page = kept.get("/explore/pauses/?floor=1min&calendar=Desk").content.decode()
    assert '<option value="Desk" selected>Desk</option>' in page
    assert "only hours of Desk count (UTC)" in page
    assert "There is no calendar called" in kept.get("/explore/pauses/?calendar=Dusk").content.decode()
