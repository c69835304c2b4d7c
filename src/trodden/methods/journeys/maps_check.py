"""What a map must keep beyond its schema: names that exist, steps told apart, bounds that can be met."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.automaton import check_flow
from trodden.methods.journeys.automaton_graph import FlowError
from trodden.methods.journeys.flow import scope_touchpoints, step_ids, steps_in_order, touchpoints_of
from trodden.model.errors import MapError
from trodden.model.event import CHANNEL_ALIASES, CHANNELS, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trodden.model.journey_map import JourneyMap, Step

OF_A_STEP: Final = ("missing", "departed", "failing", "paused", "forced switch")
"""Kinds that are always about a step of the map."""


def check_map(journey_map: JourneyMap, file: str = "", lines: Mapping[str, int] | None = None) -> JourneyMap:
    """Return the map where it keeps every rule.

    Raises
    ------
    MapError
        It breaks one; the message names the line where ``lines`` knows it.
    """
    checks = _Checks(journey_map, file, lines or {})
    checks.run()
    return journey_map


class _Checks:
    def __init__(self, journey_map: JourneyMap, file: str, lines: Mapping[str, int]) -> None:
        self._map = journey_map
        self._file = file
        self._lines = lines

    def run(self) -> None:
        self._check_steps()
        for place, step in enumerate(self._map.steps):
            self._check_step(step, f"steps[{place}]")
        self._check_stages()
        self._check_flow()
        self._check_scope()
        self._check_changes()
        self._check_accepted()
        self._check_ranges()

    def _error(self, place: str, problem: str, hint: str = "") -> MapError:
        """Name the line of ``place``, else of the nearest thing around it that is known."""
        known = place
        while known and known not in self._lines:
            known = known.rpartition(".")[0] if "." in known else ""
        line = self._lines.get(known, 1)
        return MapError(problem, hint=hint, file=self._file, line=line, place=place)

    def _check_steps(self) -> None:
        in_flow = step_ids(self._map.flow)
        listed = [step.id for step in self._map.steps]
        for place, id_ in enumerate(listed):
            if id_ in listed[:place]:
                raise self._error(f"steps[{place}]", f"Step {id_!r} is described twice.", "Keep one of them.")
        twice = [id_ for id_, count in Counter(in_flow).items() if count > 1]
        if twice:
            raise self._error(
                f"flow:{twice[0]}", f"Step {twice[0]!r} stands twice in the flow, expected once."
            )
        for id_ in listed:
            if id_ not in in_flow:
                raise self._unused(id_, [other for other in in_flow if other not in listed])

    def _unused(self, id_: str, unknown: list[str]) -> MapError:
        """Tell a step nobody uses from one whose id is spelt otherwise in the flow."""
        near = get_close_matches(id_, unknown, n=1, cutoff=0.75)
        if near:
            return self._error(
                f"flow:{near[0]}",
                f"The flow names a step {near[0]!r} that `steps` does not describe.",
                f"Did you mean {id_!r}?",
            )
        return self._error(
            f"step:{id_}", f"Step {id_!r} is never used.", "Put it into the flow, or take it out of `steps`."
        )

    def _check_step(self, step: Step, place: str) -> None:
        self._check_known(step.outcome, OUTCOMES, f"{place}.outcome", "outcome")
        self._check_known(step.channels, (*CHANNELS, *CHANNEL_ALIASES), f"{place}.channels", "channel")
        for name, values in step.where.items():
            if not values:
                raise self._error(
                    f"{place}.where", f"Step {step.id!r} tests {name!r} against no value at all."
                )
        wait = step.wait
        if any(one is not None and one.total_seconds() < 0 for one in (wait.typical, wait.longest)):
            raise self._error(f"{place}.wait", f"Step {step.id!r} has a wait below 0.")
        if wait.typical is not None and wait.longest is not None and wait.typical > wait.longest:
            raise self._error(f"{place}.wait", f"Step {step.id!r} has a typical wait above its longest.")

    def _check_known(self, names: Iterable[str], known: tuple[str, ...], place: str, what: str) -> None:
        for name in names:
            if name not in known:
                raise self._error(place, f"There is no {what} {name!r}.", f"Known: {', '.join(known)}.")

    def _check_stages(self) -> None:
        stages = self._map.stages
        for place, stage in enumerate(stages):
            if stage in stages[:place]:
                raise self._error(f"stages[{place}]", f"Stage {stage!r} is listed twice.")
        for place, step in enumerate(self._map.steps):
            if step.stage and step.stage not in stages:
                near = get_close_matches(step.stage, stages, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Stages: {', '.join(stages) or 'none yet'}."
                raise self._error(
                    f"steps[{place}].stage", f"Stage {step.stage!r} is not listed under `stages`.", hint
                )

    def _check_flow(self) -> None:
        try:
            check_flow(self._map)
        except FlowError as error:
            raise self._error(f"flow:{error.step}", error.message, error.hint) from error

    def _check_scope(self) -> None:
        scope, bounds = scope_touchpoints(self._map), self._map.bounds
        matched = {name for step in steps_in_order(self._map) for name in touchpoints_of(step)}
        if not matched & set(scope):
            raise self._error("scope.only", "No step of the flow stands for a touchpoint in scope.")
        for field in ("start", "reached", "abandoned"):
            for name in getattr(bounds, field):
                if name not in scope:
                    raise self._error(
                        f"bounds.{field}",
                        f"`bounds.{field}` names {name!r}, whose events `scope.only` leaves out.",
                        "Add it to `scope.only`.",
                    )
        if bounds.silence.total_seconds() <= 0:
            raise self._error("bounds.silence", "The longest silence must be above 0.", "Write 30d, say.")

    def _check_changes(self) -> None:
        scope, seen = scope_touchpoints(self._map), dict[str, str]()
        for field in ("edit", "cancel", "returns"):
            for name in getattr(self._map.changes, field):
                if name not in scope:
                    raise self._error(
                        f"changes.{field}",
                        f"`changes.{field}` names {name!r}, whose events do not count in this map.",
                        "Add it to `scope.also`.",
                    )
                if seen.setdefault(name, field) != field:
                    raise self._error(
                        f"changes.{field}", f"{name!r} stands under `{seen[name]}` too.", "Keep one of them."
                    )

    def _check_accepted(self) -> None:
        steps = set(step_ids(self._map.flow))
        known = steps | set(scope_touchpoints(self._map))
        for place, accepted in enumerate(self._map.accepted):
            allowed = steps if accepted.kind in OF_A_STEP else known
            if accepted.step and accepted.kind != "ad hoc" and accepted.step not in allowed:
                near = get_close_matches(accepted.step, allowed, n=1)
                raise self._error(
                    f"accepted[{place}].step",
                    f"Accepted as {accepted.kind}: there is no step {accepted.step!r}.",
                    f"Did you mean {near[0]!r}?" if near else "Name a step of the flow.",
                )

    def _check_ranges(self) -> None:
        forecast, of = self._map.forecast, self._map
        given = [one for one in (forecast.low, forecast.reached, forecast.high) if one is not None]
        if given != sorted(given):
            raise self._error("forecast", "The forecast must keep low <= reached <= high.")
        if of.valid_from and of.valid_to and of.valid_from > of.valid_to:
            raise self._error("valid_to", f"Valid to {of.valid_to} is before valid from {of.valid_from}.")
        if of.parent_step and not of.parent:
            raise self._error("parent_step", "A parent step without a parent map.", "Give `parent` too.")
