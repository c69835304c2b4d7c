"""A rule as rows of a form: read from what was sent, made into a condition, and made from one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from trodden.methods.journeys.patterns_write import read_items, write_items
from trodden.methods.journeys.segments import Compare, Every, Missing, Not, Saved, Some, parse_segment
from trodden.methods.journeys.segments_did import Deviated, Did, Paused
from trodden.methods.journeys.segments_write import write_length, write_word
from trodden.model.errors import QuestionError
from trodden.web.patterns import Step, pattern_of, steps_given, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trodden.methods.journeys.segments import Condition, Leaf
    from trodden.methods.journeys.segments_did import Behaviour

MOST_ROWS: Final = 7
STEPS: Final = 4
"""Steps of a row, so that no form has more fields than a request may."""
KINDS: Final = ("property", "did", "order", "paused", "deviated", "saved")
_OWN: Final = (
    *("name", "operator", "value", "steps", "within", "over", "after", "before"),
    *("map", "deviation", "at", "saved", "times", "count", "when", "last", "from", "until"),
)
"""Fields a row may have, by its kind."""


@dataclass(frozen=True, slots=True)
class Row:
    """One condition; ``given`` holds a text for every field any kind has."""

    kind: str
    is_not: bool = False
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    steps: tuple[Step, ...] = ()
    number: int = 0

    @property
    def is_behaviour(self) -> bool:
        """Say whether how often and when can be told of it."""
        return self.kind not in {"property", "saved"}

    @property
    def is_narrowed(self) -> bool:
        """Say whether how often or when is told."""
        return any(self.given[name] for name in ("count", "when"))

    @property
    def prefix(self) -> str:
        """Return how the names of its steps' fields begin."""
        return f"r{self.number}-s"

    @property
    def blank_steps(self) -> tuple[Step, ...]:
        """Return the steps with room for one more, and for two at least."""
        more = max(2 - len(self.steps), 1 if len(self.steps) < STEPS else 0)
        return (*self.steps, *[Step("later") for _place in range(more)])


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that hold together: all of them, or any."""

    join: str = "all"
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Groups that hold together: all of them, or any."""

    join: str = "all"
    groups: tuple[Group, ...] = (Group(),)

    @property
    def size(self) -> int:
        """Count the rows."""
        return sum(len(group.rows) for group in self.groups)


def blank(kind: str) -> Row:
    """Return a row with nothing filled in."""
    return Row(kind if kind in KINDS else "property", given=dict.fromkeys(_OWN, ""))


def rule_given(sent: Mapping[str, str]) -> Rule:
    """Read the rows that were sent, in their groups."""
    numbered = ((number, sent.get(f"r{number}-kind", "")) for number in range(MOST_ROWS))
    rows = [_given(sent, number, kind) for number, kind in numbered if kind in KINDS]
    count = _count_of(sent.get("groups", ""))
    groups = [
        Group(
            _join(sent.get(f"g{place}-join")),
            tuple(row for row in rows if _group_of(sent, row, count) == place),
        )
        for place in range(count)
    ]
    return numbered_rule(Rule(_join(sent.get("join")), tuple(groups)))


def _count_of(text: str) -> int:
    return int(text) if text in {str(place) for place in range(1, MOST_ROWS + 1)} else 1


def _group_of(sent: Mapping[str, str], row: Row, count: int) -> int:
    text = sent.get(f"r{row.number}-group", "0")
    return min(int(text), count - 1) if text in {str(place) for place in range(MOST_ROWS)} else 0


def _join(text: str | None) -> str:
    return "any" if text == "any" else "all"


def _given(sent: Mapping[str, str], number: int, kind: str) -> Row:
    given = {name: sent.get(f"r{number}-{name}", "").strip() for name in _OWN}
    steps = steps_given(sent, f"r{number}-s")[:STEPS]
    return Row(kind, sent.get(f"r{number}-not") == "yes", given, steps, number)


def numbered_rule(rule: Rule) -> Rule:
    """Return the rule with its rows counted from 0 through all groups."""
    number = 0
    groups: list[Group] = []
    for group in rule.groups:
        rows = tuple(replace(row, number=number + place) for place, row in enumerate(group.rows))
        number += len(rows)
        groups.append(replace(group, rows=rows))
    return replace(rule, groups=tuple(groups))


