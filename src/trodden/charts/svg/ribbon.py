"""One customer's contacts over time: channels in rows, long silences folded and named."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from trodden.charts.formats import format_count, format_time
from trodden.charts.svg.marks import Sheet, frame
from trodden.charts.svg.pieces import (
    BORDER,
    GROUND,
    MUTED,
    SMALL,
    TONES,
    percent,
    tag,
    title,
    width_of,
    words,
)
from trodden.model.durations import format_duration
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from trodden.charts import Episode, Timeline, TimelineEvent

_BAND, _TOP = 72.0, 20.0
_LOWEST, _HIGHEST = 14.0, 22.0
"""The rows share a band of this height, as far as each can still be read."""

_WIDTH = 680.0
"""How wide a drawing is at least, where it is asked whether words fit."""

_LEFT, _RIGHT = 0.17, 0.98
"""Where the time axis begins and ends, as shares of the width; channels are named left of it."""

_DAY = 86_400
_FOLD = 1.0
"""A silence takes as much room as an episode of one event."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The channels, from the top, and how high the row of each is."""

    names: tuple[str, ...]

    @property
    def height(self) -> float:
        """Return the height of one row."""
        return max(_LOWEST, min(_HIGHEST, _BAND / max(len(self.names), 1)))

    @property
    def bottom(self) -> float:
        """Return where the rows end."""
        return _TOP + self.height * max(len(self.names), 1)

    def middle(self, row: int) -> float:
        """Return where the middle of a row lies."""
        return _TOP + self.height * (row + 0.5)


@dataclass(frozen=True, slots=True)
class Stretch:
    """An episode's place, as shares of the drawing's width."""

    episode: Episode
    start: float
    end: float

    @property
    def middle(self) -> float:
        """Return its middle, up to which the silences on both sides may be named."""
        return (self.start + self.end) / 2


def draw_ribbon(chart: Timeline, sheet: Sheet) -> str:
    """Draw a dot for each event in the row of its channel, oldest left; a silence is a hatch with its length.

    Within an episode dots lie by time; an episode's room grows with the square root of its events.
    """
    episodes = tuple(reversed(chart.episodes))
    rows = Rows(tuple(_channels(episodes)))
    stretches = _stretches(episodes)
    height = rows.bottom + 40
    parts = (
        *(_rule(channel, rows.middle(i)) for i, channel in enumerate(rows.names)),
        *(_silence(a, b, rows) for a, b in pairwise(stretches)),
        *(_dots(stretch, rows, chart.time_zone) for stretch in stretches),
        *_days(stretches, height, chart.time_zone),
    )
    return frame(sheet, chart, height, *parts)


def _events(episode: Episode) -> list[TimelineEvent]:
    return sorted(episode.events, key=lambda event: event.occurred_at)


def _channels(episodes: Sequence[Episode]) -> list[str]:
    found = (event.channel for episode in episodes for event in _events(episode))
    return list(dict.fromkeys(found))


def _stretches(episodes: Sequence[Episode]) -> list[Stretch]:
    rooms = [1.0 + len(episode.events) ** 0.5 for episode in episodes]
    whole = sum(rooms) + _FOLD * max(len(rooms) - 1, 0)
    unit = (_RIGHT - _LEFT) / whole if whole else 0.0
    at, found = _LEFT, list[Stretch]()
    for episode, room in zip(episodes, rooms, strict=True):
        found.append(Stretch(episode, at, at + room * unit))
        at += (room + _FOLD) * unit
    return found


def _rule(channel: str, y: float) -> str:
    return words(0, y + 4, channel, fill=MUTED) + tag(
        "line", x1=percent(_LEFT), x2=percent(_RIGHT), y1=y, y2=y, stroke=BORDER
    )


def _position(stretch: Stretch, moment: datetime) -> float:
    events = _events(stretch.episode)
    first, last = events[0].occurred_at, events[-1].occurred_at
    span = (last - first).total_seconds()
    inset = min(0.01, (stretch.end - stretch.start) / 4)
    share = (moment - first).total_seconds() / span if span else 0.5
    return stretch.start + inset + share * (stretch.end - stretch.start - 2 * inset)


def _dots(stretch: Stretch, rows: Rows, zone: str) -> str:
    return "".join(
        _dot(
            event,
            format_time(event.occurred_at, zone),
            (_position(stretch, event.occurred_at), rows.middle(rows.names.index(event.channel))),
        )
        for event in _events(stretch.episode)
    )


def _dot(event: TimelineEvent, time: str, place: tuple[float, float]) -> str:
    """Return a dot, or a diamond where the event is better or worse than designed."""
    x, y = place
    said = title(f"{time}: {event.touchpoint} ({event.channel})")
    shape = tag("circle", r=5) if event.tone == "plain" else tag("path", d="M0 -7 L7 0 L0 7 L-7 0 Z")
    return tag(
        "svg", said, shape, x=percent(x), y=y, overflow="visible", fill=TONES[event.tone], stroke=GROUND
    )


def _silence(before: Stretch, after: Stretch, rows: Rows) -> str:
    silent = after.episode.silence_s
    told = (_silent(silent), format_duration(silent))
    middle = (before.end + after.start) / 2
    room = 2 * min(middle - before.middle, after.middle - middle) * _WIDTH
    text = next((one for one in told if width_of(one, SMALL) <= room), "")
    fold = tag(
        "line",
        x1=percent(middle),
        x2=percent(middle),
        y1=_TOP - 4,
        y2=rows.bottom + 2,
        stroke="var(--control,#7d8797)",
        stroke_dasharray="2 3",
    )
    return fold + words(percent(middle), 12, text, font_size=SMALL, fill=MUTED, text_anchor="middle")


def _silent(seconds: float) -> str:
    days = int(seconds // _DAY)
    return (
        tr("{days} days silent", days=format_count(days))
        if days > 1
        else tr("{time} silent", time=format_duration(seconds))
    )


def _days(stretches: list[Stretch], height: float, zone: str) -> list[str]:
    if not stretches:
        return []
    first, last = _events(stretches[0].episode)[0], _events(stretches[-1].episode)[-1]
    return [
        words(percent(_LEFT), height - 22, format_time(first.occurred_at, zone), fill=MUTED, font_size=SMALL),
        words(
            percent(_RIGHT),
            height - 22,
            format_time(last.occurred_at, zone),
            fill=MUTED,
            font_size=SMALL,
            text_anchor="end",
        ),
        words(percent(_RIGHT), height - 6, zone, fill=MUTED, font_size=SMALL, text_anchor="end"),
    ]
