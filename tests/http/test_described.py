"""What the description of the API says holds for requests nobody thought of, as every role."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.http.conftest import Serve
from tests.http.programs import Program, program
from tests.support.homes import make_home
from trodden.web.people.rights import ROLES

UNENDING = "/live"
EXAMPLES = 3
CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def described(asking: Program) -> schemathesis.schemas.BaseSchema:
    """Read the description as a program does."""
    found = schemathesis.openapi.from_dict(asking.get("/api/openapi.json"))
    found.app = get_wsgi_application()
    found.config.update(base_url="http://localhost/api")
    return found


def hold(asking: Program, operation: schemathesis.schemas.APIOperation) -> set[bool]:
    """Ask what the description allows; whatever comes back must be described, and no fault of ours.

    Returns which of it was given and which refused.
    """
    found: set[bool] = set()

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {asking.token}", "Host": "localhost"}
        response = case.call(headers=headers)
        assert response.status_code < 500, case.as_curl_command()
        case.validate_response(response, checks=CHECKS)
        found.add(response.status_code < 400)

    check()
    return found


QUICK = "manager"
"""Whoever may ask, draft and publish: the role that gets furthest."""


@pytest.mark.parametrize(
    "role", [QUICK, *(pytest.param(role, marks=pytest.mark.slow) for role in ROLES if role != QUICK)]
)
def test_whatever_is_asked_is_answered_as_described(
    staffed: Serve, homes: dict[str, Path], tmp_path: Path, role: str
) -> None:
    homes["described"] = make_home(tmp_path, "sample", 20)
    staffed("described")
    asking = program(role, see_pii=role == "admin")
    answered: set[bool] = set()
    for found in described(asking).get_all_operations():
        operation = found.ok()
        if operation.path != UNENDING:
            answered |= hold(asking, operation)
    assert answered == {True, False}
