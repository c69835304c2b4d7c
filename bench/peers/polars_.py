"""polars, on a frame in memory that is sorted by customer and time already."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

PAUSE = timedelta(minutes=30)
WEEK = timedelta(days=7)


class _Opened:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frame = pl.DataFrame()
        if (folder / "sorted.parquet").exists():
            self.frame = pl.read_parquet(folder / "sorted.parquet")


def opened(folder: Path) -> _Opened:
    """Read the sorted frame, where it was written."""
    return _Opened(folder)


def load(opened: _Opened) -> int:
    """Read every event, sort, and write the frame."""
    found = (
        pl.scan_parquet(opened.folder / "events.parquet")
        .with_columns(pl.col("customer").str.slice(1).cast(pl.UInt32))
        .sort("customer", "time", maintain_order=True)
        .collect()
    )
    found.write_parquet(opened.folder / "sorted.parquet")
    return len(found)


def transitions(opened: _Opened) -> dict[str, list[int]]:
    """Count every move, who made it, and its median gap."""
    found = (
        opened.frame.lazy()
        .select(
            "customer",
            target="touchpoint",
            source=pl.col("touchpoint").shift(1),
            gap=pl.col("time").diff(),
            is_move=pl.col("customer") == pl.col("customer").shift(1),
        )
        .filter("is_move")
        .group_by("source", "target")
        .agg(moves=pl.len(), people=pl.col("customer").n_unique(), median=pl.col("gap").median())
        .collect()
    )
    return {f"{row[0]}>{row[1]}": [row[2], row[3]] for row in found.iter_rows()}


def funnel(opened: _Opened) -> list[int]:
    """Count the customers at each of four steps within 7 days, by joins on the next event."""
    steps = [
        opened.frame.lazy()
        .filter(pl.col("touchpoint") == f"touchpoint {step}")
        .select("customer", pl.col("time").alias(f"t{step}"))
        for step in range(4)
    ]
    walked = steps[0]
    for step in range(1, 4):
        walked = walked.sort(f"t{step - 1}", nulls_last=True).join_asof(
            steps[step].sort(f"t{step}"),
            left_on=f"t{step - 1}",
            right_on=f"t{step}",
            by="customer",
            strategy="forward",
            allow_exact_matches=False,
            coalesce=False,
        )
    level = sum(
        (
            ((pl.col(f"t{step}") - pl.col("t0")) <= WEEK).fill_null(value=False).cast(pl.Int8)
            for step in range(1, 4)
        ),
        pl.lit(1, pl.Int8),
    )
    found = (
        walked.group_by("customer")
        .agg(level=level.max())
        .group_by("level")
        .agg(pl.len())
        .collect()
        .iter_rows()
    )
    at = dict(found)
    return [sum(people for level, people in at.items() if level >= step) for step in range(1, 5)]


def sessions(opened: _Opened) -> int:
    """Count the sessions: a customer's events of one channel with no gap of more than 30 minutes."""
    found = opened.frame.lazy().select("customer", "channel", "time").sort("customer", "channel", "time")
    is_first = (pl.col("customer") != pl.col("customer").shift(1)) | (
        pl.col("channel") != pl.col("channel").shift(1)
    )
    is_new = is_first | (pl.col("time").diff() > PAUSE)
    return int(found.select(is_new.fill_null(value=True).sum()).collect().item())
