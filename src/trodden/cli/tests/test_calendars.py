"""``trodden calendar``: what it keeps is what pages keep, and it measures by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trodden.cli import main
from trodden.store.folder import Workspace


class Home:
    """A home folder and what commands about its calendars say."""

    def __init__(self, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.path, self._capfd = path, capfd

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command that ends with a status; return what it wrote, or else what it said is wrong."""
        self._capfd.readouterr()
        assert main(["--home", str(self.path), "calendar", *words]) == code
        said = self._capfd.readouterr()
        return said.out or said.err


@pytest.fixture
def home(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Home:
    Workspace.create(tmp_path, time_zone="Europe/Vienna")
    return Home(tmp_path, capfd)


def test_a_calendar_is_kept_shown_changed_and_put_aside(home: Home) -> None:
    assert "There is no calendar" in home.run("list")
    home.run("set", "Desk", "--hours", "mon-fri 9-17", "--holidays", "AT/9")
    assert home.run("list") == "Desk  Europe/Vienna  mon-fri 09:00-17:00\n"
    home.run("set", "Desk", "--hours", "mon-fri 10-16", "--from", "2026-07-01", "--time-zone", "UTC")
    shown = home.run("show", "Desk")
    assert shown.count("time_zone") == 2
    assert "valid_from: 2026-07-01" in shown
    assert shown.count("country: AT") == 2
    home.run("delete", "Desk")
    assert "There is no calendar" in home.run("list")


def test_a_calendar_that_cannot_be_read_is_named_and_not_written_over(home: Home) -> None:
    home.run("set", "Desk", "--hours", "mon-fri 9-17")
    (file,) = home.path.rglob("Desk.yaml")
    file.write_text("hours: {")
    assert "Desk.yaml: This is not YAML" in home.run("set", "Desk", "--hours", "mon-fri 9-16", code=2)
    assert file.read_text() == "hours: {"


def test_it_says_how_long_a_calendar_is_open_and_when_a_wait_is_over(home: Home) -> None:
    home.run("set", "Desk", "--hours", "mon-fri 9-17")
    assert home.run("open", "Desk", "2026-11-20T16:00", "2026-11-23T10:30") == "2.5 open hours\n"
    assert home.run("due", "Desk", "2026-11-20T16:00", "2h") == "2026-11-23T10:00:00+01:00\n"


def test_days_off_of_a_file_close_it(home: Home, tmp_path: Path) -> None:
    home.run("set", "Desk", "--hours", "mon-sun 0-24")
    file = tmp_path / "days.ics"
    days = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261224\r\nEND:VEVENT\r\n"
    timed = "BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20261224T100000Z\r\nEND:VEVENT\r\n"
    file.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{days}{timed}END:VCALENDAR\r\n")
    assert home.run("take-in", "Desk", str(file)) == "1 exception added.\n1 entry left out.\n"
    assert home.run("open", "Desk", "2026-12-24", "2026-12-25") == "0 open hours\n"


@pytest.mark.parametrize(
    "words",
    [
        ("set", "Desk", "--hours", "someday 9-17"),
        ("set", "Other"),
        ("set", "Desk", "--from", "soon"),
        ("set", "Desk", "--holidays", "XX"),
        ("open", "Desk", "2026-11-23", "2026-11-20"),
        ("due", "Desk", "2026-11-23", "soon"),
        ("show", "Nobody"),
    ],
)
def test_what_cannot_be_is_refused(home: Home, words: tuple[str, ...]) -> None:
    home.run("set", "Desk", "--hours", "mon-fri 9-17")
    home.run(*words, code=2)
