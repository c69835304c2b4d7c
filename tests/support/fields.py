"""One case for each field of a question: a walk on which changing that field alone changes the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trodden.model.calendars import Calendar, Schedule, read_week


@dataclass(frozen=True)
class Case:
    """Change one field from its value in ``base`` (or its default) to ``value``.

    ``walks`` is in the grammar of ``tests.support.walks``; ``map_text`` a journey map in YAML, put into the
    catalog under its own name; ``segments`` saved segments by name, ``calendars`` weeks in UTC by name;
    ``time_zone`` the workspace's zone.
    """

    walks: str
    value: Any
    base: dict[str, Any] = field(default_factory=dict[str, Any])
    map_text: str = ""
    segments: dict[str, str] = field(default_factory=dict[str, str])
    calendars: dict[str, str] = field(default_factory=dict[str, str])
    as_of: str | None = None
    time_zone: str = "UTC"


def calendars_of(weeks: dict[str, str]) -> dict[str, Calendar]:
    """Return calendars in UTC by name, made of weeks such as ``mon-fri 9-17``."""
    return {
        name: Calendar(name=name, schedules=(Schedule(time_zone="UTC", week=read_week(week)),))
        for name, week in weeks.items()
    }


def shared_cases(walks: str, base: dict[str, Any] | None = None) -> dict[str, Case]:
    """Return a case for each field that every question has, on walks of searches, helps and buys."""
    given = base or {}
    plans = "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05"
    return {
        "map": Case(walks, "Two", base=given, map_text="name: Two\nflow: [search, buy]\n"),
        "unit": Case(walks, "session", base=given),
        "period": Case(walks, "2026-01-02..", base=given),
        "segment": Case(walks, "region = north", base=given),
        "segment_at": Case(plans, "start", base={"segment": "plan = plus", **given}),
        "where": Case(walks, "help", base=given),
        "as_of": Case(walks, "2026-01-01T11:00:00Z", base=given),
    }
