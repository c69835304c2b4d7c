"""Changes of mind on walks worked out by hand, and against plain loops over whole logs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from tests.oracles import changes as oracle
from tests.oracles import pauses as pauses_oracle
from tests.support.logs import AS_OF, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.changes_of_mind.answer import ChangePlace, ChangesOfMind, ChangesOfMindQuestion
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.maps import dump_map, map_hash, parse_map
from trodden.model.errors import MapError, QuestionError, UnknownNameError
from trodden.registry import find

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

TEXT = """
name: Shop
stages: [Look, Buy, Get]
steps:
  - {id: look, stage: Look}
  - {id: address, stage: Buy}
  - {id: card, stage: Buy}
  - {id: bill, stage: Buy}
  - {id: mail, stage: Buy}
  - {id: parcel, stage: Get}
flow: [look, address, choice: [[card], [bill]], mail, parcel]
scope: {also: [help, slot, void, refund]}
bounds: {reached: [parcel], silence: 10d}
changes: {edit: slot, cancel: void, returns: refund}
"""
MAP = parse_map(TEXT, "shop.yaml")
LATER = "2026-06-01"


def ask(snapshot: Snapshot, maps: str = "", **fields: Any) -> ChangesOfMind:  # noqa: ANN401 - any field
    found = (parse_map(maps, "map.yaml"),) if maps else ()
    asker = Asker(snapshot, catalog_of(snapshot, found), engine=ThreadEngine(1))
    answer = asker.ask(ChangesOfMindQuestion(**fields))
    assert isinstance(answer, ChangesOfMind)
    return answer


def of_text(text: str, maps: str = TEXT, as_of: str = LATER, **fields: Any) -> ChangesOfMind:  # noqa: ANN401 - any field
    return ask(walks_from_text(text, as_of=as_of), maps, map="Shop", **fields)


def only(answer: ChangesOfMind) -> ChangePlace:
    (found,) = answer.places
    return found


def could(one: ChangePlace) -> dict[str, int]:
    return {how.how: how.changes.count for how in one.could}


BOUGHT = "{0} look@web 10:00 | {0} address@web 10:01 | {0} card@web 10:02 | {0} mail@email 10:03"


def bought(who: str, rest: str = "", end: str = "parcel@store +2 10:00") -> str:
    parts = [BOUGHT.format(who), *(f"{who} {one.strip()}" for one in (rest, end) if one)]
    return " | ".join(parts)


def test_an_address_that_cannot_be_corrected_is_refused_and_sends_to_the_phone() -> None:
    called = f"{bought('a', 'address@web!declined 10:43', '')} | a help@phone!unresolved 13:43"
    answer = of_text(f"{called} | {bought('b', 'address@web!declined 10:43', '')} | {bought('c')}")
    place = only(answer)
    assert (place.kind, place.touchpoint, place.after) == ("back", "address", "mail")
    assert (place.changes, place.customers) == (2, 2)
    assert could(place) == {"refused by an error": 1, "sent to another channel": 1}
    assert (place.steps.value, place.contacts.value) == (1.5, 0.5)
    assert (place.met.count, place.left.count) == (0, 2)
    assert place.compared is not None
    assert (place.compared.others.count, place.compared.others.of) == (1, 1)


def test_a_day_that_can_be_moved_is_an_edit_that_is_done() -> None:
    place = only(of_text(bought("a", "slot@web!ok 12:00")))
    assert (place.kind, place.touchpoint, could(place)) == ("edit", "slot", {"done": 1})
    assert (place.met.count, place.contacts.value, place.time.value) == (1, 0.0, 0.0)


def test_those_compared_came_as_far_and_made_no_change_there() -> None:
    """Who left before the mail has not come as far, and is no fair other."""
    left_early = "d look 10:00 | d address 10:01"
    open_one = "e look +150 10:00 | e address +150 10:01 | e card +150 10:02 | e mail +150 10:03"
    answer = of_text(
        f"{bought('a', 'slot 12:00', '')} | {bought('b')} | {bought('c')} | {left_early} | {open_one}"
    )
    compared = only(answer).compared
    assert compared is not None
    assert (compared.having.count, compared.having.of) == (0, 1)
    assert (compared.others.count, compared.others.of) == (2, 2)
    assert compared.verdict == "too few to say"


def test_many_who_are_refused_and_leave_are_worse_off() -> None:
    refused = " | ".join(bought(f"r{number}", "slot!failed 12:00", "") for number in range(15))
    others = " | ".join(bought(f"o{number}") for number in range(15))
    place = only(of_text(f"{refused} | {others}"))
    assert place.compared is not None
    assert place.compared.verdict == "worse"
    assert (place.compared.reached.high or 0) < -0.5


def test_those_who_could_are_compared_with_those_who_could_not() -> None:
    refused = " | ".join(bought(f"r{number}", "slot!declined 12:00", "") for number in range(4))
    done = " | ".join(bought(f"d{number}", "slot!ok 12:00") for number in range(4))
    untold = bought("u", "slot 12:00", "")
    place = only(of_text(f"{refused} | {done} | {untold}"))
    assert (place.if_done.value, place.if_done.n) == (1.0, 8)
    assert only(of_text(done)).if_done.value is None
    assert only(of_text(f"{bought('a', 'void!failed 12:00', '')}")).if_done.n == 0


def test_a_backtrack_that_reaches_the_goal_is_a_success() -> None:
    back = (
        "{0} look 10:00 | {0} address 10:01 | {0} look 10:02"
        " | {0} card 10:03 | {0} mail 10:04 | {0} parcel 10:05"
    )
    others = "{0} look 10:00 | {0} address 10:01"
    text = " | ".join(
        [*(back.format(f"b{k}") for k in range(12)), *(others.format(f"o{k}") for k in range(12))]
    )
    answer = of_text(text)
    place = only(answer)
    assert (place.kind, could(place)) == ("back", {"done": 12})
    assert place.compared is not None
    assert place.compared.verdict == "better"
    assert (answer.backtracked.units.count, answer.backtracked.met.count) == (12, 12)
    assert (answer.backtracked.others.count, answer.backtracked.others.of) == (0, 12)


def test_another_branch_than_before_is_a_change_and_a_loop_is_not() -> None:
    answer = of_text("a look 10:00 | a address 10:01 | a card!failed 10:02 | a bill 10:03")
    assert [(one.kind, one.touchpoint) for one in answer.places] == [("other branch", "bill")]
    looped = "name: Shop\nflow: [look, loop: [choice: [[card], [bill]]], mail]"
    assert of_text("a look 10:00 | a card 10:01 | a bill 10:02 | a mail 10:03", looped).places == ()


def test_a_retry_after_a_failure_is_rework_and_no_change_of_mind() -> None:
    answer = of_text("a look 10:00 | a address!failed 10:01 | a help@chat 10:02 | a address 10:03")
    assert answer.places == ()
    assert [(one.kind, one.touchpoint, one.between, one.times) for one in answer.patterns] == [
        ("ping-pong", "address", "help", 1),
        ("rework", "address", "", 2),
    ]


def test_who_cancels_or_gives_back_is_not_compared() -> None:
    answer = of_text(f"{bought('a', 'void 12:00', '')} | {bought('b', 'refund 12:00', '')}")
    assert {one.kind: one.compared for one in answer.places} == {"cancel": None, "return": None}


def test_an_event_at_the_end_of_the_window_still_counts() -> None:
    called = bought("a", "slot!failed 12:00", "")
    assert could(only(of_text(f"{called} | a help@phone +3 12:00"))) == {"sent to another channel": 1}
    late = of_text(f"{called} | a help@phone +3 12:00:00.000001")
    assert could(only(late)) == {"refused by an error": 1}
    assert could(only(of_text(f"{called} | a help@phone +3 12:00", within=timedelta(days=1)))) == {
        "refused by an error": 1
    }


def test_fees_are_the_values_at_touchpoints_for_it() -> None:
    snapshot = build_with_values()
    place = only(ask(snapshot, TEXT, map="Shop"))
    assert [(fee.total_minor, fee.currency) for fee in place.fees] == [(750, "EUR"), (200, "USD")]


def build_with_values() -> Snapshot:
    """Return walks where two customers pay for another slot, beside a card payment that is no fee."""
    from msgspec.structs import replace

    from tests.support.rows import events_table
    from tests.support.walks import events_from_text
    from trodden.store.walks import build_snapshot

    def valued(event: Event) -> Event:
        money = {"a": "EUR", "b": "USD"}[event.ids[0].value]
        value = {"slot": 750 if money == "EUR" else 200, "card": 9_900}.get(event.name)
        return replace(event, value_minor=value, currency=money if value else "")

    text = f"{bought('a', 'slot 12:00')} | {bought('b', 'slot 12:00')}"
    return build_snapshot(events_table([valued(event) for event in events_from_text(text)]))


def test_names_are_guessed_last_and_shown_as_guesses() -> None:
    plain = TEXT.replace("changes: {edit: slot, cancel: void, returns: refund}", "").replace(
        "slot", '"Change day"'
    )
    changed, gave_back = bought("a", '"Change day" 12:00'), bought("b", "refund 12:00", "")
    answer = of_text(f"{changed} | {gave_back}", plain)
    assert [(one.touchpoint, one.aim, one.by) for one in answer.known] == [
        ("Change day", "edit", "name"),
        ("refund", "return", "name"),
    ]
    assert any(
        note.startswith("Guessed by name: Change day (edit), refund (return)") for note in answer.about.notes
    )


def test_the_question_says_more_than_the_map_and_the_map_more_than_a_name() -> None:
    text = (
        f"{bought('a', 'slot 12:00')} | {bought('b', 'void 12:00', '')} | {bought('c', 'refund 12:00', '')}"
    )
    answer = of_text(text, edit=["V*"])
    assert [(one.touchpoint, one.aim, one.by) for one in answer.known] == [
        ("refund", "return", "map"),
        ("void", "edit", "question"),
    ]
    with pytest.raises(UnknownNameError, match="slit"):
        of_text(text, edit=["slit"])


def test_any_number_of_stars_fits_a_long_name_at_once() -> None:
    """Each star was tried at every place for every place of those before it."""
    name = "a" * 200
    text = f"x {name} 10:00 | x look 10:01"
    maps = "name: Shop\nflow: [look, done]"
    answer = of_text(text, maps, edit=["*".join("a" * 30), "*".join("a" * 30) + "b*"])
    assert [one.touchpoint for one in answer.known] == [name]
    assert [one.touchpoint for one in of_text(text, maps, edit=["*"]).known] == [name, "look"]
    assert of_text(text, maps, edit=["l**K"]).known[0].touchpoint == "look"


def test_a_designed_step_is_never_guessed_and_a_bound_is_a_cancellation() -> None:
    maps = "name: Shop\nflow: [look, Change form, done]\nbounds: {abandoned: [gone], reached: [done]}"
    answer = of_text('a look 10:00 | a "Change form" 10:01 | a gone 10:02', maps)
    assert [(one.touchpoint, one.aim, one.by) for one in answer.known] == [("gone", "cancel", "map")]


def test_without_a_map_only_touchpoints_tell() -> None:
    snapshot = walks_from_text("a look 10:00 | a Cancel 10:01 | a look 10:02", as_of=LATER)
    answer = ask(snapshot)
    assert [(one.kind, one.touchpoint, one.compared) for one in answer.places] == [("cancel", "Cancel", None)]
    assert answer.about.notes[0].startswith("Without the journeys of a map")
    assert (answer.changed.met.of, answer.places[0].met.of) == (0, 0)


def test_places_are_ranked_by_customers_times_cost_and_the_rest_is_other() -> None:
    slots = " | ".join(bought(f"s{number}", "slot 12:00") for number in range(3))
    help_ = f"{bought('h', 'void!failed 12:00', '')} | h help@phone +1 12:00"
    text = f"{slots} | {help_}"
    assert [one.touchpoint for one in of_text(text).places] == ["slot", "void"]
    assert [one.touchpoint for one in of_text(text, cost="time").places] == ["void", "slot"]
    assert [one.touchpoint for one in of_text(text, cost="contacts").places] == ["void", "slot"]
    few = of_text(text, limit=1)
    assert few.other is not None
    assert (few.other.places, few.other.changes) == (1, 1)
    rare = of_text(text, min_count=2)
    assert ([one.touchpoint for one in rare.places], rare.other) == (["slot"], few.other)


def test_examples_are_those_it_cost_most() -> None:
    long = f"{bought('b', 'slot!failed 12:00', '')} | b slot!failed 12:01 | b slot 12:02"
    answer = of_text(f"{bought('a', 'slot 11:00')} | {long}")
    assert [(one.customer, one.cost) for one in only(answer).examples] == [("b", 3), ("a", 1)]


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(QuestionError, match="no time"):
        of_text(bought("a"), within=timedelta(0))


def test_the_map_says_which_touchpoints_are_changes_and_may_say_it_after_publication() -> None:
    assert parse_map(dump_map(MAP)) == MAP
    assert map_hash(MAP) == map_hash(parse_map(TEXT.replace("edit: slot, ", "")))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [("edit: slot", "edit: slat", "slat"), ("returns: refund", "returns: void", "stands under `cancel` too")],
)
def test_a_map_that_says_it_wrongly_is_refused(old: str, new: str, found: str) -> None:
    with pytest.raises(MapError, match=found):
        parse_map(TEXT.replace(old, new))


def test_the_chart_says_what_it_cost_whom() -> None:
    chart = find("changes_of_mind").chart(of_text(f"{bought('a', 'slot!failed 12:00', '')} | {bought('b')}"))
    assert chart.title.startswith("50 %")
    assert chart.title.endswith("edit slot, after mail (1 customers)")
    (bar,) = chart.bars
    assert (bar.value, bar.part, bar.tone) == (1, 1, "muted")
    nobody = find("changes_of_mind").chart(of_text(bought("b")))
    assert nobody.title == "Nobody changed their mind in 1 journeys, as far as is known"


AIMS = {"Order": "edit", "Support call": "cancel", "Survey": "return"}


@settings(deadline=None)
@given(log=logs())
@pytest.mark.parametrize("unit", ["customer", "session"])
def test_changes_without_a_map_equal_plain_loops(unit: str, log: list[Event]) -> None:
    known = {name for event in log for name in [event.name] if name in AIMS}
    asked = {
        {"edit": "edit", "cancel": "cancel", "return": "returns"}[aim]: [name]
        for name, aim in AIMS.items()
        if name in known
    }
    answer = ask(walks_of(log), unit=unit, limit=100, within=timedelta(days=2), **asked)
    world = oracle.World({name: AIMS[name] for name in known}, frozenset(), (), 2 * 86_400_000_000)
    changes, names = Counter[tuple[str, str, str]](), list[list[str]]()
    for one in pauses_oracle.units_of(log, AS_OF, unit):
        events = [_seen(step) for step in one["steps"]]
        names.append([event.touchpoint for event in events])
        for found in oracle.changes_of(events, "silent", world):
            changes[found.kind, events[found.first].touchpoint, found.could] += 1
    told = {
        (place.kind, place.touchpoint, how.how): how.changes.count
        for place in answer.places
        for how in place.could
    }
    assert told == changes
    pairs = Counter(pair for listed in names for pair in oracle.ping_pongs(listed))
    again = Counter(name for listed in names for name in oracle.reworks(listed))
    assert {(p.touchpoint, p.between): p.times for p in answer.patterns if p.between} == pairs
    assert {p.touchpoint: p.units.count for p in answer.patterns if p.kind == "rework"} == again


def _seen(step: dict[str, Any]) -> oracle.Seen:
    event = step["event"]
    at = round(event.occurred_at.timestamp() * 1e6)
    return oracle.Seen(at, event.name, event.channel, event.outcome)
