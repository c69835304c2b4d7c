"""Sentences said to readers of two languages, and kept ones said again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from trodden.charts.formats import format_estimate, format_interval, format_value
from trodden.model.durations import format_duration
from trodden.model.errors import CallerError, UnknownNameError
from trodden.model.money import format_money
from trodden.model.words import keep, language, ntr, say, speaking, tr


def test_english_is_said_as_it_is_written() -> None:
    assert tr("{n} went on", n=3) == "3 went on"
    assert say("Nobody here knows this sentence.") == "Nobody here knows this sentence."
    with speaking("de"):
        assert tr("") == ""


def test_a_language_nobody_knows_is_english() -> None:
    with speaking("tlh"):
        assert (language(), tr("yes")) == ("en", "yes")


def test_figures_have_the_marks_of_the_language() -> None:
    with speaking("de"):
        said = (
            format_value(1234.5, "number"),
            format_value(0.041, "share"),
            format_duration(662_400),
            format_money(123_456, "EUR"),
            format_interval(-2.5, 1234, "number"),
            format_value("2026-03-04T09:05:00+00:00", "time"),
            format_estimate(0.13, 0.1, 0.16, "points").replace("\u2013", "-"),
        )
    assert said == (
        *("1.234", "4,1 %", "7,7 d", "1.234,56 EUR"),
        *("[\u22122,5 bis 1.234]", "4. März 2026, 09:05", "13 Punkte [10-16]"),
    )


def test_one_and_many_are_told_apart() -> None:
    with speaking("de"):
        said = [ntr("{n} is still on the way.", "{n} are still on the way.", n, n=n) for n in (1, 2, 0)]
    assert said == ["1 ist noch unterwegs.", "2 sind noch unterwegs.", "0 sind noch unterwegs."]


def test_a_kept_sentence_is_said_again_with_what_stands_in_it() -> None:
    often = keep("{number} points more often{interval}", number="12.5", interval=" [8\u201317]")
    who = keep("Customers who skip {what}").format(what="Order mail")
    kept = keep("{who} get what they came for {often_said}", who=who, often_said=often)
    assert kept == "Customers who skip Order mail get what they came for 12.5 points more often [8\u201317]"
    with speaking("de"):
        said = say(kept)
    assert said == (
        "Kunden, die Order mail überspringen, bekommen 12,5 Punkte häufiger [8\u201317], was sie wollten"
    )


@pytest.mark.parametrize(
    "name", ["after sales", "Proof of address", "January 7", "yes", "at the start", "3.2", "1,234"]
)
def test_names_of_data_stay_as_they_are_in_a_kept_sentence(name: str) -> None:
    kept = keep("Customers who pause after {place} get what they came for {often_said}").format(
        place=name, often_said="1 points less often"
    )
    with speaking("de"):
        assert f"nach {name} pausieren" in say(kept)


@pytest.mark.parametrize("name", ["Proof of address", "Sales of 2026", "Cost 1,234 each"])
def test_a_name_alone_is_no_sentence(name: str) -> None:
    with speaking("de"):
        assert say(name) == name


def test_an_error_is_said_in_the_language_of_who_reads_it_wherever_it_was_raised() -> None:
    def fail() -> None:
        raise UnknownNameError("There is no touchpoint called 'Bil'.", hint="Did you mean Bill?")

    with speaking("de"), ThreadPoolExecutor(1) as pool:
        error = pool.submit(fail).exception()
        assert isinstance(error, CallerError)
        assert (error.message, error.hint) == (
            "Einen Kontaktpunkt namens 'Bil' gibt es nicht.",
            "Meinten Sie Bill?",
        )
    assert str(error) == "There is no touchpoint called 'Bil'. Did you mean Bill?"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            "In May 2026 of those who came by Order customers got what they came for 3.1 points less often",
            "Im Zeitraum Mai 2026 haben Kunden, die bei Order vorbeikamen, 3,1 Punkte seltener bekommen,",
        ),
        (
            "40 % of 300 reach the goal after a pause, 30 % of 1,200 without one; a pause is over 2 d",
            "40 % von 300 erreichen nach einer Pause das Ziel, 30 % von 1.200 ohne; eine Pause",
        ),
        ("But: Customers who skip X get there 2.4 h later [2-3 h].", "Aber: Kunden, die X überspringen,"),
        (
            "Customers who go by way of Help hint get there at another pace",
            "Kunden, die über Help hint gehen,",
        ),
    ],
)
def test_sentences_within_a_kept_sentence_are_said_again_too(kept: str, said: str) -> None:
    end = " than in April 2026" if kept.startswith("In ") else ""
    with speaking("de"):
        assert say(f"{kept}{end}").startswith(said)
