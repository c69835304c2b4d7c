"""Invented worlds with one planted way off the map, confounded by region and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.support.logs import catalog_of, walks_of
from trodden.analyses.verdicts import Verdicts, VerdictsQuestion
from trodden.analyses.verdicts.answer import JudgedRoute
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.model.event import Event, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

MAP = parse_map(
    """
name: Shop
flow: [look, pick, pay, thanks]
bounds: {silence: 5d}
scope: {also: [help]}
""",
    "shop.yaml",
)
REGIONS = ("north", "south")
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """``skip`` and ``help``: what skipping *pick*, or coming by *help* before it, adds to the chance to pay.

    ``sooner``: the part of the time to pay that skipping saves. The two are likelier in the south and in
    February, where fewer pay anyway by ``gap``; with ``turned`` where more do.
    """

    skip: float = 0.0
    help: float = 0.0
    sooner: float = 0.0
    gap: float = 0.35
    turned: bool = False
    journeys: int = 1_200

    def events(self, seed: int) -> Iterator[Event]:
        random = Random(seed)
        for number in range(self.journeys):
            yield from self._journey(random, f"c{number}")

    def _journey(self, random: Random, customer: str) -> Iterator[Event]:
        region, month = random.choice(REGIONS), random.choice((1, 2))
        hard = (region == "south") + (month == 2)
        likely = (0.15, 0.35, 0.6)[2 - hard if self.turned else hard]
        at = datetime(2026, month, random.randint(1, 27), 9, tzinfo=UTC)
        walk = [("look", 0.0)]
        if random.random() < 0.1:
            yield from _told(customer, region, at, walk)
            return
        hours = random.lognormvariate(1.0, 0.6)
        skips, helped = random.random() < likely, random.random() < likely
        walk += [("help", 0.1)] if helped else []
        walk += [] if skips else [("pick", hours / 2)]
        chance = 0.85 - self.gap * hard / 2 + self.skip * skips + self.help * helped
        walk += [("pay", hours)]
        if random.random() < chance:
            walk += [("thanks", hours + hours * (1 - self.sooner * skips))]
        yield from _told(customer, region, at, walk)


def _told(customer: str, region: str, at: datetime, walk: list[tuple[str, float]]) -> Iterator[Event]:
    for place, (name, hours) in enumerate(walk):
        occurred_at = at + timedelta(hours=hours)
        yield Event(
            source="world",
            message_id=f"{customer}-{place}",
            seq=place,
            occurred_at=occurred_at,
            received_at=occurred_at,
            ids=(Identifier("customer", customer),),
            channel="web",
            name=name,
            properties=f'{{"region":"{region}"}}',
        )


def judge(world: World, seed: int) -> Verdicts:
    snapshot = walks_of(list(world.events(seed)), AS_OF)
    answer = Asker(snapshot, catalog_of(snapshot, (MAP,))).ask(VerdictsQuestion(map="Shop"))
    assert isinstance(answer, Verdicts)
    return answer


def skipping(answer: Verdicts) -> JudgedRoute:
    (found,) = (
        one for one in answer.routes if (one.kind, one.source, one.step) == ("missing", "look", "pick")
    )
    return found


def helped(answer: Verdicts) -> JudgedRoute:
    (found,) = (one for one in answer.routes if one.touchpoint == "help")
    return found
