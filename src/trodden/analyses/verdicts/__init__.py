"""Deviations judged by how they ended, against journeys like them that went on as designed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from trodden.analyses.verdicts.answer import Comparable, Effect, JudgedRoute, Verdicts, VerdictsQuestion
from trodden.analyses.verdicts.chart import verdicts_chart
from trodden.analyses.verdicts.judging import MEASURES, Margins, Measure, corrected, measure, verdict_of
from trodden.analyses.verdicts.resolving import FoundAll, Names, frequent_ways, resolve_ending
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.deviations import FLAGS, KINDS
from trodden.methods.journeys.examples import examples_of
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.periods import find_zone
from trodden.methods.journeys.select import Selection, resolve_selection, select, shared_fields, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.journeys.verdicts import Judged, Judging, judge_bucket, nobody, open_parts
from trodden.methods.journeys.verdicts_like import resolve_likeness
from trodden.methods.journeys.walked import Codes
from trodden.methods.stats.adjusted import ROUNDING
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.journey_map import JourneyMap
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis, find

BY_VERDICT = ("a better way", "worse", "different but equal", "too few to say")
MOST_LISTED = 1_000
ONLY_TIME = (
    "Where the step skipped is the last before the goal, all compared have reached it: time alone decides."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which ways are judged, and how.

    ``measures``: the outcomes asked for. ``hidden`` and ``rare`` ways are not judged.
    """

    selection: Selection
    snapshot: str
    judging: Judging
    labels: tuple[str, ...]
    touchpoints: tuple[str, ...]
    measures: tuple[Measure, ...]
    margins: Margins
    min_count: int
    hidden: int
    rare: int

    @property
    def names(self) -> Names:
        """Return steps and touchpoints by code."""
        return Names(self.judging.codes, self.judging.automaton.steps, self.touchpoints)


@dataclass(frozen=True, slots=True)
class State:
    """What was selected and what was counted of it."""

    counted: Counted
    judged: Judged


