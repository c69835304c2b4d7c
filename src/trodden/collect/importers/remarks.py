"""What is worth telling about how a file was read, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from typing import Final

_SHOWN: Final = 5
_PLACES: Final = {
    "channel": "the channel `other`",
    "outcome": "the outcome `unknown`",
    "value": "no amount",
    "duration": "no duration",
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
    texts = {
        "local_times": f"Times without a zone, read in {zone}",
        "ambiguous_times": f"Clocks that come twice in {zone}, when summer time ends (the first was taken)",
        "moved_times": f"Clocks that never come in {zone}, when summer time begins (moved forward)",
        "ambiguous_dates": "Dates that could be read day first or month first",
        "repeated_rows": "Rows equal to an earlier one (all are kept)",
    }
    yield from (f"{text}: {counts[name]:,}." for name, text in texts.items() if counts.get(name))
    for role, found in unknown.items():
        shown = ", ".join(f"{text!r} ({count:,})" for text, count in found.most_common(_SHOWN))
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        yield f"Not understood as {role}, so {_PLACES[role]} and kept as a property: {shown}{more}."
    if counts.get("rejected", 0) > kept_rejects:
        yield f"Only the first {kept_rejects:,} rejected rows are written; the others are counted."
