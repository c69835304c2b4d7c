"""Records of tests: a database of their own, made anew; what tests leave behind is swept away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.loops import beside_a_loop

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
"""Workers do not share a database."""


@contextmanager
def records() -> Iterator[None]:
    """Make a database for a session of tests: in memory, or in the server that ``DATABASE_URL`` names."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = (
        None if connection.vendor == "sqlite" else f"test_{WORKER}_{os.getpid()}"
    )
    name = connection.settings_dict["NAME"]
    with beside_a_loop():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        with beside_a_loop():
            connection.creation.destroy_test_db(name, verbosity=0)


def _sweep_findings() -> None:
    from trodden.web.findings.models import Case, Decision, Knowledge, Look, Watch

    for model in (Case, Decision, Knowledge, Look, Watch):
        model.everywhere.all().delete()


def _sweep_boards() -> None:
    from trodden.web.boards.models import Board, LinksOff, NoMore
    from trodden.web.marks.models import Mark

    for model in (Board, LinksOff, NoMore, Mark):
        model.everywhere.all().delete()


def sweep() -> None:
    """Remove what a test left and the counts of attempts; from the log nothing can be removed."""
    from django.contrib.sessions.models import Session
    from django.core.cache import cache

    from trodden.web.api.models import Repeat
    from trodden.web.journeys.models import Deed, Draft
    from trodden.web.people.models import Invitation, User
    from trodden.web.sources.models import RulesDraft, RulesVersion, SavedMapping

    cache.clear()
    _sweep_findings()
    _sweep_boards()
    for kept in (SavedMapping, RulesDraft, RulesVersion):
        kept.everywhere.all().delete()
    for model in (Session, Invitation, User):
        model.objects.all().delete()
    for kept in (Draft, Deed, Repeat):
        kept.everywhere.all().delete()
