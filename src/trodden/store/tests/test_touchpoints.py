"""Touchpoint rules: read, written, applied, checked and proposed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import walks as oracle
from tests.support import random_events
from tests.support.rows import events_table
from tests.support.walks import table_from_text
from trodden.model.errors import RulesError
from trodden.model.event import Event
from trodden.model.touchpoints import Promoted, TouchpointRule, TouchpointRules
from trodden.store.schema import empty_events
from trodden.store.touchpoints import (
    check,
    classify,
    dump_rules,
    load_rules,
    parse_rules,
    rules_hash,
    save_rules,
    suggest,
)

# Reading and writing

FILE = """\
rules:
  - touchpoint: checkout
    channel: web
    url_pattern: ^https?://[^/]+/checkout
    where: {plan: [basic, 007], vip: yes}
  - name: [heartbeat, ping]
    drop: true
otherwise: drop
promote:
  - name: plan
  - {name: spend, type: number}
"""


def test_a_file_says_what_rules_say() -> None:
    assert parse_rules(FILE) == TouchpointRules(
        rules=(
            TouchpointRule(
                touchpoint="checkout",
                channel=("web",),
                url_pattern="^https?://[^/]+/checkout",
                where={"plan": ("basic", "007"), "vip": ("yes",)},
            ),
            TouchpointRule(name=("heartbeat", "ping"), drop=True),
        ),
        otherwise="drop",
        promote=(Promoted("plan"), Promoted("spend", "number")),
    )


words = st.text("abcdefgh 0123:#{}'\"-é", min_size=1, max_size=6)
rules = st.builds(
    TouchpointRule,
    touchpoint=words,
    channel=st.lists(st.sampled_from(("web", "phone")), max_size=2, unique=True).map(tuple),
    name=st.lists(words, max_size=2).map(tuple),
    name_pattern=st.one_of(st.none(), words.map(re.escape)),
    kind=st.lists(words, max_size=2).map(tuple),
    where=st.dictionaries(words, st.lists(words, min_size=1, max_size=2).map(tuple), max_size=2),
    drop=st.booleans(),
)
promoted = st.lists(
    st.builds(Promoted, words, st.sampled_from(("string", "time"))), unique_by=lambda one: one.name
)
files = st.builds(
    TouchpointRules,
    rules=st.lists(rules, max_size=3).map(tuple),
    otherwise=st.sampled_from(("name", "drop")),
    promote=promoted.map(tuple),
)


@given(files)
def test_what_is_written_is_read_back(given: TouchpointRules) -> None:
    assert parse_rules(dump_rules(given)) == given


FAULTS = [
    ("rules:\n- touchpoint: a\n  chanel: web", 3, "chanel.*Did you mean 'channel'"),
    ("rules: 3", 1, "`rules`: expected a list"),
    ("rules:\n- touchpoint: a\n\n  url_pattern: '(?=x)'", 4, "invalid perl operator"),
    ("rules:\n- touchpoint: a\n- name: b", 3, "names no touchpoint"),
    ("rules:\n- {touchpoint: a, channel: [web, wbe]}", 2, "no channel 'wbe'.*Did you mean 'web'"),
    ("otherwise: nope", 1, "nope"),
    ("promote:\n- name: a\n  type: int", 3, "type.*int"),
    ("promote:\n- name: a\n- name: a", 3, "promoted twice"),
    ("rules: &x []\npromote: *x", 2, "alias"),
    ("rules:\n- touchpoint: a\n  touchpoint: b", 3, "stands here twice"),
    ("rules: [", 1, "not YAML"),
    (f"rules:\n- touchpoint: a\n  name_pattern: {'x' * 501}", 3, "length <= 500"),
    (f"rules:\n{'- touchpoint: a' + chr(10)}" + "- touchpoint: a\n" * 200, 1, "length <= 200"),
    ("- a", 1, "expected names with values, got a list"),
    ("rules: " + "[" * 20 + "]" * 20, 1, "deeper"),
]


@pytest.mark.parametrize(("text", "line", "said"), FAULTS, ids=[said for _, _, said in FAULTS])
def test_a_fault_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(RulesError, match=said) as caught:
        parse_rules(text, "touchpoints.yaml")
    assert str(caught.value).startswith(f"touchpoints.yaml:{line}: ")
    assert caught.value.line == line


def test_without_a_file_names_are_touchpoints(tmp_path: Path) -> None:
    assert load_rules(tmp_path / "touchpoints.yaml") == TouchpointRules()
    assert parse_rules("") == TouchpointRules()


def test_rules_that_cannot_be_used_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "touchpoints.yaml"
    save_rules(path, TouchpointRules(rules=(TouchpointRule(touchpoint="a"),)))
    with pytest.raises(RulesError):
        save_rules(path, TouchpointRules(rules=(TouchpointRule(touchpoint="a", name_pattern="("),)))
    with pytest.raises(RulesError, match="201 rules"):
        save_rules(path, TouchpointRules(rules=(TouchpointRule(touchpoint="a"),) * 201))
    assert load_rules(path).rules == (TouchpointRule(touchpoint="a"),)


def test_what_no_rule_says_does_not_change_the_hash() -> None:
    assert rules_hash(parse_rules(FILE)) == rules_hash(parse_rules("# ours\n" + FILE))
    assert rules_hash(parse_rules(FILE)) != rules_hash(parse_rules(FILE.replace("ping", "pong")))


# Applying


@pytest.mark.parametrize(
    ("event", "touchpoint"),
    [
        ("a shown@web 10:00 url=https://x.example/checkout/2", "checkout"),
        ("a shown@mobile 10:00 url=https://x.example/checkout/2", "shown"),
        ("a ping 10:00", None),
        ("a Call_back@voice 10:00", "called"),
        ("a Call_back@app 10:00", "Call_back"),
        ("a order{plan=basic} 10:00", "small order"),
        ("a order{plan=7} 10:00", "small order"),
        ('a order{plan="7"} 10:00', "small order"),
        ("a order{vip=true} 10:00", "order"),
        ('a "" 10:00 url=https://x.example/faq?q=1', "/faq"),
        ('a "" 10:00', "track"),
    ],
)
def test_the_first_rule_that_holds_says_the_touchpoint(event: str, touchpoint: str | None) -> None:
    found = parse_rules("""
    rules:
    - {touchpoint: checkout, channel: web, url_pattern: /checkout}
    - {touchpoint: called, channel: call, name_pattern: ^Call}
    - {touchpoint: small order, name: order, where: {plan: [basic, 7]}}
    - {name: ping, drop: true}
    - {touchpoint: never reached, name: ping}
    """)
    assert classify(table_from_text(event), found).to_pylist() == [touchpoint]


def test_otherwise_drop_keeps_out_what_no_rule_takes() -> None:
    found = TouchpointRules(rules=(TouchpointRule(touchpoint="b", name=("buy",)),), otherwise="drop")
    assert classify(table_from_text("a buy 10:00 | a see 10:05"), found).to_pylist() == ["b", None]


def by_loops(event: Event, given: TouchpointRules) -> str | None:
    """Apply rules to one event as the specification says it."""
    channel = oracle.ALIASES.get(event.channel, event.channel)
    texts = {name: oracle.text(value) for name, value in oracle.properties(event).items()}
    for rule in given.rules:
        holds = (
            (not rule.channel or channel in rule.channel)
            and (not rule.kind or event.kind in rule.kind)
            and (not rule.name or event.name in rule.name)
            and (rule.name_pattern is None or re.search(rule.name_pattern, event.name))
            and (rule.url_pattern is None or re.search(rule.url_pattern, event.url))
            and all(texts.get(name) in listed for name, listed in rule.where.items())
        )
        if holds:
            return None if rule.drop else rule.touchpoint
    own = event.name or oracle.path(event.url) or event.kind or "(unnamed)"
    return None if given.otherwise == "drop" else own


likely = st.builds(
    TouchpointRule,
    touchpoint=st.sampled_from(("one", "two")),
    channel=st.lists(st.sampled_from(("web", "phone", "app", "pigeon")), max_size=2).map(tuple),
    name=st.lists(st.sampled_from(random_events.PLACES), max_size=2).map(tuple),
    name_pattern=st.sampled_from((None, None, "^s", "u", "l$")),
    url_pattern=st.sampled_from((None, None, r"\.example", "^/", "c=1")),
    kind=st.lists(st.sampled_from(("track", "page", "")), max_size=1).map(tuple),
    where=st.dictionaries(
        st.sampled_from(("plan", "spend", "vip")),
        st.lists(st.sampled_from(("a", "true", "7", "1", "-0.5", "007", "2026-01-02")), min_size=1).map(
            tuple
        ),
        max_size=2,
    ),
    drop=st.booleans(),
)


@given(
    random_events.logs(25),
    st.builds(
        TouchpointRules,
        rules=st.lists(likely, max_size=4).map(tuple),
        otherwise=st.sampled_from(("name", "drop")),
    ),
)
def test_rules_are_applied_as_loops_would_apply_them(log: list[Event], given: TouchpointRules) -> None:
    found = classify(events_table(log), given).to_pylist()
    assert found == [by_loops(event, given) for event in log]


@given(random_events.logs(25), st.lists(likely, max_size=4))
def test_every_event_is_counted_for_one_rule_or_none(log: list[Event], some: list[TouchpointRule]) -> None:
    coverage = check(events_table(log), TouchpointRules(rules=tuple(some)))
    assert coverage.events == len(log)
    assert sum(use.events for use in coverage.rules) == coverage.matched
    assert coverage.matched + sum(one.events for one in coverage.unmatched) == len(log)
    assert all(use.events <= use.holds for use in coverage.rules)
    dropping = [use.events for use, rule in zip(coverage.rules, some, strict=True) if rule.drop]
    assert coverage.dropped == sum(dropping)


# Checking


def test_a_rule_that_never_gets_its_turn_is_told_with_those_before_it() -> None:
    given = parse_rules("""
    rules:
    - {touchpoint: order, name_pattern: ^order}
    - {touchpoint: big order, name: order big}
    - {touchpoint: nowhere, name: nothing}
    - {drop: true, name: ping}
    """)
    events = table_from_text('a "order big" 10:00 | a order 10:01 | a ping 10:02 | a faq 10:03 | b faq 10:04')
    coverage = check([events.slice(0, 2), events.slice(2)], given)
    assert [(use.number, use.events, use.holds, use.shadowed_by) for use in coverage.rules] == [
        (1, 2, 2, ()),
        (2, 0, 1, (1,)),
        (3, 0, 0, ()),
        (4, 1, 1, ()),
    ]
    assert [use.is_idle for use in coverage.rules] == [False, True, True, False]
    assert (coverage.matched, coverage.dropped, coverage.unmatched_names) == (3, 1, 1)
    assert [(one.name, one.events, one.examples) for one in coverage.unmatched] == [
        ("faq", 2, ("other track faq",))
    ]


def test_no_events_are_covered_by_any_rules() -> None:
    coverage = check(empty_events(), parse_rules(FILE))
    assert (coverage.events, coverage.matched, len(coverage.rules)) == (0, 0, 2)


# Proposing


def log_of(*groups: tuple[str, str, list[object]]) -> object:
    """Return events of one name and many URLs each."""
    lines = [
        f'c{one} "{name.format(one)}" 10:00 url="{url.format(one)}"'
        for name, url, ones in groups
        for one in ones
    ]
    return table_from_text("\n".join(lines))


UUIDS = [f"3fa85f64-5717-4562-b3fc-2c963f66af{place:02d}" for place in range(3)]
WORDS = [f"{a}{b}" for a in "abcde" for b in "vwxyz"]


@pytest.mark.parametrize(
    ("name", "url", "ones", "touchpoint"),
    [
        ("", "https://x.example/orders/{}?tab=1", [1, 2, 33], "/orders/*"),
        ("", "https://x.example/u/{}/edit", UUIDS, "/u/*/edit"),
        ("", "https://x.example/shop/{}", WORDS, "/shop/*"),
        ("", "https://x.example/mail/{}@example.org", ["ann", "bob"], "/mail/*"),
        ("Order {} sent", "", [7, 8, 90], "Order * sent"),
        ("Ticket-{}", "", UUIDS, "Ticket-*"),
    ],
)
def test_what_differs_in_ids_alone_is_proposed_as_one(
    name: str, url: str, ones: list[object], touchpoint: str
) -> None:
    events = log_of((name, url, ones), ("faq", "", [1]), ("", "https://x.example/faq", [1]))
    (proposal,) = suggest(events)
    assert proposal.rule.touchpoint == touchpoint
    assert (proposal.events, proposal.texts) == (len(ones), len(ones))
    assert len(proposal.examples) == min(len(ones), 3)
    found = classify(events, TouchpointRules(rules=(proposal.rule,))).to_pylist()
    assert found == [touchpoint] * len(ones) + ["faq", "/faq"]


def test_few_different_pages_stay_apart() -> None:
    assert suggest(log_of(("", "https://x.example/shop/{}", WORDS[:20]))) == []


@pytest.mark.parametrize("ones", [[1, 2, 3], UUIDS, ["1.2", "1.3"]])
def test_names_that_are_nothing_but_numbers_stay_apart(ones: list[object]) -> None:
    assert suggest(log_of(("{}", "", ones))) == []


def test_pages_of_another_depth_are_not_caught_by_a_proposal() -> None:
    events = log_of(
        ("", "https://x.example/orders/{}", [1, 2]), ("", "https://x.example/orders/1/lines", [1])
    )
    (proposal,) = suggest(events)
    found = classify(events, TouchpointRules(rules=(proposal.rule,))).to_pylist()
    assert found == ["/orders/*", "/orders/*", "/orders/1/lines"]


def test_proposals_come_by_the_events_they_would_move() -> None:
    events = log_of(("Order {}", "", [1, 2]), ("Ticket {}", "", [1, 2, 3]), ("Bill {}", "", [1, 2]))
    assert [one.rule.touchpoint for one in suggest([events])] == ["Ticket *", "Bill *", "Order *"]
