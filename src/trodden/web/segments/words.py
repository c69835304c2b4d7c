"""What a segment says, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trodden.methods.journeys.segments import Compare, Every, Missing, Not, Saved, Some
from trodden.methods.journeys.segments_did import Did, Paused, Times
from trodden.model.durations import format_duration
from trodden.web.patterns import steps_of

if TYPE_CHECKING:
    from datetime import timedelta

    from trodden.methods.journeys.segments import Condition
    from trodden.methods.journeys.segments_did import Behaviour, Deviated, When
    from trodden.web.patterns import Step

_IS: Final = {
    "=": gettext_lazy("is"),
    "!=": gettext_lazy("is not"),
    "<": gettext_lazy("is under"),
    "<=": gettext_lazy("is at most"),
    ">": gettext_lazy("is over"),
    ">=": gettext_lazy("is at least"),
}
_TIMES: Final = {
    "=": gettext_lazy("exactly"),
    "!=": gettext_lazy("not exactly"),
    "<": gettext_lazy("fewer than"),
    "<=": gettext_lazy("at most"),
    ">": gettext_lazy("more than"),
    ">=": gettext_lazy("at least"),
}
_KINDS: Final = {
    "departed": gettext_lazy("left before the goal"),
    "out of order": gettext_lazy("took a step out of turn"),
    "missing": gettext_lazy("skipped a step"),
    "wrong branch": gettext_lazy("went by another branch as well"),
    "repeated": gettext_lazy("repeated a step"),
    "ad hoc": gettext_lazy("did something off the map"),
    "failing": gettext_lazy("had a step fail"),
    "paused": gettext_lazy("waited longer than designed"),
    "forced switch": gettext_lazy("had to switch channel"),
}


def words_of(condition: Condition) -> str:
    """Say a condition in plain words, without a full stop.

    Examples
    --------
    >>> from trodden.methods.journeys.segments import parse_segment
    >>> words_of(parse_segment("region = north and not did Order in last 30d"))
    'region is north, and never was at Order in the last 30 d'
    """
    if isinstance(condition, Some | Every):
        word = _(", or ") if isinstance(condition, Some) else _(", and ")
        return word.join(_part(part, condition) for part in condition.conditions)
    if isinstance(condition, Not):
        return _not(condition.condition)
    if isinstance(condition, Saved):
        return _("in the segment {name}").format(name=condition.name)
    if isinstance(condition, Missing):
        return _("{name} is not known").format(name=condition.property)
    return _compare(condition) if isinstance(condition, Compare) else _behaviour(condition)


def _part(part: Condition, whole: Condition) -> str:
    is_mixed = isinstance(part, Some | Every) and type(part) is not type(whole)
    return f"({words_of(part)})" if is_mixed else words_of(part)


def _not(condition: Condition) -> str:
    if isinstance(condition, Missing):
        return _("{name} is known").format(name=condition.property)
    if isinstance(condition, Saved):
        return _("not in the segment {name}").format(name=condition.name)
    if isinstance(condition, Did) and condition.times == Times():
        return _("never {words}").format(words=words_of(condition))
    return _("it is not so that {words}").format(words=_part(condition, Compare("", "=", ())))


def _compare(found: Compare) -> str:
    values = _(" or ").join(found.values)
    return f"{found.property} {_IS[found.operator]} {values}"


def _behaviour(found: Behaviour) -> str:
    if isinstance(found, Did):
        said = _did(found)
    else:
        said = _paused(found) if isinstance(found, Paused) else _deviated(found)
    return "".join((said, _often(found.times), _when(found.when)))


def _did(found: Did) -> str:
    said = _pattern_words(found.steps)
    within = _(", all within {time}").format(time=_length(found.within)) if found.within else ""
    return f"{said}{within}"


def _pattern_words(text: str) -> str:
    steps = steps_of(text)
    if steps is None:
        # A pattern that rows cannot say, or the name of a touchpoint that is no pattern.
        return _("was at {name}").format(name=text)
    first, *others = steps
    return "".join((_place(first), *map(_then, others)))


def _then(step: Step) -> str:
    if step.how == "without":
        said = _(", later, without {between} in between, {place}")
        return said.format(between=step.without, place=_place(step))
    return (_(", later {place}") if step.how == "later" else _(", next {place}")).format(place=_place(step))


def _place(step: Step) -> str:
    if step.kind == "any":
        return _("was anywhere")
    return (_("was elsewhere than {names}") if step.kind == "not" else _("was at {names}")).format(
        names=step.names
    )


def _paused(found: Paused) -> str:
    said = _("paused for over {time}").format(time=_length(found.over))
    after = _(" after {place}").format(place=found.after) if found.after else ""
    before = _(" before {place}").format(place=found.before) if found.before else ""
    return f"{said}{after}{before}"


def _deviated(found: Deviated) -> str:
    kind = str(_KINDS.get(found.kind, _("went their own way")))
    at = _(" ({place})").format(place=found.at) if found.at else ""
    return _("on the journey {map}: {kind}{at}").format(map=found.map, kind=kind, at=at)


def _often(times: Times) -> str:
    if (times.operator, times.count) == (">=", 1):
        return ""
    said = ngettext(" {how} {n} time", " {how} {n} times", times.count)
    return said.format(how=_TIMES[times.operator], n=times.count)


def _when(when: When) -> str:
    if when.last:
        return _(" in the last {time}").format(time=_length(when.last))
    if not when.period:
        return ""
    start, end = when.period.start, when.period.end
    if start and end:
        return _(" from {start} until {end}").format(start=start, end=end)
    return _(" since {start}").format(start=start) if start else _(" before {end}").format(end=end)


def _length(length: timedelta | None) -> str:
    return format_duration(length.total_seconds()) if length else ""


def relations() -> tuple[tuple[str, str], ...]:
    """Return how a property may stand to a value, as a form offers it."""
    more = (("in", _("is one of")), ("not in", _("is none of")), ("null", _("is not known")))
    return (*((sign, str(words)) for sign, words in _IS.items()), *more)


def often() -> tuple[tuple[str, str], ...]:
    """Return how often something may have been done, as a form offers it."""
    return tuple((sign, str(_TIMES[sign])) for sign in (">=", "=", "<=", ">", "<"))
