"""Patterns over walks of one-letter touchpoints: every run of steps is tried with Python's expressions."""

from __future__ import annotations

import re


def expression_of(pattern: str) -> tuple[re.Pattern[str], bool, bool]:
    """Return a regular expression over letters, and whether the match is bound at start and end."""
    at_start, at_end = pattern.startswith("^"), pattern.endswith("$")
    bare = pattern.strip("^$") if not pattern.startswith("^[^") else pattern[1:].rstrip("$")
    return re.compile(bare.replace("->", "").replace("|", ""), re.DOTALL), at_start, at_end


def matches(walk: str, pattern: str) -> list[tuple[int, int]]:
    """Return every match, leftmost-shortest, each beginning behind the one before: first and last place."""
    expression, at_start, at_end = expression_of(pattern)
    found: list[tuple[int, int]] = []
    free = 0
    for first in range(len(walk)):
        if first < free or (at_start and first > 0):
            continue
        for last in range(first, len(walk)):
            is_bound = last == len(walk) - 1 or not at_end
            if is_bound and expression.fullmatch(walk[first : last + 1]):
                found.append((first, last))
                free = last + 1
                break
    return found
