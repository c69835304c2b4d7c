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
ONE_OF_MANY = "/ask/"
"""Two functions answer all questions, each of a schema of its own: one example each, by GET and by POST."""
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


def hold(asking: dict[str, Program], operation: schemathesis.schemas.APIOperation) -> set[tuple[str, bool]]:
    """Ask what the description allows as each role; what comes back must be described, and no fault of ours.

    Making up a request takes longer than asking it, so each is asked by all. Returns to which role something
    was given, and to which something was refused.
    """
    found: set[tuple[str, bool]] = set()

    @given(case=operation.as_strategy())
    @settings(
        max_examples=1 if operation.path.startswith(ONE_OF_MANY) else EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: schemathesis.Case) -> None:
        for role, one in asking.items():
            headers = {"Authorization": f"Bearer {one.token}", "Host": "localhost"}
            response = case.call(headers=headers)
            assert response.status_code < 500, (role, case.as_curl_command())
            case.validate_response(response, checks=CHECKS)
            found.add((role, response.status_code < 400))

    check()
    return found


QUICK = "manager"
"""Whoever may ask, draft and publish: the role that gets furthest."""


@pytest.mark.parametrize(
    "roles", [[QUICK], pytest.param([role for role in ROLES if role != QUICK], marks=pytest.mark.slow)]
)
def test_whatever_is_asked_is_answered_as_described(
    staffed: Serve, homes: dict[str, Path], tmp_path: Path, roles: list[str]
) -> None:
    homes["described"] = make_home(tmp_path, "sample", 20)
    staffed("described")
    asking = {role: program(role, see_pii=role == "admin") for role in roles}
    answered: set[tuple[str, bool]] = set()
    for found in described(asking[roles[0]]).get_all_operations():
        operation = found.ok()
        if operation.path != UNENDING:
            answered |= hold(asking, operation)
    assert answered == {(role, is_given) for role in roles for is_given in (True, False)}
