"""Sentences in the reader's language: made when they are shown, never before.

Texts of pages go through Django's gettext, which only the web may import; everything below says its sentences
with `tr` and `ntr`, out of the same catalogue. What is kept longer than one reader reads it, in an answer, a
record or an error, is made with `keep`: it stays English as data, and `say` says it again where it is shown.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Generator

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""Every language there is, under the name it has for itself."""
SOURCE: Final = "en"
"""The language texts are written in."""
CATALOGUES: Final = Path(__file__).parent.parent / "locale"
KEPT: Final = "kept"
"""The context of texts that are said again from how they read in English."""
LONGEST: Final = 600
"""Letters of a sentence that is said again: in more, each value would be sought at every place."""
DEEPEST: Final = 8
"""Sentences within each other that are said again."""

_language: ContextVar[str] = ContextVar("language", default=SOURCE)
_MARKS: Final = str.maketrans(",.", ".,")
"""Comma and point change places in every other language there is."""
_FIELD: Final = re.compile(r"\{(\w+)\}")
_FIGURE: Final = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w,])")
_FIGURES: Final = r"(?:[\d\s.,<%\[\]\u2212\u2013+-]|to|ms|min|s|h|d|points)*?"
_IS_FIGURE: Final = re.compile(_FIGURES)
_A_FIGURE: Final = rf"(?=[\d<\[\u2212+-]){_FIGURES[:-2]}*(?<!\s)"
_COUNTS: Final = frozenset(
    ("n", "share", "interval", "all", "count", "points", "number", "time", "least", "version", "having")
)
"""What values are called that are figures, whatever digit follows: nothing else fits there."""
_SENTENCES: Final = frozenset(
    (
        *("who", "said", "sentence", "often_said", "later_said", "how", "again", "where", "rates"),
        *("outcome", "contacts", "reach", "half", "periods", "counted", "after_pause", "without"),
        *("others", "first", "second", "period", "period_before", "publish", "month"),
    )
)
"""What values are called that are sentences, or parts of one."""
_LISTED: Final = frozenset(("matched_on", "could"))
"""What values are called that list texts, a comma between them: each is said again by itself, or a name."""
_FIGURED: Final = _COUNTS | frozenset(
    (
        *("interval", "estimate", "odds", "left_out", "hidden_moves", "hidden_places", "days", "months"),
        *("events", "states", "steps", "touchpoints", "rules", "values", "entries", "bytes", "text", "given"),
        *("length", "shortest", "longest", "deepest", "many", "most", "null_count", "cast", "order", "fits"),
        *("free", "need", "total", "size", "ratio", "unpacked"),
    )
)
"""What values are called that may be figures, and then are written anew; so are those called ``most_...``."""
_LEAST_OWN: Final = 8
"""Letters under which a text that is made of sentences is a mere frame of them."""


def language() -> str:
    """Return the language sentences are made in."""
    return _language.get()


