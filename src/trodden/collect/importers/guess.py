"""Which column means what: names weighed with contents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from trodden.collect.importers.chunks import Chunk
from trodden.collect.importers.mapping import ROLES, Mapping
from trodden.collect.importers.profiles import Profile, alternation, profile_columns
from trodden.collect.importers.words import TRACE, is_standard, name_score

REQUIRED: Final = ("customer", "touchpoint", "time")
_NAME_WEIGHT: Final = 0.7
_ENOUGH: Final = 0.4
"""Score from which a column may be what must be settled."""
_SURE: Final = 0.62
"""Score from which a column is taken for what need not be settled."""
_CLOSE: Final = 0.03
"""Two columns whose scores are no farther apart are not told apart."""
_BY_CONTENTS: Final = (1 - _NAME_WEIGHT) * 0.6
_FAR: Final = 0.08
"""Score and lead from which contents alone tell."""
_MANY: Final = 20
"""Rows it takes for contents to tell anything alone."""
_UNIQUE: Final = 0.8
"""How much the name of a column counts whose values never come again, where customers are looked for."""
_STEADY: Final = 0.15
"""A column that changes less often than this within customers is no touchpoint and no time."""
_FEW_AGAIN: Final = 5
"""Rows of customers seen before that it takes to tell how columns change within them."""
_SHOWN: Final = 5


class Candidate(msgspec.Struct, frozen=True):
    """A column that may play a role, and how much speaks for it, in [0, 1]."""

    column: str
    score: float


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What a role was guessed to be.

    ``columns`` is empty where nothing is sure enough. ``confidence`` in [0, 1] is the score, lessened where
    another column is nearly as good. ``candidates``: best first.
    """

    role: str
    columns: tuple[str, ...] = ()
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_by_contents(self) -> bool:
        """Say whether the name of the column says nothing about the role."""
        return bool(self.columns) and bool(self.candidates) and self.candidates[0].score < _ENOUGH


@dataclass(frozen=True)
class _Sample:
    """Columns of a sample, and the one that tells customers apart as far as known."""

    columns: Sequence[Profile]
    customer: Profile | None = None


def guess_columns(chunk: Chunk, mapping: Mapping) -> dict[str, Guess]:
    """Guess a column for each role from a sample; what the mapping names stands.

    Parameters
    ----------
    chunk
        Some rows, in the order of the file.
    mapping
        What is known; its columns play no other role.

    Returns
    -------
    dict
        A guess for each role, also for those settled by the mapping.
    """
    columns = profile_columns(chunk)
    taken = {name for _, name in mapping.columns()} | {*mapping.skip, *mapping.properties}
    free = [column for column in columns if column.name not in taken]
    by_name = {column.name: column for column in columns}
    customer = _settled("customer", mapping) or _best("customer", _Sample(free))
    known = by_name.get(customer.columns[0]) if customer.columns else _likeliest(customer, by_name)
    guesses = {"customer": customer}
    for role in ("time", "touchpoint", *(role for role in ROLES if role not in REQUIRED)):
        used = {name for guess in guesses.values() for name in guess.columns}
        sample = _Sample([column for column in free if column.name not in used], known)
        guesses[role] = _settled(role, mapping) or _best(role, sample)
    guesses["time"] = _with_clock(guesses, by_name)
    return guesses


def _settled(role: str, mapping: Mapping) -> Guess | None:
    named = tuple(name for one, name in mapping.columns() if one == role)
    return Guess(role=role, columns=named, confidence=1.0) if named else None


def _likeliest(guess: Guess, columns: dict[str, Profile]) -> Profile | None:
    return columns[guess.candidates[0].column] if guess.candidates else None


