"""Keeping only the units that did one thing: were at a step, deviated, paused, are still on their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.deviations import KINDS, deviations_of
from trodden.methods.journeys.pauses_places import Design, design_of, place_names, place_steps
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.units import OPEN, are_among, has_any
from trodden.methods.journeys.walked import Codes, Wanted, routes_of, units_on_move, units_on_route
from trodden.model.errors import QuestionError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.analyses.customers.answer import CustomersQuestion, PlaceKind
    from trodden.analyses.customers.behind import Behind
    from trodden.methods.journeys.select import Selection
    from trodden.methods.journeys.units import Units
    from trodden.model.catalog import Catalog
    from trodden.model.walks import Bucket


START: Final = "START"
END: Final = "END"


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap from a place, to a place, longer than so many microseconds; places as in `pauses_places`."""

    after: int
    to: int | None
    over: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What units must have done to be kept; plain data that pickles."""

    state: str | None = None
    design: Design | None = None
    step: int | None = None
    then: int | None = None
    deviation: Wanted | None = None
    gap: Gap | None = None
    touchpoints: int = 0
    behind: Behind | None = None

    def kept(self, bucket: Bucket, units: Units) -> NDArray[np.bool_]:
        """Say of every unit whether it is kept; (units,)."""
        kept = np.ones(len(units), dtype=np.bool_)
        if self.state is not None:
            kept &= (units.state == OPEN) == (self.state == "open")
        if self.step is not None or self.deviation is not None:
            kept &= self._on_the_map(bucket, units)
        if self.gap is not None:
            kept &= self._paused(self.gap, bucket, units)
        if self.behind is not None:
            kept &= self.behind.kept(bucket, units)
        return kept

    def _on_the_map(self, bucket: Bucket, units: Units) -> NDArray[np.bool_]:
        """Align the units and look for the step, and for the deviation."""
        if self.design is None:
            return np.zeros(len(units), dtype=np.bool_)
        automaton = self.design.automaton
        aligned = align_units(automaton, bucket, units)
        kept = np.ones(len(units), dtype=np.bool_)
        codes = Codes(len(automaton.steps), self.touchpoints)
        if self.step is not None and self.then is not None:
            kept &= are_among(units, units_on_move(codes, units, aligned, self.step, self.then))
        elif self.step is not None:
            kept &= has_any(units, aligned.event_step == self.step)
        if self.deviation is not None:
            pairs = routes_of(codes, units, aligned, deviations_of(automaton, units, aligned))
            kept &= are_among(units, units_on_route(codes, pairs, self.deviation))
        return kept

    def _paused(self, gap: Gap, bucket: Bucket, units: Units) -> NDArray[np.bool_]:
        place = place_steps(self.design, bucket, units).place
        is_last = np.zeros(len(place), dtype=np.bool_)
        is_last[units.offsets[1:] - 1] = True
        took = np.append(np.diff(units.occurred_at), 0)
        found = (place == gap.after) & ~is_last & (took > gap.over)
        if gap.to is not None:
            found &= np.append(place[1:], -1) == gap.to
        return has_any(units, found)


def narrowing_of(
    question: CustomersQuestion, selection: Selection, catalog: Catalog, behind: Behind | None = None
) -> Narrowing:
    """Resolve what units must have done.

    Raises
    ------
    QuestionError
        A step or deviation without a map, or a part of a deviation or of a gap without the rest.
    UnknownNameError
        A step or touchpoint nobody knows.
    """
    _check(question)
    _check_gap(question)
    design = design_of(catalog.maps[selection.map], catalog) if selection.map else None
    names = _Names(design, catalog.dictionaries.touchpoints)
    codes = Codes(len(names.steps), len(names.touchpoints))
    return Narrowing(
        behind=behind,
        state=question.state,
        design=design,
        step=names.neighbour(question.step, {START: codes.start} if question.then else {}),
        then=names.neighbour(question.then, {END: codes.reached}),
        deviation=_deviation(question, names),
        gap=_gap(question, names),
        touchpoints=len(catalog.dictionaries.touchpoints),
    )


def _check(question: CustomersQuestion) -> None:
    on_map = {"step": question.step, "deviation": question.deviation}
    for name, value in on_map.items():
        if value is not None and question.map is None:
            raise QuestionError(f"`{name}` is of a map, and the question names none.", hint="Give `map`.")
    if question.then is not None and question.step is None:
        raise QuestionError("`then` comes after a step.", hint="Give `step`.")
    parts = {"at": question.at, "after": question.after, "before": question.before}
    for name, value in parts.items():
        if value is not None and question.deviation is None:
            raise QuestionError(f"`{name}` is part of a deviation.", hint="Give `deviation`.")


def _check_gap(question: CustomersQuestion) -> None:
    if (question.gap_after is None) != (question.gap_over is None) or (
        question.gap_to and not question.gap_after
    ):
        raise QuestionError(
            "A gap is from a place and over a length.", hint="Give `gap_after` and `gap_over`."
        )
    for name in ("gap_after", "gap_to"):
        if getattr(question, f"{name}_kind") is not None and getattr(question, name) is None:
            raise QuestionError(f"`{name}_kind` says what kind of place `{name}` is.", hint=f"Give `{name}`.")


@dataclass(frozen=True, slots=True)
class _Names:
    """Names to codes: steps of the design first, then touchpoints."""

    design: Design | None
    touchpoints: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return self.design.automaton.steps if self.design else ()

    def step(self, name: str) -> int:
        """Return the number of a step of the map."""
        if name not in self.steps:
            known = ", ".join(self.steps)
            raise UnknownNameError(f"The map has no step {name!r}.", hint=f"Steps: {known}.")
        return self.steps.index(name)

    def neighbour(self, name: str | None, ends: dict[str, int]) -> int | None:
        """Return the code of a step beside a deviation, or of the journey's end there; None stays None."""
        if name is None:
            return None
        return ends[name] if name in ends else self.step(name)

    def place(self, name: str, kind: PlaceKind | None = None) -> int:
        """Return the code of a place of this kind; of any kind, a step comes before a touchpoint."""
        places = place_names(self.design, self.touchpoints)
        found = [i for i, place in enumerate(places) if place.name == name and kind in {None, place.kind}]
        if not found:
            raise UnknownNameError(
                f"Nobody was ever at {name!r}.", hint="`trodden ask overview` lists the names."
            )
        return found[0]


def _deviation(question: CustomersQuestion, names: _Names) -> Wanted | None:
    if question.deviation is None:
        return None
    codes = Codes(len(names.steps), len(names.touchpoints))
    off_the_map = "touchpoint" if question.deviation == "ad hoc" else None
    place = None if question.at is None else names.place(question.at, off_the_map)
    is_step = place is not None and place < codes.steps
    return Wanted(
        kind=KINDS.index(question.deviation) + 1,
        step=place if is_step else None,
        touchpoint=None if place is None or is_step else place - codes.steps,
        after=names.neighbour(question.after, {START: codes.start}),
        before=names.neighbour(question.before, {END: codes.gone}),
    )


def _gap(question: CustomersQuestion, names: _Names) -> Gap | None:
    if question.gap_after is None or question.gap_over is None:
        return None
    after = names.place(question.gap_after, question.gap_after_kind)
    to = None if question.gap_to is None else names.place(question.gap_to, question.gap_to_kind)
    return Gap(after, to, microseconds(question.gap_over))
