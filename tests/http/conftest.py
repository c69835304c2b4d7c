"""The application in this process, over homes: without anything, with the sample, damaged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import django
import pytest
from django.test import Client, override_settings

import trodden.web  # names the settings before anything of Django is asked for them
from tests.support.homes import make_home
from tests.support.records import records, sweep

CUSTOMERS = 300

Serve = Callable[..., Client]


@pytest.fixture(scope="session", autouse=True)
def project() -> Iterator[None]:
    """Set Django up over a database of its own; wait for slow answers."""
    os.environ.setdefault("TRODDEN_PROGRESS_AFTER", "600")
    assert trodden.web.__name__
    django.setup()
    with records():
        yield


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Leave nobody behind who could sign in."""
    yield
    sweep()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make the homes once."""
    root = tmp_path_factory.mktemp("homes")
    states = ("empty", "bare", "sample", "few", "lawn", "damaged")
    return {state: make_home(root, state, CUSTOMERS) for state in states}


@pytest.fixture
def serve(homes: dict[str, Path]) -> Iterator[Serve]:
    """Return a client of the pages of one of the homes."""
    overrides: list[override_settings] = []

    def start(home: str, **more: object) -> Client:
        override = override_settings(TRODDEN_HOME=str(homes[home]), TEMPLATES=_strict(), **more)
        override.enable()
        overrides.append(override)
        return Client(headers={"host": "localhost"}, raise_request_exception=False)

    yield start
    for override in reversed(overrides):
        override.disable()


@pytest.fixture
def staffed(serve: Serve) -> Serve:
    """Return a client of the pages of a home where people sign in, their passwords hashed by little work."""
    return partial(
        serve,
        TRODDEN_SIGN_IN=True,
        TRODDEN_PUBLIC_URL="https://trodden.example",
        PASSWORD_HASHERS=["tests.support.hashers.QuickArgon2"],
    )


def _strict() -> list[dict[str, object]]:
    """Return the template settings with a text no page may hold where a name is unknown."""
    from django.conf import settings

    (engine,) = settings.TEMPLATES
    return [{**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": "UNKNOWN-NAME"}}]


@pytest.fixture
def token() -> str:
    """Return the token programs send."""
    from django.conf import settings

    return str(settings.TRODDEN_TOKEN)