def _best(role: str, sample: _Sample) -> Guess:
    """Score every column for a role, and take the best where it is good enough and clearly the best."""
    scores = sorted(
        ((_score(role, column, sample), place, column) for place, column in enumerate(sample.columns)),
        key=lambda one: (-one[0], one[1]),
    )
    found = [(score, column) for score, _, column in scores if score > 0]
    candidates = tuple(Candidate(column.name, round(min(1.0, score), 3)) for score, column in found[:_SHOWN])
    if not found:
        return Guess(role=role)
    best, column = found[0]
    lead = best - found[1][0] if len(found) > 1 else 1.0
    if not _is_good(role, column, best, lead):
        return Guess(role=role, candidates=candidates)
    sure = min(1.0, best) * min(1.0, 0.7 + 2 * lead)
    return Guess(role=role, columns=(column.name,), confidence=round(sure, 3), candidates=candidates)


def _is_good(role: str, column: Profile, best: float, lead: float) -> bool:
    """Say whether the best column for a role is good enough, and clearly the best.

    Without a telling name, contents alone must be good, and far better than any other's.
    """
    if role not in REQUIRED:
        return best >= _SURE
    if is_standard(role, column.name):
        return True
    if best >= _ENOUGH:
        return lead > _CLOSE
    return column.rows >= _MANY and best >= _BY_CONTENTS and lead >= _FAR


def _score(role: str, column: Profile, sample: _Sample) -> float:
    """Weigh name and contents; contents that rule the role out rule out the name."""
    if is_standard(role, column.name):
        return 2.0 if column.filled else 0.0
    contents = _CONTENTS[role](column, sample)
    name = name_score(role, column.name) * _gate(role, column, sample)
    if contents <= 0 or (role not in REQUIRED and name == 0):
        return 0.0
    return _NAME_WEIGHT * name + (1 - _NAME_WEIGHT) * contents


def _gate(role: str, column: Profile, sample: _Sample) -> float:
    """Return how much a name may count: little for what never changes within a customer, or always does."""
    if role == "customer":
        return _UNIQUE if column.distinct > 0.98 * column.filled else 1.0
    if role not in REQUIRED:
        return 1.0
    return min(1.0, _changes(column, sample) / _STEADY)


def _changes(column: Profile, sample: _Sample) -> float:
    """Return how often a column changes within customers; half where that cannot be told."""
    customer = sample.customer
    if customer is None or column.distinct < 2 or _is_alone(customer):  # noqa: PLR2004
        return 0.5
    return alternation(customer, column)


def _customer(column: Profile, _: _Sample) -> float:
    """Weigh what identifiers are: they come again, are many, never missing, and no times or fractions."""
    is_time = column.times > 0.9 and not column.is_count  # noqa: PLR2004 -- nearly all
    is_number = column.fractions > 0.1 and name_score("customer", column.name) < 0.9  # noqa: PLR2004
    if column.filled_share < 0.5 or is_time or is_number or column.letters > 60:  # noqa: PLR2004
        return 0.0
    if column.distinct < 2:  # noqa: PLR2004 -- one customer only
        return 0.05 if column.rows < 5 else 0.01  # noqa: PLR2004
    comes_again = 1 - column.distinct / column.filled
    many = min(1.0, column.distinct / 20)
    return column.filled_share * (0.25 + 0.45 * min(1.0, 2 * comes_again) * many + 0.3 * many)


def _time(column: Profile, sample: _Sample) -> float:
    """Weigh what times are: there in every row, more precise than a day, and different within a customer."""
    name = name_score("time", column.name)
    if column.times < (0.3 if name >= _SURE else 0.8):
        return 0.0
    is_short_count = column.is_count and column.letters < 12.5  # noqa: PLR2004 -- seconds look like numbers
    if name == 0 and (is_short_count or column.name.startswith(TRACE)):
        return 0.0
    return column.times * column.filled_share * (0.1 + 0.2 * column.clocks + 0.7 * _changes(column, sample))


