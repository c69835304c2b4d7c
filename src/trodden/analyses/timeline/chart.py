"""How a customer's walk shows itself: a ribbon of channels and a list, spell by spell."""

from __future__ import annotations

from trodden.analyses.timeline.answer import Moment, Spell, TimelineAnswer
from trodden.charts import Episode, Timeline, TimelineEvent
from trodden.charts.formats import format_count
from trodden.model.durations import format_duration
from trodden.model.event import FAILING
from trodden.model.money import format_money
from trodden.model.words import tr


def timeline_chart(answer: TimelineAnswer) -> Timeline:
    """Draw the spells, latest first."""
    hidden = (
        tr("{hidden} earlier events are not shown.", hidden=format_count(answer.hidden))
        if answer.hidden
        else ""
    )
    return Timeline(
        title=_title(answer),
        unit=tr("events"),
        n=answer.events,
        as_of=answer.about.as_of,
        definition="timeline",
        notes=(*answer.about.notes, *((hidden,) if hidden else ())),
        customer=answer.customer,
        episodes=tuple(_episode(spell) for spell in reversed(answer.spells)),
    )


def _episode(spell: Spell) -> Episode:
    return Episode(events=tuple(_event(one) for one in reversed(spell.events)), silence_s=spell.silence_s)


def _event(one: Moment) -> TimelineEvent:
    return TimelineEvent(
        occurred_at=one.occurred_at,
        channel=one.channel,
        touchpoint=one.touchpoint,
        outcome=one.outcome,
        text=one.text,
        detail=_detail(one),
        tone="worse" if one.outcome in FAILING else "plain",
        mark=tr("order uncertain") if one.tie else "",
        raw={
            "event id": one.event_id,
            "source": one.source,
            "name": one.name,
            "address": one.url or None,
            "properties": one.properties,
        },
    )


def _detail(one: Moment) -> str:
    parts: list[str] = []
    if one.value_minor is not None:
        parts.append(format_money(one.value_minor, one.currency))
    if one.duration_ms is not None:
        parts.append(tr("took {time}", time=format_duration(one.duration_ms / 1000)))
    return ", ".join(parts)


def _title(answer: TimelineAnswer) -> str:
    """Tell of all events, whatever is shown."""
    if answer.first_at is None or answer.last_at is None:
        return tr("Nothing of {customer} is known here", customer=answer.customer)
    span = format_duration((answer.last_at - answer.first_at).total_seconds())
    longest = answer.longest_silence_s
    silent = tr(", the longest silence {time}", time=format_duration(longest)) if longest else ""
    return tr(
        "{events} events of {customer} over {span}{silent}",
        events=format_count(answer.events),
        customer=answer.customer,
        span=span,
        silent=silent,
    )
