"""A map as the editor draws it: stages over steps, the groups of its flow, and what is said of each step."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts.formats import format_count
from trodden.methods.journeys.flow import parts_of, step_ids, steps_in_order, touchpoints_of
from trodden.methods.journeys.flow_edit import choices_by_key
from trodden.methods.journeys.mapdiff_said import kind_of, name_of
from trodden.methods.journeys.matching import Matches, count_matches
from trodden.model.durations import format_duration
from trodden.model.errors import CallerError, UnknownNameError
from trodden.model.journey_map import Choice, Loop, Parallel, StepRef
from trodden.model.words import say
from trodden.web.addresses import with_query
from trodden.web.journeys.step_form import emotion_text
from trodden.web.shield import FEWEST, sees_customers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trodden.api import StoredWalks
    from trodden.methods.journeys.flow import Flow
    from trodden.model.journey_map import FlowItem, JourneyMap, Step

HIGHEST: Final = 2.0
"""The best feeling of the scale; the worst is as far below."""

REMEMBERED: Final = 2_000
"""Counts of matches that are kept; a snapshot never changes, so each is worked out once."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Why a step's matches are not told: a reason, which every reader is told in a language of their own."""

    reason: Literal["few", "not-promoted", "not-counted"]
    why: str = ""


_FEW: Final = Untold("few")

_counted: dict[tuple[object, ...], Matches | Untold] = {}


@dataclass(frozen=True, slots=True)
class Stage:
    """The head of a run of steps in one stage."""

    label: str
    span: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a group over its steps; one without ``text`` fills the room between."""

    span: int
    text: str = ""
    kind: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one lane says of one step."""

    text: str
    small: str = ""
    tone: str = ""
    curve: str = ""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane over all steps."""

    name: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a step."""

    id: str
    name: str
    address: str
    is_on: bool
    is_truth: bool
    is_first: bool
    is_last: bool
    begins_stage: bool


@dataclass(frozen=True, slots=True)
class MapGrid:
    """The whole grid."""

    stages: tuple[Stage, ...]
    flow: tuple[tuple[Part, ...], ...]
    columns: tuple[Column, ...]
    lanes: tuple[LaneRow, ...]
    idle: int = field(default=0)
    """Steps no event stands for."""

    @property
    def has_stages(self) -> bool:
        """Say whether any stage has a name."""
        return any(stage.label for stage in self.stages)


def grid_of_map(found: StoredWalks, journey_map: JourneyMap, here: str, chosen: str) -> MapGrid:
    """Return the grid of a map; ``here`` is the address of its editor, ``chosen`` the step that is open."""
    steps = steps_in_order(journey_map)
    matches = tuple(matches_of(found, step) for step in steps)
    return MapGrid(
        stages=tuple(Stage(name, len(list(run))) for name, run in groupby(steps, key=lambda s: s.stage)),
        flow=flow_rows(journey_map.flow, here),
        columns=tuple(_columns(steps, here, chosen)),
        lanes=_lanes(steps, matches),
        idle=sum(isinstance(one, Matches) and not one.events for one in matches),
    )


def matches_of(found: StoredWalks, step: Step) -> Matches | Untold:
    """Count what a step matches, remembered for these walks; return why where it cannot be counted."""
    tests = tuple(sorted(step.where.items()))
    walks = (found.workspace.name, found.snapshot.name, found.catalog.time_zone)
    key = (*walks, touchpoints_of(step), step.outcome, tests)
    known = _counted.get(key)  # another thread may clear it at any moment
    if known is None:
        known = _count(found, step)
        if len(_counted) >= REMEMBERED:
            _counted.clear()
        _counted[key] = known
    if isinstance(known, Untold) or sees_customers.get() or not step.where or known.customers >= FEWEST:
        return known
    return _FEW  # no number of a few, or none, who have some value, to who may not know who they are


def _count(found: StoredWalks, step: Step) -> Matches | Untold:
    try:
        return count_matches(found.snapshot, found.catalog, step)
    except UnknownNameError:
        return Untold("not-promoted")
    except CallerError as error:
        return Untold("not-counted", str(error))


def has_events(matches: Matches | Untold) -> bool:
    """Say whether any event stands for a step, as far as that may be told."""
    return matches == _FEW or (isinstance(matches, Matches) and matches.events > 0)


def matches_said(matches: Matches | Untold) -> str:
    """Say what a step matches."""
    if isinstance(matches, Untold):
        return _untold_said(matches)
    if not matches.events:
        return _("Matches no event: nobody was there so far.")
    events = ngettext("{n} event", "{n} events", matches.events).format(n=format_count(matches.events))
    people = ngettext("{n} customer", "{n} customers", matches.customers)
    said = people.format(n=format_count(matches.customers))
    return _("Matches {events} of {customers}.").format(events=events, customers=said)


def _untold_said(untold: Untold) -> str:
    match untold.reason:
        case "few":
            return _("Matches events of fewer than {n} customers, or no event.").format(n=FEWEST)
        case "not-promoted":
            return _("It tests a property that is not promoted, so nothing matches it yet.")
        case "not-counted":
            return _("What it matches cannot be counted: {why}").format(why=say(untold.why))


