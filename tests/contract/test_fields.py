"""Every field of every question does something: changing it alone changes the answer on a named walk."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.support.fields import Case, calendars_of
from tests.support.logs import SAMPLE, catalog_of
from tests.support.walks import walks_from_text
from trodden.asking import Asker
from trodden.charts.tables import table_of
from trodden.methods.journeys.maps import parse_map
from trodden.model.question import Answer
from trodden.questions import question_from
from trodden.registry import Registration, registrations

FIELDS = [
    (name, field.name)
    for name, found in registrations(internal=True).items()
    for field in msgspec.structs.fields(found.question)
]


def cases_of(name: str) -> dict[str, Case]:
    package = (
        type(registrations(internal=True)[name].analysis).__module__.partition(".analyses.")[2].split(".")[0]
    )
    module = import_module(f"trodden.analyses.{package}.tests.fields")
    return getattr(module, f"{name.upper().replace('-', '_')}_CASES", None) or module.CASES


def ask(registration: Registration, case: Case, changes: dict[str, object]) -> Answer:
    snapshot = walks_from_text(case.walks, time_zone=case.time_zone, as_of=case.as_of)
    maps = (SAMPLE, parse_map(case.map_text, "case.yaml")) if case.map_text else (SAMPLE,)
    catalog = catalog_of(snapshot, maps, case.segments, case.time_zone)
    catalog = replace(catalog, calendars=calendars_of(case.calendars))
    question = question_from(registration.question, {**case.base, **changes})
    return Asker(snapshot, catalog).ask(question)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_changing_this_field_alone_changes_the_answer(name: str, field: str) -> None:
    registration = registrations(internal=True)[name]
    cases = cases_of(name)
    assert field in cases, f"{name}.{field} has no case: add one to its tests/fields.py"
    case = cases[field]
    before, after = ask(registration, case, {}), ask(registration, case, {field: case.value})
    assert content(before, registration) != content(after, registration)


ECHOED = {"about": {"analysis", "snapshot", "as_of", "unit", "notes"}, "side": {"label", "as_of"}}
"""What only says again what was asked: of any answer, and of either side of a comparison."""


def content(answer: Answer, registration: Registration) -> dict[str, Any]:
    """Return an answer as plain values and as it is shown, without what only says again what was asked.

    Besides the fields above that is every single value that stands in the answer under the name of a field
    of the question, in seconds perhaps (``map``, ``floor_s``).
    """
    plain = msgspec.to_builtins(answer)
    asked = {field.name for field in msgspec.structs.fields(registration.question)}
    found = {
        name: value
        for name, value in plain.items()
        if isinstance(value, dict | list | tuple) or name.removesuffix("_s") not in asked
    }
    found["shown"] = table_of(registration.chart(answer)).rows
    found["about"] = _without(plain["about"], ECHOED["about"])
    if registration.name == "compare":
        del found["question"]
        found |= {side: _without(plain[side], ECHOED["side"]) for side in ("first", "second")}
    return found


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def test_an_answer_that_only_says_again_what_was_asked_has_not_changed() -> None:
    """The control: with another time and map as the only difference, the contents are equal."""
    registration = registrations()["overview"]
    case = Case("a search 10:00 | a buy 10:05", "")
    before = ask(registration, case, {"as_of": "2026-01-01T10:05:00Z"})
    after = ask(registration, case, {"as_of": "2026-01-01T10:06:00Z"})
    assert before != after
    assert content(before, registration) == content(after, registration)
