"""What files call channels, outcomes and kinds of event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trodden.collect.importers.words import words_of
from trodden.model.event import CHANNEL_ALIASES, CHANNELS, OUTCOMES

KINDS: Final = frozenset({"track", "page", "screen", "identify", "alias", "group"})

_CHANNEL_WORDS: Final[dict[str, str]] = {
    "web": "internet website online site browser webportal portal selfservice webform onlineshop webshop",
    "app": "mobileapp ios android iosapp androidapp",
    "store": "shop branch filiale desk counter instore office pos retail boutique tienda winkel schalter"
    " agence balie",
    "phone": "telephone telefon telefono tel hotline callcenter callcentre inbound outbound"
    " phonecall anruf appel llamada",
    "chat": "livechat webchat messenger whatsapp messaging bot chatbot videocall",
    "ticket": "helpdesk servicedesk",
    "email": "mail",
    "social": "socialmedia facebook twitter instagram linkedin tiktok",
    "survey": "umfrage enquete encuesta",
    "interview": "",
    "server": "backend api system batch",
    "other": "post letter fax brief courrier andere autre otro sonstige",
}

_OUTCOME_WORDS: Final[dict[str, str]] = {
    "ok": "okay success successful succeeded done completed complete resolved solved accepted approved"
    " passed paid erfolgreich erledigt gelost reussi exito gelukt agent answered",
    "failed": "fail failure error exception fehler fehlgeschlagen echec erreur fallo mislukt",
    "declined": "denied rejected refused abgelehnt refuse rechazado geweigerd",
    "abandoned": "abandon aborted cancelled canceled dropped hang hangup abgebrochen annule"
    " abandonne abandonado",
    "unresolved": "unsolved notresolved open pending ungelost nonresolu",
    "partial": "partially partly incomplete teilweise partiel parcial",
    "unknown": "none na notavailable unbekannt inconnu",
}


def _table(words: Mapping[str, str], names: tuple[str, ...], aliases: Mapping[str, str]) -> dict[str, str]:
    table = {word: name for name, text in words.items() for word in text.split()}
    return table | {_folded(alias): name for alias, name in aliases.items()} | {name: name for name in names}


def _folded(text: str) -> str:
    return "".join(words_of(text))


_CHANNELS: Final = _table(_CHANNEL_WORDS, CHANNELS, CHANNEL_ALIASES)
_OUTCOMES: Final = _table(_OUTCOME_WORDS, OUTCOMES, {})


def channel_of(text: str, given: Mapping[str, str] | None = None) -> str | None:
    """Return the channel a text means, or None where it is none we know; ``given`` wins, word for word."""
    return (given or {}).get(text) or _CHANNELS.get(_folded(text))


def outcome_of(text: str, given: Mapping[str, str] | None = None) -> str | None:
    """Return the outcome a text means, or None where it is none we know; ``given`` wins, word for word."""
    return (given or {}).get(text) or _OUTCOMES.get(_folded(text))
