"""The pages of the editor: the grid with what is open beside it, a new map, an edit that came too late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_count, format_moment
from trodden.methods.journeys.automaton import check_flow
from trodden.methods.journeys.automaton_graph import STATE_LIMIT
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.flow_edit import choices_by_key, groups_around
from trodden.methods.journeys.mapdiff_said import kind_of, name_of, sentences
from trodden.web.addresses import with_query
from trodden.web.journeys.drafts import free_version, newest_draft, superseding
from trodden.web.journeys.edits import COMPARED
from trodden.web.journeys.grid import grid_of_map, has_events, matches_of, matches_said
from trodden.web.journeys.history import digest_of, history_of
from trodden.web.journeys.map_form import choice_fields, map_fields, stage_fields
from trodden.web.journeys.step_form import step_fields
from trodden.web.pages import Crumb, File
from trodden.web.shield import TooFewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from trodden.analyses.overview.answer import Overview
    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap, Step
    from trodden.web.journeys.fields import Field, Fieldset
    from trodden.web.journeys.grid import MapGrid
    from trodden.web.journeys.history import History

NAMED: Final = 500
"""Touchpoints offered while one types; those with most events come first."""

WORTH_A_WORD: Final = 4
"""From this part of the most states on, their number is told."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an edit was not made, and what to do about it."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class StepPanel:
    """Everything about the step that is open; ``others`` are those it can be put beside or grouped with."""

    id: str
    name: str
    sets: tuple[Fieldset, ...]
    matches: str
    is_matched: bool
    others: tuple[tuple[str, str], ...]
    group: str = ""
    kinds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormPanel:
    """Another form beside the grid: of the map, its stages, or the shares of a choice."""

    title: str
    do: str
    sets: tuple[Fieldset, ...]
    stages: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class EditorPage:
    """A map that is edited. ``base`` names the state that is shown; a change of any other is refused."""

    title: str
    crumbs: tuple[Crumb, ...]
    state: str
    base: str
    here: str
    change: str
    others: str
    grid: MapGrid
    history: History
    saved: str = ""
    step: StepPanel | None = None
    form: FormPanel | None = None
    problem: Problem | None = None
    states: str = ""
    links: tuple[File, ...] = ()
    newer: File | None = None
    touchpoints: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NewMapPage:
    """A map to be drawn: what was typed of it so far, and why that is not one yet."""

    title: str
    crumbs: tuple[Crumb, ...]
    typed: Mapping[str, str]
    faults: Mapping[str, str]
    touchpoints: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Late:
    """A change somebody else made meanwhile."""

    said: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """An edit of a state that is no more: what changed, and the edit again, to be made on top of that.

    ``typed``: instead, what was typed, where it is not known any more what it was typed over.
    """

    title: str
    crumbs: tuple[Crumb, ...]
    key: str
    here: str
    change: str
    changes: tuple[Late, ...]
    sentences: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    typed: tuple[str, ...] = ()


def editor_page(
    found: StoredWalks, journey_map: JourneyMap, asked: QueryDict, problem: Problem | None = None
) -> EditorPage:
    """Return the editor of a map; the address says what is open beside the grid."""
    here = reverse("map-editor", args=[journey_map.key])
    steps = {step.id: step for step in steps_in_order(journey_map)}
    history = history_of(journey_map)
    chosen = steps.get(asked.get("step", ""))
    return EditorPage(
        title=_("Edit {name}").format(name=journey_map.name),
        crumbs=_crumbs(journey_map, _("Edit")),
        state=_state(found, journey_map),
        base=digest_of(journey_map),
        here=here,
        change=reverse("map-change", args=[journey_map.key]),
        others=reverse("map-others", args=[journey_map.key]),
        grid=grid_of_map(found, journey_map, here, chosen.id if chosen else ""),
        history=history,
        saved=_saved(history, found.catalog.time_zone),
        step=_step_panel(found, journey_map, chosen) if chosen else None,
        form=None if chosen else _form_panel(journey_map, steps, asked),
        problem=problem,
        states=_states(journey_map),
        links=_links(journey_map, here),
        newer=_newer(found, journey_map),
        touchpoints=known_touchpoints(found),
    )


def _crumbs(journey_map: JourneyMap, last: str) -> tuple[Crumb, ...]:
    page = reverse("journey", args=[journey_map.key])
    return (Crumb(_("Journeys"), reverse("journeys")), Crumb(journey_map.name, page), Crumb(last))


def _state(found: StoredWalks, journey_map: JourneyMap) -> str:
    if journey_map.published_at is None:
        return _("Draft, version {n}").format(n=journey_map.version)
    said = _("Version {n} is published and stays as it is: the first change makes version {next}, a draft")
    return said.format(n=journey_map.version, next=free_version(found.maps, journey_map.name))


def _saved(history: History, zone: str) -> str:
    if history.last is None:
        return ""
    said = _("Saved {moment} by {who}")
    return said.format(moment=format_moment(history.last.made_at, zone), who=history.last.by)


def _states(journey_map: JourneyMap) -> str:
    """Warn before the flow has more states than a map may."""
    states = len(check_flow(journey_map).moves)
    if states * WORTH_A_WORD < STATE_LIMIT:
        return ""
    said = _("The flow has {n} of at most {most} states: put fewer steps in any order.")
    return said.format(n=format_count(states), most=format_count(STATE_LIMIT))