def _touchpoint(column: Profile, sample: _Sample) -> float:
    """Weigh what touchpoints are: few, no times or fractions, and different within a customer."""
    is_time = column.times > 0.9 and not column.is_count  # noqa: PLR2004 -- nearly all
    if column.distinct < 2 or is_time or column.fractions > 0.1 or column.letters > 80:  # noqa: PLR2004
        return 0.05 if column.distinct == 1 else 0.0
    few = 1.0 if column.distinct <= max(50, column.filled**0.5) else 0.5
    if column.distinct > 0.5 * column.filled and column.filled > 50:  # noqa: PLR2004
        few = 0.1
    truth = 0.5 if column.distinct == 2 and _is_boolean(column) else 1.0  # noqa: PLR2004
    return column.filled_share**2 * truth * few * (0.2 + 0.8 * _changes(column, sample))


def _is_alone(customer: Profile) -> bool:
    """Say whether hardly any customer has two rows in the sample."""
    again = customer.filled - customer.distinct
    return again < max(_FEW_AGAIN, 0.1 * customer.filled)


def _is_boolean(column: Profile) -> bool:
    return {value.lower() for value in column.values} <= {"true", "false", "yes", "no", "y", "n", "0", "1"}


def _channel(column: Profile, _: _Sample) -> float:
    return 0.0 if column.channels < 0.3 else min(1.0, 0.4 + column.channels)  # noqa: PLR2004


def _outcome(column: Profile, _: _Sample) -> float:
    return 0.0 if column.outcomes < 0.5 else column.outcomes  # noqa: PLR2004


def _kind(column: Profile, _: _Sample) -> float:
    return 1.0 if column.kinds > 0.9 else 0.0  # noqa: PLR2004


def _needed(role: str, column: Profile) -> float:
    """Return which share of a column must be of the right kind: less where its name is plain."""
    return 0.5 if name_score(role, column.name) > 0.8 else 0.9  # noqa: PLR2004


def _value(column: Profile, _: _Sample) -> float:
    return column.amounts if column.amounts > _needed("value", column) and column.times < 0.5 else 0.0  # noqa: PLR2004


def _currency(column: Profile, _: _Sample) -> float:
    is_code = all(len(value) == 3 and value.isalpha() for value in column.values)  # noqa: PLR2004
    return 1.0 if is_code and column.values else 0.0


def _duration(column: Profile, _: _Sample) -> float:
    is_time = column.times > 0.5 and not column.is_count  # noqa: PLR2004
    return column.durations if column.durations > _needed("duration", column) and not is_time else 0.0


def _session(column: Profile, _: _Sample) -> float:
    return 1.0 if column.distinct > 1 and max(column.fractions, column.times) < 0.1 else 0.0  # noqa: PLR2004


def _text(column: Profile, _: _Sample) -> float:
    return 1.0 if column.spaces > 0.3 and column.letters > 12 else 0.0  # noqa: PLR2004


def _url(column: Profile, _: _Sample) -> float:
    return column.urls if column.urls > 0.7 else 0.0  # noqa: PLR2004


_CONTENTS: Final[dict[str, Callable[[Profile, _Sample], float]]] = {
    "customer": _customer,
    "time": _time,
    "touchpoint": _touchpoint,
    "channel": _channel,
    "outcome": _outcome,
    "kind": _kind,
    "value": _value,
    "currency": _currency,
    "duration": _duration,
    "session": _session,
    "text": _text,
    "url": _url,
}


def _with_clock(guesses: dict[str, Guess], columns: dict[str, Profile]) -> Guess:
    """Add the column of clocks to a column of dates that has none of its own."""
    time = guesses["time"]
    if len(time.columns) != 1 or columns[time.columns[0]].clocks > 0.1:  # noqa: PLR2004 -- dates alone
        return time
    used = {name for guess in guesses.values() for name in guess.columns}
    clocks = [name for name, column in columns.items() if name not in used and _is_clock(column)]
    return msgspec.structs.replace(time, columns=(*time.columns, clocks[0])) if clocks else time


def _is_clock(column: Profile) -> bool:
    is_written = all(value[:1].isdigit() and ":" in value[1:3] for value in column.values)
    return is_written and column.durations > 0.9 and name_score("time", column.name) > 0.5  # noqa: PLR2004
