"""The firm's customers: who they are, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.clock import DAY, FIRST, micros, month_start, rhythmic
from trodden.demo.draws import keys_of, one_of, uniform

if TYPE_CHECKING:
    from trodden.demo.draws import Ints, Keys, Mask

REGIONS: Final = ("north", "south", "coast", "city")
AGES: Final = ("18-34", "35-64", "65+")
DEVICES: Final = ("phone", "computer", "tablet")
PLANS: Final = ("Starter", "Family", "Studio")
PRICES: Final = np.array([29_00, 44_00, 69_00])
BILL_DAYS: Final = (3, 17)
NEWCOMERS: Final = 0.4
"""Share of the customers asked for who are not with the firm yet when the record begins."""
NEVER: Final = np.iinfo(np.int64).max
_APPS: Final = np.array([0.85, 0.15, 0.5])
_PHONES: Final = np.array([0.7, 0.45, 0.2])
_TABLETS: Final = np.array([0.08, 0.15, 0.3])


@dataclass(slots=True)
class People:
    """Customers, side by side: each array has one entry for each, most of them codes.

    ``number``: from 0. ``arrives``: microseconds when a newcomer first looks around; before the first day for
    who is a customer already. ``member_from``, ``gone_at``: when the line works and when the contract
    ends, found out as their journeys are walked. ``arm``: a coin tossed for each.
    """

    number: Ints
    keys: Keys
    region: Ints
    age: Ints
    device: Ints
    plan: Ints
    has_app: Mask
    bill_day: Ints
    arm: Mask
    arrives: Ints
    member_from: Ints
    gone_at: Ints

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.keys)

    @property
    def ids(self) -> list[str]:
        """Return what each is called."""
        return [f"K{number + 1:06d}" for number in self.number.tolist()]


def make_people(seed: int, customers: int, months: int, more_months: int = 0) -> People:
    """Make the customers of a record, and those who come in the months after it.

    The first ``customers`` are the same whatever comes later.
    """
    later = round(customers * NEWCOMERS / months * more_months)
    number = np.arange(customers + later)
    keys = keys_of(f"customer of {seed}", number)
    age = one_of(keys, "age", (32, 46, 22))
    draw = uniform(keys, "device")
    phone, tablet = _PHONES[age], _TABLETS[age]
    device = np.where(draw < phone, 0, np.where(draw < phone + tablet, 2, 1))
    arrives = _arrivals(keys, customers, months)
    first = micros(FIRST)
    return People(
        number=number,
        keys=keys,
        region=one_of(keys, "region", (24, 30, 16, 30)),
        age=age,
        device=device,
        plan=one_of(keys, "plan", (50, 36, 14)),
        has_app=uniform(keys, "app") < _APPS[device],
        bill_day=one_of(keys, "bill day", (1, 1)),
        arm=uniform(keys, "arm") < 0.5,  # noqa: PLR2004 -- a fair coin
        arrives=arrives,
        member_from=np.where(arrives < first, first, NEVER),
        gone_at=np.full(len(keys), NEVER),
    )


def _arrivals(keys: Keys, customers: int, months: int) -> Ints:
    """Spread newcomers evenly over the record; beyond ``customers`` they come after it, at the same rate."""
    begin, end = micros(FIRST), micros(month_start(months))
    share = uniform(keys, "arrives")
    arrives = np.where(share < NEWCOMERS, begin + (end - begin) * (share / NEWCOMERS), begin - DAY)
    spacing = (end - begin) / (customers * NEWCOMERS)
    later = np.arange(len(keys)) - customers
    moments = np.where(later < 0, arrives, end + (later + 0.5) * spacing).astype(np.int64)
    return np.where(moments < begin, moments, rhythmic(moments, keys))