def _links(journey_map: JourneyMap, here: str) -> tuple[File, ...]:
    return (
        File(_("Goal, bounds and forecast"), with_query(here, {"open": "map"})),
        File(_("Stages"), with_query(here, {"open": "stages"})),
        File(_("Versions"), reverse("versions", args=[journey_map.key])),
        File(_("Walked over it"), reverse("journey", args=[journey_map.key])),
    )


def _newer(found: StoredWalks, journey_map: JourneyMap) -> File | None:
    newer = superseding(found.maps, journey_map) or newest_draft(found.maps, journey_map)
    if newer is None:
        return None
    said = _("Version {n} is newer; changes belong there").format(n=newer.version)
    return File(said, reverse("map-editor", args=[newer.key]))


def _step_panel(found: StoredWalks, journey_map: JourneyMap, step: Step) -> StepPanel:
    matches = matches_of(found, step)
    around = groups_around(journey_map.flow, step.id)
    others = tuple((one.id, name_of(one)) for one in steps_in_order(journey_map) if one.id != step.id)
    return StepPanel(
        id=step.id,
        name=name_of(step),
        sets=step_fields(step, journey_map.stages),
        matches=matches_said(matches),
        is_matched=has_events(matches),
        others=others,
        group=_groups()[kind_of(around[-1])] if around else "",
        kinds=tuple(_kinds().items()),
    )


def _kinds() -> dict[str, str]:
    return {
        "optional": _("may be left out"),
        "loop": _("may be repeated"),
        "choice": _("are different ways: one of them is gone"),
        "parallel": _("come in any order"),
    }


def _groups() -> dict[str, str]:
    return {
        "optional": _("It stands in a part that may be left out."),
        "loop": _("It stands in a part that may be repeated."),
        "choice": _("It stands on one of several ways."),
        "parallel": _("It stands among steps that come in any order."),
    }


def _form_panel(journey_map: JourneyMap, steps: Mapping[str, Step], asked: QueryDict) -> FormPanel | None:
    opened, choice = asked.get("open", ""), asked.get("choice", "")
    choices = choices_by_key(journey_map.flow)
    if choice in choices:
        fields = choice_fields(choices[choice], steps)
        lead = _("Of 100 journeys that come here, how many take each way? For all of them, or for none.")
        return FormPanel(_("Expected shares"), f"shares:{choice}", (_plain(fields),), lead=lead)
    if opened == "stages":
        lead = _("Steps follow their stage to its new name. An empty name takes a stage away.")
        fields = _plain(stage_fields(journey_map))
        return FormPanel(_("Stages"), "stages", (fields,), journey_map.stages, lead)
    return FormPanel(_("The map"), "map", map_fields(journey_map)) if opened == "map" else None


def _plain(fields: tuple[Field, ...]) -> Fieldset:
    from trodden.web.journeys.fields import Fieldset

    return Fieldset("", fields)


def known_touchpoints(found: StoredWalks) -> tuple[tuple[str, str], ...]:
    """Return the touchpoints people were at, with how many events, most first; of too few, names alone."""
    from trodden.analyses.overview.answer import OverviewQuestion

    try:
        answer: Overview = found.ask(OverviewQuestion(top=NAMED))  # pyright: ignore[reportAssignmentType]
    except TooFewError:
        return tuple((name, "") for name in sorted(found.touchpoints)[:NAMED] if name)
    said = _("{n} events")
    return tuple((one.touchpoint, said.format(n=format_count(one.events))) for one in answer.touchpoints)


def new_map_page(found: StoredWalks, typed: Mapping[str, str], faults: Mapping[str, str]) -> NewMapPage:
    """Return the page of a map to be drawn."""
    crumbs = (Crumb(_("Journeys"), reverse("journeys")), Crumb(_("New map")))
    return NewMapPage(_("Draw a new map"), crumbs, typed, faults, known_touchpoints(found))


def conflict_page(
    journey_map: JourneyMap, seen: JourneyMap | None, changes: tuple[Late, ...], posted: QueryDict
) -> ConflictPage:
    """Return the page of an edit that came too late; ``seen``: the state its author saw, where known."""
    kept = [(name, text) for name in posted for text in posted.getlist(name) if name not in _NOT_SENT_ON]
    is_lost = seen is None and posted.get("do", "").partition(":")[0] in COMPARED
    return ConflictPage(
        title=_("Somebody changed this draft meanwhile"),
        crumbs=_crumbs(journey_map, _("Edit")),
        key=journey_map.key,
        here=reverse("map-editor", args=[journey_map.key]),
        change=reverse("map-change", args=[journey_map.key]),
        changes=changes,
        sentences=sentences(seen, journey_map) if seen else (),
        fields=() if is_lost else (*kept, ("over", digest_of(journey_map))),
        typed=tuple(text for name, text in kept if text and name not in _NOT_TYPED) if is_lost else (),
    )


_NOT_SENT_ON: Final = frozenset({"csrfmiddlewaretoken", "over"})
_NOT_TYPED: Final = frozenset({"base", "do", "step"})
