"""Files as they come are understood without a word: nine of ten, in every column that must be known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trodden.collect.importers import Mapping, plan_import
from trodden.collect.tests.corpus import MADE, Sample, real


def found(mapping: Mapping) -> tuple[str, str, tuple[str, ...]]:
    return mapping.customer, mapping.touchpoint, mapping.time


def mapping_of(sample: Sample) -> Mapping:
    return plan_import([sample.path]).files[0].mapping


def expected(sample: Sample) -> tuple[str, str, tuple[str, ...]]:
    return sample.customer, sample.touchpoint, sample.time


def test_nine_of_ten_files_are_understood(tmp_path: Path, shared: Path) -> None:
    samples = [*(make(tmp_path) for make in MADE), *real(shared)]
    wrong = [sample.path.name for sample in samples if found(mapping_of(sample)) != expected(sample)]
    assert len(samples) >= 20
    assert len(wrong) <= len(samples) / 10, wrong


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_what_else_a_file_says_is_understood(make: Callable[[Path], Sample], tmp_path: Path) -> None:
    sample = make(tmp_path)
    plan = plan_import([sample.path]).files[0]
    roles = dict(plan.mapping.columns())
    others = {
        role: column for role, column in roles.items() if role not in {"customer", "touchpoint", "time"}
    }
    assert others == sample.others
    assert len(plan.rows) == 20
    assert len(plan.events) == 20
    assert not plan.problem


def test_every_row_of_a_made_file_can_be_read(tmp_path: Path) -> None:
    for make in MADE:
        plan = plan_import([make(tmp_path).path]).files[0]
        assert plan.rejects == (), make.__name__
