"""A small invented firm: Kestrel Broadband connects 2,400 homes, and not the way it planned to.

Everything follows from the seed, so two runs make the same bytes. What was planted: homes in the north
wait long for their technician and call about it; the identity check fails often on phones; some skip the
plan page and are none the worse for it; some change the plan after ordering; some leave, and some are
still on their way when the record ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.api import Walks

FIRST: Final = datetime(2026, 2, 2, tzinfo=UTC)
LAST: Final = datetime(2026, 6, 30, tzinfo=UTC)
CUSTOMERS: Final = 2_400
COLUMNS: Final = (
    "customer",
    "time",
    "channel",
    "touchpoint",
    "outcome",
    "text",
    "value",
    "currency",
    "region",
    "age_group",
    "device",
    "plan",
)
_PLANS: Final = {"Starter": 29, "Family": 44, "Studio": 69}
_COMPLAINTS: Final = (
    "Nobody came. I took the day off for this.",
    "When does the technician come? The page still says 'soon'.",
    "I was told five days. It is two weeks now.",
    "Third call. Every time I explain everything from the start.",
    "Friendly on the phone, but I still have no line.",
)
_THANKS: Final = ("Worked at once, thank you.", "The technician was quick and kind.", "Easy. Nothing to add.")
_CHECKS: Final = ("The photo of my card is refused again and again.", "It does not take my passport.")


@dataclass(slots=True)
class _Home:
    """One household on its way; ``now`` moves forward with every event."""

    random: Random
    customer: str
    now: datetime
    region: str
    age_group: str
    device: str
    plan: str
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    def wait(self, **span: float) -> None:
        """Let about this much time pass: log-normal around it."""
        self.now += timedelta(**span) * self.random.lognormvariate(0.0, 0.6)

    def chance(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self.random.random() < probability

    def does(
        self, touchpoint: str, channel: str, *, outcome: str = "ok", text: str = "", value: str = ""
    ) -> None:
        """Record one event."""
        time = self.now.isoformat(timespec="seconds")
        firm = (self.region, self.age_group, self.device, self.plan)
        currency = "EUR" if value else ""
        self.rows.append((self.customer, time, channel, touchpoint, outcome, text, value, currency, *firm))

    @property
    def web(self) -> str:
        """Return where this household clicks: on the site or in the app."""
        return "app" if self.device == "phone" and self.age_group != "65+" else "web"


def sample_rows(seed: int = 1, customers: int = CUSTOMERS) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sample, household by household, under ``COLUMNS``."""
    random = Random(seed)  # noqa: S311 - invented data, not secrets
    for number in range(1, customers + 1):
        home = _new_home(random, number)
        _move_in(home)
        yield from (row for row in home.rows if row[1] < LAST.isoformat())


def _new_home(random: Random, number: int) -> _Home:
    span = (LAST - FIRST).total_seconds()
    age_group = random.choices(("18-34", "35-64", "65+"), (4, 5, 2))[0]
    phone = 0.7 if age_group == "18-34" else 0.45 if age_group == "35-64" else 0.2
    return _Home(
        random=random,
        customer=f"K{number:05d}",
        now=FIRST + timedelta(seconds=random.random() * span),
        region=random.choices(("north", "south", "coast"), (3, 5, 2))[0],
        age_group=age_group,
        device="phone" if random.random() < phone else "computer",
        plan=random.choices(tuple(_PLANS), (5, 4, 1))[0],
    )


def _move_in(home: _Home) -> None:
    for part in (_look_around, _choose, _prove_who_you_are, _get_connected, _settle):
        if not part(home):
            return


def _look_around(home: _Home) -> bool:
    home.does("Coverage check", home.web)
    if home.chance(0.16):
        return False
    home.wait(minutes=6)
    if home.chance(0.78):
        home.does("Plan page", home.web)
        home.wait(minutes=25)
    if home.chance(0.12):
        home.does("Help article", home.web, outcome="unresolved")
        home.wait(hours=5)
    return not home.chance(0.08)


def _choose(home: _Home) -> bool:
    by_phone = home.chance(0.55 if home.age_group == "65+" else 0.18)
    home.does("Sales call" if by_phone else "Configurator", "phone" if by_phone else home.web)
    home.wait(minutes=15)
    if home.chance(0.09):
        home.does("Plan page", home.web)
        home.wait(hours=9)
    if home.chance(0.15):
        return False
    home.does("Order", "phone" if by_phone else home.web, value=f"{_PLANS[home.plan]}.00")
    return True


def _prove_who_you_are(home: _Home) -> bool:
    home.wait(minutes=3)
    if home.chance(0.93):
        home.does("Confirmation mail", "email")
    while home.chance(0.34 if home.device == "phone" else 0.08):
        home.wait(minutes=4)
        home.does("Identity check", home.web, outcome="failed", text=_say(home, _CHECKS, 0.15))
        if home.chance(0.22):
            return False
        if home.chance(0.2):
            home.wait(hours=3)
            home.does("Support chat", "chat", outcome="partial", text=_say(home, _CHECKS, 0.7))
    home.wait(minutes=12)
    home.does("Identity check", home.web)
    if home.chance(0.07):
        home.wait(hours=20)
        home.does("Change of plan", home.web, outcome="declined")
        home.wait(hours=1)
        home.does("Support call", "phone", text="I only want the bigger plan. Why must I call?")
    return True


