"""Which deviations a question asks about."""

from __future__ import annotations

from difflib import get_close_matches

from trodden.analyses.deviations.answer import DeviationsQuestion
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.deviations_rows import Keys
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.methods.journeys.select_names import Touchpoints
from trodden.model.catalog import Catalog
from trodden.model.errors import UnknownNameError
from trodden.model.journey_map import JourneyMap


def wanted_keys(
    question: DeviationsQuestion,
    journey_map: JourneyMap,
    catalog: Catalog,
    keys: Keys,
    accepted: frozenset[int],
) -> bytes:
    """Return a byte for each key, 1 where it is asked about.

    Raises
    ------
    UnknownNameError
        A step, touchpoint or stage nobody knows.
    """
    kinds = question.kinds or KINDS
    steps = _steps(question, journey_map)
    wanted = {keys.of_step(kind, step) for kind in kinds for step in steps}
    if "ad hoc" in kinds and question.stage is None:
        wanted |= {keys.of_touchpoint(code) for code in _touchpoints(question, journey_map, catalog)}
    if question.accepted != "shown":
        wanted = wanted & accepted if question.accepted == "only" else wanted - accepted
    return bytes(key in wanted for key in range(len(keys)))


def _steps(question: DeviationsQuestion, journey_map: JourneyMap) -> list[int]:
    steps = steps_in_order(journey_map)
    if question.stage is not None and question.stage not in {step.stage for step in steps}:
        stages = ", ".join(journey_map.stages) or "none"
        raise UnknownNameError(
            f"No step of the map is of a stage {question.stage!r}.", hint=f"Stages: {stages}."
        )
    return [
        number
        for number, step in enumerate(steps)
        if question.stage in (None, step.stage) and question.step in (None, step.id, *touchpoints_of(step))
    ]


def _touchpoints(question: DeviationsQuestion, journey_map: JourneyMap, catalog: Catalog) -> tuple[int, ...]:
    """Return the touchpoints ad hoc steps are asked about at, by code."""
    touchpoints = catalog.dictionaries.touchpoints
    if question.step is None:
        return tuple(range(len(touchpoints)))
    ids = [step.id for step in steps_in_order(journey_map)]
    if question.step in ids:
        return ()
    return _codes(question.step, ids, catalog)


def _codes(name: str, ids: list[str], catalog: Catalog) -> tuple[int, ...]:
    try:
        return Touchpoints(catalog).codes((name,))
    except UnknownNameError as error:
        near = get_close_matches(name, ids, n=1)
        hint = f"Did you mean step {near[0]!r}?" if near else error.hint
        raise UnknownNameError(f"Neither a step nor a touchpoint is called {name!r}.", hint=hint) from error
