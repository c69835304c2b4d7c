"""Touchpoint rules of a workspace: read, written, applied, checked against events, and proposed from them.

The words of this room for callers elsewhere; how each is done stands in the ``touchpoints_*`` modules.
"""

from trodden.store.touchpoints_check import Coverage, RuleUse, Unmatched, check
from trodden.store.touchpoints_classify import classify
from trodden.store.touchpoints_events import events_for_rules
from trodden.store.touchpoints_files import (
    check_rules,
    dump_rules,
    load_rules,
    parse_rules,
    rules_hash,
    save_rules,
)
from trodden.store.touchpoints_match import path_of
from trodden.store.touchpoints_suggest import Proposal, suggest

__all__ = [
    "Coverage",
    "Proposal",
    "RuleUse",
    "Unmatched",
    "check",
    "check_rules",
    "classify",
    "dump_rules",
    "events_for_rules",
    "load_rules",
    "parse_rules",
    "path_of",
    "rules_hash",
    "save_rules",
    "suggest",
]
