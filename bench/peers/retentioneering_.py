"""retentioneering, on its event stream; it sends nothing: its tracking is switched off by `bench.measure`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from retentioneering import Eventstream

if TYPE_CHECKING:
    from pathlib import Path

_ENDS = {"path_start", "path_end"}


def opened(folder: Path) -> Any:
    """Make an event stream of the events."""
    frame = pd.read_parquet(folder / "events.parquet", columns=["customer", "time", "touchpoint", "channel"])
    frame["touchpoint"] = frame["touchpoint"].astype(str)
    frame["by_channel"] = frame["customer"] + " " + frame.pop("channel").astype(str)
    frame["time"] = frame["time"].dt.tz_localize(None)
    return Eventstream(
        frame,
        {"path_cols": ["customer", "by_channel"], "event_col": "touchpoint", "timestamp_col": "time"},
    )


def transitions(stream: Any) -> dict[str, list[int]]:
    """Count every move; three calls, since each tells one number."""
    moves, people, _ = (
        stream.transition_graph_data(edge_weight=weight)
        for weight in ("count", "unique_paths", "time_median")
    )
    names = [name for name in moves.index if name not in _ENDS]
    found = {
        f"{source}>{target}": [int(moves.loc[source, target]), int(people.loc[source, target])]
        for source in names
        for target in names
        if target in moves.columns
    }
    return {move: counts for move, counts in found.items() if counts[0]}


def sessions(stream: Any) -> int:
    """Count the sessions: a customer's events of one channel with no gap of more than 30 minutes."""
    frame = stream.split_sessions(timeout="30m", path_col="by_channel").to_dataframe()
    return int(frame["session_id"].nunique())
