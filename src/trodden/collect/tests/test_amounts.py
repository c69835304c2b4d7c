"""Money and durations are read as people write them, to the last minor unit and millisecond."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trodden.collect.importers.amounts import guess_decimal, read_amount, read_duration


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("12.50", ".", (1250, "")),
        ("12,50", ",", (1250, "")),
        ("1.234,56 €", ",", (123456, "EUR")),
        ("€ 1.234", ",", (123400, "EUR")),
        ("$1,234.56", ".", (123456, "USD")),
        ("US$5", ".", (500, "USD")),
        ("-5", ".", (-500, "")),
        ("(5.00)", ".", (-500, "")),
        ("$-5", ".", (-500, "USD")),
        ("5-", ".", (-500, "")),
        ("EUR 12", ".", (1200, "EUR")),
        ("12 CHF", ".", (1200, "CHF")),
        ("1'234.50", ".", (123450, "")),
        ("1 234,50", ",", (123450, "")),
        ("100 JPY", ".", (100, "JPY")),
        ("1.234 KWD", ".", (1234, "KWD")),
        ("0.005", ".", (1, "")),
        ("-0.005", ".", (-1, "")),
        ("0.0049", ".", (0, "")),
        ("1.005", ".", (101, "")),
    ],
)
def test_an_amount_is_read(text: str, decimal: str, expected: tuple[int, str]) -> None:
    assert read_amount(text, decimal) == expected


@pytest.mark.parametrize(
    "text", ["", "x", "1,2,3.4.5", "12 euros", "1,23", "--5", "1e5", "9" * 41, "9" * 25, "é"]
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(text, ".") is None


def test_a_given_currency_sets_the_minor_units() -> None:
    assert read_amount("12.5", ".", "JPY") == (13, "JPY")
    assert read_amount("12.5 EUR", ".", "JPY") == (1250, "EUR")


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1,5", "2,75"], ","),
        (["1.5", "2.75"], "."),
        (["1.234,50"], ","),
        (["1,234.50"], "."),
        (["1,234"], "."),
        ([], "."),
    ],
)
def test_the_decimal_mark_is_told(texts: list[str], mark: str) -> None:
    assert guess_decimal(texts) == mark


@pytest.mark.parametrize(
    ("text", "unit", "ms"),
    [
        ("90", "s", 90_000),
        ("1.5", "min", 90_000),
        ("250", "ms", 250),
        ("0.0005", "s", 1),
        ("2", "h", 7_200_000),
        ("00:02:23", "s", 143_000),
        ("2:23", "s", 143_000),
        ("26:00:00.5", "s", 93_600_500),
        ("1 day, 02:00:00", "s", 93_600_000),
        ("1.02:00:00", "s", None),
        ("PT1H30M", "s", 5_400_000),
        ("P1DT0.5S", "s", 86_400_500),
        ("P2W", "s", 1_209_600_000),
        ("1.5h", "s", 5_400_000),
        ("30 min", "s", 1_800_000),
        ("45ms", "s", 45),
        ("-5", "s", None),
        ("-PT5S", "s", None),
        ("P", "s", None),
        ("PT", "s", None),
        ("soon", "s", None),
        ("", "s", None),
        ("1e400", "s", None),
        ("9" * 30, "h", None),
    ],
)
def test_a_duration_is_read(text: str, unit: str, ms: int | None) -> None:
    assert read_duration(text, ".", unit) == ms


def test_a_decimal_comma_in_durations() -> None:
    assert read_duration("1,5", ",") == 1_500


@given(st.integers(-(10**12), 10**12), st.sampled_from([".", ","]))
def test_every_amount_comes_back(minor: int, mark: str) -> None:
    written = f"{abs(minor) // 100}{mark}{abs(minor) % 100:02}"
    assert read_amount(("-" if minor < 0 else "") + written, mark) == (minor, "")


@given(st.text(max_size=50))
@example("1" + "0" * 26)
def test_any_text_is_an_amount_or_none(text: str) -> None:
    for mark in (".", ","):
        found = read_amount(text, mark)
        assert found is None or isinstance(found[0], int)
        duration = read_duration(text, mark)
        assert duration is None or duration >= 0


@given(st.decimals(0, 10**6, places=3))
def test_seconds_become_milliseconds(seconds: Decimal) -> None:
    assert read_duration(str(seconds), ".") == int(seconds * 1000)
