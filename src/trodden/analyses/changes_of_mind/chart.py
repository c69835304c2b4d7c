"""How changes of mind show themselves: places by the customers who changed their mind there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Tone
from trodden.charts.formats import (
    ends_along,
    format_count,
    format_number,
    format_share,
    format_value,
    rate_said,
    value_and_interval,
)
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.analyses.changes_of_mind.answer import ChangePlace, ChangesOfMind, ComparedChanges

BARS = 20


def changes_chart(answer: ChangesOfMind) -> Chart:
    """Draw the places in the order of the answer; the darker part is those who were not simply let."""
    about = answer.about
    return Bars(
        title=_title(answer),
        **head_of(about),
        n=about.units,
        axis=tr("Changes of mind"),
        of=tr("change"),
        kind="count",
        bars=tuple(_bar(one) for one in answer.places[:BARS]),
    )


def name_of(one: ChangePlace) -> str:
    """Return what a place is called, such as ``back at Plan page, after Configurator``."""
    where = (
        one.touchpoint
        if one.kind in ("edit", "cancel", "return")
        else tr("at {touchpoint}", touchpoint=one.touchpoint)
    )
    return (
        tr("{kind} {where}, after {after}", kind=tr(one.kind), where=where, after=one.after)
        if one.after
        else f"{tr(one.kind)} {where}"
    )


def _bar(one: ChangePlace) -> Bar:
    let = sum(how.changes.count for how in one.could if how.how in ("done", "not told"))
    return Bar(
        label=name_of(one),
        value=one.changes,
        part=one.changes - let,
        detail=_detail(one),
        tone=_tone(one.compared),
        link=behind(
            "changes_of_mind",
            write_mark(one.kind, one.touchpoint, one.after_step),
            customers=one.customers,
        ),
    )


def _tone(compared: ComparedChanges | None) -> Tone:
    if compared is None or compared.verdict not in ("better", "worse"):
        return "muted"
    return "better" if compared.verdict == "better" else "worse"


def _detail(one: ChangePlace) -> str:
    parts = [f"{tr(how.how)} {format_share(how.changes.value or 0.0)}" for how in one.could]
    parts.append(tr("{number} steps", number=format_number(one.steps.value or 0.0)))
    if one.contacts.value:
        parts.append(tr("{number} contacts", number=format_number(one.contacts.value)))
    if one.time.value:
        parts.append(format_value(one.time.value, "duration"))
    if one.compared is not None and one.compared.reached.value is not None:
        parts.append(_ended(one.compared))
    return "; ".join(parts)


def _ended(compared: ComparedChanges) -> str:
    rates = tr(
        "{share} reached the goal, others {share2}",
        share=rate_said(compared.having),
        share2=rate_said(compared.others),
    )
    return f"{rates}: {verdict_told(compared)}"


def verdict_told(compared: ComparedChanges) -> str:
    """Return the verdict, with by how much the goal was sooner or later where that decided."""
    if compared.decided_by != "time":
        return tr(compared.verdict)
    value = compared.time.value or 0.0
    ends = ends_along(value, compared.time.low, compared.time.high)
    gap, interval = value_and_interval(abs(value), *ends, "duration")
    later = tr("later") if value > 0 else tr("sooner")
    return tr(
        "{verdict}, they reached it {gap} {interval} {later}",
        verdict=tr(compared.verdict),
        gap=gap,
        interval=interval,
        later=later,
    )


def _title(answer: ChangesOfMind) -> str:
    changed, unit = answer.changed.units, answer.about.unit
    if not changed.of:
        return tr("No {unit} to look at", **units_said(unit))
    if not changed.count or not answer.places:
        return tr(
            "Nobody changed their mind in {all} {units}, as far as is known",
            all=format_count(changed.of),
            **units_said(unit),
        )
    most = answer.places[0]
    return tr(
        "{share} of {all} {units} changed their mind, at the highest cost: {name} ({customers} customers)",
        share=rate_said(changed),
        all=format_count(changed.of),
        name=name_of(most),
        customers=format_count(most.customers),
        **units_said(unit),
    )