def _columns(steps: tuple[Step, ...], here: str, chosen: str) -> Iterator[Column]:
    for place, step in enumerate(steps):
        yield Column(
            id=step.id,
            name=name_of(step),
            address=with_query(here, {"step": step.id}),
            is_on=step.id == chosen,
            is_truth=step.moment_of_truth,
            is_first=place == 0,
            is_last=place == len(steps) - 1,
            begins_stage=place == 0 or steps[place - 1].stage != step.stage,
        )


def flow_rows(flow: Flow, here: str) -> tuple[tuple[Part, ...], ...]:
    """Return the groups of a flow, one row for each depth, the outermost first."""
    rows: list[list[Part]] = []
    keys = iter(choices_by_key(flow))
    _place(flow, 0, 0, rows, keys, here)
    width = len(step_ids(flow))
    return tuple((*row, *_room(width - sum(part.span for part in row))) for row in rows)


def _place(
    flow: Flow, start: int, depth: int, rows: list[list[Part]], keys: Iterator[str], here: str
) -> None:
    for item in flow:
        if not isinstance(item, StepRef):
            address = with_query(here, {"choice": next(keys)}) if isinstance(item, Choice) else ""
            at = start
            for number, part in enumerate(parts_of(item)):
                span = len(step_ids(part))
                _add(rows, depth, at, Part(span, _words(item, number), kind_of(item, number), address))
                _place(part, at, depth + 1, rows, keys, here)
                at += span
        start += len(step_ids((item,)))


def _add(rows: list[list[Part]], depth: int, at: int, part: Part) -> None:
    if depth == len(rows):
        rows.append([])
    row = rows[depth]
    row.extend((*_room(at - sum(one.span for one in row)), part))


def _room(span: int) -> tuple[Part, ...]:
    return (Part(span),) if span else ()


def _words(item: FlowItem, number: int) -> str:
    """Say what a part of a group is."""
    match item:
        case Choice():
            share = item.branches[number].share
            said = _("or") if number else _("either")
            return said if share is None else f"{said} {100 * share:.3g} %"
        case Parallel():
            return _("and") if number else _("in any order")
        case Loop():
            return _("before each next time") if number else _("once or more")
        case _:
            return _("perhaps")


def _lanes(steps: tuple[Step, ...], matches: tuple[Matches | Untold, ...]) -> tuple[LaneRow, ...]:
    told = ((name, label, tuple(cell(step) for step in steps)) for name, label, cell in _told())
    return (
        *(LaneRow(name, label, cells) for name, label, cells in told),
        LaneRow("emotion", _("Meant to feel"), tuple(_curve(steps))),
        LaneRow("evidence", _("Known from"), tuple(Cell(step.evidence) for step in steps)),
        LaneRow("match", _("Matches"), tuple(map(_matched, steps, matches))),
    )


def _told() -> tuple[tuple[str, str, Callable[[Step], Cell]], ...]:
    return (
        ("customer", _("Customer"), lambda step: Cell(step.does.customer, tone=_stands(step, front=True))),
        ("front", _("Front stage"), lambda step: Cell(step.does.front)),
        ("back", _("Back stage"), lambda step: Cell(step.does.back, tone=_stands(step, front=False))),
        ("promise", _("Promised"), lambda step: Cell(step.promise)),
        ("channels", _("Channel"), lambda step: Cell(", ".join(step.channels))),
        ("wait", _("Expected wait"), _wait),
    )


def _stands(step: Step, *, front: bool) -> str:
    """Mark the lane in which the events of a step happen."""
    return "here" if step.front is front else ""


def _wait(step: Step) -> Cell:
    typical, longest = (
        "" if wait is None else format_duration(wait.total_seconds())
        for wait in (step.wait.typical, step.wait.longest)
    )
    return Cell(typical, _("at most {longest}").format(longest=longest) if longest else "")


def _matched(step: Step, matches: Matches | Untold) -> Cell:
    names = ", ".join(touchpoints_of(step))
    if matches == _FEW:
        return Cell(_("not told"), names)
    if isinstance(matches, Untold):
        return Cell(_("cannot be counted"), names, "warn")
    if not matches.events:
        return Cell(_("no event"), names, "warn")
    return Cell(format_count(matches.events), names)


def _curve(steps: tuple[Step, ...]) -> Iterator[Cell]:
    """Yield each step's feeling, with the piece of the line that leads through it: 100 wide, 40 high."""
    heights = [None if s.emotion is None else 20 - 16 * s.emotion / HIGHEST for s in steps]
    for place, (step, here) in enumerate(zip(steps, heights, strict=True)):
        if here is None or step.emotion is None:
            yield Cell("")
            continue
        before = heights[place - 1] if place else None
        after = heights[place + 1] if place + 1 < len(steps) else None
        points = [
            *([] if before is None else [f"0,{(before + here) / 2:g}"]),
            f"50,{here:g}",
            *([] if after is None else [f"100,{(after + here) / 2:g}"]),
        ]
        yield Cell(emotion_text(step.emotion), curve=" ".join(points))
