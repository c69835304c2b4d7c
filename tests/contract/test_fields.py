"""Every field of every question does something: changing it alone changes the answer on a named walk."""

from __future__ import annotations

from importlib import import_module

import msgspec
import pytest

from tests.support.fields import Case
from tests.support.logs import SAMPLE, catalog_of
from tests.support.walks import walks_from_text
from trodden.asking import Asker
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
    question = question_from(registration.question, {**case.base, **changes})
    return Asker(snapshot, catalog).ask(question)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_changing_this_field_alone_changes_the_answer(name: str, field: str) -> None:
    registration = registrations(internal=True)[name]
    cases = cases_of(name)
    assert field in cases, f"{name}.{field} has no case: add one to its tests/fields.py"
    case = cases[field]
    before, after = ask(registration, case, {}), ask(registration, case, {field: case.value})
    assert msgspec.json.encode(before) != msgspec.json.encode(after)
