"""Commands in the reader's language: which one it is, what is said in it, what is the same in all of them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from trodden.cli import main
from trodden.cli.app import COMMANDS, app
from trodden.cli.language import said_again, spoken

LOG = "customer,touchpoint,time\n" + "".join(
    f"c{n},{name},2026-03-{day:02} 10:00\n" for n in range(1_200) for name, day in (("a", 4), ("b", 5))
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("language")
    (home / "log.csv").write_text(LOG)
    assert main(["--home", str(home), "import", str(home / "log.csv"), "--quiet"]) == 0
    return home


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """Run a command; return what it wrote and what it complained of."""
    capfd.readouterr()
    main(list(arguments))
    return capfd.readouterr()


def test_the_option_goes_before_the_variable_and_that_before_the_terminal(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRODDEN_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "de_AT.UTF-8")
    assert "Diese Hilfe zeigen und enden." in said(capfd, "--help")[0]
    monkeypatch.setenv("TRODDEN_LANGUAGE", "en")
    assert "Show this message and exit." in said(capfd, "--help")[0]
    assert "Befehle:" in said(capfd, "--language=de", "--help")[0]
    assert "'fr' is not one of 'en', 'de'" in said(capfd, "--language", "fr", "findings")[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_in_german(name: str) -> None:
    found = app.get_command(click.Context(app), name)
    assert found is not None
    with spoken("de"):
        pairs = [
            *texts(found, said_again(found)),
            (COMMANDS[name][2], said_again(app).get_help(click.Context(app))),
        ]
    assert [english for english, german in pairs if english and english in german] == []


def texts(english: click.Command, german: click.Command) -> list[tuple[str, str]]:
    """Return each text of a command, its options and its commands, as it is and as it is said."""
    mine = [one.help or "" for one in english.params if isinstance(one, click.Option)]
    yours = [one.help or "" for one in german.params if isinstance(one, click.Option)]
    pairs = [(english.help or "", german.help or ""), *zip(mine, yours, strict=True)]
    if isinstance(english, click.Group) and isinstance(german, click.Group):
        for name, one in english.commands.items():
            pairs += texts(one, german.commands[name])
    return pairs


def test_answers_have_german_words_numbers_and_days(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    german = ("--language", "de", "--home", str(home))
    table, _ = said(capfd, *german, "ask", "overview")
    assert "1.200 Kunden haben 2.400 Ereignisse hinterlassen, 4. März 2026 bis 5. März 2026" in table
    assert "gespeichert" in said(capfd, *german, "imports")[0].splitlines()[0]
    assert "alle unversehrt" in said(capfd, *german, "doctor")[0]


@pytest.mark.parametrize("form", ["--json", "--csv"])
@pytest.mark.parametrize("command", [("ask", "overview"), ("findings",)])
def test_what_programs_read_is_the_same_in_every_language(
    home: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...], form: str
) -> None:
    in_english, in_german = (
        said(capfd, "--language", language, "--home", str(home), *command, form)[0]
        for language in ("en", "de")
    )
    assert in_english == in_german != ""


def test_an_error_and_its_hint_are_said_in_german(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, told = said(capfd, "--language", "de", "--home", str(tmp_path), "import", str(tmp_path / "no.csv"))
    first, second = told.splitlines()
    assert first.startswith(f"Fehler: {tmp_path / 'no.csv'} ist nicht zu lesen: ")
    assert second == "Tipp:   Prüfen Sie den Namen und Ihr Recht, sie zu lesen."
    assert "Es gibt keinen Befehl 'nope'." in said(capfd, "--language", "de", "nope")[1]


def test_english_follows_german_in_one_process(capfd: pytest.CaptureFixture[str]) -> None:
    german, english = (
        said(capfd, "--language", language, "imports", "undo", "--help")[0] for language in ("de", "en")
    )
    assert ("Aufruf:" in german, "Diese Hilfe zeigen und enden." in german) == (True, True)
    assert ("Usage:" in english, "Show this message and exit." in english) == (True, True)