def changed(rule: Rule, do: str, sent: Mapping[str, str]) -> Rule:
    """Return a rule with a row or group more or less, as a button says."""
    what, _dash, place = do.partition("-")
    at = int(place) if place.isdecimal() and len(place) < len("100") else 0
    groups = list(rule.groups)
    if what == "add" and at < len(groups) and rule.size < MOST_ROWS:
        groups[at] = replace(groups[at], rows=(*groups[at].rows, blank(sent.get(f"g{at}-new", ""))))
    elif what == "drop":
        kept = (replace(one, rows=tuple(row for row in one.rows if row.number != at)) for one in groups)
        groups = [one for one in kept if one.rows] or [Group()]
    elif what == "group" and rule.size < MOST_ROWS:
        groups.append(Group("any", (blank("property"),)))
    return numbered_rule(replace(rule, groups=tuple(groups)))


def text_of(rule: Rule) -> str:
    """Return the expression of a rule.

    Raises
    ------
    QuestionError
        A row lacks something, or holds what cannot be read; the message begins with the row's number.
    """
    parts = [_joined(group) for group in rule.groups if group.rows]
    if not parts:
        raise QuestionError(_("The rule has no condition yet."), hint=_("Add one."))
    if len(parts) == 1:
        return parts[0][0]
    word = " and " if rule.join == "all" else " or "
    return word.join(f"({text})" if is_several else text for text, is_several in parts)


def _joined(group: Group) -> tuple[str, bool]:
    word = " and " if group.join == "all" else " or "
    return word.join(_row_text(row) for row in group.rows), len(group.rows) > 1


def _row_text(row: Row) -> str:
    missing = [name for name in _NEEDED[row.kind] if not row.given[name]]
    if missing or (row.kind == "order" and not row.steps):
        said = _("Condition {n} is not filled in yet.").format(n=row.number + 1)
        raise QuestionError(said, hint=_("Fill it in, or remove it."))
    text = _WRITERS[row.kind](row)
    try:
        parse_segment(text, {row.given["saved"].removeprefix("@"): "x = 1"})
    except QuestionError as error:
        said = _("Condition {n}: {message}").format(n=row.number + 1, message=error.message)
        raise QuestionError(said, hint=error.hint) from error
    return f"not {text}" if row.is_not else text


_NEEDED: Final = {
    "property": ("name",),
    "did": ("steps",),
    "order": (),
    "paused": ("over",),
    "deviated": ("map",),
    "saved": ("saved",),
}


def _property(row: Row) -> str:
    name, operator = write_word(row.given["name"]), row.given["operator"] or "="
    if operator == "null":
        return f"{name} is null"
    if operator in {"in", "not in"}:
        values = [one.strip() for one in read_items(row.given["value"]) if one.strip()]
        return f"{name} {operator} ({', '.join(map(write_word, values))})"
    return f"{name} {operator} {write_word(row.given['value'])}"


def _did(row: Row) -> str:
    return f"did {write_word(row.given['steps'])}{_rest(row)}"


def _order(row: Row) -> str:
    within = f" within {_length(row.given['within'])}" if row.given["within"] else ""
    return f"did {write_word(pattern_of(row.steps))}{within}{_rest(row)}"


def _paused(row: Row) -> str:
    named = (("after", row.given["after"]), ("before", row.given["before"]))
    said = "".join(f" {word} {write_word(text)}" for word, text in named if text)
    return f"paused over {_length(row.given['over'])}{said}{_rest(row)}"


def _deviated(row: Row) -> str:
    named = (("by", row.given["deviation"]), ("at", row.given["at"]))
    said = "".join(f" {word} {write_word(text)}" for word, text in named if text)
    return f"deviated from {write_word(row.given['map'])}{said}{_rest(row)}"


def _saved(row: Row) -> str:
    return f"@{row.given['saved'].removeprefix('@')}"


_WRITERS: Final = {
    "property": _property,
    "did": _did,
    "order": _order,
    "paused": _paused,
    "deviated": _deviated,
    "saved": _saved,
}


