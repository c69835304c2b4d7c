"""Ask any registered analysis: the address is the question."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.methods.journeys.select_names import find_map
from trodden.model.errors import CallerError, UnknownNameError
from trodden.model.words import SOURCE, language
from trodden.questions import fields_of, read_question, write_question
from trodden.registry import find, registrations
from trodden.web.actors import actor_of
from trodden.web.addresses import address_of_links, ask_address, texts_of
from trodden.web.audit.requests import record_asked
from trodden.web.boards.saving import save_form
from trodden.web.explore.as_code import Place, codes_of
from trodden.web.explore.comparing import comparing_of
from trodden.web.explore.export import exported
from trodden.web.explore.forms import composed, form_of, proposed_by
from trodden.web.explore.index import explore_page
from trodden.web.explore.pages import (
    FORMATS,
    AskPage,
    Problem,
    crumbs_of,
    files_of,
    reference_page,
    stepping,
    title_of,
)
from trodden.web.explore.running import TICKET, asked_in, running_address
from trodden.web.home import chosen, walked
from trodden.web.pages import Empty, File, figure_of, filtered, no_data, show
from trodden.web.people.rights import Right
from trodden.web.running import answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from trodden.api import StoredWalks
    from trodden.model.question import Answer, Question
    from trodden.registry import Registration
    from trodden.web.actors import Actor


def registered(name: str) -> Registration:
    """Return the analysis of this name.

    Raises
    ------
    Http404
        Nobody registered it, or it exists only for others.
    """
    try:
        found = find(name)
    except UnknownNameError as error:
        raise Http404(str(error)) from error
    if name not in registrations():
        raise Http404(f"There is no analysis called {name!r}.")
    return found


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """List the analyses."""
    return show(request, "explore/list.html", explore_page(request.GET.get("q", "").strip()))


@require_safe
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Show a question and, where it says enough, its answer."""
    registration = registered(name)
    leads = composed(request.GET)
    if leads is not None:
        return redirect(f"{reverse('ask', args=[name])}{'?' if leads else ''}{leads}")
    texts = _texts(request, registration)
    found = walked()
    page = AskPage(
        title=registration.question_asked or title_of(registration),
        crumbs=crumbs_of(registration),
        summary=registration.summary,
        form=form_of(registration.question, texts, found),
        action=reverse("ask", args=[name]),
        reference=reverse("reference", args=[name]),
        proposed=proposed_by(found),
        may_build=actor_of(request).may(Right.ASK),
    )
    if found is not None:
        page = replace(page, **stepping(registration, texts, found))
    return _answered(request, registration, found, page)


def _answered(
    request: HttpRequest, registration: Registration, found: StoredWalks | None, page: AskPage
) -> HttpResponse:
    if found is None:
        return show(request, "explore/ask.html", replace(page, empty=no_data()))
    if _says_too_little(request, registration):
        return show(request, "explore/ask.html", replace(page, empty=_unasked(registration, found)))
    try:
        question = read_question(registration.question, _texts(request, registration))
        answer = answered(found, question, chosen().progress_after, request.GET.get(TICKET, ""))
        if isinstance(answer, str):
            return redirect(running_address(answer, registration.name, asked_in(request)))
        record_asked(request, question, "ask")
        parts = _parts(actor_of(request), registration, found, question, answer)
    except CallerError as error:
        if not _texts(request, registration):
            return show(request, "explore/ask.html", replace(page, empty=_unasked(registration, found)))
        problem = Problem(error.message, error.hint)
        return show(
            request, "explore/ask.html", replace(page, problem=problem), status=HTTPStatus.BAD_REQUEST
        )
    return show(request, "explore/ask.html", replace(page, **parts))


def _texts(request: HttpRequest, registration: Registration) -> dict[str, Sequence[str]]:
    """Return what the address asks, without the ticket of who waited for the answer.

    Numbers may be written with the decimal mark of the reader's language.
    """
    numbers = {field.name for field in fields_of(registration.question) if field.kind == "number"}
    given = {name: values for name, values in texts_of(request.GET).items() if name != TICKET}
    return {name: [*map(_number, values)] if name in numbers else values for name, values in given.items()}


def _number(text: str) -> str:
    return text.replace(",", ".") if language() != SOURCE and "." not in text else text


def _says_too_little(request: HttpRequest, registration: Registration) -> bool:
    """Say whether nothing was asked yet of an analysis that needs to be told something."""
    needs = any(field.required for field in fields_of(registration.question))
    return needs and not _texts(request, registration)


def _unasked(registration: Registration, found: StoredWalks) -> Empty:
    """Return the state before anything was asked, with an example over the first map there is."""
    fields = write_question(registration.example)
    if "map" in fields and found.maps:
        first = next(iter(found.maps.values()))
        fields["map"] = find_map(found.maps, first.name).key
    example = File(_("Try its example"), ask_address(registration.name, fields))
    message = _("Fill in the form; names of touchpoints and properties are listed below it.")
    return Empty("none-yet", _("Say what you want to know"), message, actions=(example,))


def _place(actor: Actor, found: StoredWalks) -> Place:
    """Return where the same can be asked; only who looks after the workspace learns where it is kept."""
    return Place(found.settings.home if actor.may(Right.MANAGE) else "", found.workspace.name)


def _parts(
    actor: Actor, registration: Registration, found: StoredWalks, question: Question, answer: Answer
) -> dict[str, object]:
    fields = write_question(question)
    chart = registration.chart(answer)
    address = address_of_links(fields)
    files = files_of(registration, fields)
    figure = figure_of(chart, address, files, reverse("reference", args=[registration.name]))
    return {
        "figure": figure,
        "empty": filtered(reverse("ask", args=[registration.name]))
        if _excludes_all(answer, fields)
        else None,
        "permalink": ask_address(registration.name, fields),
        "codes": codes_of(registration, fields, _place(actor, found)),
        "saving": save_form(actor, registration, fields, found),
        "comparing": comparing_of(registration, question, fields),
    }


def _excludes_all(answer: Answer, fields: dict[str, str]) -> bool:
    return answer.about.units == 0 and bool(fields)


@require_safe
def ask_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """Give an answer as a file."""
    registration = registered(name)
    if kind not in FORMATS:
        raise Http404(f"Files are {', '.join(FORMATS)}.")
    found = walked()
    if found is None:
        raise Http404("Nothing has been imported yet.")
    question = read_question(registration.question, texts_of(request.GET))
    answer = found.ask(question)
    record_asked(request, question, "ask-file")
    return exported(registration, answer, kind)


@require_safe
def reference(request: HttpRequest, name: str) -> HttpResponse:
    """Show the definition of an analysis."""
    return show(request, "explore/reference.html", reference_page(registered(name)))
