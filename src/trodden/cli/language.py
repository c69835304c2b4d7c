"""In which language a command speaks: the one it is told, else the terminal's, else English."""

from __future__ import annotations

import gettext
import os
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Final, TypeVar

import click

from trodden.model.words import CATALOGUES, LANGUAGES, SOURCE, language, speaking, tr

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

OPTION: Final = "--language"
VARIABLE: Final = "TRODDEN_LANGUAGE"
LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What says which language a terminal is in: the first of them that says anything."""
DOMAIN: Final = "django"
"""The name of our catalogue."""
_Command = TypeVar("_Command", bound=click.Command)


def wanted(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language to speak; English where we do not speak the one that is wanted.

    Examples
    --------
    >>> wanted(["--language", "de", "findings"], {}), wanted(["findings"], {"LANG": "de_AT.UTF-8"})
    ('de', 'de')
    >>> wanted(["findings"], {"LANG": "de_DE", "LC_ALL": "C"}), wanted(["findings"], {"LANG": "fr"})
    ('en', 'en')
    """
    said = _told(arguments) or environ.get(VARIABLE) or _of_terminal(environ)
    return said if said in LANGUAGES else SOURCE


def _told(arguments: Sequence[str]) -> str:
    """Return what stands behind the option, before the options themselves are read: they are in it, too."""
    said = ""
    for one, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, is_joined, value = one.partition("=")
        if name == OPTION:
            said = value if is_joined else following
    return said


def _of_terminal(environ: Mapping[str, str]) -> str:
    locale = next((environ[name] for name in LOCALE if environ.get(name)), "")
    return locale.partition(".")[0].partition("_")[0]


@contextmanager
def spoken(wanted: str) -> Generator[None]:
    """Speak a language: in our texts, and in those click has itself, which asks gettext's own functions."""
    with speaking(wanted):
        if language() == SOURCE:
            yield
            return
        with _bound(language()):
            yield


@contextmanager
def _bound(wanted: str) -> Generator[None]:
    """Let gettext's own functions find our catalogue in a language; afterwards what they found before."""
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = wanted
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def said_again(command: _Command) -> _Command:
    """Return a command with its help in the reader's language: a copy, the next reader may want another."""
    if language() == SOURCE:
        return command
    said = copy(command)
    vars(said)["_help_option"] = (
        None  # click keeps the option it made once, with its help as it was said then
    )
    said.help = paragraphs(command.help or "")
    said.params = [_said_param(one) for one in command.params]
    if isinstance(said, click.Group):
        said.commands = {name: said_again(one) for name, one in said.commands.items()}
    return said


def _said_param(param: click.Parameter) -> click.Parameter:
    said = copy(param)
    if isinstance(said, click.Option) and said.help:
        said.help = tr(said.help)
    return said


def paragraphs(text: str) -> str:
    """Say a text paragraph by paragraph, each on one line; what is set as it stands is left alone."""
    return "\n\n".join(
        one if one.startswith(("\b", "References\n")) else tr(" ".join(one.split()))
        for one in text.split("\n\n")
    )
