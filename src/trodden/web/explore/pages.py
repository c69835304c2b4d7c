"""The pages of any analysis: the list of them, one question with its answer, its definition."""

from __future__ import annotations

import inspect
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.questions import fields_of, write_question
from trodden.registry import registrations
from trodden.web.addresses import ask_address, with_query
from trodden.web.explore.forms import names_of
from trodden.web.pages import Crumb, Empty, Figure, File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.api import StoredWalks
    from trodden.questions import Field
    from trodden.registry import Registration
    from trodden.web.explore.forms import QuestionForm

FORMATS: Final = {"csv": "CSV", "xlsx": "XLSX", "svg": "SVG", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis in the list of them."""

    name: str
    summary: str
    address: str


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """Every analysis there is."""

    title: str
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a question cannot be answered as it stands."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class AskPage:
    """A question, its form, and its answer where there is one."""

    title: str
    crumbs: tuple[Crumb, ...]
    summary: str
    form: QuestionForm
    action: str
    reference: str
    names: tuple[tuple[str, tuple[str, ...]], ...]
    figure: Figure | None = None
    empty: Empty | None = None
    problem: Problem | None = None
    command: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """What an analysis does, exactly, and what it takes."""

    title: str
    crumbs: tuple[Crumb, ...]
    summary: str
    paragraphs: tuple[str, ...]
    question: tuple[str, ...]
    fields: tuple[Field, ...]
    ask: str
    command: str


def explore_page() -> ExplorePage:
    """Return the list of analyses."""
    listed = [
        Analysis(name, found.summary, reverse("ask", args=[name])) for name, found in registrations().items()
    ]
    return ExplorePage(_("Explore"), tuple(listed))


def crumbs_of(registration: Registration, last: str = "") -> tuple[Crumb, ...]:
    """Return the way back from an analysis, or from a page of it."""
    home = Crumb(_("Explore"), reverse("explore"))
    title = title_of(registration)
    if not last:
        return (home, Crumb(title))
    return (home, Crumb(title, reverse("ask", args=[registration.name])), Crumb(last))


def title_of(registration: Registration) -> str:
    """Return an analysis's name as a heading."""
    return registration.name.replace("_", " ").capitalize()


def files_of(registration: Registration, fields: Mapping[str, str]) -> tuple[File, ...]:
    """Return the files an answer can be taken away as."""
    return tuple(
        File(label, with_query(reverse("ask-file", args=[registration.name, name]), fields))
        for name, label in FORMATS.items()
    )


def command_of(registration: Registration, fields: Mapping[str, str]) -> str:
    """Return the command that asks the same."""
    options = " ".join(f"--{name.replace('_', '-')} {shlex.quote(text)}" for name, text in fields.items())
    return f"trodden ask {registration.name} {options}".rstrip()


def code_of(registration: Registration, fields: Mapping[str, str], home: str) -> str:
    """Return the Python that asks the same."""
    given = "".join(f", {name}={text!r}" for name, text in fields.items())
    return f"import trodden\n\ntrodden.open({home!r}).ask({registration.name!r}{given})"


def reference_page(registration: Registration) -> ReferencePage:
    """Return the definition of an analysis, from its own docstring, and its fields."""
    fields = write_question(registration.example)
    return ReferencePage(
        title=title_of(registration),
        crumbs=crumbs_of(registration, _("Definition")),
        summary=registration.summary,
        paragraphs=_paragraphs(type(registration.analysis))[1:],
        question=_paragraphs(registration.question),
        fields=fields_of(registration.question),
        ask=ask_address(registration.name, fields),
        command=command_of(registration, fields),
    )


def _paragraphs(documented: type) -> tuple[str, ...]:
    return tuple(part.strip() for part in (inspect.getdoc(documented) or "").split("\n\n") if part.strip())


def known_names(walks: StoredWalks | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the names a question may speak of; none before anything was imported."""
    return names_of(walks) if walks else ()
