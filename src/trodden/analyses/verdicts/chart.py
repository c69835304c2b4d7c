"""How verdicts show themselves: each way off the map by the difference it made to needs met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts import Bar, Bars, Chart, Link, Tone
from trodden.charts.formats import format_count, format_interval, format_points, format_share, format_value
from trodden.charts.sentences import SENTENCES

if TYPE_CHECKING:
    from trodden.analyses.verdicts.answer import Effect, JudgedRoute, Verdict, Verdicts

BARS: Final = 15
TONES: Final[dict[Verdict, Tone]] = {
    "a better way": "better",
    "worse": "worse",
    "different but equal": "plain",
    "too few to say": "muted",
}


def verdicts_chart(answer: Verdicts) -> Chart:
    """Draw the effects on needs met, better ways first; routes without one are in the notes."""
    told = [(route, met) for route in answer.routes if (met := effect_on(route, "met")) is not None]
    return Bars(
        title=_title(answer),
        unit=f"{answer.about.unit}s",
        n=answer.about.units - answer.about.open,
        as_of=answer.about.as_of,
        definition="verdicts",
        notes=(*answer.about.notes, *_notes(answer)),
        axis="Difference in the share whose need was met, in points",
        of="way off the map",
        kind="points",
        bars=tuple(_bar(answer.map, route, met) for route, met in told[:BARS]),
    )


def effect_on(route: JudgedRoute, outcome: str) -> Effect | None:
    """Return the effect on one outcome, where it was compared."""
    return next((one for one in route.effects if one.outcome == outcome), None)


def sentence_of(route: JudgedRoute) -> str:
    """Say in plain words what people did."""
    return SENTENCES[route.kind].format(what=route.label)


def _title(answer: Verdicts) -> str:
    better = [route for route in answer.routes if route.verdict == "a better way"]
    worse = [route for route in answer.routes if route.verdict == "worse"]
    ways = f"{format_count(len(answer.routes))} ways off the map"
    if better:
        return f"People found a better way here: {_told(better[0])} (1 of {ways})"
    if worse:
        return f"Worse than the design: {_told(worse[0])} (1 of {ways})"
    if not answer.routes:
        return "No way off the map is frequent enough to be judged"
    return f"None of {ways} ended clearly better or worse"


def _told(route: JudgedRoute) -> str:
    effect = effect_on(route, route.decided_by)
    return sentence_of(route) if effect is None else f"{sentence_of(route)}, {_said(effect)}"


def _said(effect: Effect) -> str:
    value, low, high = effect.effect.value or 0.0, effect.effect.low or 0.0, effect.effect.high or 0.0
    if effect.outcome == "time":
        sooner = "sooner" if value < 1 else "later"
        ends = sorted((low - 1, high - 1))
        return f"{format_share(abs(value - 1))} {sooner} {format_interval(ends[0], ends[1], 'share')}"
    more = "more" if value > 0 else "fewer"
    return f"{format_points(abs(value))} points {more} needs met {format_interval(low, high, 'points')}"


def _bar(map_key: str, route: JudgedRoute, met: Effect) -> Bar:
    fields = {"map": map_key, "state": "closed", "deviation": route.kind, "after": route.source or "START"}
    ends = {"at": route.step or route.touchpoint} | ({"before": route.target} if route.target else {})
    return Bar(
        label=sentence_of(route),
        value=met.effect.value or 0.0,
        low=met.effect.low,
        high=met.effect.high,
        detail=_detail(route),
        tone=TONES[route.verdict],
        link=Link("customers", {**fields, **ends}, route.journeys),
    )


def _detail(route: JudgedRoute) -> str:
    where = f"after {route.source}" if route.source else "at the start"
    both = f"{format_count(route.comparable.having)} against {format_count(route.comparable.others)}"
    parts = [f"{route.verdict}{_decided(route)}", f"{where}, {both} like them"]
    time = effect_on(route, "time")
    if time is not None:
        having, others = (format_value(one.value, "duration") for one in (time.having, time.others))
        parts.append(f"{having} instead of {others} to the goal")
    return "; ".join(parts)


def _decided(route: JudgedRoute) -> str:
    """Say what decided, where that is not what the axis shows: the bar's colour is the verdict's."""
    effect = effect_on(route, route.decided_by)
    if effect is None or route.decided_by in ("", "met") or TONES[route.verdict] == "muted":
        return ""
    if effect.outcome != "time" or effect.having.value is None or effect.others.value is None:
        return f": {effect.outcome} decides"
    gap = effect.having.value - effect.others.value
    return f": time decides, {format_value(abs(gap), 'duration')} {'sooner' if gap < 0 else 'later'}"


def _notes(answer: Verdicts) -> list[str]:
    few = sum(effect_on(route, "met") is None for route in answer.routes)
    notes = (
        [f"{format_count(answer.tried)} differences were tested and corrected for."] if answer.tried else []
    )
    if few:
        notes.append(f"{format_count(few)} ways have too few journeys on a side and are not drawn.")
    return [*notes, f"Both sides are alike in {', '.join(answer.matched_on)}; it is not an experiment."]
