"""The pages of any analysis: one question with its answer, and its definition."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.model.words import tr
from trodden.questions import fields_of, write_question
from trodden.web.addresses import ask_address, with_query
from trodden.web.explore.as_code import command_of
from trodden.web.explore.forms import Proposed
from trodden.web.explore.periods import neighbour, presets
from trodden.web.marks.drawn import carried
from trodden.web.pages import Crumb, Empty, Figure, File

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trodden.api import StoredWalks
    from trodden.questions import Field
    from trodden.registry import Registration
    from trodden.web.boards.saving import SaveForm
    from trodden.web.explore.as_code import Code
    from trodden.web.explore.comparing import Comparing
    from trodden.web.explore.forms import QuestionForm

FORMATS: Final = {"csv": "CSV", "xlsx": "XLSX", "svg": "SVG", "json": "JSON"}


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
    proposed: Proposed
    may_build: bool = False
    presets: tuple[File, ...] = ()
    before: str = ""
    after: str = ""
    figure: Figure | None = None
    empty: Empty | None = None
    problem: Problem | None = None
    permalink: str = ""
    codes: tuple[Code, ...] = ()
    comparing: Comparing | None = None
    saving: SaveForm | None = None


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


def crumbs_of(registration: Registration, last: str = "") -> tuple[Crumb, ...]:
    """Return the way back from an analysis, or from a page of it."""
    home = Crumb(_("Explore"), reverse("explore"))
    title = title_of(registration)
    if not last:
        return (home, Crumb(title))
    return (home, Crumb(title, reverse("ask", args=[registration.name])), Crumb(last))


def title_of(registration: Registration) -> str:
    """Return an analysis's name as a heading."""
    return tr(registration.name.replace("_", " ").capitalize())


def files_of(registration: Registration, fields: Mapping[str, str]) -> tuple[File, ...]:
    """Return the files an answer can be taken away as."""
    return tuple(
        File(label, with_query(reverse("ask-file", args=[registration.name, name]), {**fields, **carried()}))
        for name, label in FORMATS.items()
    )


def stepping(
    registration: Registration, texts: Mapping[str, Sequence[str]], walks: StoredWalks
) -> dict[str, object]:
    """Return the usual periods, and those before and after the one asked about, as links."""
    fields = {name: ",".join(values) for name, values in texts.items()}

    def address(period: str) -> str:
        return ask_address(registration.name, {**fields, "period": period})

    zone = walks.catalog.time_zone
    asked = {name: neighbour(fields.get("period", ""), step) for name, step in (("before", -1), ("after", 1))}
    links = {name: address(period) if period else "" for name, period in asked.items()}
    return {"presets": presets(walks.catalog.as_of, zone, address), **links}


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
    parts = (" ".join(part.split()) for part in (inspect.getdoc(documented) or "").split("\n\n"))
    return tuple(tr(part) for part in parts if part)
