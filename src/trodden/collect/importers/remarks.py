"""What is worth telling about how a file was read, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from typing import Final

from trodden.model.words import keep

_SHOWN: Final = 5
_PLACES: Final = {
    "channel": keep("the channel `other`"),
    "outcome": keep("the outcome `unknown`"),
    "value": keep("no amount"),
    "duration": keep("no duration"),
}
_COUNTED: Final = {
    "local_times": keep("Times without a zone, read in {zone}: {n}."),
    "ambiguous_times": keep(
        "Clocks that come twice in {zone}, when summer time ends (the first was taken): {n}."
    ),
    "moved_times": keep("Clocks that never come in {zone}, when summer time begins (moved forward): {n}."),
    "ambiguous_dates": keep("Dates that could be read day first or month first: {n}."),
    "repeated_rows": keep("Rows equal to an earlier one (all are kept): {n}."),
}


def remarks(
    counts: MappingOf[str, int], unknown: MappingOf[str, Counter[str]], zone: str, kept_rejects: int
) -> Iterator[str]:
    """Yield a sentence for everything that was noticed.

    Parameters
    ----------
    counts
        How often, by name: ``local_times``, ``ambiguous_times``, ``moved_times``, ``ambiguous_dates``,
        ``repeated_rows``, ``rejected``.
    unknown
        Texts that were not understood, by role.
    zone
        The zone local times were read in.
    kept_rejects
        How many rejected rows are written at most.
    """
    yield from (
        text.format(zone=zone, n=f"{counts[name]:,}") for name, text in _COUNTED.items() if counts.get(name)
    )
    for role, found in unknown.items():
        yield _not_understood(role, found)
    if counts.get("rejected", 0) > kept_rejects:
        n = f"{kept_rejects:,}"
        yield keep("Only the first {n} rejected rows are written; the others are counted.", n=n)


def _not_understood(role: str, found: Counter[str]) -> str:
    shown = ", ".join(f"{text!r} ({count:,})" for text, count in found.most_common(_SHOWN))
    where = _PLACES[role]
    if len(found) <= _SHOWN:
        return keep(
            "Not understood as {role}, so {where} and kept as a property: {shown}.",
            role=role,
            where=where,
            shown=shown,
        )
    return keep(
        "Not understood as {role}, so {where} and kept as a property: {shown} and {n} more.",
        role=role,
        where=where,
        shown=shown,
        n=len(found) - _SHOWN,
    )
