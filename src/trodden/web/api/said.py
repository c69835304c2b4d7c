"""Answers as texts, for the command line of this machine."""

from __future__ import annotations

from typing import Any

import msgspec

from trodden.charts.said import Form, said
from trodden.questions import read_question
from trodden.registry import find
from trodden.web.api.asking import answered
from trodden.web.api.operations import Call, Operation, Resource


class Typed(msgspec.Struct, frozen=True):
    """A question as it was typed: fields as texts, those of a file, the forms of its answer."""

    texts: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    forms: tuple[Form, ...] = ("table",)


def say(call: Call) -> dict[str, str]:
    """Answer a question as it was typed, as texts by form: for the command line of the same machine."""
    registration, typed = find(call.path["name"]), call.body
    answer = answered(call, read_question(registration.question, typed.texts, typed.given))
    return {form: said(answer, registration.chart, form) for form in typed.forms}


RESOURCES = (Resource("api-said", "said/<slug:name>", {"POST": Operation(say, dict[str, str], body=Typed)}),)
