"""Rules for every test, whether it stands in `tests/` or in its room."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.support.loops import beside_a_loop

pytest_plugins = ["tests.support.fault_report", "tests.support.requirements"]

os.environ["TRODDEN_LANGUAGE"] = "en"  # commands answer in English, whatever this terminal's language

settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("thorough", max_examples=200, deadline=None)
settings.load_profile("quick")


IN_PROCESSES = frozenset({"browser", "records"})
"""Rooms whose tests start the product in processes of its own, where Django's rule holds."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let tests use records in a process in which a page was opened before."""
    if IN_PROCESSES & set(item.path.parts):
        return (yield)
    with beside_a_loop():
        return (yield)
