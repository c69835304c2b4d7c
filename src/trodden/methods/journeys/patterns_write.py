"""Names and sets of names written as patterns and steps read them back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

_SAFE: Final = re.compile(r'(?:(?!->)[^\[\]|^$*+?()"])+')


def write_name(name: str) -> str:
    """Write a touchpoint's name as an element of a pattern, in quotes where it needs them.

    Examples
    --------
    >>> [write_name(name) for name in ("Plan page", "Pay now?", ".")]
    ['Plan page', '"Pay now?"', '"."']
    """
    is_safe = _SAFE.fullmatch(name) and name == name.strip() and name != "."
    return name if is_safe else '"' + name.replace('"', '""') + '"'


def write_others(names: Iterable[str]) -> str:
    """Write the element that fits every touchpoint but these, at least one.

    Examples
    --------
    >>> write_others(["a", "b|c"])
    '[^a|"b|c"]'
    """
    return f"[^{'|'.join(write_name(name) for name in names)}]"


def write_items(items: Iterable[str]) -> str:
    """Write a list as one text, as questions in addresses and on command lines hold it.

    Examples
    --------
    >>> write_items(["a", "b, c"])
    'a,"b, c"'
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(items)
    return text.getvalue()
