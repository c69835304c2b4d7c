"""One customer's journey as somebody would live through it: contacts, and the waiting between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trodden.charts.formats import format_number
from trodden.methods.journeys.flow import steps_in_order
from trodden.model.durations import format_duration
from trodden.model.event import FAILING
from trodden.web.customers.lines import CHANNEL_ICONS, detail_of, marks_of
from trodden.web.shield import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from trodden.methods.journeys.one_walk import LaidJourney
    from trodden.model.journey_map import JourneyMap, Step
    from trodden.store.walks import TimelineRow

SHORTEST_WAIT_S: Final = 60.0
"""A gap shorter than this is not told as waiting."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

MET: Final = {
    "reached": gettext_lazy("Yes: they got what they came for."),
    "abandoned": gettext_lazy("No: they gave up before they got it."),
    "silent": gettext_lazy("Not as far as anybody knows: they went silent before they got it."),
    "open": gettext_lazy("Not yet: they are still on the way."),
}
"""The answer to whether the need was met, by how the journey stands."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait, what was designed of it, and whether that was kept."""

    said: str
    designed: str
    verdict: str
    tone: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact, and what the map has at this point."""

    touchpoint: str
    channel: str
    icon: str
    outcome: str
    tone: str
    words: str
    detail: str
    marks: tuple[str, ...]
    skipped: str
    designed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment to stop at; ``lasts_s``: how long it is shown where it goes on by itself.

    ``since_s``: seconds since the journey began, when it ends. ``wait_s``: the length of a wait.
    """

    kind: Literal["wait", "contact", "end"]
    event: int
    since_s: float
    lasts_s: float
    wait_s: float = 0.0


def frames_of(at: Sequence[int], texts: Sequence[str]) -> tuple[Frame, ...]:
    """Return the moments of a journey; ``at``: microseconds of its events, ``texts``: what was said."""
    return tuple(_frames(at, texts))


def _frames(at: Sequence[int], texts: Sequence[str]) -> Iterator[Frame]:
    for place, moment in enumerate(at):
        since = (moment - at[0]) / 1e6
        wait = (moment - at[place - 1]) / 1e6 if place else 0.0
        if wait >= SHORTEST_WAIT_S:
            yield Frame("wait", place, since, _compressed(wait), wait)
        yield Frame("contact", place, since, 2.5 + len(texts[place]) / 25)
    yield Frame("end", len(at) - 1, (at[-1] - at[0]) / 1e6, 0.0)


def _compressed(seconds: float) -> float:
    """Return how many seconds a wait is shown: one minute about 1, a day about 4, a month about 6."""
    return round(1 + math.log10(seconds / SHORTEST_WAIT_S) * 1.1, 1)


def spent(seconds: float) -> str:
    """Write a length of time as somebody would say it: days and hours, hours and minutes, or minutes."""
    if seconds >= _DAY:
        days, hours = divmod(round(seconds / _HOUR), 24)
        said = ngettext("{n} day", "{n} days", days).format(n=days)
        return f"{said} {_('{n} h').format(n=hours)}" if hours else said
    if seconds >= _HOUR:
        hours, minutes = divmod(round(seconds / _MINUTE), 60)
        said = _("{n} h").format(n=hours)
        return f"{said} {_('{n} min').format(n=minutes)}" if minutes else said
    return _("{n} min").format(n=max(round(seconds / _MINUTE), 1))


class Shoes:
    """One journey, as it is stepped through; whose it is stays unsaid."""

    def __init__(
        self, customer: str, journey: LaidJourney, journey_map: JourneyMap, rows: Sequence[TimelineRow]
    ) -> None:
        self._customer = customer
        self._steps = {step.id: step for step in steps_in_order(journey_map)}
        self.journey = journey
        self.map = journey_map
        self.rows = rows

    def words(self, event: int) -> str:
        """Return what they said at an event, without what would tell who they are."""
        return self.unnamed(self.rows[event].event.text)

    def unnamed(self, text: str) -> str:
        """Return a text without whatever they go by in this journey."""
        names = {one.value for row in self.rows for one in row.event.ids} - {self._customer}
        for name in sorted(names, key=len, reverse=True):
            text = masked(text, name)
        return masked(text, self._customer)

    def waiting(self, frame: Frame) -> Waiting:
        """Tell of a wait and what was designed of it."""
        step = self._step(frame.event)
        wait = step.wait if step else None
        longest = _seconds(wait.longest) if wait else None
        is_late = longest is not None and frame.wait_s > longest
        return Waiting(
            said=_("You wait {time}.").format(time=spent(frame.wait_s)),
            designed=_designed_wait(wait.typical, wait.longest) if wait else "",
            verdict=_verdict(frame.wait_s, longest),
            tone="worse" if is_late else "plain",
        )

    def contact(self, frame: Frame) -> Contact:
        """Tell of a contact and what the map has at this point."""
        row, laid = self.rows[frame.event], self.journey.events[frame.event]
        return Contact(
            touchpoint=row.touchpoint,
            channel=row.channel,
            icon=CHANNEL_ICONS.get(row.channel, "circle"),
            outcome="" if row.outcome == "unknown" else row.outcome,
            tone="worse" if row.outcome in FAILING else "plain",
            words=self.words(frame.event),
            detail=detail_of(row),
            marks=marks_of(laid),
            skipped=", ".join(self._label(step) for step in laid.skipped),
            designed=tuple(self._designed(frame.event)),
        )

    @property
    def left_out(self) -> str:
        """Name the designed step that never came, where the journey ended without its goal."""
        return ", ".join(self._label(step) for step in self.journey.left_out)

    def _label(self, step: str) -> str:
        found = self._steps.get(step)
        return (found.label if found else "") or step

    def _step(self, event: int) -> Step | None:
        laid = self.journey.events[event]
        return self._steps.get(laid.step or laid.about)

    def _designed(self, event: int) -> Iterator[tuple[str, str]]:
        """Yield what the map says of the step at this point; nothing where it has none."""
        step = self._step(event)
        if step is None:
            return
        told = (
            (_("Step"), step.label or step.id),
            (_("Stage"), step.stage),
            (_("Promise"), step.promise),
            (_("Should end"), step.expected_outcome),
            (_("Hoped-for feeling"), _feeling(step.emotion)),
        )
        yield from ((label, text) for label, text in told if text)


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _designed_wait(typical: timedelta | None, longest: timedelta | None) -> str:
    """Say what wait is designed; empty where none is."""
    parts = [
        _("about {time}").format(time=format_duration(typical.total_seconds())) if typical else "",
        _("at most {time}").format(time=format_duration(longest.total_seconds())) if longest else "",
    ]
    return ", ".join(part for part in parts if part)


def _verdict(waited: float, longest: float | None) -> str:
    if longest is None:
        return ""
    if waited <= longest:
        return _("Within what was designed.")
    return _("{time} longer than designed.").format(time=spent(waited - longest))


def _feeling(emotion: float | None) -> str:
    """Write a hoped-for emotion, from -2 to +2."""
    if emotion is None:
        return ""
    names = (_("bad"), _("uneasy"), _("neither good nor bad"), _("good"), _("very good"))
    sign = "+" if emotion > 0 else ""
    return f"{names[round(emotion) + 2]} ({sign}{format_number(emotion)})"
