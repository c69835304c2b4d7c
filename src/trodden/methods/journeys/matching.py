"""How many events a designed step stands for, and of how many customers: what its author looks at first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.methods.journeys.flow import touchpoints_of
from trodden.methods.journeys.periods import find_zone
from trodden.methods.journeys.segments import Compare
from trodden.methods.journeys.segments_codes import CodeTest, resolve_segment
from trodden.model.event import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import Step
    from trodden.model.walks import Bucket, Snapshot


@dataclass(frozen=True, slots=True)
class Matches:
    """Events that pass a step's tests, wherever in a walk they stand, and the customers they are of."""

    events: int
    customers: int


@dataclass(frozen=True, slots=True)
class _Tests:
    """What an event must pass: touchpoint and outcome by code, properties by code."""

    touchpoint: NDArray[np.bool_]
    outcome: NDArray[np.bool_]
    properties: tuple[CodeTest, ...]


def count_matches(snapshot: Snapshot, catalog: Catalog, step: Step) -> Matches:
    """Count the events that may stand for a step: by touchpoint, outcome and promoted properties.

    A touchpoint nobody has walked matches none.

    Raises
    ------
    UnknownNameError
        The step tests a property that is not promoted.
    """
    tests = _tests(step, catalog)
    counted = [_count(bucket, tests) for bucket in snapshot.buckets()] if tests.touchpoint.any() else []
    return Matches(sum(events for events, _ in counted), sum(customers for _, customers in counted))


def _tests(step: Step, catalog: Catalog) -> _Tests:
    import numpy as np

    wanted = frozenset(touchpoints_of(step))
    touchpoint, outcome = np.zeros(1 << 16, dtype=np.bool_), np.zeros(1 << 8, dtype=np.bool_)
    touchpoint[[code for code, name in enumerate(catalog.dictionaries.touchpoints) if name in wanted]] = True
    allowed = [code for code, name in enumerate(OUTCOMES) if not step.outcome or name in step.outcome]
    for code in allowed:
        outcome[code << 4 : (code + 1) << 4] = True
    return _Tests(touchpoint, outcome, tuple(_property_tests(step, catalog)))


def _property_tests(step: Step, catalog: Catalog) -> Iterator[CodeTest]:
    zone = find_zone(catalog.time_zone)
    for name, values in step.where.items():
        test = resolve_segment(Compare(name, "=", values), catalog.dictionaries, zone)
        if isinstance(test, CodeTest):
            yield test


def _count(bucket: Bucket, tests: _Tests) -> tuple[int, int]:
    """Count matching events of the live customers, and those customers who have one."""
    import numpy as np

    passed = tests.touchpoint[bucket.touchpoint] & tests.outcome[bucket.channel_outcome]
    for test in tests.properties:
        passed &= np.frombuffer(test.holds, dtype=np.bool_)[bucket.properties[test.property]]
    before = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(passed, dtype=np.int64)))
    each = before[bucket.ends] - before[bucket.starts]
    return int(each.sum()), int(np.count_nonzero(each))
