"""What the fault rounds report at their end: how often each point was passed and died at."""

from __future__ import annotations

import pytest

from tests.faults import harness
from trodden.store.faultpoints import POINTS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of fault points, those nobody passed first."""
    if not harness.hits:
        return
    terminalreporter.section("fault points: passed, ended there")
    for point in sorted(POINTS, key=lambda name: (harness.hits[name] > 0, name)):
        passed, died = harness.hits[point], harness.kills[point]
        terminalreporter.line(f"{point:<42}{passed:>8}{died:>8}{'' if passed else '  NEVER PASSED'}")
