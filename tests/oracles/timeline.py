"""One customer's events with plain loops: totals over all of them, and the latest cut into episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracles.walks import walks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from trodden.model.event import Event


def tell(
    log: Iterable[Event], customer: str, as_of: datetime, gap: timedelta, limit: int
) -> dict[str, Any] | None:
    """Tell what one customer did up to ``as_of``; None where that is nothing."""
    rows = [row for row in walks(log).get(customer, []) if row.occurred_at <= as_of]
    if not rows:
        return None
    episodes: list[list[int]] = []
    for place, row in enumerate(rows):
        if place and row.occurred_at - rows[place - 1].occurred_at <= gap:
            episodes[-1].append(place)
        else:
            episodes.append([place])
    begins = [one[0] for one in episodes[1:]]
    silences = {place: (rows[place].occurred_at - rows[place - 1].occurred_at) for place in begins}
    first_shown = max(len(rows) - limit, 0)
    shown = [[place for place in one if place >= first_shown] for one in episodes]
    channels: dict[str, int] = {}
    for row in rows:
        channels[row.channel] = channels.get(row.channel, 0) + 1
    failing = ("failed", "declined", "abandoned", "unresolved")
    return {
        "first_at": rows[0].occurred_at,
        "last_at": rows[-1].occurred_at,
        "events": len(rows),
        "channels": channels,
        "episodes": len(episodes),
        "failures": sum(row.outcome in failing for row in rows),
        "longest": max((one.total_seconds() for one in silences.values()), default=0.0),
        "spells": [
            (
                silences[one[0]].total_seconds() if one[0] in silences else 0.0,
                [(rows[place].event_id, rows[place].touchpoint, rows[place].is_tie) for place in one],
            )
            for one in shown
            if one
        ],
        "hidden": first_shown,
    }
