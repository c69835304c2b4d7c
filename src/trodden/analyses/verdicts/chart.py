"""How verdicts show themselves: each way off the map by the difference it made to needs met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts import Bar, Bars, Chart, Link, Tone
from trodden.charts.formats import format_count, format_interval, format_points, format_share, format_value
from trodden.charts.heads import head_of
from trodden.charts.sentences import SENTENCES
from trodden.model.words import tr

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
        **head_of(answer.about, *_notes(answer)),
        n=answer.about.units - answer.about.open,
        axis=tr("Difference in the share whose need was met, in points"),
        of=tr("way off the map"),
        kind="points",
        bars=tuple(_bar(answer.map, route, met) for route, met in told[:BARS]),
    )


def effect_on(route: JudgedRoute, outcome: str) -> Effect | None:
    """Return the effect on one outcome, where it was compared."""
    return next((one for one in route.effects if one.outcome == outcome), None)


def sentence_of(route: JudgedRoute) -> str:
    """Say in plain words what people did."""
    return tr(SENTENCES[route.kind], what=route.label)


def _title(answer: Verdicts) -> str:
    better = [route for route in answer.routes if route.verdict == "a better way"]
    worse = [route for route in answer.routes if route.verdict == "worse"]
    ways = tr("{routes} ways off the map", routes=format_count(len(answer.routes)))
    if better:
        return tr("People found a better way here: {told} (1 of {ways})", told=_told(better[0]), ways=ways)
    if worse:
        return tr("Worse than the design: {told} (1 of {ways})", told=_told(worse[0]), ways=ways)
    if not answer.routes:
        return tr("No way off the map is frequent enough to be judged")
    return tr("None of {ways} ended clearly better or worse", ways=ways)


def _told(route: JudgedRoute) -> str:
    effect = effect_on(route, route.decided_by)
    return sentence_of(route) if effect is None else f"{sentence_of(route)}, {_said(effect)}"


def _said(effect: Effect) -> str:
    value, low, high = effect.effect.value or 0.0, effect.effect.low or 0.0, effect.effect.high or 0.0
    if effect.outcome == "time":
        sooner = tr("sooner") if value < 1 else tr("later")
        ends = sorted((low - 1, high - 1))
        return f"{format_share(abs(value - 1))} {sooner} {format_interval(ends[0], ends[1], 'share')}"
    points, interval = format_points(abs(value)), format_interval(low, high, "points")
    if value > 0:
        return tr("{points} points more needs met {interval}", points=points, interval=interval)
    return tr("{points} points fewer needs met {interval}", points=points, interval=interval)


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
    where = tr("after {source}", source=route.source) if route.source else tr("at the start")
    both = tr(
        "{having} against {others}",
        having=format_count(route.comparable.having),
        others=format_count(route.comparable.others),
    )
    parts = [f"{tr(route.verdict)}{_decided(route)}", tr("{where}, {both} like them", where=where, both=both)]
    time = effect_on(route, "time")
    if time is not None:
        having, others = (format_value(one.value, "duration") for one in (time.having, time.others))
        parts.append(tr("{having} instead of {others} to the goal", having=having, others=others))
    return "; ".join(parts)


def _decided(route: JudgedRoute) -> str:
    """Say what decided, where that is not what the axis shows: the bar's colour is the verdict's."""
    effect = effect_on(route, route.decided_by)
    if effect is None or route.decided_by in ("", "met") or TONES[route.verdict] == "muted":
        return ""
    if effect.outcome != "time" or effect.having.value is None or effect.others.value is None:
        return tr(": {outcome} decides", outcome=tr(effect.outcome))
    gap = effect.having.value - effect.others.value
    return tr(
        ": time decides, {time} {gap}",
        time=format_value(abs(gap), "duration"),
        gap=tr("sooner") if gap < 0 else tr("later"),
    )


def _notes(answer: Verdicts) -> list[str]:
    few = sum(effect_on(route, "met") is None for route in answer.routes)
    notes = (
        [tr("{tried} differences were tested and corrected for.", tried=format_count(answer.tried))]
        if answer.tried
        else []
    )
    if few:
        notes.append(
            tr("{few} ways have too few journeys on a side and are not drawn.", few=format_count(few))
        )
    return [
        *notes,
        tr(
            "Both sides are alike in {matched_on}; it is not an experiment.",
            matched_on=", ".join(answer.matched_on),
        ),
    ]
