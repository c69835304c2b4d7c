"""Kernels are loaded before they are needed."""

from __future__ import annotations

from trodden.cli.keeping import ready_kernels
from trodden.registry import registrations


def test_every_analysis_is_made_ready() -> None:
    assert list(ready_kernels()) == list(registrations())
