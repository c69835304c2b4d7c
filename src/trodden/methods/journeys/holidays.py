"""Public holidays of countries and their parts, from the library `holidays`, loaded when it is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trodden.model.errors import CallerError

if TYPE_CHECKING:
    from datetime import date

    from trodden.model.calendars import Region


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Return the ISO code of every country there are holidays of; the holidays themselves are not loaded."""
    from holidays.registry import EntityLoader

    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


@lru_cache(maxsize=64)
def parts_of(country: str) -> tuple[str, ...]:
    """Return the codes of the parts of a country; nothing of one whose holidays are not known."""
    from holidays import country_holidays

    return tuple(country_holidays(country).subdivisions) if country in country_codes() else ()


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Return the English name of every country, by ISO code."""
    from holidays.registry import COUNTRIES

    named = {code: names[0] for names in COUNTRIES.values() for code in names[1:2]}
    return {code: _apart(named.get(code, code)) for code in sorted(country_codes())}


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
    return {code: called.get(code, code) for code in parts_of(country)}


def check_region(region: Region) -> None:
    """Refuse a country or a part nobody knows the holidays of.

    Raises
    ------
    CallerError
        It is one.
    """
    if region.country not in country_codes():
        raise CallerError(f"The holidays of {region.country!r} are not known.", hint="Use a code such as AT.")
    if region.part and region.part not in parts_of(region.country):
        known = ", ".join(parts_of(region.country)) or "none"
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
