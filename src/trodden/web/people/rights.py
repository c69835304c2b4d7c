"""What roles may do: the one table of roles and rights."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _


class Right(StrEnum):
    """Something a person may do."""

    SEE = "see"
    """Pages and charts in which no single customer is named."""
    ASK = "ask"
    """Questions and files of one's own."""
    EDIT = "edit"
    """What the workspace keeps: maps, segments."""
    MANAGE = "manage"
    """What others rely on: publishing, sources, settings."""
    SEE_PII = "see_pii"
    """Who a customer is, and the walk of one."""
    PROTECT = "protect"
    """Consent, export and erasure of one customer; who looked at whom."""
    ADMINISTER = "administer"
    """People, roles, the log."""


ROLES: Final = {
    "viewer": _("Viewer"),
    "analyst": _("Analyst"),
    "editor": _("Editor"),
    "manager": _("Manager"),
    "privacy officer": _("Privacy officer"),
    "admin": _("Admin"),
}

DEPARTMENTS: Final = {
    "marketing": _("Marketing"),
    "sales": _("Sales"),
    "finance": _("Finance"),
    "legal": _("Legal"),
    "hr": _("Human resources"),
    "production": _("Production"),
    "technology": _("Technology"),
    "service": _("Service"),
}

_SEE: Final = frozenset({Right.SEE})
_ASK: Final = _SEE | {Right.ASK}
_EDIT: Final = _ASK | {Right.EDIT}
_MANAGE: Final = _EDIT | {Right.MANAGE}

RIGHTS: Final = {
    "viewer": _SEE,
    "analyst": _ASK,
    "editor": _EDIT,
    "manager": _MANAGE,
    "privacy officer": _ASK | {Right.SEE_PII, Right.PROTECT},
    "admin": _MANAGE | {Right.ADMINISTER},
}
"""An admin gives rights, also to see customers, and does not have that one by office."""

EVERY: Final = frozenset(Right)
"""What the one person has who runs Trodden without sign-in on the machine that holds the data."""

NEEDS_TWO_FACTORS: Final = frozenset({"admin"})
"""Roles that may do nothing until their account has a second factor."""


def rights_of(role: str, *, see_pii: bool) -> frozenset[Right]:
    """Return the rights of a role; of one nobody knows, none."""
    found = RIGHTS.get(role, frozenset())
    return found | {Right.SEE_PII} if found and see_pii else found
