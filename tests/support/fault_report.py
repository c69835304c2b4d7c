"""What fault rounds report at their end, whoever ran them: how often each point was passed and died at."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

hits: Counter[str] = Counter()
"""How often each fault point was passed, over all rounds of this run."""

kills: Counter[str] = Counter()
"""How often a process ended at each fault point."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker counted to the process that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["fault_points"] = [dict(hits), dict(kills)]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - a worker of xdist
    """Add what a worker counted."""
    passed, ended = getattr(node, "workeroutput", {}).get("fault_points", ({}, {}))
    hits.update(passed)
    kills.update(ended)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of fault points, those nobody passed first."""
    if not hits:
        return
    from trodden.store.faultpoints import POINTS

    terminalreporter.section("fault points: passed, ended there")
    for point in sorted({*POINTS, *hits}, key=lambda name: (hits[name] > 0, name)):
        passed, died = hits[point], kills[point]
        terminalreporter.line(f"{point:<42}{passed:>8}{died:>8}{'' if passed else '  NEVER PASSED'}")
