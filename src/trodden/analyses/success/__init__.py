"""Which steps go with reaching the goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.success.answer import Reading, Success, SuccessQuestion, SuccessStep
from trodden.analyses.success.chart import success_chart
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest, examples_of
from trodden.methods.journeys.patterns import parse_pattern
from trodden.methods.journeys.patterns_dfa import Finder, compile_finder
from trodden.methods.journeys.patterns_write import name_of_mark
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import Touchpoints, code_of
from trodden.methods.journeys.success import Odds, count_odds, goals_of, no_odds, units_having
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.odds import common_odds_ratio, odds_ratio, p_of_odds
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.question import Answer, Estimate
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

FEWEST = 10
"""Units with the step, without it and at the goal under which nothing is said."""

DISCOVERY_RATE = 0.05
FAILURE, SUCCESS = 0, 1


@dataclass(frozen=True, slots=True)
class Plan:
    """The goal and how long a step counts, in microseconds."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    goal: Finder | None
    window: int | None
    min_count: int
    limit: int


@dataclass(frozen=True, slots=True)
class State:
    """Counts, and for each step units that have it and reached the goal."""

    counted: Counted
    odds: Odds
    examples: tuple[Candidate, ...]


@analysis(
    "success",
    asks=Asks("Which steps go with getting what they came for?", "goal"),
    example=SuccessQuestion(map="Getting connected"),
    answer=Success,
    chart=success_chart,
)
class SuccessAnalysis(Mergeable[SuccessQuestion, Plan, State, Success]):
    """Find which steps go with reaching the goal, among units that had taken as many others.

    Who reaches the goal stops there; who does not goes on and comes by more. So the odds of those that have
    a step are compared with those of others at equal exposure: after k other steps, all that took k and have
    not reached the goal, by whether it comes next, for every k; see `trodden.methods.journeys.success`. A
    step without which nobody reached it is *always before it* and says no more. The odds ratio is that of
    Mantel and Haenszel with a half added to every count, its interval that of Robins, Breslow and Greenland;
    p-values are corrected over all steps tested (Benjamini and Hochberg). The plain odds ratio (Haldane and
    Anscombe) stands beside it. An association, not an effect: who takes a step may differ in other ways.
    """

    def plan(self, question: SuccessQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and the goal."""
        selection = resolve_selection(question, catalog, "customer")
        if question.goal is None and selection.unit != "journey":
            raise QuestionError(
                "There is no goal to reach.", hint="Give `goal`, a touchpoint or pattern, or a `map`."
            )
        if question.window is not None and microseconds(question.window) < 0:
            raise QuestionError("window: a time cannot be negative.", hint="Such as 7d.")
        no_odds(len(catalog.dictionaries.touchpoints))
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            goal=None if question.goal is None else _finder(question.goal, catalog),
            window=None if question.window is None else microseconds(question.window),
            min_count=question.min_count,
            limit=question.limit,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        goals = goals_of(units, plan.goal)
        odds = count_odds(units, goals, plan.window, len(plan.touchpoints))
        return State(count_units(units), odds, _examples(plan, bucket, units, goals))

    def merge(self, a: State, b: State) -> State:
        """Add counts, keep the best examples."""
        return State(a.counted + b.counted, a.odds + b.odds, best((*a.examples, *b.examples)))

    def finish(self, plan: Plan, state: State | None) -> Success:
        """Form odds, correct and rank."""
        state = state or State(Counted(), no_odds(len(plan.touchpoints)), ())
        had = state.odds.ever.sum(axis=1)
        frequent = [int(code) for code in np.flatnonzero(had >= plan.min_count)]
        frequent.sort(key=lambda code: plan.touchpoints[code])
        odds = [_at_equal_exposure(state.odds, code) for code in frequent]
        tested = [place for place, code in enumerate(frequent) if _is_enough(state.odds, code, odds[place])]
        corrected = benjamini_hochberg([p_of_odds(odds[place]) for place in tested])
        adjusted = dict(zip(tested, corrected, strict=True))
        steps = [
            _step(plan, state, code, (odds[place], adjusted.get(place)))
            for place, code in enumerate(frequent)
        ]
        steps.sort(key=_order)
        units = state.odds.units
        return Success(
            about=tell_about("success", plan.snapshot, plan.selection, state.counted),
            reached=wilson(int(units[SUCCESS]), int(units.sum())),
            at_once=state.odds.at_once,
            steps=tuple(steps[: plan.limit]),
            tried=len(tested),
            rare=int(np.count_nonzero(had)) - len(frequent),
            hidden=max(len(steps) - plan.limit, 0),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units that are over and have a step."""
        code = code_of(name_of_mark(mark), plan.touchpoints)
        return units_having(units, goals_of(units, plan.goal), plan.window, code)


def _finder(goal: str, catalog: Catalog) -> Finder:
    return compile_finder(parse_pattern(goal, "goal"), Touchpoints(catalog))


def _at_equal_exposure(odds: Odds, code: int) -> Estimate:
    others = odds.at_risk - odds.apart[code]
    return common_odds_ratio(odds.having[code][:, ::-1], others[:, ::-1])


def _is_enough(odds: Odds, code: int, found: Estimate) -> bool:
    """Say whether units with the step, without it and at the goal are enough to say anything."""
    having = int(odds.ever[code].sum())
    fewest = min(having, int(odds.units.sum()) - having, int(odds.units[SUCCESS]))
    return fewest >= FEWEST and found.value is not None


def _step(plan: Plan, state: State, code: int, found: tuple[Estimate, float | None]) -> SuccessStep:
    having = [int(count) for count in state.odds.ever[code]]
    others = [int(count) for count in state.odds.units - state.odds.ever[code]]
    return SuccessStep(
        touchpoint=plan.touchpoints[code],
        having=wilson(having[SUCCESS], sum(having)),
        others=wilson(others[SUCCESS], sum(others)),
        odds=odds_ratio((having[SUCCESS], having[FAILURE]), (others[SUCCESS], others[FAILURE])),
        at_equal_exposure=found[0],
        adjusted_p=found[1],
        reading="always before it" if _is_needed(having, others) else _reading(*found),
        examples=examples_of(state.examples, code),
    )


def _is_needed(having: list[int], others: list[int]) -> bool:
    return others[SUCCESS] == 0 and having[SUCCESS] >= FEWEST and others[FAILURE] >= FEWEST


def _reading(found: Estimate, adjusted: float | None) -> Reading:
    if adjusted is None or found.value is None:
        return "too few to say"
    if adjusted > DISCOVERY_RATE:
        return "no clear association"
    return "goes with success" if found.value > 1 else "goes with failure"


def _order(one: SuccessStep) -> tuple[int, float, int, str]:
    """Return how steps are ranked: clear ones by their odds, the others by units; then by name."""
    rank = (
        "goes with success",
        "goes with failure",
        "no clear association",
        "always before it",
        "too few to say",
    )
    place = max(rank.index(one.reading) - 1, 0)
    far = -abs(math.log(one.at_equal_exposure.value or 1.0)) if place == 0 else 0.0
    return place, far, -one.having.of, one.touchpoint


def _examples(plan: Plan, bucket: Bucket, units: Units, goals: NDArray[np.int64]) -> tuple[Candidate, ...]:
    """Return units with each step that reached the goal, those after most steps first."""
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    step = np.arange(len(unit))
    is_before = (step < goals[unit]) & (goals[unit] < units.offsets[unit + 1])
    unit, step = unit[is_before], step[is_before]
    if plan.window is not None:
        recent = units.occurred_at[goals[unit]] - units.occurred_at[step] <= plan.window
        unit, step = unit[recent], step[recent]
    taken = goals[unit] - units.offsets[unit]
    code = units.touchpoint[step].astype(np.int64)
    return costliest(bucket, Cases(code, taken, units.rows[step], units.customer[unit]))
