"""Texts that are worst for a regular expression: its own signs, repeated, with an end that does not fit."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from re import _constants as known  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import django

import trodden.web

ROOT = Path(trodden.__file__).parent
LONG = 200_000
SHORT = 60
BOUNDED = {"amounts": 40, "times": 64}
"""Modules that refuse longer texts before they read them by an expression."""
MOST = 10
CATEGORIES = {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "a", "NOT_WORD": "-"}
SEARCHES = ("search", "sub", "split", "findall", "finditer")


def hold_all() -> int:
    """Try every compiled expression at the top of a module; return how many there are."""
    django.setup()
    count = 0
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        if "re.compile" not in text or {"tests", "migrations"} & set(path.parts):
            continue
        module = importlib.import_module(".".join(("trodden", *path.relative_to(ROOT).with_suffix("").parts)))
        for name, value in vars(module).items():
            for one in patterns_in(value):
                print(path, name, flush=True)
                hold(one, how_used(text, name, value), BOUNDED.get(path.stem, LONG))
                count += 1
    return count


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from patterns_in(one)
    elif isinstance(value, dict):
        yield from patterns_in(list(value.values()))


def how_used(text: str, name: str, value: object) -> str:
    """Say whether an expression is only held to one place of a text, or sought from every place on."""
    is_sought = not isinstance(value, re.Pattern) or any(f"{name}.{how}" in text for how in SEARCHES)
    return "search" if is_sought else "fullmatch"


def hold(pattern: re.Pattern[Any], how: str, longest: int = LONG) -> None:
    """Match an expression with its worst texts; it does not come back where it is not linear."""
    is_of_bytes = isinstance(pattern.pattern, bytes)
    expression = pattern.pattern.decode("latin-1") if is_of_bytes else pattern.pattern
    for one in texts_of(expression, longest):
        text = one.encode("latin-1", "replace") if is_of_bytes else one
        pattern.match(text)
        pattern.fullmatch(text)
        if how == "search":
            pattern.search(text)


def texts_of(expression: str, longest: int) -> Iterator[str]:
    """Yield long repetitions of each sign, and short ones of each pair behind each sign."""
    signs = list(dict.fromkeys(signs_of(parser.parse(expression))))[:MOST]
    for sign in signs:
        yield f"{sign * longest}\0"
    for before, one, other in product(("", *signs), signs, ("", *signs)):
        yield f"{before}{(one + other) * min(SHORT, longest)}\0"[-longest:]


def signs_of(parsed: object) -> Iterator[str]:
    """Yield one sign for each piece of an expression."""
    if isinstance(parsed, parser.SubPattern):
        for code, argument in parsed:
            yield from _signs(code, argument)
    elif isinstance(parsed, Iterable) and not isinstance(parsed, str):
        for one in parsed:
            yield from signs_of(one)


def _signs(code: object, argument: object) -> Iterator[str]:
    if code is known.LITERAL:
        yield chr(argument)
    elif code in (known.NOT_LITERAL, known.ANY):
        yield "b"
    elif code is known.IN:
        yield from _members(argument)
    else:
        yield from signs_of(argument)


def _members(members: list[tuple[object, object]]) -> Iterator[str]:
    if (known.NEGATE, None) in members:
        yield "b"
    for code, argument in members:
        if code is known.LITERAL:
            yield chr(argument)
        elif code is known.RANGE:
            yield chr(argument[0])
        elif code is known.CATEGORY:
            yield CATEGORIES[str(argument).removeprefix("CATEGORY_")]
