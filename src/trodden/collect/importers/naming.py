"""Names of columns, whatever the header says."""

from __future__ import annotations

from collections.abc import Sequence


def distinct_names(header: Sequence[str]) -> list[str]:
    """Return a name for each column: trimmed, ``column 3`` for none, ``a (2)`` for a second ``a``."""
    taken: set[str] = set()
    names: list[str] = []
    for number, text in enumerate(header, 1):
        name = _free(" ".join(text.split()) or f"column {number}", taken)
        taken.add(name)
        names.append(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
