from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import retention as oracle
from tests.support.desk import desk_events
from tests.support.logs import TOUCHPOINTS, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.lifecycle.answer import Lifecycle, LifecycleQuestion
from trodden.analyses.lifecycle.chart import lifecycle_chart
from trodden.asking import Asker
from trodden.charts import Lines
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

KINDS = ("new", "returning", "resurrected", "dormant")


def asked(snapshot: Snapshot, zone: str = "UTC", **fields: object) -> Lifecycle:
    asker = Asker(snapshot, catalog_of(snapshot, time_zone=zone))
    answer = asker.ask(LifecycleQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Lifecycle)
    return answer


def lifecycle(text: str, as_of: str | None = None, **fields: object) -> Lifecycle:
    return asked(walks_from_text(text, as_of=as_of), **fields)


def told(answer: Lifecycle) -> dict[str, tuple[int, ...]]:
    return {one.label: tuple(getattr(one, kind) for kind in KINDS) for one in answer.periods}


def plain(log: list[Event], names: tuple[str, ...]) -> list[oracle.Walk]:
    walks: dict[str, oracle.Walk] = {}
    for event in log:
        if event.name in names:
            walks.setdefault(customer_of(event), []).append((event.name, event.occurred_at))
    return list(walks.values())


@settings(deadline=None)
@given(
    log=logs(),
    by=st.sampled_from(("day", "week", "month")),
    some=st.booleans(),
    zone=st.sampled_from(("UTC", "Europe/Vienna", "America/New_York")),
)
def test_a_lifecycle_equals_plain_loops(log: list[Event], by: str, *, some: bool, zone: str) -> None:
    names = TOUCHPOINTS[:5] if some else TOUCHPOINTS
    active = f"[{'|'.join(names)}]" if some else "any"
    answer = asked(walks_of(log), zone, active=active, by=by, limit=400)
    counts = oracle.comings(plain(log, names), by, ZoneInfo(zone))
    expected = {
        (first.isoformat()[: 7 if by == "month" else 10], kind): many
        for (first, kind), many in counts.items()
    }
    found = {
        (label, kind): many
        for label, row in told(answer).items()
        for kind, many in zip(KINDS, row, strict=True)
        if many
    }
    assert found == {key: many for key, many in expected.items() if key[0] in told(answer)}
    for before, one in pairwise(answer.periods):
        assert one.active == one.new + one.returning + one.resurrected
        assert one.net == one.active - before.active == one.new + one.resurrected - one.dormant
        assert (one.kept.count, one.kept.of) == (one.returning, before.active)


WALK = "a x 10:00 | b x 11:00 | a x +4 10:00 | a x +25 10:00 | c y +11 10:00 | b x +18 10:00"
"""The first of January 2026 is a Thursday, so its week began on 29 December."""


def test_everybody_is_one_of_the_four() -> None:
    answer = lifecycle(WALK)
    assert told(answer) == {
        "2025-12-29": (2, 0, 0, 0),
        "2026-01-05": (0, 1, 0, 1),
        "2026-01-12": (1, 0, 0, 1),
        "2026-01-19": (0, 0, 1, 1),
        "2026-01-26": (0, 0, 1, 1),
    }
    assert [one.net for one in answer.periods] == [2, -1, 0, 0, 0]
    assert [one.complete for one in answer.periods] == [True, True, True, True, False]


def test_periods_without_anybody_are_told() -> None:
    answer = lifecycle("a x 10:00 | a x +21 10:00", as_of="2026-02-02")
    assert told(answer) == {
        "2025-12-29": (1, 0, 0, 0),
        "2026-01-05": (0, 0, 0, 1),
        "2026-01-12": (0, 0, 0, 0),
        "2026-01-19": (0, 0, 1, 0),
        "2026-01-26": (0, 0, 0, 1),
        "2026-02-02": (0, 0, 0, 0),
    }


def test_only_what_is_asked_for_makes_active() -> None:
    assert told(lifecycle(WALK, active="y"))["2026-01-12"] == (1, 0, 0, 0)
    with pytest.raises(UnknownNameError, match="'zz'"):
        lifecycle(WALK, active="zz")


def test_older_periods_are_hidden_and_the_first_shown_still_ties() -> None:
    answer = lifecycle(WALK, limit=2)
    assert answer.hidden == 3
    assert told(answer)["2026-01-19"] == (0, 0, 1, 1)


def test_the_chart_tells_the_last_period_that_is_over() -> None:
    chart = lifecycle_chart(lifecycle(WALK))
    assert isinstance(chart, Lines)
    assert chart.title == (
        "1 customers active from 2026-01-19, as many as in the period before:"
        " 0 new, 0 returning, 1 resurrected, 1 dormant"
    )
    assert [series.y for series in chart.series][3] == (0.0, -1.0, -1.0, -1.0)
    assert chart.notes[-1].startswith("The period from 2026-01-26 is not over")


def test_the_help_desks_months(shared: Path) -> None:
    log = desk_events(shared)
    answer = asked(walks_of(log, max(one.occurred_at for one in log)), by="month", limit=400)
    counts = oracle.comings(plain(log, tuple("123456789")), "month", ZoneInfo("UTC"))
    for (first, kind), many in counts.items():
        row = told(answer).get(first.isoformat()[:7])
        assert row is None or row[KINDS.index(kind)] == many
    assert sum(one.new for one in answer.periods) == 3_804
    assert {one: told(answer)[one] for one in GOLDEN} == GOLDEN


GOLDEN = {"2011-06": (111, 37, 0, 127)}


def bills(weeks: int, every: int) -> str:
    """Write the walks of ten who come once in so many weeks, with one more who comes every week."""
    return " | ".join(
        [f"c{who} bill +{7 * week} 10:00" for who in range(10) for week in range(0, weeks, every)]
        + [f"one look +{7 * week} 10:00" for week in range(weeks)]
    )


@pytest.mark.parametrize(
    ("every", "by", "is_said"), [(2, "week", True), (1, "week", False), (2, "month", False)]
)
def test_where_people_live_by_another_rhythm_the_chart_says_so(every: int, by: str, *, is_said: bool) -> None:
    chart = lifecycle_chart(lifecycle(bills(40, every), by=by))
    assert any("another rhythm than weeks" in note for note in chart.notes) == is_said


def test_the_axis_ends_with_what_is_known_not_with_the_last_whole_period() -> None:
    answer = lifecycle("a look 10:00 | a look +14 10:00", as_of="2026-01-18")
    chart = lifecycle_chart(answer)
    assert isinstance(chart, Lines)
    assert chart.ends == (answer.periods[0].starts_at.timestamp(), answer.about.as_of.timestamp())