@contextmanager
def speaking(wanted: str) -> Generator[None]:
    """Make sentences in a language; in English where there is no such language."""
    token = _language.set(wanted if wanted in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


def tr(text: str, /, **values: object) -> str:
    """Say a text in the reader's language, with its values put in.

    Examples
    --------
    >>> tr("{n} went on", n=3)
    '3 went on'
    """
    found = _catalogue(language())
    said = found.gettext(text) if found and text else text  # of no text a catalogue tells its own head
    return said.format(**values) if values else said


def ntr(one: str, many: str, n: float, /, **values: object) -> str:
    """Say one of two texts by a number that is told, too, as it should be read.

    Examples
    --------
    >>> ntr("{n} step", "{n} steps", 2, n="2")
    '2 steps'
    """
    found = _catalogue(language())
    whole = 1 if n == 1 else 2
    said = found.ngettext(one, many, whole) if found else (one if whole == 1 else many)
    return said.format(**values) if values else said


def with_marks(figure: str) -> str:
    """Write a figure of English with the marks of the reader's language: its comma and point.

    Examples
    --------
    >>> with speaking("de"):
    ...     with_marks("1,234.5")
    '1.234,5'
    """
    return figure if language() == SOURCE else figure.translate(_MARKS)


def phrase(text: str) -> str:
    """Return a text as it is: one that is said elsewhere, and belongs into the catalogue."""
    return text


def keep(text: str, /, **values: object) -> str:
    """Return a sentence to be kept: in English, for `say` to say again to each reader."""
    return text.format(**values) if values else text


def say(text: str) -> str:
    """Say a kept sentence in the reader's language; as it is where it is none of ours.

    It is known by its English text, unless it is longer than sentences are: whatever fits where a text of
    the catalogue has a value is that value.
    Figures among the values are written anew; values called as in `_SENTENCES` are said again; names stay.
    """
    is_said = language() != SOURCE and 0 < len(text) <= LONGEST
    return _said(language(), text) if is_said else text


@lru_cache(maxsize=4096)
def _said(wanted: str, text: str, depth: int = 0) -> str:
    if depth > DEEPEST:
        return text
    for one in _kept(wanted):
        found = one.fits(text)
        if found is None:
            continue
        given = found.groupdict()
        values = {name: _value(wanted, name, value, depth) for name, value in given.items()}
        is_known = all(values[name] != given[name] for name in given if name in _SENTENCES)
        if is_known or not one.is_frame:
            return one.said.format(**values) if values else one.said
    return text


def _value(wanted: str, name: str, text: str, depth: int) -> str:
    if _may_be_figure(name) and _IS_FIGURE.fullmatch(text):
        return _refigured(text)
    if name in _LISTED:
        return ", ".join(_said(wanted, one, depth + 1) for one in text.split(", "))
    return _said(wanted, text, depth + 1) if name in _SENTENCES else text


def _may_be_figure(name: str) -> bool:
    """Say whether a value may be a figure, by what it is called: a name of data is none, however it looks."""
    kind = name.rstrip("0123456789")
    return kind in _FIGURED or name in _SENTENCES or kind.startswith(("most_", "longest_", "largest_"))


def _refigured(text: str) -> str:
    """Write English figures with comma and point in each other's place, as the other languages do."""
    swapped = _FIGURE.sub(lambda one: one[0].translate(_MARKS), text)
    return swapped.replace(" to ", f" {tr('to')} ").replace(" points", f" {tr('points')}")


class _Kept(NamedTuple):
    """A text that is said again; a frame says next to nothing, and fits where its sentences are known.

    ``head``, ``tail``: what stands before its first value and behind its last.
    """

    text: str
    said: str
    is_frame: bool
    head: str
    tail: str

    def fits(self, said: str) -> re.Match[str] | None:
        """Return the values a sentence has in this text; patterns of what begins otherwise are never made."""
        if not (said.startswith(self.head) and said.endswith(self.tail)):
            return None
        return _compiled(self.text).fullmatch(said)


@cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(_pattern(text), re.DOTALL)


@cache
def _kept(wanted: str) -> tuple[_Kept, ...]:
    """Return the texts to be said again, in the order they are tried in.

    First frames, then what is made of sentences, then all others; of each those that say most themselves.
    """
    found = _catalogue(wanted)
    texts = {text: said for text, said in found.kept().items() if " " in text.strip()} if found else {}
    return tuple(_as_kept(text, texts[text]) for text in sorted(texts, key=_order))


def _as_kept(text: str, said: str) -> _Kept:
    literals = _FIELD.split(text)[::2]
    return _Kept(text, said, _is_frame(text), literals[0], literals[-1])


def _order(text: str) -> tuple[bool, bool, int, str]:
    return not _is_frame(text), not _holds_sentences(text), -len(_FIELD.sub("", text)), text


def _is_frame(text: str) -> bool:
    """Say whether a text stands around sentences: after a whole one, or with next to nothing of its own."""
    own = len(_FIELD.sub("", text))
    return text.startswith("{said}; ") or (_holds_sentences(text) and own < _LEAST_OWN)


def _holds_sentences(text: str) -> bool:
    return not _SENTENCES.isdisjoint(_FIELD.findall(text))


def _pattern(text: str) -> str:
    """Return what a text with values put in looks like."""
    parts, seen = _FIELD.split(text), set[str]()
    out = [re.escape(parts[0])]
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        out += [f"(?P={name})" if name in seen else f"(?P<{name}>{_fits(name)})", re.escape(literal)]
        seen.add(name)
    return "".join(out)


def _fits(name: str) -> str:
    """Return what a value of a name looks like; an interval may be none, and a blank before it is its own."""
    kind = name.rstrip("0123456789")
    if kind == "interval":
        return _FIGURES
    return _A_FIGURE if kind in _COUNTS else ".*?"


class _Catalogue(GNUTranslations):
    """The texts of one language."""

    def kept(self) -> dict[str, str]:
        """Return the texts that are said again from their English."""
        every = cast("dict[Any, str]", vars(self)["_catalog"])
        head = f"{KEPT}\x04"
        return {
            key.removeprefix(head): said
            for key, said in every.items()
            if isinstance(key, str) and key.startswith(head)
        }


@cache
def _catalogue(wanted: str) -> _Catalogue | None:
    """Return the texts of a language, read once; None where texts are said as they are written."""
    if wanted == SOURCE:
        return None
    with (CATALOGUES / wanted / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return _Catalogue(file)
