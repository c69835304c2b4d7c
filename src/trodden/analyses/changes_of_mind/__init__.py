"""Where customers change their mind, whether they could, what it cost them, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.changes_of_mind.answer import ChangesOfMind, ChangesOfMindQuestion
from trodden.analyses.changes_of_mind.chart import changes_chart
from trodden.analyses.changes_of_mind.finish import finish_changes
from trodden.analyses.changes_of_mind.planned import Plan
from trodden.methods.journeys.changes import KINDS, Found, find, knows_of
from trodden.methods.journeys.changes_counts import ChangeCounts, Keys, count_changes, no_changes
from trodden.methods.journeys.changes_known import Aim, Known, known_changes
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.patterns_write import read_items
from trodden.methods.journeys.pauses_places import design_for
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.units import Counted, Units, are_among, count_units
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.model.words import keep
from trodden.registry import Asks, Mergeable, analysis

NO_DESIGN = keep(
    "Without the journeys of a map only what touchpoints themselves tell is found: editing, cancelling and "
    "returning, ping-pong and rework."
)


@dataclass(frozen=True, slots=True)
class State:
    """What was selected, and what was counted of it."""

    counted: Counted
    counts: ChangeCounts


@analysis(
    "changes_of_mind",
    asks=Asks("Where do people change their minds?", "goal"),
    example=ChangesOfMindQuestion(map="Getting connected"),
    answer=ChangesOfMind,
    chart=changes_chart,
)
class ChangesOfMindAnalysis(Mergeable[ChangesOfMindQuestion, Plan, State, ChangesOfMind]):
    """Find where customers change their mind, whether they could, at what cost, and how it ended.

    A change of mind is an event at a touchpoint for editing, cancelling or returning; or on another branch
    of a choice than before; or back at an earlier stage of the map, or at a touchpoint already passed
    well, where the map does not lead. It is followed for a time: the first attempt that does not fail means
    it was *done*; a contact with people on another channel after a failed one, that the customer was *sent
    to another channel*; else it was *refused by an error* (failed, declined) or there was *no way offered*
    (abandoned, unresolved). Closed journeys with a change are compared with those that came as far and
    made none at this place; so going back and reaching the goal is a success, not a fault. The comparison is
    descriptive: who changes their mind may differ in other ways. All definitions stand in
    `trodden.methods.journeys.changes`.
    """

    def plan(self, question: ChangesOfMindQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection, compile the map and find out which touchpoints are for changing."""
        if question.within <= timedelta(0):
            raise QuestionError("A change is followed for no time.", hint="Give `within`, such as 3d.")
        selection = resolve_selection(question, catalog)
        journey_map = catalog.maps[selection.map] if selection.map else None
        design = design_for(selection, catalog)
        known = _known(question, catalog, selection.map)
        touchpoints = catalog.dictionaries.touchpoints
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            touchpoints=touchpoints,
            steps=() if design is None or journey_map is None else steps_in_order(journey_map),
            design=design,
            knows=tuple(knows_of(known, touchpoints, design, journey_map)),
            known=known,
            wanted=tuple(KINDS.index(kind) + 1 for kind in question.kinds or KINDS),
            within=microseconds(question.within),
            cost=question.cost,
            limit=question.limit,
            min_count=question.min_count,
            notes=_notes(known, has_design=design is not None),
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Find and count the changes of one bucket."""
        from trodden.methods.journeys.kernels_changes import Knows

        units = select(bucket, plan.selection)
        knows = Knows(*plan.knows)
        found = _only(find(plan.design, knows, plan.within, bucket, units), plan.wanted)
        keys = Keys(len(plan.touchpoints), len(plan.steps))
        return State(count_units(units), count_changes(keys, knows, found, bucket, units))

    def merge(self, a: State, b: State) -> State:
        """Add counts, keep the best examples."""
        return State(a.counted + b.counted, a.counts + b.counts)

    def finish(self, plan: Plan, state: State | None) -> ChangesOfMind:
        """Rank, name and compare."""
        state = state or State(Counted(), no_changes())
        return finish_changes(plan, state.counted, state.counts)

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:
        """Find the units with a change of one kind at one touchpoint, by how far they had come."""
        from trodden.methods.journeys.kernels_changes import Knows

        found = find(plan.design, Knows(*plan.knows), plan.within, bucket, units)
        kind, touchpoint, after = (*read_items(mark), "", "", "")[:3]
        code = code_of(touchpoint, plan.touchpoints)
        progress = code_of(after, ["", *(step.id for step in plan.steps)]) - 1
        is_it = (found.kind == code_of(kind, KINDS) + 1) & (found.progress == progress)
        return are_among(units, found.unit[is_it & (units.touchpoint[found.first] == code)])


def _known(question: ChangesOfMindQuestion, catalog: Catalog, key: str) -> tuple[Known, ...]:
    asked: dict[Aim, tuple[str, ...]] = {
        "edit": question.edit,
        "cancel": question.cancel,
        "return": question.returns,
    }
    return known_changes(asked, catalog.maps[key] if key else None, catalog)


def _only(found: Found, wanted: tuple[int, ...]) -> Found:
    """Return the changes of the kinds asked about."""
    kept = np.isin(found.kind, wanted)
    columns = ("unit", "kind", "could", "first", "last", "progress", "time", "contacts")
    parts = {name: getattr(found, name)[kept] for name in columns}
    return Found(**parts, backtracks=found.backtracks, matched=found.matched)


def _notes(known: tuple[Known, ...], *, has_design: bool) -> tuple[str, ...]:
    guessed = ", ".join(f"{one.touchpoint} ({one.aim})" for one in known if one.by == "name")
    notes = [] if has_design else [NO_DESIGN]
    if guessed:
        notes.append(
            keep(
                "Guessed by name: {guessed}. Say it in the map under `changes`, or in the "
                "question, to be sure.",
                guessed=guessed,
            )
        )
    return tuple(notes)
