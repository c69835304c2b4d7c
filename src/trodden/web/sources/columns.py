"""Which column of a brought file means what: what an address says of it, and the page that asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trodden.charts.formats import format_time
from trodden.collect.importers import mapping_of
from trodden.collect.importers.guess import REQUIRED
from trodden.collect.importers.mapping import ROLES, Mapping
from trodden.collect.importers.rejects import EXPLANATIONS
from trodden.model.errors import MappingError
from trodden.model.words import say
from trodden.store.disk import size_text
from trodden.store.folder import zone_names
from trodden.web.pages import Crumb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf

    from trodden.collect.importers import FilePlan
    from trodden.collect.uploads import Upload

COLUMN: Final = "c."
"""How the fields begin that say what a column means; the rest is the column's name."""
MOST_COLUMNS: Final = 120
"""Columns shown; further ones become properties unless the guess says otherwise."""
IDENTIFIER, PROPERTY, IGNORE = "identifier", "property", "ignore"

NAMES: Final = {
    "customer": gettext_lazy("Customer: who"),
    "touchpoint": gettext_lazy("What happened"),
    "time": gettext_lazy("Time: when"),
    "channel": gettext_lazy("Channel"),
    "kind": gettext_lazy("Kind of event"),
    "outcome": gettext_lazy("How it ended"),
    "value": gettext_lazy("Amount of money"),
    "currency": gettext_lazy("Currency"),
    "duration": gettext_lazy("How long it took"),
    "session": gettext_lazy("Visit"),
    "text": gettext_lazy("The customer's words"),
    "url": gettext_lazy("Address of a page"),
    IDENTIFIER: gettext_lazy("Another identifier"),
    PROPERTY: gettext_lazy("Property"),
    IGNORE: gettext_lazy("Leave out"),
}
"""What a column can mean, as pages say it."""

_MARKS: Final = {",": ",", ";": ";", "tab": "\t", "|": "|"}
_FREE: Final = ("timezone", "every_currency", "sheet")
READING: Final = ("timezone", "date_order", "decimal", "delimiter", "encoding", "every_currency", "sheet")