def _get_connected(home: _Home) -> bool:
    home.wait(hours=8)
    home.does("Appointment", home.web)
    days = 11.0 if home.region == "north" else 3.5
    while home.chance(0.38 if home.region == "north" else 0.06):
        home.wait(days=days / 2)
        home.does("Support call", "phone", outcome="unresolved", text=_say(home, _COMPLAINTS, 0.6))
        if home.chance(0.14):
            home.does("Cancellation", "phone")
            return False
    home.wait(days=days)
    if home.chance(0.06):
        home.does("Installation", "store", outcome="failed")
        home.wait(days=4)
    home.does("Installation", "store")
    return True


def _settle(home: _Home) -> bool:
    if home.chance(0.35):
        home.wait(hours=2)
        home.does("Set-up guide", home.web)
    home.wait(days=1)
    if home.chance(0.2):
        home.does("Survey", "survey", text=_say(home, _THANKS, 0.5))
    home.wait(days=14)
    home.does("First bill", "email", value=f"{_PLANS[home.plan]}.00")
    return True


def _say(home: _Home, words: tuple[str, ...], probability: float) -> str:
    return home.random.choice(words) if home.chance(probability) else ""


SAMPLE_MAP: Final = """\
name: Getting connected
goal: The line works and the first bill holds no surprise
owner: Operations
author: Journey team
evidence: Two workshops in January, no customer present
version: 1
stages: [Research, Choose, Order, Connect, Use]
steps:
  - {id: coverage, label: Coverage check, stage: Research, match: [Coverage check], channels: [web, app],
     promise: An answer at once, emotion: 0.5, evidence: observed}
  - {id: plans, label: Plan page, stage: Research, match: [Plan page], channels: [web, app],
     wait: {typical: 5min, longest: 1h}, promise: Three plans with nothing hidden, emotion: 0.5}
  - {id: configure, label: Configurator, stage: Choose, match: [Configurator], channels: [web, app],
     wait: {typical: 20min, longest: 2d}, emotion: 1}
  - {id: sales, label: Sales call, stage: Choose, match: [Sales call], channels: [phone],
     wait: {typical: 20min, longest: 2d}, emotion: 1}
  - {id: order, label: Order, stage: Order, match: [Order], moment_of_truth: true,
     wait: {typical: 10min, longest: 1d}, expected_outcome: ok, emotion: 1.5, evidence: observed}
  - {id: mail, label: Confirmation mail, stage: Order, match: [Confirmation mail], channels: [email],
     kind: communication, between: {sender: Kestrel, receiver: customer}, wait: {typical: 5min, longest: 1h},
     promise: A mail within the hour, emotion: 0.5}
  - {id: identity, label: Identity check, stage: Order, match: [Identity check],
     channels: [web, app], wait: {typical: 10min, longest: 1d}, emotion: 0}
  - {id: appointment, label: Appointment, stage: Connect, match: [Appointment],
     wait: {typical: 6h, longest: 2d}, emotion: 0.5}
  - {id: installation, label: Installation, stage: Connect, match: [Installation], outcome: [ok],
     channels: [store], wait: {typical: 3d, longest: 5d}, promise: A technician within five days,
     moment_of_truth: true, emotion: 1.5, evidence: assumed}
  - {id: guide, label: Set-up guide, stage: Use, match: [Set-up guide], channels: [web, app], emotion: 1}
  - {id: bill, label: First bill, stage: Use, match: [First bill], channels: [email],
     wait: {typical: 14d, longest: 30d}, promise: The price of the plan and nothing else, emotion: 0}
flow:
  - coverage
  - plans
  - choice:
      - {flow: [configure], share: 0.8}
      - {flow: [sales], share: 0.2}
  - order
  - parallel: [[mail], [identity]]
  - appointment
  - installation
  - optional: [guide]
  - bill
scope:
  also: [Help article, Support chat, Support call, Change of plan, Cancellation]
bounds:
  start: [Coverage check]
  reached: [First bill]
  abandoned: [Cancellation]
  silence: 30d
forecast: {reached: 0.6, low: 0.55, high: 0.65}
"""


def sample_walks(seed: int = 1, customers: int = CUSTOMERS) -> Walks:
    """Return the sample's walks in memory, with its map in the catalog."""
    import pyarrow as pa

    from trodden.api import read

    columns = zip(*sample_rows(seed, customers), strict=True)
    table = pa.table({name: pa.array(values) for name, values in zip(COLUMNS, columns, strict=True)})
    return read(table).with_map(SAMPLE_MAP)
