"""Public holidays of countries and their parts, from the library `holidays`, loaded when it is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trodden.model.errors import CallerError

if TYPE_CHECKING:
    from datetime import date

    from trodden.model.calendars import Region


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """Return every country there are holidays of, by ISO code, with the codes of its parts."""
    from holidays import list_supported_countries

    found = list_supported_countries(include_aliases=False)
    return {code: tuple(found[code]) for code in sorted(found)}


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Return the English name of every country, by ISO code."""
    from holidays.registry import COUNTRIES

    named = {code: names[0] for names in COUNTRIES.values() for code in names[1:2]}
    return {code: _apart(named.get(code, code)) for code in countries()}


def _apart(name: str) -> str:
    """Set the words of a class name apart: ``NewZealand`` is New Zealand."""
    return "".join(
        f" {letter}" if at and letter.isupper() and name[at - 1].islower() else letter
        for at, letter in enumerate(name)
    )


@lru_cache(maxsize=64)
def part_names(country: str) -> dict[str, str]:
    """Return how the parts of a country are called, by code."""
    from holidays import country_holidays

    called: dict[str, str] = {}
    for name, code in country_holidays(country).subdivisions_aliases.items():
        called.setdefault(code, name)
    return {code: called.get(code, code) for code in countries()[country]}


def check_region(region: Region) -> None:
    """Refuse a country or a part nobody knows the holidays of.

    Raises
    ------
    CallerError
        It is one.
    """
    parts = countries().get(region.country)
    if parts is None:
        raise CallerError(f"The holidays of {region.country!r} are not known.", hint="Use a code such as AT.")
    if region.part and region.part not in parts:
        known = ", ".join(parts) or "none"
        raise CallerError(f"{region.country} has no part {region.part!r}.", hint=f"Parts: {known}.")


@lru_cache(maxsize=64)
def holidays_of(region: Region, first: int, last: int, language: str = "") -> tuple[tuple[date, str], ...]:
    """Return the public holidays of the years from ``first`` to ``last``, with their names, in order.

    Days off in lieu of holidays that fall on a weekend are among them. Names are in the language where the
    library has it, else in English, else as the country calls them.
    """
    from holidays import country_holidays

    check_region(region)
    known = country_holidays(region.country)
    wanted = [code for code in (language, "en_US") if code in known.supported_languages]
    found = country_holidays(
        region.country,
        subdiv=region.part or None,
        years=range(first, last + 1),
        language=wanted[0] if wanted else known.default_language,
    )
    return tuple(sorted(found.items()))
