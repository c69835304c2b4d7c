"""What a verdict says, in words: points of reaching the goal, time, contacts, and beside whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trodden.charts import Effect as Drawn
from trodden.charts.formats import format_count, format_interval, format_number, format_share
from trodden.insights.judged import shown_effect, told_effects
from trodden.methods.stats.compare import is_clear
from trodden.model.durations import format_duration
from trodden.web.markup import drawing

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from trodden.analyses.verdicts.answer import Effect, JudgedRoute
    from trodden.analyses.walked.answer import Compared
    from trodden.insights.ranked import Ranked
    from trodden.model.question import Estimate

WIDEST = 0.35
"""Effects beyond this many points stand at the end of their axis, so that usual ones can be told apart."""


def reached_by(way: Ranked) -> Estimate | None:
    """Return the difference in reaching the goal that is drawn; None where there are too few to say."""
    if way.judged is not None:
        effect = shown_effect(way.judged)
        return effect.effect if effect else None
    compared = _told(way)
    return compared.reached if compared else None


def _told(way: Ranked) -> Compared | None:
    """Return the plain comparison; None where there is none, or too few to say."""
    return None if way.compared is None or way.compared.verdict == "too few to say" else way.compared


def extent_of(ways: tuple[Ranked, ...]) -> float:
    """Return the largest end of any effect that is drawn: what a common axis must hold."""
    drawn = [reached for way in ways if (reached := reached_by(way))]
    ends = [abs(end) for reached in drawn for end in (reached.low, reached.high) if end is not None]
    return min(max(ends, default=0.1), WIDEST)


def drawn_effect(way: Ranked, extent: float) -> SafeString | None:
    """Return the effect on reaching the goal, drawn on the axis all share."""
    reached = reached_by(way)
    if reached is None:
        return None
    others = _("others like them") if way.judged else _("others who came equally far")
    effect = Drawn(
        title=_("Reached the goal, against {others}").format(others=others),
        value=reached.value,
        low=reached.low,
        high=reached.high,
        extent=extent,
        n=reached.n,
        tone=way.tone if is_clear(reached) and not way.is_decided_by("time") else "plain",
    )
    return drawing(effect)


def drawn_beside(way: Ranked) -> str:
    """Say beside the drawing that another outcome than the drawn one decided; empty where that did."""
    return _("drawn: who reached the goal; time decided") if way.is_decided_by("time") else ""


def verdict_of(way: Ranked) -> str:
    """Return the verdict in plain words."""
    if way.judged is not None:
        return _judged(way)
    if way.compared is None:
        return _("An end without the goal") if way.kind == "departed" else ""
    return {
        "worse": _("Worse"),
        "better": _("Better"),
        "too few to say": _("Too few to say"),
    }.get(way.compared.verdict, _("Different, ends no differently"))


DECIDED: Final = {
    "met": gettext_lazy("by who reached the goal"),
    "met from the fork": gettext_lazy("by who reached the goal, from the fork"),
    "time": gettext_lazy("by the time to the goal"),
}
"""What verdicts rest on, as pages say it."""


def _judged(way: Ranked) -> str:
    """Return the verdict with the outcome it rests on, which need not be the one that is drawn."""
    said = _verdict(way)
    decided = DECIDED.get(way.judged.decided_by) if way.judged and way.tone != "plain" else None
    return _("{verdict}, {outcome}").format(verdict=said, outcome=decided) if decided else said


def _verdict(way: Ranked) -> str:
    words = {
        "a better way": _("A better way") if way.is_desire_path else _("Ended better"),
        "worse": _("Worse"),
        "different but equal": _("Different but equal"),
    }
    return words.get(way.judged.verdict if way.judged else "", _("Too few to say"))


def price_of(way: Ranked) -> str:
    """Say what it costs or brings, each only where it is clear."""
    if way.judged is not None:
        parts = [_effect(effect) for effect in told_effects(way.judged)]
    else:
        compared = _told(way)
        parts = _plain(compared) if compared else []
    return ", ".join(part for part in parts if part)


def _plain(compared: Compared) -> list[str]:
    """Say what a plain comparison shows, each only where its interval leaves nothing out."""
    reached, time = compared.reached, compared.time
    return [_points(reached) if is_clear(reached) else "", _time(time) if is_clear(time) else ""]


def beside_of(way: Ranked) -> str:
    """Say how many are compared, and whether like with like."""
    if way.judged is not None:
        return _beside(way.judged)
    compared = _told(way)
    if compared is None:
        return ""
    return _("descriptive: {having} beside {others} who came equally far").format(
        having=format_count(compared.having.of), others=format_count(compared.others.of)
    )


def _beside(route: JudgedRoute) -> str:
    """Say how many of each side came to the next step, which verdicts look at."""
    sides = route.comparable
    return _("{having} who came on beside {others} like them").format(
        having=format_count(sides.having), others=format_count(sides.others)
    )


def _effect(effect: Effect) -> str:
    if effect.outcome == "time":
        return _ratio(effect.effect)
    if effect.outcome == "contacts":
        return _contacts(effect.effect)
    said = _points(effect.effect)
    return _("{said}, counted from the fork").format(said=said) if effect.outcome != "met" else said


def _points(reached: Estimate) -> str:
    value, ends = _signed(reached, 100)
    low, high = (f"{end:.0f}" for end in ends)
    words = (
        _("{n} points fewer reach the goal [{low} to {high}]")
        if (reached.value or 0.0) < 0
        else _("{n} points more reach the goal [{low} to {high}]")
    )
    return words.format(n=f"{value:.0f}", low=low, high=high)


def _signed(found: Estimate, scale: float) -> tuple[float, tuple[float, float]]:
    """Return the size of a difference and its ends in its own direction: an end beyond nought is negative."""
    sign = -1.0 if (found.value or 0.0) < 0 else 1.0
    low, high = sorted(sign * scale * (end or 0.0) for end in (found.low, found.high))
    return sign * scale * (found.value or 0.0), (low, high)


def _ratio(time: Estimate) -> str:
    """Say how much longer or sooner, from the fork, by the ratio of times."""
    value = (time.value or 1.0) - 1
    low, high = sorted(abs((end or 1.0) - 1) for end in (time.low, time.high))
    words = _("{part} longer to the goal") if value > 0 else _("{part} sooner at the goal")
    if abs(value) >= MANY_TIMES:
        ends = format_interval(time.low, time.high, "number")
        return _("{n} times as long to the goal").format(n=format_number(time.value or 0.0)) + f" {ends}"
    return f"{words.format(part=format_share(abs(value)))} {format_interval(low, high, 'share')}"


MANY_TIMES = 2.0
"""From three times as long on, times are told as multiples, not in per cent."""


def _contacts(contacts: Estimate) -> str:
    value, ends = _signed(contacts, 1)
    low, high = (f"{end:.2f}" for end in ends)
    words = (
        _("{n} fewer later contacts [{low} to {high}]")
        if (contacts.value or 0.0) < 0
        else _("{n} more later contacts [{low} to {high}]")
    )
    return words.format(n=f"{value:.2f}", low=low, high=high)


def _time(time: Estimate) -> str:
    low, high = sorted(abs(end or 0.0) for end in (time.low, time.high))
    words = _("{time} longer to the goal") if (time.value or 0.0) > 0 else _("{time} sooner at the goal")
    interval = format_interval(low, high, "duration")
    return f"{words.format(time=format_duration(abs(time.value or 0.0)))} {interval}"