@dataclass(frozen=True, slots=True)
class Head:
    """A column: the field that says what it means, what is said, and a few of its values."""

    name: str
    field: str
    role: str
    examples: tuple[str, ...]
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How the file is read: a field, chosen among ``choices`` where there are any."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A row as the event it becomes."""

    row: int
    customer: str
    touchpoint: str
    at: str
    channel: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that would be rejected, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the file cannot be imported as it stands, and what to do."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """The second step of an import: the proposal, to be corrected."""

    title: str
    crumbs: tuple[Crumb, ...]
    name: str
    size: str
    action: str
    count: str
    keep: str
    query: str
    source: str
    readings: tuple[Reading, ...]
    zones: tuple[str, ...]
    saved: tuple[tuple[str, str, bool], ...]
    roles: tuple[tuple[str, str], ...]
    heads: tuple[Head, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    events: tuple[Preview, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    doubt: Doubt | None = None
    hidden: int = 0

    @property
    def kept(self) -> str:
        """Return the kept mapping the file is read by; empty where it is none."""
        return next((key for key, _name, is_chosen in self.saved if is_chosen), "")


def said_in(fields: MappingOf[str, str], base: Mapping, zone: str) -> Mapping:
    """Return the mapping an address says; what it leaves open is of ``base`` and then guessed.

    ``zone``: where times are that do not say theirs, unless the address or ``base`` says otherwise.

    Raises
    ------
    MappingError
        Two columns mean what one must, or something is said that cannot be.
    """
    plain: dict[str, Any] = msgspec.to_builtins(base)
    plain |= {name: fields[name].strip() for name in READING if name in fields}
    plain["delimiter"] = _MARKS.get(plain["delimiter"], plain["delimiter"])
    plain["timezone"] = plain["timezone"] or zone
    roles = {name[len(COLUMN) :]: fields[name] for name in fields if name.startswith(COLUMN)}
    return mapping_of(plain | (_roles(roles, base) if roles else {}))


def _roles(roles: MappingOf[str, str], base: Mapping) -> dict[str, Any]:
    """Return the fields of a mapping in which columns mean this and nothing else."""
    found: dict[str, Any] = dict.fromkeys(ROLES, "")
    found["time"] = [column for column, role in roles.items() if role == "time"]
    for role in ROLES:
        meant = [column for column, said in roles.items() if said == role]
        if role != "time" and len(meant) > 1:
            raise MappingError(
                _("{role} is said of {columns}.").format(role=NAMES[role], columns=", ".join(meant)),
                hint=_("Say it of one column."),
            )
        if role != "time" and meant:
            found[role] = meant[0]
    kinds = {column: kind for kind, column in base.ids.items()}
    others = [column for column, role in roles.items() if role == IDENTIFIER]
    found["ids"] = {kinds.get(column, column): column for column in others}
    found["skip"] = [column for column, role in roles.items() if role == IGNORE]
    found["properties"] = [column for column, role in roles.items() if role == PROPERTY]
    return found


def knows_none(fields: MappingOf[str, str], plan: FilePlan) -> bool:
    """Say whether an address speaks of columns none of which the file has, as after another delimiter."""
    known = {column.name for column in plan.columns}
    return not any(name[len(COLUMN) :] in known for name in fields if name.startswith(COLUMN))


def page_of(
    upload: Upload, fields: MappingOf[str, str], mapping: Mapping, saved: MappingOf[str, str]
) -> ColumnsPage:
    """Return the page of an upload before the file was looked at; ``saved`` are names by key."""
    key = upload.key
    return ColumnsPage(
        title=_("Which column means what"),
        crumbs=(Crumb(_("Sources"), reverse("data")), Crumb(upload.name)),
        name=upload.name,
        size=size_text(upload.size),
        action=reverse("columns", args=[key]),
        count=reverse("source-count", args=[key]),
        keep=reverse("source-mapping", args=[key]),
        query=urlencode(fields),
        source=fields.get("source", "").strip() or upload.name,
        readings=_readings(mapping),
        zones=zone_names(),
        saved=tuple((one, name, one == fields.get("with")) for one, name in saved.items()),
        roles=tuple((role, str(name)) for role, name in NAMES.items()),
    )


def parts_of(plan: FilePlan, name: str) -> dict[str, Any]:
    """Return what the page says once the file was looked at; ``name`` is what it is called."""
    roles = _roles_of(plan.mapping)
    doubtful = {column for guess in plan.guesses.values() if guess.is_by_contents for column in guess.columns}
    places = [place for place, column in enumerate(plan.columns) if _is_shown(place, column.name, roles)]
    shown = [plan.columns[place] for place in places]
    return {
        "heads": tuple(
            Head(
                one.name, COLUMN + one.name, roles.get(one.name, PROPERTY), one.examples, one.name in doubtful
            )
            for one in shown
        ),
        "rows": tuple(tuple(row[place] or "" for place in places) for row in plan.rows),
        "events": tuple(_previews(plan)),
        "refusals": tuple(
            Refusal(one.row, _(EXPLANATIONS.get(one.reason, one.reason))) for one in plan.rejects
        ),
        "notes": tuple(say(note).replace(plan.path, name) for note in plan.notes),
        "doubt": _doubt(plan),
        "hidden": len(plan.columns) - len(shown),
    }


def _is_shown(place: int, name: str, roles: MappingOf[str, str]) -> bool:
    return place < MOST_COLUMNS or roles.get(name, PROPERTY) != PROPERTY


def _roles_of(mapping: Mapping) -> dict[str, str]:
    named = {column: IDENTIFIER if role.startswith("ids.") else role for role, column in mapping.columns()}
    return {**dict.fromkeys(mapping.skip, IGNORE), **named}


def _doubt(plan: FilePlan) -> Doubt | None:
    if not plan.problem:
        return None
    missing = [str(NAMES[role]) for role in REQUIRED if not plan.guesses[role].columns]
    return Doubt(say(plan.problem), _("Choose in the table: {roles}.").format(roles=", ".join(missing)))


def _previews(plan: FilePlan) -> Iterator[Preview]:
    zone = plan.mapping.timezone or "UTC"
    for one in plan.events:
        at = format_time(one.occurred_at, zone, seconds=True)
        yield Preview(one.row, one.customer, one.touchpoint, at, one.channel, one.outcome)


def _readings(mapping: Mapping) -> tuple[Reading, ...]:
    found = ("", _("as the file tells"))
    marks = {mark: name for name, mark in _MARKS.items()}
    return (
        Reading(
            "timezone",
            _("Times that say no zone are in"),
            mapping.timezone or "UTC",
            hint=_("A name such as Europe/Berlin."),
        ),
        Reading(
            "date_order",
            _("Dates are written"),
            mapping.date_order,
            (found, ("ymd", _("year, month, day")), ("dmy", _("day first")), ("mdy", _("month first"))),
        ),
        Reading("decimal", _("Decimal mark"), mapping.decimal, (found, (".", "."), (",", ","))),
        Reading(
            "delimiter",
            _("Between columns stands"),
            marks.get(mapping.delimiter, mapping.delimiter),
            (found, *_delimiters(mapping)),
        ),
        Reading("encoding", _("Letters are written in"), mapping.encoding, (found, *_encodings(mapping))),
        Reading(
            "every_currency",
            _("Currency of amounts that do not say theirs"),
            mapping.every_currency,
            hint=_("A code such as EUR."),
        ),
        Reading(
            "sheet", _("Sheet of a spreadsheet"), mapping.sheet, hint=_("The first with rows, if empty.")
        ),
    )


def _delimiters(mapping: Mapping) -> tuple[tuple[str, str], ...]:
    known = {",": _("comma"), ";": _("semicolon"), "tab": _("tab"), "|": "|"}
    own = mapping.delimiter
    is_other = bool(own) and own not in _MARKS.values()
    return (*known.items(), *([(own, own)] if is_other else []))


def _encodings(mapping: Mapping) -> tuple[tuple[str, str], ...]:
    known = dict.fromkeys(
        ("utf-8", "cp1252", "iso-8859-15", "utf-16", "shift_jis", "gb18030", mapping.encoding)
    )
    return tuple((name, name) for name in known if name)
