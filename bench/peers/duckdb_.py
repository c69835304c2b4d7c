"""DuckDB, on a table of its own that was written in order of customer and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

WEEK_US = 7 * 86_400_000_000
PAUSE_US = 1_800_000_000


class _Opened:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table: Any = duckdb.connect(str(folder / "events.duckdb"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.table.execute(query).fetchall()


def opened(folder: Path) -> _Opened:
    """Open the database file."""
    return _Opened(folder)


def load(opened: _Opened) -> int:
    """Write every event, sorted, and checkpoint."""
    source = f"read_parquet('{opened.folder}/events.parquet')"
    opened.rows(
        f"CREATE OR REPLACE TYPE touchpoints AS ENUM (SELECT DISTINCT touchpoint FROM {source} ORDER BY 1)"
    )
    opened.rows(
        "CREATE OR REPLACE TABLE events AS SELECT * REPLACE (CAST(customer[2:] AS UINTEGER) AS customer, "
        f"epoch_us(time) AS time, CAST(touchpoint AS touchpoints) AS touchpoint) FROM {source} "
        "ORDER BY customer, time"
    )
    opened.rows("CHECKPOINT")
    return opened.rows("SELECT count(*) FROM events")[0][0]


def transitions(opened: _Opened) -> dict[str, list[int]]:
    """Count every move, who made it, and its median gap."""
    found = opened.rows(
        "SELECT source, touchpoint, count(*), count(DISTINCT customer), approx_quantile(gap, 0.5) FROM "
        "(SELECT customer, touchpoint, lag(touchpoint) OVER w AS source, time - lag(time) OVER w AS gap "
        "FROM events WINDOW w AS (PARTITION BY customer ORDER BY time)) "
        "WHERE source IS NOT NULL GROUP BY 1, 2"
    )
    return {f"{source}>{target}": [moves, people] for source, target, moves, people, _ in found}


def funnel(opened: _Opened) -> list[int]:
    """Count the customers at each of four steps within 7 days, by ASOF joins."""
    steps = ", ".join(
        f"s{step} AS (SELECT customer, time FROM events WHERE touchpoint = 'touchpoint {step}')"
        for step in range(4)
    )
    joins = " ".join(
        f"ASOF LEFT JOIN s{step} ON s0.customer = s{step}.customer AND s{step - 1}.time < s{step}.time"
        for step in range(1, 4)
    )
    reached = " + ".join(
        f"CAST(coalesce(s{step}.time - s0.time <= {WEEK_US}, FALSE) AS INT)" for step in range(1, 4)
    )
    found = opened.rows(
        f"WITH {steps} SELECT level, count(*) FROM "
        f"(SELECT s0.customer, max(1 + {reached}) AS level FROM s0 {joins} "
        "GROUP BY s0.customer) GROUP BY level"
    )
    return [sum(people for level, people in found if level >= step) for step in range(1, 5)]


def sessions(opened: _Opened) -> int:
    """Count the sessions: a customer's events of one channel with no gap of more than 30 minutes."""
    return opened.rows(
        f"SELECT count(*) FILTER (WHERE before IS NULL OR time - before > {PAUSE_US}) FROM (SELECT time, "
        "lag(time) OVER (PARTITION BY customer, channel ORDER BY time) AS before FROM events)"
    )[0][0]
