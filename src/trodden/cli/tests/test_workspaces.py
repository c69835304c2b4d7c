"""The zone of a workspace: set when it is made, changed later, and what answers make of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trodden.cli import main

LATE = "customer,touchpoint,time\nk,a,2026-03-31T23:30:00Z\nm,a,2026-03-31T12:00:00Z\n"
"""The first event is in April in Berlin, and still in March in Greenwich."""


class Home:
    """A home folder and what commands on it say."""

    def __init__(self, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.path, self._capfd = path, capfd

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; return its status and what it wrote."""
        self._capfd.readouterr()
        status = main(["--home", str(self.path / "home"), *arguments])
        return status, *self._capfd.readouterr()

    def in_april(self) -> int:
        """Count who began in April, by the workspace's own calendar."""
        _, out, _ = self.run("ask", "overview", "--period", "2026-04-01..2026-05-01", "--json")
        return json.loads(out)["about"]["customers"]


@pytest.fixture
def home(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Home:
    (tmp_path / "log.csv").write_text(LATE)
    return Home(tmp_path, capfd)


def test_days_are_those_of_the_zone_and_the_zone_can_be_changed(home: Home) -> None:
    assert home.run("import", str(home.path / "log.csv"), "--quiet")[0] == 0
    assert home.in_april() == 0
    assert home.run("workspace", "set", "--time-zone", "Europe/Berlin") == (0, "default  Europe/Berlin\n", "")
    assert home.in_april() == 1
    assert home.run("workspace", "set", "--time-zone", "UTC", "--currency", "EUR")[0] == 0
    assert home.in_april() == 0
    assert home.run("workspace", "list")[1] == "default  UTC  EUR\n"


def test_a_new_workspace_is_in_the_zone_its_first_file_is_read_in(home: Home) -> None:
    assert home.run("import", str(home.path / "log.csv"), "--timezone", "Europe/Berlin", "--quiet")[0] == 0
    assert home.in_april() == 1
    assert home.run("import", str(home.path / "log.csv"), "--timezone", "America/Lima", "--quiet")[0] == 0
    assert home.run("workspace", "list")[1] == "default  Europe/Berlin\n"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--time-zone", "Europe/Berlni", "Did you mean Europe/Berlin"),
        ("--time-zone", "", "Use a name such as Europe/Berlin"),
        ("--currency", "Euro", "ISO 4217"),
    ],
)
def test_what_is_no_zone_or_currency_is_refused(home: Home, option: str, value: str, said: str) -> None:
    home.run("import", str(home.path / "log.csv"), "--quiet")
    status, _, err = home.run("workspace", "set", option, value)
    assert status == 2
    assert said in err
    assert home.run("workspace", "list")[1] == "default  UTC\n"


def test_saying_nothing_to_set_is_a_fault_of_the_caller(home: Home) -> None:
    home.run("import", str(home.path / "log.csv"), "--quiet")
    assert home.run("workspace", "set")[0] == 2


def test_a_home_without_workspaces_says_what_makes_one(home: Home) -> None:
    assert "`trodden import FILE` makes one" in home.run("workspace", "list")[1]


def test_weeks_begin_on_the_day_that_is_set(home: Home) -> None:
    assert home.run("import", str(home.path / "log.csv"), "--quiet")[0] == 0

    def weeks() -> list[str]:
        _, out, _ = home.run("ask", "lifecycle", "--by", "week", "--json")
        return [one["label"] for one in json.loads(out)["periods"]]

    assert weeks() == ["2026-03-30"]
    assert home.run("workspace", "set", "--week-begins", "sunday")[0] == 0
    assert weeks() == ["2026-03-29"]
    assert home.run("workspace", "set", "--week-begins", "friday")[0] == 2
