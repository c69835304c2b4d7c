"""The same question asked of two sides: what a page proposes to compare its answer with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.web.addresses import SHARED, ask_address
from trodden.web.explore.periods import neighbour
from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.model.question import Question
    from trodden.registry import Registration

NOT_COMPARED: Final = frozenset({"compare", "customers", "timeline"})
"""Analyses whose answers hold no figure of a group."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """Sides to compare with by one click, and a form for any other: ``kept`` are its hidden fields."""

    action: str
    links: tuple[File, ...]
    kept: tuple[tuple[str, str], ...]


def comparing_of(
    registration: Registration, question: Question, fields: Mapping[str, str]
) -> Comparing | None:
    """Return what an answer can be compared with; None where nothing can be."""
    if registration.name in NOT_COMPARED:
        return None
    kept = _kept(registration, question, fields)
    before = neighbour(fields.get("period", ""), -1)
    links = (
        *((File(_("the period before"), _address(kept, other_period=before)),) if before else ()),
        *((File(_("everybody else"), _address(kept)),) if "segment" in fields else ()),
    )
    return Comparing(reverse("ask", args=["compare"]), links, tuple(kept.items()))


def _kept(registration: Registration, question: Question, fields: Mapping[str, str]) -> dict[str, str]:
    own = {name: getattr(question, name) for name in fields if name not in SHARED}
    shared = {name: text for name, text in fields.items() if name in SHARED}
    said = {"fields": msgspec.json.encode(own).decode()} if own else {}
    return {"analysis": registration.name, **said, **shared}


def _address(kept: Mapping[str, str], **more: str) -> str:
    return ask_address("compare", {**kept, **more})