def _rest(row: Row) -> str:
    """Write how often and when."""
    given = row.given
    times = f" {given['times'] or '>='} {given['count']} times" if given["count"] else ""
    if given["when"] == "last" and given["last"]:
        return f"{times} in last {_length(given['last'])}"
    if given["when"] == "period" and (given["from"] or given["until"]):
        return f"{times} in {given['from']}..{given['until']}"
    return times


def _length(text: str) -> str:
    return text.replace(" ", "")


def rule_of(condition: Condition) -> Rule | None:
    """Return the rows that stand for a condition; None where rows cannot say it."""
    if not isinstance(condition, Every | Some):
        group = _group(condition)
        return None if group is None else numbered_rule(Rule(groups=(group,)))
    flat = _group(condition)
    if flat is not None:
        return _of_fitting(Rule(groups=(flat,)))
    groups = [_group(part) for part in condition.conditions]
    kept = tuple(group for group in groups if group is not None)
    if len(kept) < len(groups):
        return None
    return _of_fitting(Rule("any" if isinstance(condition, Some) else "all", kept))


def _of_fitting(rule: Rule) -> Rule | None:
    return numbered_rule(rule) if rule.size <= MOST_ROWS else None


def _group(condition: Condition) -> Group | None:
    parts = condition.conditions if isinstance(condition, Every | Some) else (condition,)
    rows = [_row(part) for part in parts]
    kept = tuple(row for row in rows if row is not None)
    join = "any" if isinstance(condition, Some) else "all"
    return Group(join, kept) if len(kept) == len(rows) else None


def _row(condition: Condition) -> Row | None:
    is_not = isinstance(condition, Not)
    found = condition.condition if isinstance(condition, Not) else condition
    if isinstance(found, Not | Every | Some):
        return None
    row = _of_saved(found) if isinstance(found, Saved) else _of_leaf(found)
    return replace(row, is_not=is_not) if row else None


def _of_saved(found: Saved) -> Row:
    row = blank("saved")
    return replace(row, given={**row.given, "saved": found.name})


def _of_leaf(leaf: Leaf) -> Row | None:
    if isinstance(leaf, Did):
        return _of_did(leaf)
    kind = "paused" if isinstance(leaf, Paused) else "deviated" if isinstance(leaf, Deviated) else "property"
    row = blank(kind)
    return replace(row, given={**row.given, **dict(_fields(leaf))})


def _of_did(leaf: Did) -> Row | None:
    steps = steps_of(leaf.steps)
    is_single = leaf.within is None and (steps is None or len(steps) == 1) and "->" not in leaf.steps
    if not is_single and (steps is None or len(steps) > STEPS):
        return None
    row = blank("did" if is_single else "order")
    own = {"steps": leaf.steps} if is_single else {}
    within = {"within": write_length(leaf.within)} if leaf.within else {}
    given = {**row.given, **own, **within, **dict(_times(leaf))}
    return replace(row, given=given, steps=() if is_single else steps or ())


def _fields(leaf: Leaf) -> Iterator[tuple[str, str]]:
    if isinstance(leaf, Compare):
        is_list = len(leaf.values) > 1
        word = {"=": "in", "!=": "not in"}[leaf.operator] if is_list else leaf.operator
        yield from (("name", leaf.property), ("operator", word))
        yield "value", write_items(leaf.values) if is_list else leaf.values[0]
    elif isinstance(leaf, Missing):
        yield from (("name", leaf.property), ("operator", "null"))
    else:
        yield from _of_behaviour(leaf)
        yield from _times(leaf)


def _of_behaviour(leaf: Behaviour) -> Iterator[tuple[str, str]]:
    if isinstance(leaf, Paused):
        yield from (("over", write_length(leaf.over)), ("after", leaf.after), ("before", leaf.before))
    elif isinstance(leaf, Deviated):
        yield from (("map", leaf.map), ("deviation", leaf.kind), ("at", leaf.at))


def _times(leaf: Behaviour) -> Iterator[tuple[str, str]]:
    if (leaf.times.operator, leaf.times.count) != (">=", 1):
        yield from (("times", leaf.times.operator), ("count", str(leaf.times.count)))
    if leaf.when.last:
        yield from (("when", "last"), ("last", write_length(leaf.when.last)))
    elif leaf.when.period:
        yield from (("when", "period"), ("from", leaf.when.period.start or ""))
        yield "until", leaf.when.period.end or ""
