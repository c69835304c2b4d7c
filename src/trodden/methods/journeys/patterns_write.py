"""Names and sets of names written as patterns and steps read them back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

from trodden.model.errors import QuestionError

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
    items = tuple(items)
    if any(item != item.strip() for item in items):
        return write_mark(*items)
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(items)
    return text.getvalue()


def write_mark(*items: str) -> str:
    """Write a list as `write_items` does, every item in quotes, so that blanks at its ends stay.

    Examples
    --------
    >>> write_mark("a", " b")
    '"a"," b"'
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="", quoting=csv.QUOTE_ALL).writerow(items)
    return text.getvalue()


def read_items(text: str) -> tuple[str, ...]:
    """Read a list that `write_items` or `write_mark` wrote, or somebody with blanks behind its commas.

    Raises
    ------
    QuestionError
        It is no such list: no line, or a name of more than 131,072 characters.

    Examples
    --------
    >>> read_items('a, "b, c",')
    ('a', 'b, c', '')
    """
    try:
        return tuple(next(csv.reader([text], skipinitialspace=True), ()))
    except csv.Error as error:
        raise QuestionError(
            "This is not a list of names: a line ends outside quotes, or a name has over 131,072 letters.",
            hint="Write the names in one line with commas between them, each in quotes where it needs them.",
        ) from error


def name_of_mark(mark: str) -> str:
    """Return the first name of a mark; empty where it has none.

    Examples
    --------
    >>> name_of_mark(write_mark("a, b"))
    'a, b'
    """
    return next(iter(read_items(mark)), "")
