"""chdb: ClickHouse in the process, on a MergeTree table sorted by customer and time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chdb.session import Session

if TYPE_CHECKING:
    from pathlib import Path

WEEK_US = 7 * 86_400_000_000
PAUSE_US = 1_800_000_000


class _Opened:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = Session(str(folder / "chdb"))

    def rows(self, query: str) -> list[dict[str, Any]]:
        lines = str(self.session.query(query, "JSONEachRow")).splitlines()
        return [json.loads(line) for line in lines]


def opened(folder: Path) -> _Opened:
    """Open the table's folder."""
    return _Opened(folder)


def load(opened: _Opened) -> int:
    """Insert every event, and merge what was inserted into one sorted part."""
    columns = ", ".join(
        f"{name} LowCardinality(String)"
        for name in ("touchpoint", "channel", "region", "plan", "device", "campaign", "age_group")
    )
    opened.session.query("CREATE DATABASE IF NOT EXISTS bench")
    opened.session.query("DROP TABLE IF EXISTS bench.events SYNC")
    opened.session.query(
        f"CREATE TABLE bench.events (customer UInt32, time Int64, {columns}) "
        "ENGINE = MergeTree ORDER BY (customer, time)"
    )
    opened.session.query(
        "INSERT INTO bench.events SELECT toUInt32(substring(customer, 2)), toUnixTimestamp64Micro(time), "
        "touchpoint, channel, region, plan, device, campaign, age_group "
        f"FROM file('{opened.folder}/events.parquet', Parquet)"
    )
    opened.session.query("OPTIMIZE TABLE bench.events FINAL")
    return int(opened.rows("SELECT count() AS rows FROM bench.events")[0]["rows"])


def transitions(opened: _Opened) -> dict[str, list[int]]:
    """Count every move, who made it, and its median gap."""
    found = opened.rows(
        "SELECT source, touchpoint AS target, count() AS moves, uniqExact(customer) AS people, "
        "quantile(0.5)(gap) AS median FROM (SELECT customer, touchpoint, "
        "lagInFrame(toNullable(touchpoint)) OVER w AS source, time - lagInFrame(time) OVER w AS gap "
        "FROM bench.events WINDOW w AS (PARTITION BY customer ORDER BY time "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) WHERE source IS NOT NULL GROUP BY source, target"
    )
    return {f"{one['source']}>{one['target']}": [int(one["moves"]), int(one["people"])] for one in found}


def funnel(opened: _Opened) -> list[int]:
    """Count the customers at each of four steps within 7 days, by windowFunnel."""
    steps = ", ".join(f"touchpoint = 'touchpoint {number}'" for number in range(4))
    names = ", ".join(f"'touchpoint {number}'" for number in range(4))
    found = opened.rows(
        "SELECT level, count() AS people FROM "
        f"(SELECT windowFunnel({WEEK_US})(toUInt64(time), {steps}) AS level "
        f"FROM bench.events WHERE touchpoint IN ({names}) GROUP BY customer) GROUP BY level"
    )
    at = {int(one["level"]): int(one["people"]) for one in found}
    return [sum(people for level, people in at.items() if level >= step) for step in range(1, 5)]


def sessions(opened: _Opened) -> int:
    """Count the sessions: a customer's events of one channel with no gap of more than 30 minutes."""
    found = opened.rows(
        f"SELECT countIf(before IS NULL OR time - before > {PAUSE_US}) AS sessions FROM (SELECT time, "
        "lagInFrame(toNullable(time)) OVER (PARTITION BY customer, channel ORDER BY time "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before FROM bench.events)"
    )
    return int(found[0]["sessions"])
