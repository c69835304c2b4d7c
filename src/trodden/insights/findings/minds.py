"""Findings in changes of mind: where people go back, edit or choose otherwise, and how that ends for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts.formats import format_count, format_places, format_share
from trodden.insights.findings.candidates import (
    FEWEST,
    MARGIN,
    Candidate,
    few_said,
    mind_of,
    nearest,
    often_said,
    sense_of,
)
from trodden.insights.findings.model import Evidence, Finding, Rank, key_of
from trodden.insights.findings.ways import GOAL
from trodden.methods.journeys.patterns_write import write_mark
from trodden.methods.stats.differences import p_of_rates
from trodden.model.words import keep

if TYPE_CHECKING:
    from trodden.analyses.changes_of_mind.answer import ChangePlace, ChangesOfMind, ComparedChanges
    from trodden.insights.findings.candidates import Places

WHO: Final = {
    "back": keep("Customers who go back to {place}"),
    "other branch": keep("Customers who take {place} after all"),
    "edit": keep("Customers who want to edit {place}"),
}
AFTER: Final = {
    "back": keep("Customers who go back to {place} after {after}"),
    "other branch": keep("Customers who take {place} after all after {after}"),
    "edit": keep("Customers who want to edit {place} after {after}"),
}
"""Who changes their mind, by how, and after what place where that is another one.

Who cancels or gives back is compared with nobody.
"""

MOST: Final = 0.5
"""More than half of the changes went so: worth saying in the sentence."""

HOW: Final = {
    "refused by an error": keep("{said}; {share} are refused"),
    "no way offered": keep("{said}; {share} find no way to"),
    "sent to another channel": keep("{said}; {share} are sent to another channel"),
}

COULD: Final = {
    "done": keep("done {share}"),
    "refused by an error": keep("refused by an error {share}"),
    "no way offered": keep("no way offered {share}"),
    "sent to another channel": keep("sent to another channel {share}"),
    "not told": keep("not told {share}"),
}
"""How often it went how."""


def mind_candidates(answer: ChangesOfMind, places: Places) -> list[Candidate]:
    """Return every place where those who changed their mind can be compared with others who came as far."""
    return [
        _candidate(answer, place, place.compared, places)
        for place in answer.places
        if place.compared is not None
        and place.kind in WHO
        and place.compared.having.of
        and place.compared.others.of
    ]


def _candidate(
    answer: ChangesOfMind, place: ChangePlace, compared: ComparedChanges, places: Places
) -> Candidate:
    effect = compared.reached
    sense = sense_of(effect.value or 0.0)
    label = places.of_touchpoint(place.touchpoint)
    finding = Finding(
        key=key_of("way", places.name, label, "way", sense),
        kind="change of mind",
        sense=sense,
        map=places.key,
        place=label,
        sentence=_sentence(place, label, compared),
        journeys=compared.having.of,
        of=answer.about.units,
        customers=place.customers,
        effect=effect,
        effect_of=GOAL,
        grade="descriptive",
        evidence=(Evidence("changes_of_mind", _evidence(place, compared), {"map": places.key}),),
        contrary=(
            *few_said((compared.having.of, compared.others.of)),
            keep("Compared with all who came as far; who changes their mind may differ in other ways."),
        ),
        mind=mind_of(effect),
        behind={
            "map": places.key,
            "behind": "changes_of_mind",
            "mark": write_mark(place.kind, place.touchpoint, place.after_step),
        },
        channels=places.channels(label),
        rank=Rank(
            a_month=float(compared.having.of), effect=nearest(effect), certainty=0.5, value=1.0, novelty=1.0
        ),
    )
    is_large = abs(effect.value or 0.0) >= MARGIN and min(compared.having.of, compared.others.of) >= FEWEST
    return Candidate(finding, "changes of mind", p_of_rates(compared.having, compared.others), is_large)


def _sentence(place: ChangePlace, label: str, compared: ComparedChanges) -> str:
    words = AFTER if place.after and place.after != label else WHO
    who = words[place.kind].format(place=label, after=place.after)
    said = keep("{who} get what they came for {often_said}", who=who, often_said=often_said(compared.reached))
    most = place.could[0] if place.could else None
    if most is None or most.how not in HOW or (most.changes.value or 0.0) < MOST:
        return said
    return HOW[most.how].format(said=said, share=format_share(most.changes.value or 0.0))


def _evidence(place: ChangePlace, compared: ComparedChanges) -> str:
    could = ", ".join(
        COULD[one.how].format(share=format_share(one.changes.value or 0.0)) for one in place.could
    )
    having, others = (format_share(side.value or 0.0) for side in (compared.having, compared.others))
    reach = keep("{having} reach the goal, {others} of others who came as far", having=having, others=others)
    changes = format_count(place.changes)
    if not place.contacts.value:
        return keep("{n} changes ({could}); {reach}", n=changes, could=could, reach=reach)
    return keep(
        "{n} changes ({could}); {number} contacts each; {reach}",
        n=changes,
        could=could,
        number=format_places(place.contacts.value, 1),
        reach=reach,
    )
