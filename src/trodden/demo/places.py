"""The firm's touchpoints: the one list of what they are called and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trodden.demo.draws import keys_of, uniform


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint: its name, and its channel; ``self``: the site or the app, as the customer prefers."""

    name: str
    channel: str


SOURCES: Final = {
    "web": "site",
    "app": "app",
    "store": "field and branch",
    "phone": "telephone system",
    "chat": "chat",
    "ticket": "help desk",
    "email": "mail",
    "survey": "surveys",
}
"""The system that records each channel."""

PLACES: Final = {
    "partner": Place("Partner page", "web"),
    "coverage": Place("Coverage check", "self"),
    "plans": Place("Plan page", "self"),
    "configure": Place("Configurator", "self"),
    "sales": Place("Sales call", "phone"),
    "order": Place("Order", "self"),
    "welcome": Place("Confirmation mail", "email"),
    "identity": Place("Identity check", "self"),
    "appointment": Place("Appointment", "self"),
    "installation": Place("Installation", "store"),
    "guide": Place("Set-up guide", "self"),
    "first_bill": Place("First bill", "email"),
    "sales_help": Place("Order hotline", "phone"),
    "product": Place("Product page", "self"),
    "fit": Place("Compatibility check", "self"),
    "basket": Place("Basket", "self"),
    "wrap": Place("Gift wrapping", "self"),
    "address": Place("Address", "self"),
    "payment": Place("Payment", "self"),
    "receipt": Place("Order mail", "email"),
    "delivery_day": Place("Delivery day", "self"),
    "shop_help": Place("Shop hotline", "phone"),
    "parcel": Place("Parcel", "store"),
    "set_up": Place("Device set-up", "self"),
    "return": Place("Return", "store"),
    "search": Place("Help search", "self"),
    "hint": Place("Help hint", "self"),
    "article": Place("Help article", "self"),
    "bot": Place("Chatbot", "chat"),
    "agent": Place("Chat with an agent", "chat"),
    "hotline": Place("Hotline", "phone"),
    "details": Place("Details taken", "phone"),
    "handover": Place("Second line", "phone"),
    "promise": Place("Callback agreed", "phone"),
    "callback": Place("Callback", "phone"),
    "ticket": Place("Ticket", "ticket"),
    "reply": Place("Ticket reply", "ticket"),
    "helped": Place("Answer helped", "self"),
    "closed": Place("Case closed", "email"),
    "rating": Place("Rating", "survey"),
    "my_plan": Place("My plan", "self"),
    "change_form": Place("Plan change form", "self"),
    "change_call": Place("Plan change call", "phone"),
    "changed": Place("Change confirmed", "email"),
    "active": Place("New plan active", "email"),
    "login": Place("Sign-in", "self"),
    "usage": Place("Usage page", "self"),
    "bill": Place("Bill", "email"),
    "bill_view": Place("Bill page", "self"),
    "bill_call": Place("Billing hotline", "phone"),
    "reset": Place("Password reset", "self"),
    "account_help": Place("Account hotline", "phone"),
    "fingerprint": Place("Fingerprint sign-in", "app"),
    "branch": Place("Branch visit", "store"),
    "advice_call": Place("Advice call", "phone"),
    "advice_page": Place("Advice page", "self"),
    "assistant": Place("Voice assistant", "phone"),
    "repair": Place("Repair visit", "store"),
    "notice": Place("Outage notice", "email"),
    "status": Place("Network status", "self"),
    "settings": Place("Mail settings", "self"),
    "newsletter": Place("Newsletter", "email"),
    "news": Place("What is new", "app"),
    "gift": Place("Gift mail", "email"),
    "survey": Place("Survey", "survey"),
    "cancel": Place("Cancellation", "phone"),
}
"""Touchpoints by key; the key stands in the code, the name in the record."""

KEYS: Final = tuple(PLACES)
CODES: Final = {key: code for code, key in enumerate(KEYS)}
_SYLLABLES: Final = ("ba", "do", "fi", "ga", "ku", "le", "mo", "ni", "pa", "ro", "su", "te", "va", "zo")


def names_of(seed: int, *, renamed: bool = False) -> dict[str, str]:
    """Return what each touchpoint is called; renamed, by words that mean nothing, drawn by the seed."""
    if not renamed:
        return {key: place.name for key, place in PLACES.items()}
    order = np.argsort(uniform(keys_of(f"names of {seed}", np.arange(len(KEYS))), "order"))
    return {key: _word(int(number)) for key, number in zip(KEYS, order, strict=True)}


def _word(number: int) -> str:
    first, second = divmod(number, len(_SYLLABLES))
    third = _SYLLABLES[(first * 5 + second * 3) % len(_SYLLABLES)]
    return (_SYLLABLES[first] + third + _SYLLABLES[second]).capitalize()
