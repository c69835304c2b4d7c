"""What customers say: sentences put together from parts, so that few comments are alike."""

from __future__ import annotations

from itertools import product
from typing import Final

_OPENINGS: Final = ("", "Honestly: ", "To be clear, ", "Again: ", "I must say, ", "Just so you know, ")
_GRUMBLES: Final = ("", " That is not service.", " Please fix this.", " I expected better.", " Sad.")
_PRAISES: Final = ("", " Thank you!", " Keep it up.", " Nothing to add.")

_TALK: Final = {
    "thanks": ("it worked at once.", "all went well.", "quick and easy.", "the person was kind and quick."),
    "waiting": (
        "I waited far too long.",
        "two weeks without an answer.",
        "I was in the queue for ages.",
        "nobody could say when it will be done.",
    ),
    "refused": (
        "why can I not correct my address?",
        "the street was wrong and nobody could change it.",
        "one digit wrong in the address and no way back.",
    ),
    "payment": (
        "the payment page does nothing when I press pay.",
        "my card is fine, your page is not.",
        "it asks me to pay again and again.",
    ),
    "unaffected": (
        "why do you write to me about an outage somewhere else?",
        "my line works. Your mail made me restart everything.",
        "please only tell me about my own street.",
    ),
    "hint": (
        "I searched, found nothing, and then you tell me to search.",
        "a tip to help myself is no help.",
        "I have tried helping myself, that is why I am here.",
    ),
    "password": (
        "a new password again? I changed it last week.",
        "it says my password is wrong, then that it is too old, then too alike.",
        "resetting my password took longer than the matter itself.",
    ),
    "fingerprint": (
        "I will not give my fingerprint to a telephone firm.",
        "where is my fingerprint kept, and who can see it?",
        "my clients' papers are on this device. No fingerprints.",
    ),
    "branch": (
        "I like to look at somebody when I ask.",
        "the branch took the time to explain everything.",
        "good that there is still a shop with people.",
    ),
    "polite": (
        "very friendly, but the bill is still wrong.",
        "a charming person who could not help me.",
        "so polite. And I have to call again.",
    ),
    "bot": (
        "the bot closed my case. It was not solved.",
        "it said solved. It is not.",
        "a robot that says goodbye before it understands.",
    ),
    "again": (
        "I had to tell everything a second time.",
        "do you not talk to each other? Same questions again.",
        "third time I spell my name today.",
    ),
    "callback": (
        "you promised to call back. Nobody did.",
        "I stayed at home for a call that never came.",
        "a callback within a day, you said.",
    ),
    "loves": ("fantastic, I only have to talk.", "so much faster than keys.", "I love it."),
    "hates": ("it does not understand a word I say.", "I want a human.", "I shout at a machine. Horrible."),
    "visit": (
        "the technician never came.",
        "he left after ten minutes and nothing works.",
        "a day of holiday for nothing.",
    ),
    "gift": (
        "a gift? Correct my bill first.",
        "free films while you charge me twice.",
        "keep your present and read my letter.",
    ),
    "bill": ("I am charged for something I do not have.", "the sum is wrong again.", "what is this fee?"),
}


def _said(about: str) -> tuple[str, ...]:
    ends = _PRAISES if about in {"thanks", "branch", "loves"} else _GRUMBLES
    parts = product(_OPENINGS, _TALK[about], ends)
    return tuple(_sentence(opening + talk + end) for opening, talk, end in parts)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


WORDS: Final = {about: _said(about) for about in _TALK}
"""All comments about a matter."""