@analysis(
    "verdicts",
    asks=Asks("Which ways off the map end better or worse?", "design"),
    example=VerdictsQuestion(map="Getting connected"),
    answer=Verdicts,
    chart=verdicts_chart,
)
class VerdictsAnalysis(Mergeable[VerdictsQuestion, Plan, State, Verdicts]):
    """Judge every frequent way off the map by how it ended, beside others like them at the same fork.

    Journeys with a deviation are compared with journeys that came to the same step and went on as designed,
    both sides having come equally far (see `trodden.methods.journeys.verdicts`), and being alike at the fork:
    the properties in ``match``, the period they began in, steps done, time taken and deviations before. Where
    four fifths of those who deviated have five others exactly like them, sides are matched in strata; else
    weighted, with the overlap told. Need met (else goal reached) decides, then time; the rest is told. An
    effect is clear at a false discovery rate of 5 % over these outcomes of all ways. *Different but equal*
    needs intervals within both margins. Journeys still open are left out. Adjusted for what is told under
    ``matched_on``, and for nothing else: it is not an experiment.

    References
    ----------
    Li, Y. P., Propert, K. J. and Rosenbaum, P. R. (2001). Balanced risk set matching. Journal of the American
    Statistical Association 96, 870-882.
    """

    def needs(self, question: VerdictsQuestion, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - its own names
        """Ask which deviations there are."""
        if question.map is None:
            raise QuestionError("There is no map to part from.", hint="Give `map`.")
        fields: dict[str, Any] = {**shared_fields(question), "top": MOST_LISTED}
        return {"walked": find("walked").question(**fields)}

    def plan(self, question: VerdictsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Choose the ways, what both sides are matched on and which outcomes are counted."""
        selection = resolve_selection(question, catalog, "journey")
        found, zone = catalog.maps[selection.map], find_zone(catalog.time_zone)
        automaton, touchpoints = compile_map(found, catalog), catalog.dictionaries.touchpoints
        codes = Codes(len(automaton.steps), len(touchpoints))
        names = Names(codes, automaton.steps, touchpoints)
        ways, rare = frequent_ways(question, found, cast("FoundAll", needs["walked"]), names)
        until = question.as_of or catalog.as_of
        like = resolve_likeness(question.match, question.start, catalog.dictionaries, until, zone)
        ending = resolve_ending(question, catalog, zone)
        judged = tuple(sorted(ways[: question.limit]))
        return Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            judging=Judging(
                automaton, codes, judged, like, ending, open_parts(found, automaton.steps, judged)
            ),
            labels=_labels(found),
            touchpoints=touchpoints,
            measures=_measures(question),
            margins=Margins(question.margin, question.margin_time),
            min_count=question.min_count,
            hidden=len(ways) - len(judged),
            rare=rare,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Align one bucket and count how its journeys ended."""
        units = select(bucket, plan.selection)
        return State(count_units(units), judge_bucket(plan.judging, plan.selection, bucket, units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.counted + b.counted, a.judged + b.judged)

    def finish(self, plan: Plan, state: State | None) -> Verdicts:
        """Compare, correct and judge."""
        state = state or State(Counted(), nobody(len(plan.judging.ways)))
        numbers = [
            number
            for number in range(len(plan.judging.ways))
            if state.judged.journeys[number] >= plan.min_count
        ]
        compared = [_compared(plan, state, number) for number in numbers]
        effects = corrected([found for _, found in compared])
        routes = [
            _route(plan, state, number, (comparable, found))
            for number, (comparable, _), found in zip(numbers, compared, effects, strict=True)
        ]
        about = tell_about("verdicts", plan.snapshot, plan.selection, state.counted, _notes(routes))
        return Verdicts(
            about=msgspec.structs.replace(about, grade="adjusted"),
            map=plan.selection.map,
            routes=tuple(sorted(routes, key=_order)),
            tried=sum(map(len, effects)),
            matched_on=plan.judging.like.names,
            margin=plan.margins.share,
            margin_time=plan.margins.time,
            hidden=plan.hidden,
            rare=plan.rare + len(plan.judging.ways) - len(numbers),
        )


def _notes(routes: list[JudgedRoute]) -> tuple[str, ...]:
    """Say where needs met cannot differ: both sides are those who came to the goal."""
    told = [route for route in routes if route.kind == "missing" and _all_met(route.effects)]
    return (ONLY_TIME,) if told else ()


def _all_met(effects: tuple[Effect, ...]) -> bool:
    met = [one for one in effects if one.outcome == "met"]
    return any(min(one.having.value or 0.0, one.others.value or 0.0) > 1 - ROUNDING for one in met)


def _labels(found: JourneyMap) -> tuple[str, ...]:
    return tuple(step.label or step.id for step in steps_in_order(found))


def _measures(question: VerdictsQuestion) -> tuple[Measure, ...]:
    asked = {"price": question.price, "score": question.score}
    return tuple(one for one in MEASURES if one.name not in asked or asked[one.name] is not None)


def _compared(plan: Plan, state: State, number: int) -> tuple[Comparable, list[Effect]]:
    """Compare both sides of a way; from the fork only where who leaves can be seen to deviate first."""
    cells = 2 * plan.judging.like.cells
    table = state.judged.table.within(number * cells, (number + 1) * cells)
    kind = KINDS[plan.judging.ways[number].kind - 1]
    is_seen_late = kind in ("missing", *FLAGS)
    measures = [one for one in plan.measures if not (is_seen_late and one.name == "met from the fork")]
    return measure(table, plan.judging.like, measures)


def _route(
    plan: Plan, state: State, number: int, compared: tuple[Comparable, tuple[Effect, ...]]
) -> JudgedRoute:
    way, names = plan.judging.ways[number], plan.names
    verdict, decided_by = verdict_of(compared[1], plan.margins)
    return JudgedRoute(
        kind=KINDS[way.kind - 1],
        step=names.step(way.step),
        touchpoint=names.touchpoint(way.touchpoint),
        label=plan.labels[way.step] if way.step >= 0 else names.touchpoint(way.touchpoint),
        source=names.step(way.source),
        target=names.step(way.target),
        journeys=int(state.judged.journeys[number]),
        verdict=verdict,
        decided_by=decided_by,
        comparable=compared[0],
        effects=compared[1],
        examples=examples_of(state.judged.examples, number),
    )


def _order(one: JudgedRoute) -> tuple[int, int, str, str, str, str, str]:
    """Return how routes are ranked: by verdict, most journeys, then names."""
    rank = BY_VERDICT.index(one.verdict)
    return rank, -one.journeys, one.kind, one.step, one.touchpoint, one.source, one.target
